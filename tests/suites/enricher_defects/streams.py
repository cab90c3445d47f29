"""Defects in streams as such: how they are written, in which order, and how they end."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from tests.suites.enricher_defects.forms import changed, renamed, telling, without
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Answer, Call, Raw, Refused, Watching
from understudy.http import Response

KINDS = (
    "model_started",
    "expertise_completed",
    "model_completed",
    "fusion_started",
    "fusion_completed",
    "entity_started",
    "entity_completed",
    "error",
    "completed",
)

# Heads

for media_type in ("text/plain", "application/json", "application/x-ndjson", "application/octet-stream"):

    def headers(self: Any, media_type: str = media_type) -> tuple[tuple[str, str], ...]:
        return (("Content-Type", media_type),)

    name = "".join(part.capitalize() for part in media_type.replace("-", "/").split("/"))
    breaks("stream.media-type", "transport.sse")(type(f"StreamsAs{name}", (Provider,), {"stream_headers": headers}))


@breaks("stream.media-type", "transport.sse")
class StreamsWithoutAMediaType(Provider):
    def stream_headers(self) -> tuple[tuple[str, str], ...]:
        return ()


@breaks("job.stream", "error.unknown-job")
class HasNoStreams(Provider):
    def stream_job(self, call: Call) -> Answer:
        raise Refused(404, "그런 작업이 없습니다.")


@breaks("job.stream", "transport.sse", "stream.media-type")
class AnswersAllEventsAsJson(Provider):
    def watched(self, answer: Watching) -> Response:
        super().watched(answer)
        events = [event for _, event in answer.job.log]
        return Response(200, self.json_headers(), self.written({"events": events}))


# Lines


class Framing(Provider):
    """Events are written in another way."""

    def framed(self, event: Mapping[str, Any]) -> bytes:
        return self.line(self.written(event), str(event.get("type")))

    @abstractmethod
    def line(self, data: bytes, kind: str) -> bytes:
        """The lines of one event, framed otherwise."""


FRAMES: dict[str, Callable[[bytes, str], bytes]] = {
    "LeavesOutTheSpaceBehindData": lambda data, kind: b"data:" + data + b"\n\n",
    "WritesLinesOfJson": lambda data, kind: data + b"\n",
    "CallsDataSomethingElse": lambda data, kind: b"event-data: " + data + b"\n\n",
    "WritesDataInCapitals": lambda data, kind: b"DATA: " + data + b"\n\n",
    "QuotesItsJson": lambda data, kind: b"data: " + json.dumps(data.decode()).encode() + b"\n\n",
    "WritesPythonForJson": lambda data, kind: b"data: " + repr(json.loads(data)).encode() + b"\n\n",
    "WritesArrays": lambda data, kind: b"data: [" + data + b"]\n\n",
    "WritesNoEmptyLines": lambda data, kind: b"data: " + data + b"\n",
    "WritesKindsAsTextAlone": lambda data, kind: b"event: " + kind.encode() + b"\ndata: " + kind.encode() + b"\n\n",
    "BreaksLinesInsideOfJson": lambda data, kind: b"data: " + json.dumps(json.loads(data), indent=1).encode() + b"\n\n",
}
SPLIT = {"WritesNoEmptyLines", "WritesLinesOfJson"}
for name, frame in FRAMES.items():

    def line(self: Any, data: bytes, kind: str, frame: Callable[[bytes, str], bytes] = frame) -> bytes:
        return frame(data, kind)

    breaks("stream.data-line", "stream.object", "transport.sse", "stream.one-terminal", "stream.media-type")(
        type(name, (Framing,), {"line": line})
    )


@breaks("stream.data-line", "stream.object", rare=True)
class WritesJsonOverSeveralLines(Framing):
    """Server-Sent Events allow it; whoever reads line by line, as the sample does, has half of a JSON text."""

    def line(self, data: bytes, kind: str) -> bytes:
        text = json.dumps(json.loads(data), indent=1, ensure_ascii=False)
        return "".join(f"data: {line}\n" for line in text.split("\n")).encode() + b"\n"


@breaks("stream.data-line", "stream.object", rare=True)
class BreaksOffJsonOfLargeEvents(Framing):
    def line(self, data: bytes, kind: str) -> bytes:
        return b"data: " + data[: 900 if kind == "model_completed" else None] + b"\r\n\r\n"


@breaks("stream.data-line", "transport.json", "stream.object", rare=True)
class WritesStreamsInItsOwnEncoding(Framing):
    """UTF-8 is the only encoding of Server-Sent Events; what is not ASCII comes out broken."""

    def line(self, data: bytes, kind: str) -> bytes:
        return b"data: " + data.decode().encode("cp949", "replace") + b"\r\n\r\n"


@breaks("stream.data-line", "stream.object", rare=True)
class WritesNanForCosts(Framing):
    def line(self, data: bytes, kind: str) -> bytes:
        return b"data: " + (data.replace(b'"cost": 0.0', b'"cost": NaN, "was": 0.0')) + b"\r\n\r\n"


# The name of an event's kind

for kind in KINDS:
    label = "".join(part.capitalize() for part in kind.split("_"))
    clauses = ("stream.type", f"event.{kind.replace('_', '-')}", "stream.one-terminal", "stream.every-model")
    breaks(*clauses, rare=kind not in ("model_started", "model_completed", "completed"))(
        telling(f"NamesNoKindOf{label}", kind, without("type", "event"))
    )

breaks("stream.type")(telling("NamesKindsUnderEventAlone", KINDS, without("type")))
breaks("stream.type")(
    telling("NamesKindsUnderKind", KINDS, lambda event: without("event")(renamed("type", "kind")(event)))
)
breaks("stream.type")(telling("NumbersKinds", KINDS, changed(type=KINDS.index, event=None)))
breaks("stream.type", "stream.one-terminal")(
    telling("NamesKindsInCapitals", KINDS, changed(type=lambda kind: kind.upper(), event=lambda kind: kind.upper()))
)
breaks("stream.type", "stream.one-terminal", "stream.every-model", "enrichment.several-models")(
    telling("NamesKindsWithDots", KINDS, changed(type=lambda kind: kind.replace("_", "."), event=lambda kind: kind))
)
breaks("stream.type", "stream.one-terminal", "event.completed")(
    telling("CallsTheEndDone", "completed", changed(type="done", event="done"))
)


@breaks("stream.media-type", "transport.json", "error.detail", rare=True)
class TellsErrorsOfStreamsAsEvents(Provider):
    """A job that is not there is refused with a stream."""

    def refusal(self, refused: Refused) -> Answer:
        if refused.status == 404 and "작업" in str(refused.detail):
            return Raw(404, b'data: {"type": "error"}\r\n\r\n', self.stream_headers())
        return super().refusal(refused)
