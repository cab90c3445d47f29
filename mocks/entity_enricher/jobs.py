"""Jobs as operations make, find and answer them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from understudy import Call, Reply

from .order import exceeds
from .planning import ALL_FAILED, Outcome
from .records import Record, told_time
from .refusals import TooManySchemas, UnknownJob, UnknownRecord
from .schema_jobs import GENERATION
from .state import SavedSchema, State
from .timeline import Entry, Job, total


def new_uuid(call: Call) -> str:
    """A fresh identifier in the form of a UUID (RFC 9562 section 5.4), which the document's sample calls a schema's."""
    digits = call.new_id() + call.new_id() + call.new_id()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"


def new_job(call: Call, type: str, models: int, chosen: Sequence[tuple[str, dict[str, Any]]] = ()) -> Job:
    """A job that begins by telling what was ``chosen`` for auto; ``models`` is how often a model works in it."""
    by_outcome = call.readings["ee.last-event"] == "by-outcome"
    return Job(new_uuid(call), type, models, [Entry(call.now, kind, members) for kind, members in chosen], by_outcome)


def started(state: State, call: Call, job: Job, message: str, **more: int) -> Reply:
    """The answer to starting a job (ee.start.before-results)."""
    state.start(job, call.now, call.limits)
    return Reply({"job_id": job.id, "message": message, **more})


def job_of(state: State, call: Call) -> Job:
    job = state.jobs.get(call.path["job_id"])
    if job is None:
        raise UnknownJob
    return job


def record_of(state: State, record_id: str) -> Record:
    record = state.records.get(record_id)
    if record is None:
        raise UnknownRecord
    return record


def leave_room(state: State, call: Call) -> None:
    """Refuse a schema more than are kept; those that jobs are about to save count too."""
    coming = sum(job.type == GENERATION and not job.ended for job in state.jobs.values())
    if exceeds(len(state.schemas) + coming + 1, call.limits["kept_schemas"]):
        raise TooManySchemas


def blocking_answer(job: Job, outcome: Outcome) -> dict[str, Any]:
    """What a blocking enrichment answers when its job has ended (ee.enrich-sync.result and those after it)."""
    results, fused = outcome.results, outcome.fused
    succeeded = [result for result in results if result["success"]]
    if not succeeded:
        return {**no_result(job), "per_model_results": results, "error_message": ALL_FAILED, **_sums(results)}
    best = succeeded[0]
    answer = {
        "job_id": job.id,
        "success": True,
        "is_fused": fused is not None,
        "result": best["result"],
        "record_id": best["record_id"],
        "model": best["model"],
        "source_models": None,
        "fusion": None,
        "per_model_results": results,
        "classification": None,
        "error_message": None,
    }
    if fused is None:
        return {**answer, **_sums(results)}
    report = fused.conflict_report or {}
    return {
        **answer,
        "result": fused.structured_output,
        "record_id": fused.id,
        "model": None,
        "source_models": [result["model"] for result in succeeded],
        "fusion": {name: report.get(name) for name in ("agreed_fields", "conflicted_fields", "total_fields")},
        **_sums([*results, _costs(fused)]),
    }


def no_result(job: Job) -> dict[str, Any]:
    """A blocking enrichment that brought nothing."""
    empty = dict.fromkeys(("result", "record_id", "model", "source_models", "fusion", "per_model_results"))
    return {"job_id": job.id, "success": False, "is_fused": False, **empty, **_sums(()), "classification": None}


def _costs(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in COSTS}


def _sums(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {name: total(results, name) for name in COSTS}


COSTS = ("cost_usd", "input_tokens", "output_tokens", "processing_time_ms")


def told_schema(schema: SavedSchema) -> dict[str, Any]:
    """A saved schema in the list (ee.schema.property-count)."""
    properties = schema.content.get("properties")
    return {
        "id": schema.id,
        "name": schema.name,
        "tags": schema.tags,
        "is_pinned": schema.is_pinned,
        "property_count": len(properties) if isinstance(properties, dict) else 0,
        "publish_state": None,
        "created_at": told_time(schema.created_at),
        "updated_at": told_time(schema.updated_at),
    }
