"""Starting jobs: what the answer tells, what may not be refused, and what the stream shows of the job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict, shown

from .options import DOCUMENTED_KEYS, SAMPLE_STRATEGY, Options
from .outcomes import BUSY, must_succeed, spelt_short
from .sameness import holds_data, members
from .streams import Telling
from .world import KnownJob, KnownRecord, Organisation

STARTS = {
    "startEnrichment": ("ee.start.starts", "ee.quick-start.enrich"),
    "enrich": ("ee.enrich-sync.single",),
    "startBatch": ("ee.batch.starts",),
    "generateSchema": ("ee.generate-schema.from-samples",),
    "editSchema": ("ee.edit-schema.edits",),
}
ENRICHING = frozenset(("startEnrichment", "enrich", "startBatch"))
SAMPLE_MEMBERS = frozenset(("entity_data", "entities", "schema_id", "models", "strategy", "arbitration_model"))
MAY_HAVE_FAILED = frozenset((400, 422, 500))
"""What a blocking enrichment may be answered with that failed, or whose entity does not fit."""
UNDER_WAY = frozenset(("pending", "queued", "running", "started", "processing", "in_progress", "accepted"))


def judge_started(
    reading: Reading, organisation: Organisation, job: KnownJob | None, options: Options
) -> Iterator[Verdict]:
    """A start that was answered with success."""
    if reading.operation in ENRICHING:
        if reading.lawful:
            for clause in _asked(reading.body, organisation, options):
                yield reading.holds(clause, "status")
        if reading.operation == "enrich":
            yield from _blocking(reading, organisation)
            return
    told = reading.member("job_id") is not None
    if reading.operation == "startEnrichment":
        seen = shown(repr(reading.value), 120)
        yield reading.expect("ee.start.before-results", told, "a job_id, before any event", seen)
        yield reading.expect("ee.quick-start.enrich", told, "a job_id", seen)
    for clause in STARTS.get(reading.operation or "", ())[:1]:
        yield reading.holds(clause, "status")
    if job is not None and reading.operation != "mergeRecords":
        fresh = job.operation == reading.operation and job.kinds is None and job.asked is reading.body
        yield reading.expect("ee.start.job-ids-differ", fresh, "an id that no other job has", job.id)


def judge_refused(reading: Reading, organisation: Organisation, options: Options) -> Iterator[Verdict]:
    """A lawful start was refused. With a member that no sample has, or about what nobody may know, it may be."""
    if reading.operation not in ENRICHING or spelt_short(reading):
        return
    body = reading.body
    if reading.status in BUSY or reading.status == 402 or not _is_known(body, organisation, options):
        return
    failed = reading.operation == "enrich" and reading.status in MAY_HAVE_FAILED
    if failed and subject_of(body) not in organisation.granted:
        return
    cited = (*STARTS[reading.operation or ""], *_blamed(reading, organisation))
    found = list(must_succeed(reading, organisation, *cited))
    schema = organisation.schemas[body["schema_id"]]
    if reading.status == 404 and not schema.ours:
        organisation.doubted[schema.id] = found  # others may have deleted it, unless it is still in the list
    else:
        yield from found


def judge_stream_of(telling: Telling) -> Iterator[Verdict]:
    """That jobs of every kind can be streamed."""
    job, reading = telling.job, telling.reading
    if job is None or not telling.stream.events:
        return
    for clause in stream_clauses(job):
        yield reading.holds(clause)
    if telling.whole and telling.first and telling.outcome:
        yield reading.holds("ee.start.before-results")
        yield reading.holds("ee.service.purpose")
    if telling.first and job.is_enrichment and telling.undisturbed:
        for model in job.models:
            if model in DOCUMENTED_KEYS:
                yield reading.holds(DOCUMENTED_KEYS[model])


def stream_clauses(job: KnownJob) -> tuple[str, ...]:
    """The clauses by which a job of this kind can be streamed."""
    if job.operation in ("generateSchema", "editSchema"):
        name = "generate" if job.operation == "generateSchema" else "edit"
        return ("ee.job.stream-of-schema", f"ee.{name}-schema.streamed", f"ee.{name}-schema.job-id")
    if job.operation == "mergeRecords":
        return ("ee.job.stream-of-fusion",)
    if job.operation == "startBatch":
        return ("ee.job.stream-of-enrichment", "ee.batch.one-job")
    return ("ee.job.stream-of-enrichment", "ee.quick-start.enrich")


def subject_of(body: Any) -> str:
    """What an enrichment of one entity is about, as a text: one that was done once can be done again."""
    about = (body.get("schema_id"), body.get("entity_data")) if isinstance(body, dict) else ()
    return f"enrichment {json.dumps(about, sort_keys=True)}"


def _asked(body: Any, organisation: Organisation, options: Options) -> Iterator[str]:
    """The clauses on what a start may ask for that this one, being accepted, shows to hold."""
    yield "ee.enrichment.entities" if "entities" in body else "ee.enrichment.entity-data"
    yield "ee.enrichment.schema-id"
    yield "ee.enrichment.models"
    yield "ee.model-key.identifies"
    known = organisation.schemas.get(body["schema_id"])
    if known is not None and known.listed:
        yield "ee.enrichment.schema-id-from-list"
        yield "ee.quick-start.schema"
    if body.get("strategy") == SAMPLE_STRATEGY:
        yield "ee.enrichment.strategy"
    if "strategy" not in body:
        yield "ee.enrichment.strategy-default"
    if body.get("arbitration_model") is not None and len(body["models"]) > 1:
        yield "ee.enrichment.arbitration-model" if "entities" in body else "ee.enrichment.arbitration-model-single"
        if body["arbitration_model"] in body["models"] and "entities" in body:
            yield "ee.enrichment.arbiter-among-models"
    if "auto" in body["models"]:
        yield "ee.model-key.auto"
    for name in ("classification_model", "attachment_ids", "languages"):
        if body.get(name):
            yield f"ee.enrichment.{name.replace('_', '-')}"


def _is_known(body: Any, organisation: Organisation, options: Options) -> bool:
    """Whether everything that a start names is known to be there, and no part of it is observed or assumed only."""
    schema = organisation.schemas.get(body["schema_id"])
    keys = [*body["models"], *([body["arbitration_model"]] if body.get("arbitration_model") else [])]
    strategy = body.get("strategy")
    entities = body.get("entities", [body.get("entity_data")])
    return (
        schema is not None
        and not body.keys() - SAMPLE_MEMBERS
        and all(key in options.models for key in keys)
        and len(set(body["models"])) == len(body["models"]) <= 3
        and (strategy == SAMPLE_STRATEGY or strategy in options.strategies)
        and len(entities) <= 10
        and ("entities" in body or not body.get("arbitration_model"))
    )


def _blamed(reading: Reading, organisation: Organisation) -> Iterator[str]:
    """What a refusal breaks beside the clause on the operation."""
    body = reading.body
    known = organisation.schemas.get(body["schema_id"])
    if reading.status == 404 and known is not None and known.listed:
        yield "ee.enrichment.schema-id-from-list"
    if reading.status == 400:
        yield "ee.options.model-keys"
        yield "ee.enrichment.models"
        if len(body["models"]) > 1:
            yield "ee.enrichment.several-models"
        if body.get("strategy") == SAMPLE_STRATEGY:
            yield "ee.enrichment.strategy"
        if body.get("arbitration_model"):
            yield "ee.enrichment.arbitration-model"
        if body.get("arbitration_model") in body["models"]:
            yield "ee.enrichment.arbiter-among-models"
        yield "ee.enrichment.entities" if "entities" in body else "ee.enrichment.entity-data"


def _blocking(reading: Reading, organisation: Organisation) -> Iterator[Verdict]:
    """The answer of a blocking enrichment: it has ended, and nothing else need be read."""
    value = reading.value
    seen = shown(repr(value), 120)
    status = reading.member("status")
    failed = (
        reading.member("success") is False or bool(reading.member("error_message")) or bool(reading.member("error"))
    )
    data = isinstance(value, list) or any(holds_data(inner) for _, inner in members(value, 2))
    waiting = isinstance(status, str) and status.lower() in UNDER_WAY
    yield reading.expect("ee.enrich-sync.no-stream", failed or data, "what was found", seen)
    yield reading.expect(
        "ee.enrich-sync.blocks", not waiting and (failed or data), "an enrichment that has ended", seen
    )
    if data or failed:
        yield reading.holds("ee.enrich-sync.single", "status")
    job_id, id, result = (reading.member(name) for name in ("job_id", "record_id", "result"))
    if isinstance(id, str) and id and isinstance(result, dict):
        told = {"result": result, "model": reading.member("model")}
        fused = reading.member("is_fused") is True
        record = KnownRecord(id, str(job_id or ""), told, fused, source="enrich")
        organisation.records.setdefault(id, record)
    each = reading.member("per_model_results")
    for entry in each if isinstance(each, list) else ():
        id = entry.get("record_id") if isinstance(entry, dict) else None
        if isinstance(id, str) and id:
            told = {"result": entry.get("result"), "model": entry.get("model"), "success": entry.get("success")}
            organisation.records.setdefault(id, KnownRecord(id, str(job_id or ""), told, source="enrich"))
