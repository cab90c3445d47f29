"""Streams of jobs: events that are missing, mixed up or wrong where it takes several models, entities or streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.streams import Alter, altered

from .common import FRAMING, catalogue, clauses_of

Event = dict[str, Any]
EACH = clauses_of("event.entity-each", "stream.every-model", "event.entity-completed", "event.model-completed")


def streams(make: Callable[[], Alter], spared: int = 0) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if response.stream is None or asked.does != "streamJob":
            return response
        memory["count"] = memory.get("count", 0) + 1
        return altered(response, make()) if memory["count"] > spared else response

    return behave


def events(change: Callable[[Event], Event | None]) -> Callable[[], Alter]:
    """Every event changed, or left out where nothing is made of it."""

    def alter(event: bytes, number: int, last: bool) -> bytes:
        value = FRAMING.value(event)
        if not isinstance(value, dict):
            return event
        made = change(value)
        return b"" if made is None else event if made == value else FRAMING.event(made)

    return lambda: alter


def of(kind: str, change: Callable[[Event], Event | None]) -> Callable[[], Alter]:
    return events(lambda event: change(event) if event.get("type") == kind else event)


def second(kind: str) -> Callable[[], Alter]:
    """The second event of this kind is left out."""

    def make() -> Alter:
        seen: list[int] = []

        def alter(event: bytes, number: int, last: bool) -> bytes:
            if FRAMING.kind_of(event) == kind:
                seen.append(number)
                return b"" if len(seen) == 2 else event
            return event

        return alter

    return make


def early(kind: str, before: str) -> Callable[[], Alter]:
    """Events of ``before`` are held back until one of ``kind`` has been sent."""

    def make() -> Alter:
        held: list[bytes] = []

        def alter(event: bytes, number: int, last: bool) -> bytes:
            found = FRAMING.kind_of(event)
            if found == before and not last:
                held.append(event)
                return b""
            if (found == kind or last) and held:
                kept = b"".join(held)
                held.clear()
                return kept + event if last and found != kind else event + kept
            return event

        return alter

    return make


def member(name: str, change: Callable[[Any], Any]) -> Callable[[Event], Event]:
    return lambda event: {**event, name: change(event[name])} if event.get(name) is not None else event


def without(name: str) -> Callable[[Event], Event]:
    return lambda event: {key: value for key, value in event.items() if key != name}


def plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("ascii", "replace").decode()
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return {name: plain(entry) for name, entry in value.items()} if isinstance(value, dict) else value


INDEX = clauses_of("event.entity-each", "event.entity-started-index", "event.entity-completed-index")
COMPLETED = clauses_of(
    "event.model-completed", "event.model-completed-result", "event.model-completed-record-id", "get-record.of-event"
)
BROKEN: dict[str, tuple[str, Callable[[], Alter], tuple[str, ...]]] = {
    "second-model-started": ("the second model_started is missing", second("model_started"), EACH),
    "second-model-completed": ("the second model_completed is missing", second("model_completed"), EACH),
    "second-entity-started": ("the second entity_started is missing", second("entity_started"), EACH),
    "second-entity-completed": ("the second entity_completed is missing", second("entity_completed"), EACH),
    "models-completed-first": (
        "model_completed comes before model_started",
        early("model_completed", "model_started"),
        clauses_of("stream.started-first"),
    ),
    "entities-completed-first": (
        "entity_completed comes before entity_started",
        early("entity_completed", "entity_started"),
        clauses_of("stream.started-first"),
    ),
    "fusion-completed-first": (
        "fusion_completed comes before fusion_started",
        early("fusion_completed", "fusion_started"),
        clauses_of("stream.started-first"),
    ),
    "one-index": ("all entities have the index 0", events(member("entity_index", lambda index: 0)), INDEX),
    "completed-index": (
        "entities are completed under another index",
        of("entity_completed", member("entity_index", lambda index: index + 7)),
        INDEX,
    ),
    "no-index": (
        "entity_completed of all but the first lack entity_index",
        of("entity_completed", lambda event: without("entity_index")(event) if event.get("entity_index") else event),
        INDEX,
    ),
    "other-record": (
        "model_completed tells a record that is none",
        of("model_completed", member("record_id", lambda id: f"{str(id)[:-4]}0000")),
        COMPLETED,
    ),
    "null-record": (
        "model_completed of a model that succeeded tells no record",
        of("model_completed", lambda event: {**event, "record_id": None} if event.get("success") else event),
        COMPLETED,
    ),
    "no-result": (
        "model_completed of a model that succeeded has no result",
        of("model_completed", lambda event: {**event, "result": None} if event.get("success") else event),
        COMPLETED,
    ),
    "other-result": (
        "model_completed tells another result than its record",
        of("model_completed", member("result", lambda result: dict([*result.items()][1:]))),
        (*COMPLETED, "ee.get-record.same-as-event"),
    ),
    "no-cost": (
        "model_completed of a model that succeeded does not tell its cost",
        of("model_completed", lambda event: without("cost")(without("cost_usd")(event))),
        clauses_of("event.model-completed-cost"),
    ),
    "one-model": (
        "every event tells the same model",
        events(lambda event: {**event, "model": "openai::gpt-4o"} if "model" in event else event),
        clauses_of("stream.every-model", "event.model-started", "event.model-completed"),
    ),
    "no-completed": (
        "completed is called failed",
        of("completed", lambda event: {**event, "type": "failed", "event": "failed"}),
        clauses_of("stream.one-terminal", "event.completed"),
    ),
    "after-completed": (
        "a heartbeat follows completed",
        lambda: (
            lambda event, number, last: (
                event + FRAMING.event({"type": "heartbeat", "event": "heartbeat"}) if last else event
            )
        ),
        clauses_of("stream.nothing-after", "stream.one-terminal"),
    ),
    "no-fusion": (
        "nothing is told of a fusion's end",
        of("fusion_completed", lambda event: None),
        clauses_of("event.fusion-completed", "merge.fuses", "stream.uses"),
    ),
    "entities-in-single": (
        "model_started is told as entity_started",
        of(
            "model_started",
            lambda event: {**event, "type": "entity_started", "event": "entity_started", "entity_index": 0},
        ),
        clauses_of("event.entity-batch-only", "event.model-started", "stream.every-model"),
    ),
    "ascii-results": (
        "results have ? for what is not ASCII",
        of("model_completed", member("result", plain)),
        (*COMPLETED, "ee.get-record.same-as-event"),
    ),
}


for _name, (_what, _make, _clauses) in BROKEN.items():
    _says = f"In a stream {_what}."
    catalogue.add(f"streamJob.{_name}", "stream", _says, _clauses, streams(_make), rare=True)
    if _name in ("no-result", "null-record", "after-completed", "one-index", "no-cost", "no-completed"):
        _late = f"In a stream {_what}, from the fourth stream on."
        catalogue.add(f"streamJob.{_name}.fourth", "stream", _late, _clauses, streams(_make, 3), rare=True)


@catalogue.mutant("state", *clauses_of("job.stream-from-start"), rare=True)
def misses_the_beginning(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A stream begins with its second event, but for the first stream of all."""
    make: Callable[[], Alter] = lambda: lambda event, number, last: b"" if number == 0 and not last else event  # noqa: E731
    return streams(make, 1)(asked, forward, memory)
