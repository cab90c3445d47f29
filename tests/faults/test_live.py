"""Faults of a stream that is still being decided: the job goes on, and the journal has what was sent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.faults.clients import Asked, End, Raw, Seen, unchunked
from tests.faults.conftest import Serve, Served
from tests.faults.test_every_fault import BY, CLIENTS
from tests.mocks.enricher import GOOD, Enricher, kinds
from understudy.clock import ManualClock
from understudy.contract.events import read_events
from understudy.faults import (
    Cut,
    Drip,
    DropEvent,
    DuplicateEvent,
    Fault,
    MalformedEvent,
    ReorderEvents,
    Reset,
    Stall,
    TruncatedChunk,
    WrongLength,
)
from understudy.http import Chunk, LiveStream

ENRICHER = "entity_enricher"
SAMSUNG = {"name": "삼성전자 🏳️‍🌈", "country": "KR"}


def asked_of(served: Served, job: str) -> Asked:
    return served.asked(True)._replace(
        path=f"/api/llm/stream/{job}", body=None, headers={"x-api-key": GOOD}, method="GET"
    )


def events_of(seen: Seen | bytes) -> list[bytes]:
    body = seen if isinstance(seen, bytes) else seen.body
    return [event.data for event in read_events([Chunk(0.0, body)])[0]]


CASES: list[tuple[Fault, End, Sequence[int]]] = [
    (Cut(after_events=2), "closed", (0, 1)),
    (Stall(after_events=2), "silent", (0, 1)),
    (Reset(after_events=1), "reset", (0,)),
    (TruncatedChunk(5, after_events=1), "closed", (0, 1)),
    (Drip(64, 1.0), "whole", (0, 1, 2)),
    (WrongLength(1), "closed", (0, 1, 2)),
    (DuplicateEvent(2), "whole", (0, 1, 1, 2)),
    (DropEvent(1), "whole", (1, 2)),
    (ReorderEvents(2), "whole", (0, 2, 1)),
    (ReorderEvents(3), "whole", (0, 1, 2)),
]


@pytest.mark.parametrize(("fault", "end", "places"), CASES, ids=repr)
@pytest.mark.parametrize("by", BY)
def test_a_live_stream_that_goes_wrong(serve: Serve, by: str, fault: Fault, end: End, places: Sequence[int]) -> None:
    served = serve(stem=ENRICHER)
    enricher = Enricher(served.engine)
    right = events_of(enricher.stream(enricher.start(SAMSUNG)).exchange.response.content)
    served.engine.stage.reset()
    job = enricher.start(SAMSUNG)
    served.add(fault, operation="streamJob", unlawful=True)
    seen = CLIENTS[by](asked_of(served, job)._replace(silence=0.3 if end == "silent" else 10.0))
    assert len(right) == 3
    assert events_of(seen) == [right[place] for place in places]
    assert seen.end == ("closed" if by == "node" and end == "reset" else end)
    kept = [exchange for exchange in served.engine.stage.journal if exchange.operation == "streamJob"][-1]
    sent = b"".join(chunk.data for chunk in kept.response.stream or ())
    assert events_of(sent) == events_of(seen)
    served.engine.stage.faults.clear()
    assert kinds(enricher.events(job))[-1] == "completed"


def test_what_a_cut_keeps_from_being_sent_is_never_read(serve: Serve) -> None:
    clock = ManualClock(straight=False)
    served = serve(clock, stem=ENRICHER)
    enricher = Enricher(served.engine)
    job = enricher.start(SAMSUNG)
    served.add(Cut(after_events=1), operation="streamJob")
    stream = enricher.stream(job).exchange.response.stream
    assert isinstance(stream, LiveStream)
    clock.advance(1000.0)
    assert len(list(stream)) == 1
    with pytest.raises(IndexError):
        stream[1]
    with pytest.raises(IndexError):
        stream.at(1)


def test_a_job_that_is_cancelled_ends_its_disturbed_stream_too(serve: Serve) -> None:
    clock = ManualClock(straight=False)
    served = serve(clock, stem=ENRICHER)
    enricher = Enricher(served.engine)
    job = enricher.start(SAMSUNG)
    served.add(Drip(30, 0.5), operation="streamJob")
    raw = served.connect()
    raw.send(asked_of(served, job))
    told = b""
    while b"model_started" not in body_of(told):
        told += soon(served, clock, raw)
    assert enricher("POST", f"/api/llm/cancel/{job}").status == 200
    while not told.endswith(b"0\r\n\r\n"):
        told += soon(served, clock, raw)
    assert b'"cancelled"' in events_of(body_of(told))[-1]


def body_of(told: bytes) -> bytes:
    return b"".join(unchunked(told.partition(b"\r\n\r\n")[2]))


def soon(served: Served, clock: ManualClock, raw: Raw) -> bytes:
    """What has come half a second of the stage later."""
    clock.advance(0.5)
    served.settle()
    return raw.waiting()


def test_a_malformed_event_of_a_live_stream_is_no_json(serve: Serve) -> None:
    served = serve(stem=ENRICHER)
    job = Enricher(served.engine).start(SAMSUNG)
    served.add(MalformedEvent(2, "{깨짐 🤖"), operation="streamJob", unlawful=True)
    seen = CLIENTS["socket"](asked_of(served, job))
    assert events_of(seen)[1].decode() == "{깨짐 🤖"
    assert seen.end == "whole"
