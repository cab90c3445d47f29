"""Cases that a contract implies: what is wrong with each, and which operation each falls to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.verify.boxes import CONTRACT, TOKENS, Boxes, arrange, new_session, new_suite
from understudy.contract import OperationNode
from understudy.http import Request
from understudy.verify.cases import BROKEN_BODIES, dealt, run_derived, run_generated, varied, wrong_forms
from understudy.verify.effects import Effects
from understudy.verify.gate import Allowance, Gate
from understudy.verify.session import Session, Unmet
from understudy.verify.suite import Arranged

OPERATIONS = tuple(CONTRACT.operations.values())


def derived(*, embedded: bool = False, **options: Any) -> list[Request]:
    """The requests of all derived cases, those that arrange them left out."""
    boxes = Boxes()
    session = new_session(boxes, advance=boxes.wait if embedded else None)
    run_derived(session, new_suite(**options))
    return [request for request in boxes.requests if "버릴".encode() not in request.body]


def by_operation(requests: list[Request]) -> dict[str, list[Request]]:
    found: dict[str, list[Request]] = {}
    for request in requests:
        depth = "one" if request.path.removeprefix("/boxes/") else "all"
        found.setdefault(f"{request.method} {depth}", []).append(request)
    return found


def forms(requests: list[Request]) -> list[str | None]:
    return [request.headers.get("authorization") for request in requests]


def test_every_operation_is_called_without_access() -> None:
    for requests in by_operation(derived()).values():
        headers = forms(requests)
        wrong = {"", "Bearer", TOKENS[0], f"Bearer {TOKENS[0][:-1]}"}

        assert None in headers
        assert "Bearer understudy-unknown-credential" in headers
        assert len(wrong.intersection(filter(lambda header: header is not None, headers))) == 1


def test_every_wrong_form_of_a_credential_is_met() -> None:
    headers = set(forms(derived()))

    assert {"", "Bearer", TOKENS[0], f"Bearer {TOKENS[0][:-1]}"} <= headers


def test_an_embedded_mock_meets_every_form_in_every_operation() -> None:
    for requests in by_operation(derived(embedded=True)).values():
        headers = set(forms(requests))

        assert {None, "", "Bearer", "Bearer understudy-unknown-credential"} <= headers


def test_bodies_are_broken_in_every_way_once() -> None:
    sent = [request.body for request in derived()]

    assert all(sent.count(body) >= 1 for body in BROKEN_BODIES.values() if body)
    assert sent.count(BROKEN_BODIES["NaN"]) == 1


def test_what_is_required_is_left_out_and_what_is_typed_mistyped() -> None:
    bodies = [
        json.loads(request.body) for request in derived() if b'"label"' in request.body or b'"size"' in request.body
    ]

    assert {"size": {"width": 1}} in bodies
    assert {"label": 17, "size": {"width": 1}} in bodies
    assert {"label": "상자 📦", "size": ["not", "an object"]} in bodies
    assert {"label": "상자 📦", "size": {}} in bodies
    assert {"label": "상자 📦", "size": {"width": "seventeen"}} in bodies


def test_an_integer_of_the_query_is_mistyped() -> None:
    assert any("limit=%EC%97%B4%EB%91%98" in request.target for request in derived())


def test_instances_are_spared_what_the_document_does_not_refuse() -> None:
    requests = derived(refuses_unlawful=False)
    bodies = [request.body for request in requests if request.headers.get("authorization") == f"Bearer {TOKENS[0]}"]

    assert [json.loads(body) for body in bodies if body] == [{"size": {"width": 1}}, {"label": "상자 📦", "size": {}}]
    assert derived(embedded=True, refuses_unlawful=False) == derived(embedded=True)


def test_what_no_call_may_have_changed_is_read_back_in_the_end() -> None:
    boxes = Boxes()
    session = new_session(boxes)
    run_derived(session, new_suite(reread=lambda session: session.call("listBoxes")))

    assert boxes.requests[-1].method == "GET"
    assert boxes.requests[-1].headers["authorization"] == f"Bearer {TOKENS[0]}"


def test_an_operation_that_cannot_be_arranged_is_left_out() -> None:
    def only_lists(session: Session, operation: str) -> Arranged | None:
        return arrange(session, operation) if operation == "listBoxes" else None

    boxes = Boxes()
    suite = new_suite()
    suite.arrange = only_lists
    run_derived(new_session(boxes), suite)

    assert {request.method for request in boxes.requests} == {"GET"}


@pytest.mark.parametrize("thorough", [True, False])
def test_everything_is_dealt_and_everybody_gets_something(thorough: bool) -> None:
    for what in (("가",), ("가", "나"), tuple("가나다라마바사")):
        for operations in (OPERATIONS[:1], OPERATIONS[:2], OPERATIONS):
            hands = dealt(what, operations, thorough)

            assert {entry for hand in hands.values() for entry in hand} == set(what)
            assert all(hands[operation.id] for operation in operations)
            if not thorough:
                assert sum(map(len, hands.values())) == max(len(what), len(operations))


def test_nothing_can_be_dealt() -> None:
    assert dealt((), OPERATIONS, False) == {operation.id: () for operation in OPERATIONS}
    assert dealt(("가",), (), False) == {}


def test_one_change_at_a_time() -> None:
    schema = {
        "required": ["a"],
        "properties": {"a": {"type": "string"}, "b": {"type": ["array", "null"]}, "c": {"type": "array"}, "d": {}},
    }

    assert dict(varied(schema, {"a": "한글"})) == {
        "/a left out": {},
        "/a mistyped": {"a": 17},
        "/c mistyped": {"a": "한글", "c": {"not": "an array"}},
    }


def test_a_target_without_credentials_has_fewer_wrong_forms() -> None:
    session = new_session(Boxes(), credentials={"good": "x"})

    assert "a cut-off credential" not in wrong_forms(session)


def test_generated_bodies_go_to_operations_that_take_one() -> None:
    asked: list[str] = []

    def bodies(operation: OperationNode, examples: int) -> list[Any]:
        asked.append(operation.id)
        return [{"label": "가" * number} for number in range(1, examples + 1)]

    boxes, followed = Boxes(), []
    suite = new_suite(
        fitted=lambda lawful, body: {**lawful.body, **body},
        followed=lambda session, reading: followed.append(reading.member("id")),
    )
    run_generated(new_session(boxes), suite, 3, bodies)

    assert asked == ["makeBox"]
    assert [json.loads(request.body) for request in boxes.requests] == [
        {"label": "가", "size": {"width": 1}},
        {"label": "가가", "size": {"width": 1}},
        {"label": "가가가", "size": {"width": 1}},
    ]
    assert followed == list(boxes.boxes)


def test_what_was_refused_is_not_followed() -> None:
    followed: list[Any] = []
    suite = new_suite(followed=lambda session, reading: followed.append(reading))
    run_generated(new_session(Boxes()), suite, 1, lambda operation, examples: [{"label": None}])

    assert followed == []


def test_where_only_reading_is_allowed_what_reads_is_varied_all_the_same() -> None:
    boxes = Boxes()
    boxes.boxes["box-1"] = "상자"
    session = new_session(boxes)
    session.gate = Gate(boxes, Allowance(100), lambda: boxes.now, boxes.wait, forbids=Effects(CONTRACT).unless_safe)

    def read_box(session: Session, operation: str) -> Arranged | None:
        return Arranged({"id": "box-1"}) if operation == "readBox" else arrange(session, operation)

    reread: list[Session] = []
    suite = new_suite(reread=reread.append)
    suite.arrange = read_box
    with pytest.raises(Unmet, match="writes are not allowed"):
        run_derived(session, suite)

    assert set(by_operation(boxes.requests)) == {"GET all", "GET one"}
    assert reread == [session]
