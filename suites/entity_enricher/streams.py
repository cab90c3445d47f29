"""What is promised of every stream, whatever its job: its head, its framing, its events one by one, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from understudy.contract.bodies import media_type_of
from understudy.verify.reading import Reading, Verdict, shown

from .events import MEDIA_TYPE, Event, Stream
from .world import KnownJob

BY_OUTCOME = frozenset(("completed", "failed", "cancelled", "error"))
OUTCOMES = frozenset(("completed", "failed", "cancelled"))
WORK = ("model_started", "expertise_completed", "model_completed", "fusion_started", "fusion_completed")
LINGERING = 2.0
"""Seconds after which an answer that goes on behind its last event has not merely been slow to end."""
SILENCE = 5.0
"""Seconds of silence after which the document's Python sample gives up."""


class Telling(NamedTuple):
    """A stream as it is judged.

    ``job`` is what it tells of, None where the conversation did not start it. ``whole``: all of it was read. ``first``:
    it was opened before the job was known to have ended, and begins with the job's first event. ``late``: the job had
    ended when it was opened, or may have. ``by_outcome``: the dialect is on by which a job's outcome ends it.
    """

    reading: Reading
    stream: Stream
    job: KnownJob | None
    whole: bool
    first: bool
    late: bool
    by_outcome: bool

    @property
    def terminal(self) -> frozenset[str]:
        """The kinds that end the stream."""
        return BY_OUTCOME if self.by_outcome else frozenset(("completed",))

    @property
    def end(self) -> Event | None:
        """The first event that ends the stream."""
        return next((event for event in self.stream.events if event.kind in self.terminal), None)

    @property
    def outcome(self) -> str:
        """How the job ended, as far as the stream tells; empty while it has not."""
        end = self.end
        if end is None:
            return ""
        if end.kind in ("failed", "cancelled"):
            return end.kind
        status = end.value.get("status")
        if isinstance(status, str) and status in ("failed", "cancelled", "canceled"):
            return status.replace("canceled", "cancelled")
        return "failed" if self.stream.of("error") else "completed"

    @property
    def pause(self) -> Event | None:
        """The event that told that the job is paused."""
        told = (event for event in self.stream.events if event.kind != "heartbeat")
        return next((event for event in told if tells_pause(event)), None)

    @property
    def stands(self) -> bool:
        """The job is paused, and nothing has happened since. The document does not say that its stream stays open."""
        pause = self.pause
        if pause is None or self.end is not None:
            return False
        paused = [event.place for event in self.stream.of(pause.kind) if tells_pause(event)]
        return not any(event.place > paused[-1] for event in self.stream.of(*WORK))

    @property
    def undisturbed(self) -> bool:
        """The job did all that was asked: it was neither cancelled nor given up, and no error was told of it."""
        calm = self.whole and self.outcome == "completed" and not self.stream.of("error")
        return calm and not (self.job is not None and self.job.cancelled)


def tells_pause(event: Event) -> bool:
    value = event.value
    return "pause" in event.kind or value.get("is_paused") is True or value.get("status") == "paused"


def judge_head(telling: Telling) -> Iterator[Verdict]:
    """The head of a stream, and whether it is one. Of a job that has ended there may be nothing left to tell."""
    reading = telling.reading
    response = reading.observation.response or reading.observation.partial
    assert response is not None
    content_type = response.header("content-type") or ""
    seen = content_type or "no Content-Type"
    held = media_type_of(content_type) == MEDIA_TYPE
    yield reading.expect("ee.stream.media-type", held, MEDIA_TYPE, seen, "header Content-Type")
    told = bool(telling.stream.events)
    if not told and telling.late and not response.content.strip():
        return
    for clause in ("ee.job.stream", "ee.transport.sse", "ee.stream.uses"):
        yield reading.expect(clause, told, "events, each a line `data: ` with JSON", "no event")
    yield reading.holds("ee.auth.on-stream", "status")


