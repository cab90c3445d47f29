"""A job as a timeline: everything that will happen, decided when the job starts, each with its moment.

What has happened by a moment is what stands before it. Cancelling, continuing and giving up replace what stands after.
Moments are epoch seconds, UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from .records import Record


class SchemaChange(msgspec.Struct):
    """A schema that a job saves: under a new id with a ``name``, or in place of what is saved under ``id``."""

    id: str
    content: dict[str, Any]
    name: str | None = None


class Entry(msgspec.Struct):
    """An event at its moment, and what has changed for everybody by then: a record, a saved schema.

    ``members`` are the event's own; those that every event carries are added when it is told.
    """

    at: float
    kind: str
    members: dict[str, Any] = {}
    record: Record | None = None
    schema: SchemaChange | None = None


class Order(msgspec.Struct):
    """An enrichment as it will be done. ``chosen`` are the events that tell what was chosen for auto."""

    schema_id: str
    content: dict[str, Any]
    models: list[str]
    strategy: str
    languages: list[str]
    arbitration_model: str | None
    classification_model: str | None
    attachment_ids: list[str]
    files: list[bytes]
    seed: int
    chosen: list[tuple[str, dict[str, Any]]] = []


class Work(msgspec.Struct):
    """What a paused job goes on with when it is continued."""

    order: Order
    entity: dict[str, Any]


class Edit(msgspec.Struct):
    """What a schema_edit does: ``prompt`` on the schema as it is saved when the edit is done."""

    schema_id: str
    prompt: str
    model: str
    record_id: str
    done: float


class Job(msgspec.Struct, dict=True):
    """A job. ``settled`` counts the entries that have happened; ``told`` is up to when a stream has told it.

    A stream may be read faster than the clock runs (a clock that stands still, for example); what it told has happened.
    ``by_outcome``: the stream ends with the job's outcome (ee.last-event). ``work`` is what a paused job is about.
    """

    id: str
    type: str
    total_models: int
    entries: list[Entry]
    by_outcome: bool = False
    settled: int = 0
    told: float = 0.0
    version: int = 0
    work: Work | None = None
    edit: Edit | None = None

    @property
    def ended_at(self) -> float:
        return self.entries[-1].at

    @property
    def ended(self) -> bool:
        return self.settled >= len(self.entries)

    @property
    def paused(self) -> bool:
        return not self.ended and self.settled > 0 and self.entries[self.settled - 1].kind == PAUSE

    def time(self, now: float) -> float:
        """The job's own time, which a stream may have taken ahead of the clock."""
        return max(now, self.told)

    def go_on(self, entries: Iterable[Entry]) -> None:
        """Let ``entries`` follow what has happened, in the place of what would have."""
        self.entries[self.settled :] = entries
        self.version += 1
        for changed in tuple(self.watchers):
            changed()

    @property
    def watchers(self) -> list[Callable[[], None]]:
        """What is called when the job's time to come has changed. It is no part of the job's state."""
        found: list[Callable[[], None]] = self.__dict__.setdefault("watchers", [])
        return found


PAUSE = "classification_mismatch_pause"
CANCELLED = "The job was cancelled."


class Progress:
    """How far a job is after some of its entries."""

    def __init__(self) -> None:
        self.status = "running"
        self.completed_models = 0
        self.running: dict[tuple[str, int | None], None] = {}
        self.fusions: dict[int | None, None] = {}
        self.entities: dict[int, list[dict[str, Any]]] = {}
        self.labels: dict[int, str] = {}
        self.met: set[int] = set()
        self.batch: dict[str, int] | None = None

    def after(self, entry: Entry) -> None:
        """Go on by one entry."""
        index = entry.members.get("entity_index")
        self.status = "paused" if entry.kind == PAUSE else entry.members.get("status", "running")
        if entry.kind == "model_started":
            self.running[entry.members["model"], index] = None
        elif entry.kind == "model_completed":
            self.running.pop((entry.members["model"], index), None)
            self.completed_models += 1
            if index in self.entities:
                self.entities[index].append(result_of(entry.members))
        elif entry.kind == "fusion_started":
            self.fusions[index] = None
        elif entry.kind == "fusion_completed":
            self.fusions.pop(index, None)
        elif entry.kind.startswith(("batch_", "entity_")):
            self._after_batch(entry, index)

    def _after_batch(self, entry: Entry, index: int | None) -> None:
        if entry.kind == "batch_started":
            self.batch = dict.fromkeys(("completed_entities", "failed_entities", "skipped_entities"), 0)
            self.batch["total_entities"] = entry.members["total_entities"]
        elif entry.kind == "batch_completed":
            self.batch = None
        elif index is not None and self.batch is not None:
            self.met.add(index)
            if entry.kind == "entity_started":
                self.entities[index] = []
                self.labels[index] = entry.members["entity_label"]
                return
            self.entities.pop(index, None)
            skipped = entry.kind == "entity_skipped"
            counted = "skipped" if skipped else "completed" if entry.members["success"] else "failed"
            self.batch[f"{counted}_entities"] += 1


