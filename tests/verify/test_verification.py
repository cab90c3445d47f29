"""A verification runs a suite and says of every clause what became of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.verify.boxes import CONTRACT, TOKENS, Boxes, new_session, new_suite, reply
from understudy.errors import GateClosed, TargetError
from understudy.http import Request, Response
from understudy.verify.observation import TransportFailure
from understudy.verify.session import Session, Unmet
from understudy.verify.suite import Suite
from understudy.verify.verification import Outcome, Verification, verify


def no_bodies() -> Any:
    raise AssertionError("no generated cases were asked for")


def verified(transport: Any, suite: Suite | None = None, **session: Any) -> Verification:
    return verify(new_session(transport, **session), suite or boxes_suite(), examples=0, lawful_bodies=no_bodies)


def boxes_suite(**options: Any) -> Suite:
    suite = new_suite(**options)

    @suite.script("boxes.read.label", "boxes.drop.gone")
    def life_of_a_box(session: Session) -> None:
        """A box is made, read and thrown away."""
        id = session.call("makeBox", body={"label": "한글 📦"}).member("id")
        if id is None:
            raise Unmet("no box was made")
        session.call("readBox", path={"id": id})
        session.call("dropBox", path={"id": id})

    return suite


def outcomes(verification: Verification) -> dict[str, Outcome]:
    return {row.clause.id: row.outcome for row in verification.rows}


def test_every_clause_has_a_row_in_the_contracts_order() -> None:
    verification = verified(Boxes())

    assert [row.clause.id for row in verification.rows] == list(CONTRACT.clauses)
    assert verification.stem == "boxes"
    assert verification.passed


def test_what_became_of_clauses() -> None:
    verification = verified(Boxes())
    found = outcomes(verification)

    assert found["boxes.read.label"] is Outcome.HELD
    assert found["boxes.deep"] is Outcome.NOT_CHECKED
    reasons = {row.clause.id: row.reason for row in verification.of(Outcome.NOT_CHECKED)}
    assert reasons["boxes.deep"] == "a box is closed"
    assert reasons["boxes.make.care"] == "it binds the consumer: a provider can neither keep nor break it"
    assert reasons["boxes.error.missing"] == "no exchange bore on it"


def test_a_documented_clause_that_is_broken_fails() -> None:
    class Forgets(Boxes):
        def make(self, request: Request) -> Response:
            self.boxes["box-1"] = "다른 것"
            return reply(200, {"id": "box-1"})

    verification = verified(Forgets())
    row = next(row for row in verification.rows if row.clause.id == "boxes.read.label")

    assert not verification.passed
    assert row.outcome is Outcome.VIOLATED
    assert row.against[0].expected == "한글 📦"
    assert verification.observations[row.against[0].observation - 1].request.method == "GET"


def test_an_assumed_clause_that_is_broken_is_noted() -> None:
    class OtherIds(Boxes):
        def make(self, request: Request) -> Response:
            made = json.loads(super().make(request).body)
            if "id" not in made:
                return reply(400, made)
            id = made["id"].removeprefix("box-")
            self.boxes[id] = self.boxes.pop(made["id"])
            return reply(200, {"id": id})

    verification = verified(OtherIds())

    assert verification.passed
    assert outcomes(verification)["boxes.read.id-form"] is Outcome.NOTED


def test_a_clause_that_held_and_was_broken_is_violated() -> None:
    class Sometimes(Boxes):
        def answer(self, request: Request) -> Response:
            response = super().answer(request)
            second = request.method == "DELETE" and len(self.requests) > 5 and response.status == 200
            return response._replace(status=202) if second else response

    verification = verified(Sometimes())
    row = next(row for row in verification.rows if row.clause.id == "boxes.drop.status")

    assert row.outcome is Outcome.VIOLATED
    assert row.held == 1


def test_what_the_target_lacks_is_a_reason() -> None:
    suite = boxes_suite()

    @suite.script("boxes.drop.gone", "boxes.list.limit", roles=("many",))
    def needs_many(session: Session) -> None:
        raise AssertionError("it must not run")

    @suite.script("boxes.error.missing", fixtures=("known_box",))
    def needs_a_box(session: Session) -> None:
        raise AssertionError("it must not run")

    @suite.script("boxes.error.invalid", clock=True)
    def needs_the_clock(session: Session) -> None:
        raise AssertionError("it must not run")

    @suite.script("boxes.list.text")
    def needs_luck(session: Session) -> None:
        raise Unmet("오늘은 운이 없다")

    reasons = {row.clause.id: row.reason for row in verified(Boxes(), suite).rows}

    assert reasons["boxes.list.limit"] == "the target has no credential for the role many"
    assert reasons["boxes.error.missing"] == "the target has no fixture known_box"
    assert reasons["boxes.error.invalid"] == "the target's clock cannot be moved"
    assert reasons["boxes.list.text"] == "오늘은 운이 없다"
    assert reasons["boxes.drop.gone"] == ""


def test_a_cap_that_runs_out_fails_nothing() -> None:
    verification = verified(Boxes(), calls=2)
    reasons = {row.clause.id: row.reason for row in verification.rows}

    assert verification.passed
    assert len(verification.observations) == 2
    assert reasons["boxes.read.label"] == "the cap of 2 calls is used up"


def test_each_part_has_accounts_of_its_own_in_an_embedded_mock() -> None:
    boxes = Boxes()
    verified(boxes, advance=boxes.wait)
    accounts = {request.headers.get("authorization") for request in boxes.requests}

    assert {f"Bearer {TOKENS[0]}-life-of-a-box", f"Bearer {TOKENS[0]}-derived"} <= accounts


@pytest.mark.parametrize("failure", [Unmet("나중에"), GateClosed("나중에"), KeyboardInterrupt(), ValueError()])
def test_what_a_part_created_is_deleted_however_it_ends(failure: BaseException) -> None:
    suite, boxes = new_suite(), Boxes()

    @suite.script()
    def makes_and_fails(session: Session) -> None:
        session.call("makeBox", body={"label": "남을 상자"})
        raise failure

    if isinstance(failure, Unmet | GateClosed):
        verified(boxes, suite)
    else:
        with pytest.raises(type(failure)):
            verified(boxes, suite)
    assert boxes.boxes == {}


def test_generated_cases_are_made_when_they_are_asked_for() -> None:
    boxes = Boxes()
    steps: list[str] = []
    verify(
        new_session(boxes),
        new_suite(),
        examples=2,
        lawful_bodies=lambda: lambda operation, examples: [{"label": f"꾸밈 {number}"} for number in range(examples)],
        progress=steps.append,
    )

    assert any("꾸밈 1".encode() in request.body for request in boxes.requests)
    assert steps == ["cases derived from the contract", "generated cases"]


def test_a_target_that_takes_no_credential_is_not_judged() -> None:
    class TakesNobody(Boxes):
        def answer(self, request: Request) -> Response:
            return reply(401, {"reason": "누구"})

    with pytest.raises(TargetError, match="refused the credentials it was given in all"):
        verified(TakesNobody())


def test_a_target_that_cannot_be_reached_is_not_judged() -> None:
    class Nowhere(Boxes):
        def send(self, request: Request) -> Response:
            raise TransportFailure("refused", unreachable=True)

    with pytest.raises(TargetError, match="cannot be reached"):
        verified(Nowhere())


def test_a_target_that_hangs_up_is_judged_on_what_it_said() -> None:
    class HangsUp(Boxes):
        def send(self, request: Request) -> Response:
            if self.requests:
                raise TransportFailure("the connection broke")
            return super().send(request)

    verification = verified(HangsUp())

    assert verification.passed
    assert outcomes(verification)["boxes.make.status"] is Outcome.HELD
    assert outcomes(verification)["boxes.read.label"] is Outcome.NOT_CHECKED