def judge_framing(telling: Telling) -> Iterator[Verdict]:
    """How the events are written."""
    reading, stream = telling.reading, telling.stream
    for flaw in stream.flaws:
        yield reading.expect(flaw.clause, False, flaw.expected, flaw.seen)
    if not stream.events:
        return
    if "ee.stream.data-line" not in {flaw.clause for flaw in stream.flaws}:
        yield reading.holds("ee.stream.data-line")
    seen = "other lines, or other ends of lines"
    yield reading.expect("ee.stream.framing", stream.tidy, "data lines alone, each with CRLF CRLF behind it", seen)
    for event in stream.events:
        yield from _event(reading, event)
    yield _silence(telling)


def judge_end(telling: Telling) -> Iterator[Verdict]:
    """What ends a stream."""
    reading, stream, end = telling.reading, telling.stream, telling.end
    if end is not None:
        closed = telling.whole or reading.observation.elapsed - end.at < LINGERING
        seen = f"none {reading.observation.elapsed - end.at:.0f} seconds later"
        yield reading.expect("ee.stream.provider-closes", closed, f"the end of the answer after {end.kind}", seen)
        later = stream.events[end.place + 1 :]
        seen = f"{later[0].kind or 'an event'} after it" if later else ""
        yield reading.expect("ee.stream.nothing-after", not later, f"nothing after {end.kind}", seen)
    if not telling.whole or telling.stands or (telling.late and not stream.events):
        return
    if telling.by_outcome:
        yield reading.expect("ee.stream.terminal-observed", end is not None, "an end of these", _told(stream))
        if end is not None and end.kind in ("failed", "cancelled"):
            yield reading.holds(f"ee.event.{end.kind}", end.where)
        return
    count = len(stream.of(*telling.terminal))
    yield reading.expect("ee.stream.one-terminal", count == 1, "completed once, at the end", _told(stream))
    if stream.of("completed"):
        yield reading.holds("ee.event.completed", "body")
    errors = stream.of("error")
    if errors:
        held = any(event.place > errors[-1].place for event in stream.of("completed"))
        yield reading.expect("ee.stream.error-before-completed", held, "completed after error", _told(stream))
        yield reading.holds("ee.event.error", errors[0].where)


def _event(reading: Reading, event: Event) -> Iterator[Verdict]:
    where = f"event {event.place}"
    held = isinstance(event.whole, dict)
    yield reading.expect("ee.stream.object", held, "a JSON object", shown(repr(event.whole), 80), where)
    if not held:
        return
    kind = event.value.get("type")
    seen = f"type: {shown(repr(kind), 80)}" if "type" in event.value else "no type"
    named = isinstance(kind, str) and bool(kind)
    yield reading.expect("ee.stream.type", named, "a member type that names the kind", seen, where)
    if "event" in event.value:
        twice = f"event: {shown(repr(event.value['event']), 80)}"
        yield reading.expect("ee.stream.both-names", event.value["event"] == kind, "event as type", twice, where)
    if event.value.get("job_id") is not None and "job_id" in reading.path:
        held = str(event.value["job_id"]) == reading.path["job_id"]
        yield reading.expect("ee.stream.job-id", held, "the job_id of the path", event.value["job_id"], where)


def _silence(telling: Telling) -> Verdict:
    response = telling.reading.observation.response or telling.reading.observation.partial
    chunks = (response.stream if response is not None else None) or ()
    longest = max((later - earlier for earlier, later in pairwise([0.0, *(chunk.at for chunk in chunks)])), default=0.0)
    held, seen = longest < SILENCE, f"{longest:.1f} seconds of silence"
    return telling.reading.expect("ee.stream.silence", held, f"less than {SILENCE:.0f} seconds of silence", seen)


def _told(stream: Stream) -> str:
    kinds = [kind or "(no kind)" for kind in stream.kinds]
    return shown(", ".join(kinds if len(kinds) < 8 else [*kinds[:3], "...", *kinds[-4:]]) or "no event", 120)
