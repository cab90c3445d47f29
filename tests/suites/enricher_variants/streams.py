"""Streams that are written otherwise, and that tell more, less, or in another order."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from tests.suites.enricher_defects.forms import Change, changed, telling, without
from tests.suites.enricher_defects.streams import KINDS, Framing
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Answer, Call, Event, Job, Refused, Watching
from tests.suites.enricher_variants.registry import lawful, lawful_in_mocks
from understudy.http import Chunk, Response

# Framing

FRAMES: dict[str, Callable[[bytes, str], bytes]] = {
    "EndsLinesWithLf": lambda data, kind: b"data: " + data + b"\n\n",
    "EndsLinesWithCr": lambda data, kind: b"data: " + data + b"\r\r",
    "LeavesSeveralLinesEmpty": lambda data, kind: b"\n\ndata: " + data + b"\n\n\n\n",
    "NamesEvents": lambda data, kind: b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n",
    "NamesEventsMessage": lambda data, kind: b"event: message\r\ndata: " + data + b"\r\n\r\n",
    "NumbersEvents": lambda data, kind: b"id: 7\nretry: 3000\ndata: " + data + b"\n\n",
    "PutsFieldsBehindData": lambda data, kind: b"data: " + data + b"\nevent: " + kind.encode() + b"\nid: 1\n\n",
    "KeepsAliveByComments": lambda data, kind: b": keep-alive\n\ndata: " + data + b"\n\n:\n\n",
    "PutsCommentsInsideOfEvents": lambda data, kind: (
        b": " + kind.encode() + b"\ndata: " + data + b"\n: \xec\x95\x88\n\n"
    ),
    "HasFieldsOfItsOwn": lambda data, kind: b"x-trace: 1\ndata: " + data + b"\n\n",
    "PutsBlanksAroundJson": lambda data, kind: b"data:  " + data + b"  \n\n",
}
for name, frame in FRAMES.items():

    def line(self: Any, data: bytes, kind: str, frame: Callable[[bytes, str], bytes] = frame) -> bytes:
        return frame(data, kind)

    lawful(type(name, (Framing,), {"line": line}))


class Cutting(Provider):
    """Bytes come in other pieces."""

    size: ClassVar[int] = 1

    def chunked(self, pieces: list[Chunk]) -> list[Chunk]:
        return [
            Chunk(piece.at, piece.data[start : start + self.size])
            for piece in pieces
            for start in range(0, len(piece.data), self.size)
        ]


for size in (1, 7, 1024):
    lawful(type(f"SendsPiecesOf{size}", (Cutting,), {"size": size}))


@lawful
class SendsStreamsInOnePiece(Provider):
    def chunked(self, pieces: list[Chunk]) -> list[Chunk]:
        return [Chunk(pieces[-1].at, b"".join(piece.data for piece in pieces))] if pieces else []


@lawful
class SendsStreamsWithALength(Provider):
    """A stream that is known to its end is sent with a Content-Length."""

    def streamed(self, answer: Watching, pieces: list[Chunk]) -> Response:
        response = super().streamed(answer, pieces)
        body = response.content
        return response._replace(
            headers=(*response.headers, ("Content-Length", str(len(body)))), body=body, stream=None
        )


@lawful
class EndsStreamsWithAComment(Provider):
    def chunked(self, pieces: list[Chunk]) -> list[Chunk]:
        return [Chunk(0.0, b": connected\n\n"), *pieces, Chunk(pieces[-1].at, b": bye\n\n")] if pieces else pieces


@lawful
class BeginsStreamsWithAByteOrderMark(Provider):
    def chunked(self, pieces: list[Chunk]) -> list[Chunk]:
        return [Chunk(0.0, b"\xef\xbb\xbf: 1\n\n"), *pieces]


@lawful
class NamesTheCharsetOfStreams(Provider):
    def stream_headers(self) -> tuple[tuple[str, str], ...]:
        return (("content-type", 'Text/Event-Stream; charset="UTF-8"'), ("X-Accel-Buffering", "no"))


# Members of events

MEMBERS: dict[str, tuple[tuple[str, ...], Change]] = {
    "NamesKindsUnderTypeAlone": (KINDS, without("event")),
    "TellsTheOutcomeUnderEvent": (KINDS, changed(event=lambda kind: f"job.{kind}")),
    "NamesNoJobs": (KINDS, without("job_id", "job_type", "status", "is_paused")),
    "NamesNoModels": (KINDS, without("model", "running_models")),
    "NamesModelsInAnObject": (
        KINDS,
        lambda event: {**event, "model": {"key": event["model"], "tier": 1}} if "model" in event else event,
    ),
    "NamesModelsUnderModelKey": (
        KINDS,
        lambda event: {("model_key" if name == "model" else name): value for name, value in event.items()},
    ),
    "TellsTheCostUnderCostAlone": (("model_completed",), without("cost_usd")),
    "TellsTheCostUnderCostUsdAlone": (("model_completed",), without("cost")),
    "TellsTheCostAsText": (("model_completed",), changed(cost=lambda cost: f"${cost}", cost_usd=None)),
    "TellsTheCostInAnObject": (
        ("model_completed",),
        lambda event: {**without("cost", "cost_usd")(event), "cost": {"amount": 0.01, "currency": "USD"}},
    ),
    "TellsACostOfNought": (("model_completed",), changed(cost=0, cost_usd=0)),
    "TellsDomainsWithoutCounts": (
        ("expertise_completed",),
        without("completed_expertises", "total_expertises", "expertise_key", "expertise_name", "success"),
    ),
    "TellsPartsOnly": (("expertise_completed",), without("partial_result")),
    "TellsAllSoFarOnly": (("expertise_completed",), without("expertise_result")),
    "TellsPartsAsData": (
        ("expertise_completed",),
        lambda event: {**without("partial_result", "expertise_result")(event), "result": event["partial_result"]},
    ),
    "CompletesWithoutAWord": (("completed",), lambda event: {"type": "completed"}),
    "TellsErrorsInAnObject": (
        ("error",),
        lambda event: {**without("detail", "error_message")(event), "error": {"message": "실패", "code": 7}},
    ),
    "LabelsNoEntities": (
        ("entity_started", "entity_completed"),
        without("entity_label", "results", "success", "error"),
    ),
    "PlacesEntitiesOnly": (("model_started", "model_completed", "expertise_completed"), without("entity_index")),
    "TellsMuchMore": (KINDS, changed(timestamp="2026-01-02T03:04:05Z", trace={"span": ["가", 1]}, record=None)),
}
for name, (kinds, change) in MEMBERS.items():
    lawful(telling(name, kinds, change))


@lawful
class SaysFailureWithoutSuccess(Provider):
    """Nothing but a reason tells that a model failed; there is no record of it."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        return [self.plain(event) if event["type"] == "model_completed" else event for event in events]

    def plain(self, event: Event) -> Event:
        if event["success"]:
            return {name: value for name, value in event.items() if name not in ("success", "partial_success")}
        kept = without("success", "result", "record_id", "cost", "cost_usd", "partial_success", "cancelled")(event)
        return {**kept, "error": "실패했습니다"}


