"""The suite of Flowith seek: what it checks, what it costs, and that nothing a target says can harm it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.suites.flowith_defects import DEFECTS
from tests.suites.flowith_provider import Change, Provider, answers, framed, is_stream, with_body
from tests.suites.flowith_verification import (
    CONTRACT,
    FIXTURES,
    PROJECT,
    SUITE,
    against,
    no_bodies,
    session_with,
    verified,
    violated,
)
from understudy.contract import BINDING_GRADES
from understudy.http import Chunk, Request, Response
from understudy.verify.generate import lawful_bodies
from understudy.verify.judge import Briefing
from understudy.verify.observation import Observation, TransportFailure
from understudy.verify.verification import Outcome, verify

ROLES = {"flowith-test-good": "good"}
LAWFUL = {"authorization": "Bearer flowith-test-good", "content-type": "application/json"}
SEEK = "/external/use/seek-knowledge/seek"
BODY = {
    "messages": [{"role": "user", "content": "배터리는요? 🔋"}],
    "model": "gpt-4o-mini",
    "stream": True,
    "kb_list": FIXTURES["knowledge_bases"][:1],
}
STREAM = (("Content-Type", "text/plain; charset=UTF-8"),)
EVERY_DIALECT: list[tuple[str, ...]] = [(), ("observed",), ("fixed-window",), ("observed", "fixed-window")]


def asking(**members: Any) -> Request:
    return Request("POST", SEEK, LAWFUL, msgspec.json.encode({**BODY, **members}))


def judged(response: Response, request: Request | None = None) -> set[str]:
    """The clauses that one answer to a lawful question breaks."""
    judge = SUITE.judge(CONTRACT, Briefing(ROLES, fixtures=FIXTURES))
    _, verdicts = judge.read(Observation(1, 0.0, 0.1, request or asking(), response))
    return {verdict.clause for verdict in verdicts if not verdict.held}


@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "elsewhere"])
@pytest.mark.parametrize("dialects", EVERY_DIALECT, ids=str)
def test_mock_keeps_everything_that_is_checked(dialects: tuple[str, ...], embedded: bool) -> None:
    result = verified(embedded=embedded, dialects=frozenset(dialects))
    assert not against(result), [row for row in result.rows if row.against]


def test_generated_bodies_are_judged_too() -> None:
    session = session_with(lambda inner: inner, embedded=True)
    result = verify(session, SUITE, examples=10, lawful_bodies=lambda: lawful_bodies(CONTRACT))
    assert not against(result), [row for row in result.rows if row.against]


@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "elsewhere"])
def test_every_documented_clause_is_held_or_cannot_be_observed(embedded: bool) -> None:
    unchecked = {
        row.clause.id
        for row in verified(embedded=embedded).of(Outcome.NOT_CHECKED)
        if row.clause.grade in BINDING_GRADES and row.clause.binds != "consumer"
    }
    unseen = set() if embedded else {"flowith.credits.account", "flowith.credits.deducted"}
    assert unchecked == SUITE.unobservable.keys() | unseen


def test_every_clause_that_the_suite_names_is_in_the_contract() -> None:
    """A verdict on a clause that is not there would be lost without a word."""
    text = "".join(path.read_text(encoding="utf-8") for path in (Path(PROJECT.suites) / "flowith_seek").glob("*.py"))
    named = set(re.findall(r'"(flowith\.[a-z]+\.[a-z0-9-]+)"', text))
    assert named <= CONTRACT.clauses.keys()
    seen = {verdict for row in verified().rows for verdict in (row.clause.id,) if row.held}
    assert seen <= CONTRACT.clauses.keys()
    assert {clause for script in SUITE.scripts for clause in script.clauses} <= CONTRACT.clauses.keys()
    assert SUITE.unobservable.keys() <= CONTRACT.clauses.keys()
    assert all(script.run.__doc__ for script in SUITE.scripts)


def test_a_target_elsewhere_is_called_thirty_six_times_at_most_and_at_its_rate() -> None:
    """Only the burst is faster than the rate, and that after a quiet minute."""
    observations = verified(embedded=False).observations
    assert len(observations) <= 36
    times = [observation.at for observation in observations]
    hurried = [place for place in range(1, len(times)) if times[place] - times[place - 1] < 5]
    assert len(hurried) == 12
    assert times[hurried[0] - 1] - times[hurried[0] - 2] > 60
    assert times[-1] - times[0] < 5 * 60


def test_a_cap_that_runs_out_leaves_clauses_unchecked_and_fails_nothing() -> None:
    for calls in (1, 5, 25):
        session = session_with(lambda inner: inner, embedded=False, calls=calls)
        result = verify(session, SUITE, examples=0, lawful_bodies=no_bodies)
        assert len(result.observations) == calls
        assert not violated(result)
        reasons = {row.clause.id: row.reason for row in result.of(Outcome.NOT_CHECKED)}
        assert reasons["flowith.rate.refused"] == f"the cap of {calls} calls is used up"


def test_answers_that_take_long_are_asked_for_all_at_once() -> None:
    """Thirteen answers of eight seconds do not fit in a minute one after another."""
    slow = SlowProvider()
    session = session_with(slow.around, embedded=False)
    slow.pass_time = session.gate.wait
    result = verify(session, SUITE, examples=0, lawful_bodies=no_bodies)
    assert slow.overlapped == 12
    assert not violated(result)
    assert "flowith.rate.refused" in {row.clause.id for row in result.of(Outcome.HELD)}


class SlowProvider:
    """A provider that takes eight seconds for every answer, however many it gives at a time."""

    def __init__(self) -> None:
        self.overlapped = 0
        self.pass_time: Any = None

    def around(self, inner: Any) -> SlowProvider:
        self._inner = inner
        return self

    def send(self, request: Request) -> Response:
        response: Response = self._inner.send(request)
        self.pass_time(8.0)
        return response

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        self.overlapped += len(requests)
        found: list[Response | TransportFailure] = [self._inner.send(request) for request in reversed(requests)]
        self.pass_time(8.0)
        return found[::-1]

    def stall(self, request: Request, seconds: float) -> Response:
        raise TransportFailure("not asked for")


@pytest.mark.parametrize("name", ["searching after seeds", "no sample path", "any token will do", "a piece twice"])
def test_what_was_recorded_is_judged_as_it_was_live(name: str) -> None:
    """The judge needs nothing but the exchanges: not the scripts, and no time but that of the exchanges."""
    session = session_with(lambda inner: Provider(inner, DEFECTS[name][1]), embedded=False)
    live = violated(verify(session, SUITE, examples=0, lawful_bodies=no_bodies))
    judge = SUITE.judge(CONTRACT, Briefing(session.target.roles, fixtures=FIXTURES))
    again = [verdict for entry in session.gate.observations for verdict in judge.read(entry)[1]]
    assert set(live) <= {verdict.clause for verdict in again if not verdict.held}


def test_a_violation_says_what_was_expected_and_seen() -> None:
    found = violated(verified(DEFECTS["another tag"][1], embedded=False))
    assert found["flowith.stream.tag"] == ("a tag: searching, seeds, final", "'progress'")
    found = violated(verified(DEFECTS["no list"][1], embedded=False))
    assert found == {"flowith.models.path": ("an answer", "status 404")}


def test_no_token_is_shown() -> None:
    """A provider that repeats the token it was sent does not get it into a report."""
    result = verified(talkative(), embedded=False)
    told = [text for row in result.rows for verdict in row.against for text in (verdict.expected, verdict.seen)]
    assert any("[redacted]" in text for text in told)
    assert not any("flowith-test" in text for text in told)


def talkative() -> Change:
    def change(request: Request, send: Any) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return with_body(send(request), framed([{"tag": token, "content": token}]))

    return change


class Unreachable:
    """A target that takes every connection and breaks it."""

    def send(self, request: Request) -> Response:
        raise TransportFailure("the connection was reset")

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        return [TransportFailure("the connection was reset") for _ in requests]

    def stall(self, request: Request, seconds: float) -> Response:
        raise TransportFailure("the connection was reset")


def test_calls_that_are_not_answered_break_the_service() -> None:
    session = session_with(lambda inner: Unreachable(), embedded=False)
    result = violated(verify(session, SUITE, examples=0, lawful_bodies=no_bodies))
    assert result == {"flowith.service.http": ("a whole answer", "the connection was reset")}


HOSTILE: Mapping[str, bytes] = {
    "nothing": b"",
    "broken UTF-8": b'data: {"tag": "final", "content": "\xff"}\n\n',
    "an unpaired surrogate": b'data: {"tag": "\\ud800", "content": "\\udc00"}\n\n',
    "deep nesting": b"data: " + b"[" * 100_000 + b"]" * 100_000 + b"\n\n",
    "deep nesting in seeds": b'data: {"tag": "seeds", "content": "' + b"[" * 100_000 + b'"}\n\n',
    "NaN": b'data: {"tag": "final", "content": NaN}\n\n',
    "null": b"data: null\n\n",
    "lines without end": b"data:" * 200_000,
    "empty lines": b"\r\n\n\r" * 200_000,
    "empty blocks": b"data:\n\n" * 20_000,
    "one letter": b"d",
    "a tag that is a list": b'data: {"tag": ["final"], "content": {"a": []}}\n\n',
    "seeds of seeds": b'data: {"tag": "seeds", "content": [[[]], {}, 1, null, "", {"id": {"id": []}}]}\n\n',
    "a long line that is no block": "가".encode() * 300_000,
}


@pytest.mark.parametrize("status", [100, 200, 204, 301, 403, 429, 500, 599])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_are_read_safely(name: str, status: int) -> None:
    headers = (("Content-Type", ";;=\x00"), ("Retry-After", "٣" * 5000), ("Content-Length", "9" * 5000))
    for stream in (True, False):
        broken = judged(Response(status, headers, HOSTILE[name]), asking(stream=stream))
        assert broken or status == 429
    judged(Response(status, headers, HOSTILE[name]), Request("GET", SEEK.replace("/seek", "/models", 1), LAWFUL))


texts = st.sampled_from(["한", "", "final", "seeds", "searching", "[DONE]", "flowith-test-good", "😀", "[]", "[{}]"])
names = st.sampled_from(["tag", "content", "id", "tokens", "order", "source_id", "nip", "models", "error", "message"])
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6),
    max_leaves=12,
)
bodies = st.sampled_from([msgspec.json.encode(BODY), b"", b"{}", b"\xff", b'{"messages": [], "kb_list": {}}'])
targets = st.sampled_from(
    [SEEK, "/external/use/knowledge-base/seek?a=%ff", "/external/use/knowledge-base/models", "/", "//", "", "/%00"]
)


@given(
    status=st.sampled_from([200, 201, 302, 400, 402, 429, 500]),
    blocks=st.lists(values, max_size=5),
    headers=st.lists(st.tuples(st.sampled_from(["Content-Type", "Retry-After"]), st.text()), max_size=2),
    whole=st.booleans(),
    body=bodies,
    target=targets,
    method=st.sampled_from(["GET", "POST"]),
    sent=st.dictionaries(st.sampled_from(["authorization", "content-type", "user-agent"]), st.text(), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_no_exchange_whatsoever_upsets_the_judge(
    status: int,
    blocks: list[Any],
    headers: list[tuple[str, str]],
    whole: bool,
    body: bytes,
    target: str,
    method: str,
    sent: dict[str, str],
) -> None:
    content = msgspec.json.encode(blocks[:1]) if whole else framed(blocks)
    answer = Response(status, tuple(headers), content)
    for headers_sent in ({**LAWFUL, **sent}, sent):
        assert judged(answer, Request(method, target, headers_sent, body)) <= CONTRACT.clauses.keys()


@given(
    cuts=st.lists(st.integers(0, 400), max_size=12),
    end=st.sampled_from([b"\n\n", b"\r\n\r\n", b"\n", b"\r\r"]),
    space=st.sampled_from([b"data: ", b"data:"]),
)
@settings(max_examples=60, deadline=None)
def test_chunks_and_line_ends_change_nothing(cuts: list[int], end: bytes, space: bytes) -> None:
    """Wherever a stream is cut, inside of a character too, it is the same stream."""
    seed = dict.fromkeys(("id", "tokens", "content", "order", "source_id", "source_title", "nip"), "각🔋")
    blocks = [
        {"tag": "searching", "content": "…"},
        {"tag": "seeds", "content": [seed]},
        {"tag": "final", "content": "👩🏽‍💻"},
    ]
    body = framed(blocks, prefix=space, end=end)
    places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    pieces = tuple(Chunk(0.1, body[begin:stop]) for begin, stop in itertools.pairwise(places))
    broken = judged(Response(200, STREAM, b"", pieces))
    assert not {clause for clause in broken if CONTRACT.clauses[clause].grade in BINDING_GRADES}


def test_a_stream_that_says_more_after_its_end_is_found_in_any_framing() -> None:
    more = answers(
        lambda response: with_body(response, response.content + b'data: {"tag": "searching", "content": "?"}')
    )
    changed = more(asking(), lambda request: Response(200, STREAM, framed([{"tag": "final", "content": "끝"}])))
    assert is_stream(changed)
    assert {"flowith.stream.final-last", "flowith.stream.searching-first"} <= judged(changed)
