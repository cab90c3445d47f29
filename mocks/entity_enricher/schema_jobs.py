"""Jobs that make or change a saved schema: one model, and the schema as its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from .checking import problem_with
from .records import Record
from .schema_making import CannotEdit, edit_schema, generate_schema
from .timeline import Edit, Entry, Job, SchemaChange, ending, model_members, result_of

GENERATION, EDIT = "schema_generation", "schema_edit"
SECONDS = 0.9
"""How long a model takes for a schema."""
TOKENS = 0.25
"""Tokens for each code point of what a model reads and writes, about as many as English takes."""
DOLLARS = 0.000004
"""What a token costs."""


def generate(job: Job, new_id: Callable[[], str], samples: list[dict[str, Any]], model: str, now: float) -> None:
    """Let ``job`` make a schema of ``samples`` and save it when it is done (ee.generate-schema.saved)."""
    job.entries.append(Entry(now, "model_started", {"model": model}))
    schema_id, record_id, done_at = new_id(), new_id(), now + SECONDS
    content = generate_schema(samples)
    error = problem_with(content)
    record = _record(record_id, GENERATION, job.id, model, done_at, content, msgspec.json.encode(samples), error)
    if error is None:
        record.saved_schema_id, record.entity_name = schema_id, str(content.get("title") or "Entity")
        change = SchemaChange(schema_id, content, record.entity_name)
        job.entries += _completed(job, record, change)
    else:
        job.entries += _completed(job, record, None)


def edit(
    job: Job, record_id: str, schema_id: str, content: dict[str, Any], prompt: str, model: str, now: float
) -> None:
    """Let ``job`` change a saved schema as ``prompt`` asks, in place (ee.edit-schema.saved)."""
    job.entries.append(Entry(now, "model_started", {"model": model}))
    job.edit = Edit(schema_id, prompt, model, record_id, now + SECONDS)
    job.entries += edited(job, job.edit, content)


def edited(job: Job, edit: Edit, content: dict[str, Any]) -> list[Entry]:
    """How an edit of the schema as it is then ends; one that cannot be made leaves it alone (ee.edit-schema.cannot)."""
    change, error = None, None
    try:
        changed, _ = edit_schema(content, edit.prompt)
        error = problem_with(changed)
        if error is None:
            change = SchemaChange(edit.schema_id, changed)
    except CannotEdit as refusal:
        error = refusal.message
    read = msgspec.json.encode([content, edit.prompt])
    told = {} if change is None else change.content
    record = _record(edit.record_id, EDIT, job.id, edit.model, edit.done, told, read, error)
    record.saved_schema_id = edit.schema_id
    return _completed(job, record, change)


def done(job: Job) -> bool:
    """Whether the model of a schema job has done its work."""
    return all(entry.kind != "model_completed" for entry in job.entries[job.settled :])


def _record(
    id: str, type: str, job_id: str, model: str, at: float, output: dict[str, Any], read: bytes, error: str | None
) -> Record:
    written = output if error is None else {}
    input_tokens, output_tokens = (int(len(text) * TOKENS) + 1 for text in (read, msgspec.json.encode(written)))
    return Record(
        id, type, at, job_id, None, None, model, error is None, written,
        cost_usd=round((input_tokens + output_tokens) * DOLLARS, 6),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        processing_time_ms=round(SECONDS * 1000),
        error_message=error,
        prompts=[prompt(1, None, None, written, error is None)],
    )  # fmt: skip


def prompt(order: int, key: str | None, name: str | None, output: dict[str, Any], success: bool) -> dict[str, Any]:
    """One request that was made of a model (ee.record.prompt-members)."""
    return {
        "sequence_order": order,
        "expertise_key": key,
        "expertise_name": name,
        "structured_output": output,
        "success": success,
    }


def found_in(record: Record) -> dict[str, Any]:
    """What an event tells of a record: its result, and what it cost. A failure names no record."""
    return {
        "result": record.structured_output if record.success else None,
        "record_id": record.id if record.success else None,
        "cost_usd": record.cost_usd,
        "input_tokens": record.input_tokens,
        "output_tokens": record.output_tokens,
        "processing_time_ms": record.processing_time_ms,
    }


def _completed(job: Job, record: Record, change: SchemaChange | None) -> list[Entry]:
    assert record.model is not None
    at, error = record.created_at, record.error_message
    members = model_members(record.model, None, error=error, **found_in(record), schema_id=record.saved_schema_id)
    outcome = "completed" if error is None else "failed"
    results = [result_of(members)]
    return [
        Entry(at, "model_completed", members, record, change),
        *ending(job.by_outcome, at, outcome, results, error),
    ]
