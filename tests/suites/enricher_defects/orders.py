"""Defects in the order of events, and in how streams end."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_defects.streams import KINDS
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Event, Job, Watching
from understudy.http import Chunk, Response
from understudy.verify.observation import TransportFailure

# The end


class Ending(Provider):
    """Streams end in another way."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        return self.ended(events) if events and events[-1]["type"] == "completed" else events

    @abstractmethod
    def ended(self, events: list[Event]) -> list[Event]:
        """The events, ended otherwise."""


ENDS: dict[str, Callable[[list[Event]], list[Event]]] = {
    "NeverCompletes": lambda events: events[:-1],
    "CompletesTwice": lambda events: [*events, events[-1]],
    "TellsOfAModelAfterTheEnd": lambda events: [
        *events,
        next((event for event in events if event["type"] == "model_completed"), events[0]),
    ],
    "BeatsAfterTheEnd": lambda events: [*events, {**events[-1], "type": "heartbeat", "event": "heartbeat"}],
    "FailsAfterTheEnd": lambda events: [*events, {**events[-1], "type": "error", "event": "error", "detail": "늦음"}],
    "CompletesFirst": lambda events: [events[-1], *events[:-1]],
    "CompletesAtBothEnds": lambda events: [events[-1], *events],
}
for name, end in ENDS.items():

    def ended(self: Any, events: list[Event], end: Callable[[list[Event]], list[Event]] = end) -> list[Event]:
        return end(events)

    breaks("stream.one-terminal", "stream.nothing-after", "event.completed")(type(name, (Ending,), {"ended": ended}))


@breaks("stream.one-terminal", rare=True)
class EndsWithFailed(Ending):
    """A job that fails has another end than completed."""

    def ended(self, events: list[Event]) -> list[Event]:
        failed = events[-1]["status"] == "failed"
        return [*events[:-1], {**events[-1], "type": "failed", "event": "failed"}] if failed else events


@breaks("stream.one-terminal", "job.cancel-running", rare=True)
class EndsWithCancelled(Ending):
    def ended(self, events: list[Event]) -> list[Event]:
        off = events[-1]["status"] == "cancelled"
        return [*events[:-1], {**events[-1], "type": "cancelled", "event": "cancelled"}] if off else events


@breaks("stream.error-before-completed", "stream.one-terminal", "stream.nothing-after", rare=True)
class TellsOfErrorsAfterTheEnd(Ending):
    def ended(self, events: list[Event]) -> list[Event]:
        problems = [event for event in events if event["type"] == "error"]
        return [*(event for event in events if event["type"] != "error"), *problems]


@breaks("stream.error-before-completed", "stream.one-terminal", rare=True)
class EndsWithTheError(Ending):
    def ended(self, events: list[Event]) -> list[Event]:
        return events[:-1] if any(event["type"] == "error" for event in events) else events


@breaks("stream.one-terminal", "stream.nothing-after", rare=True)
class CompletesBeforeTheLastModel(Ending):
    """With several models the end comes when the first of them is completed."""

    def ended(self, events: list[Event]) -> list[Event]:
        places = [place for place, event in enumerate(events) if event["type"] == "model_completed"]
        if len(places) < 2:
            return events
        return [*events[: places[0] + 1], events[-1], *events[places[0] + 1 : -1]]


@breaks("stream.one-terminal", "stream.nothing-after", rare=True)
class CompletesAfterEachEntity(Ending):
    def ended(self, events: list[Event]) -> list[Event]:
        told: list[Event] = []
        for event in events[:-1]:
            told += [event, events[-1]] if event["type"] == "entity_completed" else [event]
        return told


@breaks("stream.one-terminal", rare=True)
class LeavesOutTheEndOfTheThirdStream(Ending):
    streams = 0

    def ended(self, events: list[Event]) -> list[Event]:
        self.streams += 1
        return events[:-1] if self.streams == 3 else events


