"""A judge reads exchanges in order: what every contract implies, and what the rules of one service add."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from tests.verify.boxes import CONTRACT, GOOD, BoxJudge, observed, reply
from understudy.http import Response
from understudy.verify.judge import UNKNOWN_CREDENTIAL, Briefing, Judge, rule
from understudy.verify.observation import Observation
from understudy.verify.reading import Reading, Verdict

BOX = {"id": "box-1", "label": "한글 📦"}


def judge(**briefing: Any) -> BoxJudge:
    return BoxJudge(CONTRACT, Briefing(**{"roles": {"boxes-test-good": "good"}, **briefing}))


def said_of(*observations: Observation) -> dict[str, bool]:
    """What the last exchange says of each clause."""
    reader = judge()
    verdicts: tuple[Verdict, ...] = ()
    for observation in observations:
        _, verdicts = reader.read(observation)
    found: dict[str, bool] = {}
    for verdict in verdicts:
        found[verdict.clause] = found.get(verdict.clause, True) and verdict.held
    return found


def test_a_right_answer_keeps_the_clauses_of_its_parts() -> None:
    assert said_of(observed("GET", "/boxes/box-1", reply(200, BOX))) == {
        "boxes.read.status": True,
        "boxes.json": True,
        "boxes.make.id": True,
        "boxes.read.id-form": True,
    }


def test_what_shape_cannot_tell_only_a_rule_says() -> None:
    made = observed("POST", "/boxes/", reply(200, {"id": "box-1"}), {"label": "한글 📦"})

    assert said_of(made, observed("GET", "/boxes/box-1", reply(200, BOX)))["boxes.read.label"] is True
    assert (
        said_of(made, observed("GET", "/boxes/box-1", reply(200, {**BOX, "label": "?"})))["boxes.read.label"] is False
    )
    assert "boxes.read.label" not in said_of(observed("GET", "/boxes/box-1", reply(200, BOX)))


def test_more_than_the_document_says_is_lawful() -> None:
    assert False not in said_of(observed("GET", "/boxes/box-1", reply(200, {**BOX, "colour": "파랑"}))).values()


@pytest.mark.parametrize(
    ("value", "clause"),
    [
        ({"label": "한글"}, "boxes.make.id"),
        ({"id": "box-1"}, "boxes.read.label"),
        ({"id": 1, "label": "한글"}, "boxes.make.id"),
        ({"id": "1", "label": "한글"}, "boxes.read.id-form"),
    ],
)
def test_a_wrong_member_breaks_its_own_clause(value: Any, clause: str) -> None:
    found = said_of(observed("GET", "/boxes/box-1", reply(200, value)))

    assert found[clause] is False
    assert found["boxes.read.status"] is True


@pytest.mark.parametrize("status", [201, 204, 299])
def test_another_success_breaks_the_clause_of_the_status(status: int) -> None:
    assert said_of(observed("GET", "/boxes/box-1", reply(status, BOX))) == {"boxes.read.status": False}


@pytest.mark.parametrize(
    "response",
    [
        reply(200, BOX, "text/html"),
        Response(200, (), b"{}"),
        Response(200, (("content-type", "application/json"),), b"{"),
    ],
)
def test_an_unreadable_body_breaks_the_clause_of_the_media_type_only(response: Response) -> None:
    found = said_of(observed("GET", "/boxes/box-1", response))

    assert found["boxes.json"] is False
    assert found["boxes.read.status"] is True


def test_json_inside_a_string_breaks_its_own_clauses() -> None:
    entries = {"box-1": json.dumps({"id": "other", "label": "한글"}), "box-2": json.dumps({"id": "box-2"})}
    found = said_of(observed("GET", "/boxes/", reply(200, entries)))

    assert found["boxes.read.id-form"] is False
    assert found["boxes.read.label"] is False
    assert found["boxes.list.text"] is True
    assert said_of(observed("GET", "/boxes/", reply(200, {"box-1": "{"})))["boxes.list.text"] is False


@pytest.mark.parametrize("body", [b'"\\ud800"', b'{"id": "box-1", "label": "\\udc00 \\ud83d\\ude00"}'])
def test_an_unpaired_surrogate_is_json(body: bytes) -> None:
    found = said_of(observed("GET", "/boxes/box-1", Response(200, (("content-type", "application/json"),), body)))

    assert found["boxes.json"] is True


def test_an_unpaired_surrogate_is_json_inside_a_string_too() -> None:
    text = json.dumps({"id": "box-1", "label": "\ud800 😀"})
    reading, _ = judge().read(
        observed(
            "GET",
            "/boxes/",
            Response(200, (("content-type", "application/json"),), json.dumps({"box-1": text}).encode()),
        )
    )

    assert json.loads(reading.member("box-1"))["label"] == "\ufffd 😀"
    assert said_of(
        observed(
            "GET",
            "/boxes/",
            Response(200, (("content-type", "application/json"),), json.dumps({"box-1": text}).encode()),
        )
    )["boxes.list.text"]


@pytest.mark.parametrize(
    "refusal",
    [
        reply(404, {"reason": "없음"}),
        reply(404, {"oops": 1}),
        reply(404, [], "text/html"),
        Response(404),
        reply(418, {}),
    ],
)
def test_a_refusal_breaks_nothing_documented_by_itself(refusal: Response) -> None:
    found = said_of(observed("GET", "/boxes/box-1", refusal))

    assert "boxes.error.missing" not in found
    assert all(held or clause == "boxes.error.reason" for clause, held in found.items())


def test_the_body_of_a_refusal_is_judged_where_it_is_described() -> None:
    assert said_of(observed("GET", "/boxes/box-1", reply(404, {"reason": "없음"}))) == {"boxes.error.reason": True}
    assert said_of(observed("GET", "/boxes/box-1", reply(404, {"oops": 1}))) == {"boxes.error.reason": False}


def test_what_lacks_something_required_must_not_succeed() -> None:
    found = said_of(observed("POST", "/boxes/", reply(200, {"id": "box-1"}), {"size": {}}))

    assert found["boxes.make.label"] is False


@pytest.mark.parametrize("body", [None, {"label": 5}, []])
def test_what_is_wrong_in_another_way_may(body: Any) -> None:
    assert False not in said_of(observed("POST", "/boxes/", reply(200, {"id": "box-1"}), body)).values()


def test_a_missing_body_may_be_taken_for_an_empty_one() -> None:
    token = {"authorization": GOOD["authorization"]}

    assert False not in said_of(observed("POST", "/boxes/", reply(200, {"id": "box-1"}), headers=token)).values()


def test_clauses_that_bind_the_consumer_say_nothing_of_a_provider() -> None:
    assert "boxes.make.care" not in said_of(observed("POST", "/boxes/", reply(200, {"id": "box-1"}), {"label": "x"}))


def test_a_path_that_no_operation_has_is_read_all_the_same() -> None:
    reading, verdicts = judge().read(observed("GET", "/boxes", reply(404, {})))

    assert reading.operation is None
    assert verdicts == ()


def test_rules_are_not_asked_about_what_was_not_answered() -> None:
    reader = judge()

    assert reader.read(observed("GET", "/boxes/box-1", None))[1] == ()
    assert reader.lost == ["readBox"]


@pytest.mark.parametrize(
    ("header", "without"),
    [
        (None, True),
        ("", True),
        ("Bearer", True),
        ("Bearer ", True),
        ("boxes-test-good", True),
        ("Basic boxes-test-good", True),
        ("Bearer boxes-test-goo", True),
        (f"Bearer {UNKNOWN_CREDENTIAL}", True),
        (f"Bearer {UNKNOWN_CREDENTIAL}-2", True),
        ("Bearer boxes-test-good", False),
        ("bearer boxes-test-good", False),
        ("Bearer somebody-else", False),
    ],
)
def test_who_certainly_has_no_access(header: str | None, without: bool) -> None:
    headers = {} if header is None else {"authorization": header}
    reading, _ = judge().read(observed("GET", "/boxes/", reply(200, {}), headers=headers))

    assert judge().without_access(reading) is without


def test_the_role_of_a_credential_is_what_the_briefing_says() -> None:
    assert judge().decode(observed("GET", "/boxes/", None)).role == "good"
    assert judge().decode(observed("GET", "/boxes/", None, headers={})).role == ""
    assert judge().decode(observed("GET", "/boxes/", None, headers={**GOOD, "authorization": "Bearer x"})).role is None


def test_limits_of_the_target_go_before_the_contracts() -> None:
    assert judge().limits["page_items"] == 10
    assert judge(limits={"page_items": 3}).limits["page_items"] == 3


def test_rules_run_in_the_order_written() -> None:
    class Ordered(Judge):
        stem: ClassVar[str] = "boxes"

        @rule()
        def second_by_name(self, reading: Reading) -> Iterator[Verdict]:
            yield reading.holds("boxes.auth")

        @rule("readBox")
        def first_by_name(self, reading: Reading) -> Iterator[Verdict]:
            yield reading.holds("boxes.deep")

    _, verdicts = Ordered(CONTRACT, Briefing()).read(observed("GET", "/boxes/b", reply(418, {})))

    assert [verdict.clause for verdict in verdicts] == ["boxes.auth", "boxes.deep"]


def test_a_rule_that_is_overridden_runs_once() -> None:
    class Base(Judge):
        stem: ClassVar[str] = "boxes"

        @rule()
        def every(self, reading: Reading) -> Iterator[Verdict]:
            yield reading.holds("boxes.auth")

    class Stricter(Base):
        @rule("readBox")
        def every(self, reading: Reading) -> Iterator[Verdict]:
            yield reading.expect("boxes.auth", False, "more")

    reader = Stricter(CONTRACT, Briefing())

    assert [verdict.held for verdict in reader.read(observed("GET", "/boxes/b", reply(404, {})))[1][-1:]] == [False]
    assert reader.read(observed("GET", "/boxes/", reply(401, {"reason": ""})))[1][-1].clause == "boxes.error.reason"


def test_a_verdict_shows_what_it_saw_on_one_short_line() -> None:
    reading = judge().decode(observed("GET", "/boxes/", None))

    verdict = reading.expect("boxes.json", False, "JSON", "한 줄\n두 줄 " + "x" * 500)

    assert "\n" not in verdict.seen
    assert len(verdict.seen) <= 160
    assert reading.expect("boxes.json", True, "JSON", "anything").seen == ""
