"""Every fault as clients see it: of a whole answer and of a stream, by a raw socket, httpx and http of Node."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.faults.clients import (
    NODE,
    SILENCE,
    Client,
    End,
    Seen,
    through_a_socket,
    through_httpx,
    through_node,
)
from tests.faults.conftest import Serve, engine_on, request_of, right_body, right_events
from understudy.adapters.inprocess import EngineTransport
from understudy.faults import (
    Answer,
    Cut,
    Delay,
    Drip,
    DropEvent,
    DuplicateEvent,
    EmptyReply,
    Fault,
    Garbage,
    MalformedEvent,
    Planned,
    Refuse,
    ReorderEvents,
    Reset,
    Split,
    Stall,
    TruncatedChunk,
    WrongLength,
)
from understudy.faults.kinds import needs_events
from understudy.stage import ManualClock
from understudy.verify.observation import TransportFailure

CLIENTS: dict[str, Client] = {"socket": through_a_socket, "httpx": through_httpx, "node": through_node}
needs_node = pytest.mark.skipif(NODE is None, reason="there is no Node here")
BY = [pytest.param(name, marks=needs_node if name == "node" else ()) for name in CLIENTS]
SORRY = "지금은 안 됩니다 🙇"
TOO_SHORT = "a length too short"
OTHER = "data: {한글 🤖\n\n".encode()


class Comes(NamedTuple):
    """What comes of an answer: ``body`` of what is right; ``status`` is None where not even a head comes."""

    end: End
    body: bytes = b""
    status: int | None = 200


class Case(NamedTuple):
    fault: Fault
    whole: Callable[[bytes], Comes]
    streamed: Callable[[tuple[bytes, ...]], Comes]
    unlawful: bool = False


def undisturbed(body: bytes) -> Comes:
    return Comes("whole", body)


def joined(*events: bytes) -> Comes:
    return Comes("whole", b"".join(events))


def both(comes: Comes) -> tuple[Callable[[bytes], Comes], Callable[[tuple[bytes, ...]], Comes]]:
    return lambda body: comes, lambda events: comes


def first(events: tuple[bytes, ...], count: int, end: End) -> Comes:
    return Comes(end, b"".join(events[:count]))


def halved(event: bytes) -> bytes:
    data = event.removeprefix(b"data: ").rstrip(b"\n")
    return b"data: " + data[: len(data) // 2] + b"\n\n"


def crlf(event: bytes) -> bytes:
    return event.replace(b"\n", b"\r\n")


CASES = {
    "delay": Case(Delay(5), undisturbed, lambda e: joined(*e)),
    "drip": Case(Drip(7, 0.001), undisturbed, lambda e: joined(*e)),
    "cut after bytes": Case(
        Cut(after_bytes=20), lambda b: Comes("closed", b[:20]), lambda e: Comes("closed", b"".join(e)[:20])
    ),
    "cut before the body": Case(Cut(after_bytes=0), *both(Comes("closed"))),
    "cut after all bytes but the last": Case(
        Cut(after_bytes=10**6), lambda b: Comes("closed", b[:-1]), lambda e: Comes("closed", b"".join(e))
    ),
    "cut after events": Case(Cut(after_events=2), undisturbed, lambda e: first(e, 2, "closed")),
    "cut before the last event": Case(Cut(after_events=99), undisturbed, lambda e: first(e, 99, "closed")),
    "stall": Case(Stall(), *both(Comes("silent", status=None))),
    "stall after bytes": Case(
        Stall(after_bytes=9), lambda b: Comes("silent", b[:9]), lambda e: Comes("silent", e[0][:9])
    ),
    "stall after events": Case(Stall(after_events=1), undisturbed, lambda e: first(e, 1, "silent")),
    "reset": Case(Reset(), *both(Comes("reset", status=None))),
    "reset after bytes": Case(
        Reset(after_bytes=9), lambda b: Comes("reset", b[:9]), lambda e: Comes("reset", e[0][:9])
    ),
    "reset after events": Case(Reset(after_events=2), undisturbed, lambda e: first(e, 2, "reset")),
    "truncated chunk": Case(TruncatedChunk(3), lambda b: Comes("closed", b), lambda e: first(e, 1, "closed")),
    "truncated chunk of a later event": Case(
        TruncatedChunk(1, after_events=1), lambda b: Comes("closed", b), lambda e: first(e, 2, "closed")
    ),
    "a length too long": Case(
        WrongLength(4), lambda b: Comes("closed", b), lambda e: Comes("closed", b"".join(e))
    ),
    TOO_SHORT: Case(WrongLength(-4), lambda b: joined(b[:-4]), lambda e: joined(b"".join(e)[:-4])),
    "empty reply": Case(EmptyReply(), *both(Comes("closed", status=None))),
    "garbage": Case(Garbage(), *both(Comes("no http", status=None))),
    "split in a character": Case(Split("character"), undisturbed, lambda e: joined(*e)),
    "split in a line's end": Case(Split("line_end"), undisturbed, lambda e: joined(crlf(e[0]), *e[1:]), unlawful=True),
    "malformed event": Case(
        MalformedEvent(2), undisturbed, lambda e: joined(e[0], halved(e[1]), *e[2:]), unlawful=True
    ),
    "event of another text": Case(
        MalformedEvent(1, "{한글 🤖"), undisturbed, lambda e: joined(OTHER, *e[1:]), unlawful=True
    ),
    "duplicate event": Case(DuplicateEvent(2), undisturbed, lambda e: joined(e[0], e[1], *e[1:]), unlawful=True),
    "dropped event": Case(DropEvent(2), undisturbed, lambda e: joined(e[0], *e[2:]), unlawful=True),
    "reordered events": Case(ReorderEvents(1), undisturbed, lambda e: joined(e[1], e[0], *e[2:]), unlawful=True),
    "refusal": Case(Refuse("rate_exceeded"), *both(Comes("whole", b'{"error":"Too Many Requests"}', 429))),
    "any answer": Case(Answer(503, text=SORRY), *both(Comes("whole", SORRY.encode(), 503)), unlawful=True),
}  # fmt: skip


def comes(case: Case, streamed: bool) -> Comes:
    return case.streamed(right_events()) if streamed else case.whole(right_body())


def as_it_is_told(by: str, expected: Comes) -> Comes:
    """The expectation as this client can tell it: to Node a reset and a close are one."""
    return expected._replace(end="closed") if by == "node" and expected.end == "reset" else expected


def told(seen: Seen) -> Comes:
    return Comes(seen.end, seen.body, seen.status)


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("by", BY)
def test_a_fault_as_a_client_sees_it(serve: Serve, by: str, name: str, streamed: bool) -> None:
    case, served = CASES[name], serve()
    id = served.add(case.fault, operation="seek", unlawful=case.unlawful)
    expected = comes(case, streamed)
    asked = served.asked(streamed, silence=SILENCE if expected.end == "silent" else 10.0)
    if (by, name) == ("node", TOO_SHORT):  # takes what follows for another answer, and drops all
        expected = Comes("no http")
    assert told(CLIENTS[by](asked)) == as_it_is_told(by, expected)
    (exchange,) = served.engine.stage.journal
    struck = exchange.fault is not None and exchange.fault.id == id
    assert struck is (streamed or not needs_events(case.fault))


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", CASES)
def test_a_fault_on_either_event_loop(serve: Serve, loop_kind: str, name: str, streamed: bool) -> None:
    case, served = CASES[name], serve()
    served.add(case.fault, unlawful=case.unlawful, times=1)
    expected = comes(case, streamed)
    raw = served.connect()
    assert told(raw.ask(served.asked(streamed, silence=SILENCE if expected.end == "silent" else 10.0))) == expected
    closes = expected.end != "whole" or isinstance(case.fault, WrongLength)
    if not closes:
        assert told(raw.ask(served.asked(False))) == undisturbed(right_body())  # on the same connection
    elif expected.end in {"closed", "whole"}:
        left = raw.socket.recv(100)
        assert left == b"" or isinstance(case.fault, WrongLength)
    assert told(through_a_socket(served.asked(streamed))).end == "whole"


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", CASES)
def test_a_fault_in_the_same_process(name: str, streamed: bool) -> None:
    case, engine = CASES[name], engine_on(ManualClock())
    engine.stage.faults.add(Planned(case.fault, engine.stem, unlawful=case.unlawful))
    expected = comes(case, streamed)
    transport = EngineTransport(engine)
    if expected.end == "whole":
        answer = transport.send(request_of(streamed))
        assert (answer.status, answer.content) == (expected.status, expected.body)
        return
    with pytest.raises(TransportFailure) as failed:
        transport.send(request_of(streamed))
    partial = failed.value.partial
    assert (None if partial is None else partial.status) == expected.status
    assert (b"" if partial is None else partial.content) == expected.body
    words = {"closed": "closed before", "reset": "broke", "silent": "in time", "no http": "not HTTP"}
    assert re.search(words[expected.end], str(failed.value))