@lawful
class TellsSchemasOnly(Provider):
    """A schema job has an event of its own, and its model is completed with nothing but success."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        if not job.type.startswith("schema"):
            return events
        told = [{"type": "schema_saved", "event": "schema_saved", "schema": {"name": "스키마"}}]
        brief = [
            {"type": event["type"], "model": event.get("model"), "success": event.get("success")} for event in events
        ]
        return [*brief[:-1], *told, brief[-1]]


# Other kinds, other orders


class Adding(Provider):
    """Tells of more than the document's table has."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        return [new for event in events for new in self.with_more(event)]

    @abstractmethod
    def with_more(self, event: Event) -> list[Event]:
        """An event, and what comes beside it."""


@lawful
class TellsOfProgress(Adding):
    def with_more(self, event: Event) -> list[Event]:
        more = {**event, "type": "progress", "event": "progress", "percent": 50, "message": "하고 있습니다 ⏳"}
        return [more, event] if event["type"] == "completed" else [event, more]


@lawful
class BeatsAllTheTime(Adding):
    def with_more(self, event: Event) -> list[Event]:
        beat = {"type": "heartbeat", "event": "heartbeat"}
        return [beat, beat, event]


@lawful
class StartsWithTheJob(Adding):
    """job_started, with members that models have too."""

    def with_more(self, event: Event) -> list[Event]:
        if event["type"] == "model_started":
            return [{**event, "type": "job_started", "event": "job_started", "record_id": None}, event]
        return [event]


@lawful
class TellsOfErrorsOfEachModel(Adding):
    """Whenever a model failed there is an error, though others may succeed."""

    def with_more(self, event: Event) -> list[Event]:
        if event["type"] == "model_completed" and not event.get("success"):
            return [event, {"type": "error", "event": "error", "detail": "모델 하나가 실패했습니다."}]
        return [event]


@lawful
class TellsOfEachAttempt(Adding):
    def with_more(self, event: Event) -> list[Event]:
        again = {"type": "attempt_failed", "event": "attempt_failed", "attempt": 1}
        return [event, again] if event["type"] == "model_started" else [event]


@lawful
class EndsAFailedJobAtOnce(Provider):
    """A job that has an error ends with it: the models at work are told of no more."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        if not any(event["type"] == "error" for event in events) or job.type != "enrichment":
            return events
        return [event for event in events if event["type"] not in ("model_completed", "expertise_completed")]


@lawful
class TriesModelsTwice(Adding):
    """Each model is begun a second time when its first attempt has failed."""

    def with_more(self, event: Event) -> list[Event]:
        return [event, {**event, "current_attempt": 2}] if event["type"] == "model_started" else [event]


@lawful
class TellsDomainsTwice(Adding):
    """Each domain is told of when it is done, and once more when it is checked."""

    def with_more(self, event: Event) -> list[Event]:
        return [event, event] if event["type"] == "expertise_completed" else [event]


@lawful_in_mocks
class StreamsAJobOnce(Provider):
    """Whoever comes to a stream a second time is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def stream_job(self, call: Call) -> Answer:
        job = self.find_job(call)
        if job.id in self.seen:
            raise Refused(409, "이미 보냈습니다.")
        self.seen.add(job.id)
        return super().stream_job(call)


@lawful
class StreamsTheRestToWhoComesLate(Provider):
    """Who opens a stream more than a second late has missed what was told until then, but not the end."""

    def shown(self, job: Job, opened: float) -> list[tuple[float, Event]]:
        told = super().shown(job, opened)
        late = [(at, event) for at, event in told if at >= opened]
        return told if opened - job.started_at < 1 else late or told[-1:]


@lawful
class TellsAllAtOnce(Provider):
    """The stream is silent until the job has ended."""

    def shown(self, job: Job, opened: float) -> list[tuple[float, Event]]:
        told = super().shown(job, opened)
        return [(told[-1][0], event) for _, event in told]
