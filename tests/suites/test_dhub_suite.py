"""The suite of D.Hub: what it checks, what it costs, what it leaves behind, and that no answer can harm it."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.suites.dhub_provider import Answer, Provider, Refused, Thing
from tests.suites.dhub_verification import (
    CONTRACT,
    PROJECT,
    SUITE,
    against,
    no_bodies,
    session_with,
    verified,
    violated,
)
from understudy.adapters.inprocess import EngineTransport
from understudy.contract import BINDING_GRADES
from understudy.engine import Engine
from understudy.errors import TargetError
from understudy.http import Request, Response
from understudy.stage import ManualClock, Stage
from understudy.verify.generate import lawful_bodies
from understudy.verify.observation import TransportFailure
from understudy.verify.verification import Outcome, Verification, verify


class Mock(EngineTransport):
    """The project's own mock, in-process."""

    def __init__(self) -> None:
        self._clock = ManualClock()
        stage = Stage(self._clock, limits={"dhub_knowledge": dict(SUITE.embedded_limits)})
        super().__init__(Engine(PROJECT.load_mock("dhub_knowledge"), CONTRACT, stage))

    @property
    def clock(self) -> float:
        return self._clock.now()

    def advance(self, seconds: float) -> None:
        self._clock.advance(seconds)


# What is checked


@pytest.mark.parametrize("embedded", [True, False])
def test_the_mock_keeps_everything_that_is_checked(embedded: bool) -> None:
    verification = verified(Mock(), embedded=embedded, wait_seconds=1)

    assert not against(verification), [row for row in verification.rows if row.against]


def test_generated_bodies_are_judged_too() -> None:
    session = session_with(Mock(), embedded=True, wait_seconds=1)

    verification = verify(session, SUITE, examples=4, lawful_bodies=lambda: lawful_bodies(CONTRACT))

    assert not against(verification), [row for row in verification.rows if row.against]
    assert len(verification.observations) > len(verified(Mock(), embedded=True, wait_seconds=1).observations) + 16


@pytest.mark.parametrize("embedded", [True, False])
def test_every_documented_clause_is_held_or_it_is_said_why_not(embedded: bool) -> None:
    verification = verified(Mock(), embedded=embedded, wait_seconds=1)
    unchecked = {
        row.clause.id
        for row in verification.of(Outcome.NOT_CHECKED)
        if row.clause.grade in BINDING_GRADES and row.clause.binds != "consumer"
    }
    too_much = set() if embedded else {"dhub.list-knowledges.limit-default"}

    assert unchecked - too_much <= set(SUITE.unobservable)


def test_every_clause_that_the_suite_names_is_one_of_the_contract() -> None:
    named = set(SUITE.unobservable) | SUITE.judge.beyond_shape
    named |= {clause for script in SUITE.scripts for clause in script.clauses}

    assert named <= set(CONTRACT.clauses)


def test_what_is_unobservable_is_never_said_to_hold() -> None:
    rows = {row.clause.id: row for row in verified(Mock(), embedded=True, wait_seconds=1).rows}

    assert all(rows[id].outcome is Outcome.NOT_CHECKED for id in SUITE.unobservable)


# What it costs, and what it leaves behind


def test_a_live_instance_is_called_150_times_at_most() -> None:
    assert len(verified(Provider()).observations) <= 150


def leftovers(provider: Provider) -> set[str]:
    return {id for account in provider.accounts.values() for id in account} - {"knowledge-abc123"}


@pytest.mark.parametrize("embedded", [True, False])
def test_nothing_is_left_behind(embedded: bool) -> None:
    provider = Provider()

    verified(provider, embedded=embedded)

    assert leftovers(provider) == set()


@pytest.mark.parametrize("calls", [1, 2, 5, 12, 40, 41, 60, 61, 62, 90, 120])
def test_nothing_is_left_behind_when_the_calls_run_out(calls: int) -> None:
    provider = Provider()

    verification = verified(provider, calls=calls)

    assert verification.passed
    assert len(verification.observations) <= calls
    assert leftovers(provider) == set()


def test_nothing_is_left_behind_when_a_step_fails() -> None:
    class CannotRead(Provider):
        def read(self, thing: Thing, version: str | None) -> Any:
            raise Refused(500)

        def history(self, thing: Thing) -> Any:
            raise Refused(500)

    provider = CannotRead()

    assert not verified(provider).passed
    assert leftovers(provider) == set()


def test_what_unlawful_calls_created_is_deleted_too() -> None:
    class TakesEverybody(Provider):
        def account(self, request: Request) -> dict[str, Thing]:
            return self.accounts.setdefault("all", self.starting())

        def check_creation(self, body: Any, holder: Thing | None) -> None:
            body.setdefault("name", "이름 없음")

    provider = TakesEverybody()

    assert "dhub.auth.required" in violated(verified(provider))
    assert leftovers(provider) == set()