def progress_after(entries: Iterable[Entry]) -> Progress:
    progress = Progress()
    for entry in entries:
        progress.after(entry)
    return progress


def ending(
    job_by_outcome: bool, at: float, outcome: str, result: list[dict[str, Any]] | None = None, error: str | None = None
) -> list[Entry]:
    """How a stream ends: completed, after an error where the job failed; or the outcome itself (ee.last-event)."""
    last = {"status": outcome, "result": result}
    if job_by_outcome:
        return [Entry(at, outcome, {**last, "error_message": error} if outcome == "failed" else last)]
    failed = [Entry(at, "error", {"error_message": error, "detail": error})] if error is not None else []
    return [*failed, Entry(at, "completed", last)]


def cancelled(job: Job, at: float) -> list[Entry]:
    """What follows when the job is cancelled: what was running is completed without success (ee.job.cancel-stops)."""
    progress = progress_after(job.entries[: job.settled])
    return [*_stopped(progress, at), *ending(job.by_outcome, at, "cancelled")]


def _stopped(progress: Progress, at: float) -> Iterator[Entry]:
    stopped = [
        *(Entry(at, "model_completed", model_members(model, index, stopped=True)) for model, index in progress.running),
        *(Entry(at, "fusion_completed", fusion_members(index, error=CANCELLED)) for index in progress.fusions),
    ]
    for entry in stopped:
        progress.after(entry)
        yield entry
    if progress.batch is None:
        return
    total = progress.batch["total_entities"]
    closing = [Entry(at, "entity_completed", _entity_stopped(progress, index)) for index in progress.entities]
    closing += [Entry(at, "entity_skipped", {"entity_index": n}) for n in range(total) if n not in progress.met]
    for entry in closing:
        progress.after(entry)
        yield entry
    yield Entry(at, "batch_completed", dict(progress.batch))


def _entity_stopped(progress: Progress, index: int) -> dict[str, Any]:
    return entity_members(index, progress.labels[index], progress.entities[index], CANCELLED)


# Members of events


def model_members(
    model: str, index: int | None, *, error: str | None = None, stopped: bool = False, **found: Any
) -> dict[str, Any]:
    """Those of model_completed: of a model that ``found`` something, failed by ``error`` or was ``stopped``."""
    members = {
        "model": model,
        "success": error is None and not stopped,
        "partial_success": False,
        "cancelled": stopped,
        "result": None,
        "record_id": None,
        "cost_usd": None,
        "input_tokens": None,
        "output_tokens": None,
        "processing_time_ms": None,
        "error_message": CANCELLED if stopped else error,
        "expertise_breakdown": None,
        **found,
    }
    members["cost"] = members["cost_usd"]  # ee.event.cost-names
    return indexed(index, members)


def result_of(members: dict[str, Any]) -> dict[str, Any]:
    """A model's result as other events repeat it."""
    return {name: value for name, value in members.items() if name not in ("cost", "entity_index", "schema_id")}


def fusion_members(index: int | None, *, error: str | None = None, **found: Any) -> dict[str, Any]:
    """Those of fusion_completed."""
    names = ("merged_result", "record_id", "conflict_report", "cost_usd", "input_tokens", "output_tokens")
    empty = dict.fromkeys((*names, "processing_time_ms"))
    return indexed(index, {"success": error is None, **empty, "error_message": error, **found})


def entity_members(index: int, label: str, results: list[dict[str, Any]], error: str | None) -> dict[str, Any]:
    """Those of entity_completed; ``error`` is told where no model succeeded."""
    success = any(result["success"] for result in results)
    return {
        "entity_index": index,
        "entity_label": label,
        "success": success,
        "results": results,
        "total_cost_usd": total(results, "cost_usd"),
        "total_processing_time_ms": total(results, "processing_time_ms"),
        "error": None if success else error,
    }


def indexed(index: int | None, members: dict[str, Any]) -> dict[str, Any]:
    """In a batch, the entity that the event is about (ee.event.entity-index-elsewhere)."""
    return members if index is None else {**members, "entity_index": index}


def total(results: Iterable[dict[str, Any]], name: str) -> Any:
    """A sum over results; costs to a millionth of a dollar."""
    found = sum(result[name] or 0 for result in results)
    return round(found, 6) if isinstance(found, float) else found
