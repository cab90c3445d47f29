"""The suite of ETRI machine reading: what it checks, what it costs, and that nothing a target says can harm it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.suites.etri_defects import DEFECTS, found, served_instead
from tests.suites.etri_provider import LIMITS, Provider, Quirks
from tests.suites.etri_verification import (
    CONTRACT,
    GENEROUS,
    PROJECT,
    ROLES,
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
from understudy.http import Request, Response
from understudy.stage import ManualClock, Stage
from understudy.verify.generate import lawful_bodies
from understudy.verify.judge import Briefing
from understudy.verify.observation import Observation, TransportFailure
from understudy.verify.verification import Outcome, Verification, verify

QUESTION = b'{"argument": {"question": "\xed\x95\x9c?", "passage": "\xed\x95\x9c\xea\xb8\x80"}}'


LAWFUL = {"authorization": "etri-test-good", "content-type": "application/json"}


def verified_mock(dialects: frozenset[str], examples: int = 0) -> Verification:
    """The project's own mock, in-process, with the limits that the suite asks of an embedded one."""
    clock = ManualClock()
    stage = Stage(clock, limits={"etri_mrc": SUITE.embedded_limits}, dialects=dialects)
    engine = Engine(PROJECT.load_mock("etri_mrc"), CONTRACT, stage)
    transport = EngineTransport(engine)
    session = session_with(transport, dict(engine.limits), advance=clock.advance, dialects=dialects, tick=0.001)
    return verify(session, SUITE, examples=examples, lawful_bodies=lambda: lawful_bodies(CONTRACT))


def judged(response: Response, request: Request | None = None) -> set[str]:
    """The clauses that one answer to a lawful question breaks."""
    judge = SUITE.judge(CONTRACT, Briefing(ROLES))
    sent = request or Request("POST", "/MRCServlet", LAWFUL, QUESTION)
    _, verdicts = judge.read(Observation(1, 0.0, 0.1, sent, response))
    return {verdict.clause for verdict in verdicts if not verdict.held}


@pytest.mark.parametrize("dialects", [(), ("body-key",), ("consecutive-calls",), ("one-based-indexes",)], ids=str)
def test_mock_keeps_everything_that_is_checked(dialects: tuple[str, ...]) -> None:
    result = verified_mock(frozenset(dialects))
    assert not against(result), [row for row in result.rows if row.against]


def test_generated_bodies_are_judged_too() -> None:
    result = verified_mock(frozenset(), examples=10)
    assert not against(result), [row for row in result.rows if row.against]


def test_every_documented_clause_of_a_provider_is_held_or_cannot_be_observed() -> None:
    result = verified()
    assert not against(result)
    unchecked = {
        row.clause.id
        for row in result.of(Outcome.NOT_CHECKED)
        if row.clause.grade in BINDING_GRADES and row.clause.binds != "consumer"
    }
    observable = unchecked - SUITE.unobservable.keys()
    assert observable == {"etri.auth.key-in-body"}, "a dialect that is not in force"


def test_nothing_that_is_called_unobservable_is_decided() -> None:
    decided = {row.clause.id for row in verified().rows if row.held}
    assert not decided & SUITE.unobservable.keys()
    assert SUITE.unobservable.keys() <= CONTRACT.clauses.keys()


def test_every_clause_that_the_suite_names_is_in_the_contract() -> None:
    """A verdict on a clause that is not there would be lost without a word."""
    text = "".join(path.read_text(encoding="utf-8") for path in (Path(PROJECT.suites) / "etri_mrc").glob("*.py"))
    named = set(re.findall(r'"(etri\.[a-z]+\.[a-z0-9-]+)"', text))
    assert named <= CONTRACT.clauses.keys()
    assert {clause for script in SUITE.scripts for clause in script.clauses} <= CONTRACT.clauses.keys()
    assert all(script.run.__doc__ for script in SUITE.scripts)


def test_a_target_elsewhere_is_called_sixty_times_at_most() -> None:
    assert len(verified(embedded=False).observations) <= 60


def test_a_cap_that_runs_out_leaves_clauses_unchecked_and_fails_nothing() -> None:
    for calls in (1, 5, 12):
        provider = Provider(ROLES, limits={**LIMITS, **GENEROUS})
        session = session_with(provider, {}, advance=None, calls=calls)
        result = verify(session, SUITE, examples=0, lawful_bodies=no_bodies)
        assert len(result.observations) == calls
        assert not against(result)
        reasons = {row.clause.id: row.reason for row in result.of(Outcome.NOT_CHECKED)}
        assert reasons["etri.error.internal"] == f"the cap of {calls} calls is used up"


def test_what_was_recorded_is_judged_as_it_was_live() -> None:
    """The judge needs nothing but the exchanges: not the scripts, not the order in which it was told of keys."""
    for name in ("indexes of UTF-16 code units", "any key will do", "errors with result 0", "a canned answer"):
        provider = Provider(ROLES, DEFECTS[name][1], {**LIMITS, **GENEROUS})
        session = session_with(provider, {}, advance=None)
        live = violated(verify(session, SUITE, examples=0, lawful_bodies=no_bodies))
        judge = SUITE.judge(CONTRACT, Briefing(ROLES))
        again = [verdict for entry in session.gate.observations for verdict in judge.read(entry)[1]]
        broken = {verdict.clause for verdict in again if not verdict.held}
        assert set(live) <= broken


def test_a_violation_says_what_was_expected_and_seen() -> None:
    told = violated(verified(found(lambda text: "x" * len(text.encode()))))
    expected, seen = told["etri.result.slice"]
    assert expected.startswith("passage[")
    assert seen.endswith("(right in UTF-8 bytes)")
    told = violated(verified(served_instead("blocked")))
    assert told["etri.error.blocked-key"] == (
        "status 403 and reason 'Blocked KEY' (or 'Blocked' with 403)",
        "status 200",
    )