@breaks("stream.provider-closes")
class NeverClosesStreams(Provider):
    def watched(self, answer: Watching) -> Response:
        response = super().watched(answer)
        self.clock += 30
        raise TransportFailure("no whole answer came in time", partial=response)


@breaks("stream.one-terminal", "job.stream", "stream.provider-closes")
class BreaksStreamsOff(Provider):
    """The connection is closed before the last chunk, in every stream."""

    def watched(self, answer: Watching) -> Response:
        response = super().watched(answer)
        chunks = tuple(response.stream or ())[:-1]
        raise TransportFailure(
            "the connection was closed before the answer was whole", partial=response._replace(stream=chunks)
        )


# The order


class Ordering(Provider):
    """The order of events is another one."""

    begins: ClassVar[str] = ""
    ends: ClassVar[str] = ""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        """What is first told as ``ends`` and then as ``begins``, of each that has both."""
        places: dict[Any, int] = {}
        told = list(events)
        for place, event in enumerate(events):
            key = (event.get("model"), event.get("entity_index"))
            if event["type"] == self.begins:
                places[key] = place
            elif event["type"] == self.ends and key in places:
                told[places[key]], told[place] = told[place], told[places[key]]
        return told


for thing in ("model", "fusion", "entity"):
    members = {"begins": f"{thing}_started", "ends": f"{thing}_completed"}
    breaks("stream.started-first", rare=thing != "model")(
        type(f"CompletesEach{thing.capitalize()}BeforeItStarts", (Ordering,), members)
    )

for kind in KINDS[:-1]:
    label = "".join(part.capitalize() for part in kind.split("_"))
    named = f"event.{kind.replace('_', '-')}" if kind != "error" else "stream.error-before-completed"
    clauses = (named, "stream.every-model", "stream.started-first", "event.entity-each")
    dropped = type(f"Tells{label}Never", (Provider,), {
        "events": lambda self, job, events, kind=kind: [event for event in events if event["type"] != kind],
    })  # fmt: skip
    breaks(*clauses, rare=not kind.startswith("model"))(dropped)


@breaks("stream.started-first", rare=True)
class StartsAModelAgainAfterItIsCompleted(Provider):
    """There is a model_completed too much before its model_started."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        done = [event for event in events if event["type"] == "model_completed"]
        begun = [event for event in events if event["type"] == "model_started"]
        if len(done) < 2:
            return events
        last = events.index(done[-1])
        others = [event for event in events[:last] if event is not begun[-1]]
        return [*others, done[-1], begun[-1], *events[last + 1 :]]


@breaks("job.stream-from-start", "event.model-started", "stream.started-first", "stream.every-model")
class LosesTheFirstEvents(Provider):
    """A stream that is opened right after the start begins in the middle."""

    def shown(self, job: Job, opened: float) -> list[tuple[float, Event]]:
        return super().shown(job, opened)[1:]


@breaks("stream.job-id", documented=False)
class TellsOfOtherJobs(Provider):
    """Every event has the id of the first job of all."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        return [{**event, "job_id": next(iter(job.organisation.jobs))} for event in events]


@breaks("job.stream", "stream.every-model", "event.entity-each", "batch.one-job", rare=True)
class StreamsThePreviousJob(Provider):
    """Every third job is streamed as the one before it."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        jobs = list(job.organisation.jobs.values())
        place = jobs.index(job)
        if place % 3 != 2 or not jobs[place - 1].ended:
            return events
        return [{**event, "job_id": job.id} for _, event in jobs[place - 1].log]

    def shown(self, job: Job, opened: float) -> list[tuple[float, Event]]:
        return [(opened, event) for event in self.events(job, [event for _, event in job.log])]


@breaks("stream.one-terminal", "stream.nothing-after", "stream.data-line", rare=True)
class CutsLongStreams(Provider):
    """A stream ends where its buffer does."""

    def chunked(self, pieces: list[Chunk]) -> list[Chunk]:
        kept, size = [], 0
        for piece in pieces:
            size += len(piece.data)
            if size <= 8_192:
                kept.append(piece)
        return kept
