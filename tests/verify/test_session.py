"""A session makes calls by the contract, has them judged, and deletes what they created."""

from __future__ import annotations

import json

import pytest

from tests.verify.boxes import CONTRACT, TOKENS, Boxes, BoxJudge, new_session, observed, reply
from understudy.errors import GateClosed
from understudy.http import Request, Response
from understudy.verify.judge import Leftover
from understudy.verify.observation import TransportFailure
from understudy.verify.session import Session, Unmet


def embedded(boxes: Boxes) -> Session:
    return new_session(boxes, advance=boxes.wait)


def test_a_request_is_made_by_the_contract() -> None:
    request = new_session(Boxes()).request("makeBox", body={"label": "한글 📦"})

    assert (request.method, request.target) == ("POST", "/boxes/")
    assert request.headers == {"authorization": f"Bearer {TOKENS[0]}", "content-type": "application/json"}
    assert json.loads(request.body) == {"label": "한글 📦"}


def test_paths_and_queries_are_encoded() -> None:
    session = new_session(Boxes())

    assert session.request("readBox", path={"id": "상자/1 ?#%.."}).target == (
        "/boxes/%EC%83%81%EC%9E%90%2F1%20%3F%23%25.."
    )
    assert session.request("listBoxes", query={"limit": 3, "q": "가 나&다+라"}).target == (
        "/boxes/?limit=3&q=%EA%B0%80%20%EB%82%98%26%EB%8B%A4%2B%EB%9D%BC"
    )


def test_what_is_none_is_left_out() -> None:
    session = new_session(Boxes())

    assert session.request("listBoxes", query={"limit": None}).target == "/boxes/"
    assert session.request("listBoxes", headers={"Authorization": None}).headers == {}


def test_every_part_can_be_replaced() -> None:
    request = new_session(Boxes()).request(
        "listBoxes", raw=b"{", headers={"X-A": "1"}, method="PATCH", target="/other?x", credential="someone"
    )

    assert request == Request(
        "PATCH",
        "/other?x",
        {"authorization": "Bearer someone", "content-type": "application/json", "x-a": "1"},
        b"{",
    )


def test_a_call_is_judged_as_it_comes_back() -> None:
    session = new_session(Boxes())
    reading = session.call("makeBox", body={"label": "한글"})

    assert reading.succeeded
    assert session.readings == [reading]
    assert "boxes.make.status" in {verdict.clause for verdict in session.verdicts}


def test_accounts_of_an_embedded_mock_are_fresh() -> None:
    session = embedded(Boxes())
    session.begin("life")

    assert session.credential() == "boxes-test-good-life"
    assert session.credential(account="other") == "boxes-test-good-life-other"
    assert session.judge.roles["boxes-test-good-life-other"] == "good"


def test_accounts_of_another_target_are_those_it_has() -> None:
    session = new_session(Boxes(), credentials={"good": "boxes-test-good", "many": list(TOKENS[1:])})
    session.begin("life")

    assert session.credential() == TOKENS[0]
    assert session.credential("many", account="other") == TOKENS[2]
    with pytest.raises(Unmet, match="two accounts are needed"):
        session.credential(account="other")
    with pytest.raises(Unmet, match="no credential for the role admin"):
        session.credential("admin")


def test_fixtures_and_limits_are_the_targets() -> None:
    session = new_session(Boxes(), fixtures={"known_box": "box-7"}, limits={"page_items": 3})

    assert session.fixture("known_box") == "box-7"
    assert session.limit("page_items") == 3
    with pytest.raises(Unmet, match="no fixture other"):
        session.fixture("other")


def test_time_passes_by_moving_the_clock_or_by_waiting() -> None:
    boxes = Boxes()
    moved: list[float] = []
    new_session(boxes, advance=moved.append).elapse(4)
    new_session(boxes).elapse(4)

    assert moved == [4]
    assert boxes.waited == [4]


def test_a_clock_that_is_not_ours_cannot_be_moved() -> None:
    with pytest.raises(Unmet, match="clock cannot be moved"):
        new_session(Boxes()).advance(1)


def test_what_was_created_is_deleted() -> None:
    boxes = Boxes()
    session = new_session(boxes, credentials={"good": TOKENS[0], "many": list(TOKENS[1:])})
    session.call("makeBox", body={"label": "가"})
    session.call("makeBox", body={"label": "나"}, credential=TOKENS[1])
    session.clean_up()

    assert boxes.boxes == {}
    assert [request.headers["authorization"] for request in boxes.requests[2:]] == [
        f"Bearer {TOKENS[0]}",
        f"Bearer {TOKENS[1]}",
    ]


def test_calls_to_delete_what_is_there_are_kept_back() -> None:
    boxes = Boxes()
    session = new_session(boxes, calls=5)
    session.call("makeBox", body={"label": "가"})
    session.call("makeBox", body={"label": "나"})
    with pytest.raises(GateClosed):
        session.call("makeBox", body={"label": "다"})
    session.call("listBoxes")
    with pytest.raises(GateClosed):
        session.call("listBoxes")
    session.clean_up()

    assert boxes.boxes == {}
    assert len(boxes.requests) == 5


def test_what_cannot_be_deleted_is_tried_once() -> None:
    class Keeps(Boxes):
        def answer(self, request: Request) -> Response:
            return reply(404, {"reason": "없음"}) if request.method == "DELETE" else super().answer(request)

    boxes = Keeps()
    session = new_session(boxes)
    session.call("makeBox", body={"label": "가"})
    session.clean_up()
    session.clean_up()

    assert [request.method for request in boxes.requests] == ["POST", "DELETE"]


def test_what_a_body_names_is_deleted_with_it() -> None:
    class Together(BoxJudge):
        def leftovers(self) -> tuple[Leftover, ...]:
            return tuple(Leftover("dropBox", {"id": "several"}, TOKENS[0], {"ids": [id]}) for id in ("가", "나"))

    boxes = Boxes()
    session = new_session(boxes)
    session.judge = Together(CONTRACT, session.judge.briefing)
    session.clean_up()
    session.clean_up()

    assert [request.target for request in boxes.requests] == ["/boxes/several"] * 2
    assert [json.loads(request.body) for request in boxes.requests] == [{"ids": ["가"]}, {"ids": ["나"]}]


def test_what_was_not_answered_is_judged_too() -> None:
    class Breaks(Boxes):
        def send(self, request: Request) -> Response:
            raise TransportFailure("the connection broke")

    session = new_session(Breaks())
    reading = session.call("makeBox", body={"label": "가"})

    assert reading.status == 0
    assert reading.value is None
    assert isinstance(session.judge, BoxJudge)
    assert session.judge.lost == ["makeBox"]


def test_what_was_seen_in_another_way_can_be_judged() -> None:
    session = new_session(Boxes())
    session.judged(observed("GET", "/boxes/box-1", reply(200, {"id": "box-1"})))
    session.note(session.readings[0].expect("boxes.drop.gone", False, "nothing"))

    assert [verdict.clause for verdict in session.verdicts if not verdict.held] == [
        "boxes.read.label",
        "boxes.drop.gone",
    ]
    assert set(CONTRACT.clauses) >= {verdict.clause for verdict in session.verdicts}