def test_no_key_is_shown() -> None:
    """A provider that repeats the key it was sent does not get it into a report."""

    def talkative(request: Request, response: Response) -> Response:
        key = request.headers.get("authorization", "")
        body = b'{"request_id": "%s", "result": "%s", "reason": "bad key %s"}' % ((key.encode(),) * 3)
        return response._replace(body=body)

    result = verified(Quirks(response=talkative))
    told = [text for row in result.rows for verdict in row.against for text in (verdict.expected, verdict.seen)]
    assert any("[redacted]" in text for text in told)
    assert not any("etri-test" in text for text in told)


class Unreachable:
    """A target that takes every connection and breaks it."""

    def send(self, request: Request) -> Response:
        raise TransportFailure("the connection was reset")

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        return [TransportFailure("the connection was reset") for _ in requests]

    def stall(self, request: Request, seconds: float) -> Response:
        raise TransportFailure(f"no answer came within {seconds} seconds")


def test_calls_that_are_not_answered_break_the_service() -> None:
    session = session_with(Unreachable(), dict(LIMITS), advance=None)
    result = violated(verify(session, SUITE, examples=0, lawful_bodies=no_bodies))
    assert result["etri.service.http"] == ("an answer", "the connection was reset")
    assert "etri.error.request-timeout" in result


def found_text(info: str) -> bytes:
    return f'{{"result": 0, "return_object": {{"MRCInfo": {{{info}}}}}}}'.encode()


HOSTILE: Mapping[str, bytes] = {
    "nothing": b"",
    "broken UTF-8": b'{"result": 0, "return_object": {"MRCInfo": {"answer": "\xff"}}}',
    "an unpaired surrogate": found_text('"answer": "\\ud800", "begin": 0, "end": 0'),
    "an unpaired surrogate within text": b'{"result": 0, "return_object": "{\\"answer\\": \\"\\\\ud800\\"}"}',
    "deep nesting": b"[" * 100_000 + b"]" * 100_000,
    "deep nesting within text": b'{"result": 0, "return_object": "' + b"[" * 100_000 + b'"}',
    "huge indexes": found_text('"answer": "a", "begin": -1' + "0" * 400 + ', "end": 1e300'),
    "huge decimals": found_text('"answer": "a", "confidence": 1' + "0" * 400),
    "NaN": b'{"result": NaN}',
    "NUL": b'{"result": 0, "reason": "\\u0000\x00"}',
    "null": b"null",
    "a number": b"17",
    "lists everywhere": b'{"result": [], "reason": [], "request_id": [], "return_object": {"MRCInfo": [[]]}}',
    "objects everywhere": b'{"result": {}, "reason": {}, "return_object": {"MRCInfo": {"answer": {}, "begin": {}}}}',
    "truth everywhere": found_text('"answer": true, "begin": true, "end": false, "confidence": true'),
    "a reason as long as a book": b'{"result": -1, "reason": "' + "가".encode() * 100_000 + b'"}',
}


@pytest.mark.parametrize("status", [100, 200, 204, 301, 403, 500, 599])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_are_read_safely(name: str, status: int) -> None:
    headers = (("Content-Length", "٣"), ("Content-Length", "9" * 5000), ("Date", "Fri, 99 Foo 99999 99:99:99 GMT"))
    broken = judged(Response(status, headers, HOSTILE[name]))
    assert "etri.head.content-length" in broken


texts = st.sampled_from(["한", "한글", "", "0", "-1", "etri-test-good", "😀", "Blocked KEY", "Daily Limit Exceeded"])
members = st.sampled_from(
    [
        "result",
        "reason",
        "request_id",
        "return_object",
        "MRCInfo",
        "answer",
        "begin",
        "end",
        "confidence",
        "passage",
        "question",
    ]
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=6),
    max_leaves=12,
)


@given(
    status=st.sampled_from([200, 201, 302, 400, 403, 408, 413, 429, 500]),
    value=st.dictionaries(members, values, max_size=6),
    headers=st.lists(st.tuples(st.sampled_from(["Date", "Content-Type", "Connection", "content-length"]), st.text())),
    body=st.sampled_from([QUESTION, b"", b"{}", b'{"argument": {"question": "", "passage": ""}}', b"\xff"]),
    target=st.sampled_from(["/MRCServlet", "/MRCServlet?a=%ff", "/MRCServlet/%00", "/", "//", ""]),
    sent=st.dictionaries(st.sampled_from(["authorization", "content-type", "content-length"]), st.text(), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_no_exchange_whatsoever_upsets_the_judge(
    status: int, value: Any, headers: list[tuple[str, str]], body: bytes, target: str, sent: dict[str, str]
) -> None:
    answer = Response(status, tuple(headers), msgspec.json.encode(value))
    assert judged(answer, Request("POST", target, sent, body)) <= CONTRACT.clauses.keys()


def test_calls_of_a_quota_are_counted_by_the_calendar_of_the_provider() -> None:
    """Five calls on one day and two on the next are no seven of one day, though they come one after another."""
    judge = SUITE.judge(CONTRACT, Briefing(ROLES, {"daily_calls": 5}))
    provider = Provider(ROLES, limits={**LIMITS, **GENEROUS})
    request = Request("POST", "/MRCServlet", LAWFUL, QUESTION)
    broken: list[str] = []
    for number in range(13):
        if number == 5:
            provider.advance(86_400)
        reading = Observation(number, float(number), 0.1, request, provider.send(request))
        broken += [verdict.clause for verdict in judge.read(reading)[1] if not verdict.held]
    assert broken.count("etri.error.daily-limit") == 3, "the last three of eight calls on the second day"