def test_what_is_created_can_be_recognised() -> None:
    provider = Provider()
    names: list[str] = []
    create = provider.created

    def remember(shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        names.append(body["name"])
        return create(shelf, body, holder)

    provider.created = remember  # type: ignore[method-assign]
    verified(provider)

    assert names
    assert all(name.startswith("검증 ") for name in names)


# What no answer can do


NASTY = (
    *(b"", b"null", b"[]", b"{}", b'"x"', b"17", b"[null]", b"\xff\xfe", b"\xef\xbb\xbf{}", b"NaN", b"1e999"),
    *(b"1" * 5000, b"[" * 100_000, b'{"a":' * 5000, b'{"item": 5}', b'{"item": ""}', b'{"item": {"id": "x"}}'),
    *(b'{"item": "\\u0000/../x"}', b'{"item": "\\ud83d"}', b'{"items": null}', b'{"items": {"": null}}'),
    *(
        b'{"items": {"a": "{"}}',
        b'{"items": {"a": "null", "b": 5}, "token": 17}',
        b'{"items": {"a": "[]"}, "token": "x"}',
    ),
    *(
        b'{"items": {"k": "{\\"id\\":5,\\"name\\":{},\\"groups\\":[5]}"}}',
        b'{"items": {"a": "{\\"id\\":\\"\\\\ud800\\"}"}}',
    ),
    *(b'[{"version_id": 5}]', b'[{"version_id": "v", "last_modified": "0001-01-01T00:00:00+23:59", "size": -1}]'),
    b'{"id": [], "name": 5, "groups": [1, null, {}], "tags": "x", "options": [], "comment": {}, "created_at": 1e308}',
    b'{"id": "x", "name": [], "updated_at": 99999999999999999999999, "created_at": -5}',
)


class Nasty(Provider):
    """Some of its answers are anything at all."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.chance = random.Random(seed)
        self.share = (0.05, 0.2, 0.5, 1.0)[seed % 4]

    def send(self, request: Request) -> Response:
        response = super().send(request)
        if self.chance.random() > self.share:
            return response
        if self.chance.random() < 0.05:
            raise TransportFailure("the connection broke")
        status = self.chance.choice([response.status, 200, 200, 201, 204, 301, 400, 404, 409, 500, 600])
        media_type = self.chance.choice(["application/json", "application/json", "text/html", "", ";;"])
        body = self.chance.choice(NASTY) if self.chance.random() < 0.7 else self.changed(response.body)
        return Response(status, (("Content-Type", media_type),) if media_type else (), body)

    def changed(self, body: bytes) -> bytes:
        """One member of the answer, replaced."""
        value = json.loads(body)
        other = self.chance.choice([None, 5, "", [], {}, [None], {"a": None}, True, 1.5, "\0"])
        if isinstance(value, dict) and value:
            value[self.chance.choice(list(value))] = other
        return json.dumps(value).encode()


@pytest.mark.parametrize("seed", range(16))
def test_any_answer_is_read_safely(seed: int) -> None:
    try:
        verification = verified(Nasty(seed), embedded=seed % 3 == 0)
    except TargetError:
        return
    assert all(verdict.observation > 0 for row in verification.rows for verdict in row.against)


@pytest.mark.parametrize("member", ["name", "tags", "options", "comment", "items", "item", "version_id", "more"])
@pytest.mark.parametrize("depth", [90, 900])
def test_deep_answers_are_read_safely(member: str, depth: int) -> None:
    class Deep(Provider):
        def render(self, request: Request, status: int, value: Any) -> Response:
            wrapped = [{**entry, member: "@"} for entry in value] if isinstance(value, list) else {**value, member: "@"}
            body = json.dumps(wrapped).replace('"@"', "[" * depth + "]" * depth)
            return super().render(request, status, value)._replace(body=body.encode())

        def entry(self, thing: Thing) -> Any:
            return {**super().entry(thing), member: json.loads("[" * 90 + "]" * 90)}

    assert not verified(Deep()).passed or member == "more"


def test_verdicts_say_what_was_expected_and_seen() -> None:
    class ForgetsTags(Provider):
        def kept(self, body: dict[str, Any]) -> dict[str, Any]:
            return {**super().kept(body), "tags": ["다른 꼬리표"]}

    expected, seen = violated(verified(ForgetsTags()))["dhub.create-knowledge.kept"]

    assert "자주 묻는 질문" in expected
    assert "다른 꼬리표" in seen


def test_no_credential_is_in_a_verdict() -> None:
    class Echoes(Provider):
        def refusal(self, refused: Refused) -> Any:
            return {"detail": 5}

    verification: Verification = verified(Echoes())

    told = [text for row in verification.rows for verdict in row.against for text in (verdict.expected, verdict.seen)]
    assert told
    assert not any("dhub-test" in text for text in told)


def test_no_bodies_are_generated_unless_they_are_asked_for() -> None:
    with pytest.raises(AssertionError, match="no generated cases"):
        no_bodies()
