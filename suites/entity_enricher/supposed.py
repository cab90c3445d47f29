"""What is only observed or assumed of enrichments, fusions and changes of jobs: it is noted, and fails nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.contract.schemas import Checker
from understudy.verify.reading import Reading, Verdict

from .options import Options
from .outcomes import BUSY, spelt_short
from .progress import phases_of
from .streams import Telling, tells_pause
from .world import KnownJob, KnownRecord, Organisation

SHORT = {"startBatch": "ee.batch.short-start", "fetchEntities": "ee.batch.short-fetch"}
UNAVAILABLE = frozenset((401, 403, *BUSY))


def judge_asked(reading: Reading, options: Options, limits: Mapping[str, Any]) -> Iterator[Verdict]:
    """An enrichment that asks for what the document does not name."""
    if not reading.lawful or reading.status in UNAVAILABLE or reading.role not in ("good", None):
        return
    body, causes = reading.body, []
    for clause, most, several in (
        ("ee.error.too-many-entities", limits.get("batch_entities"), body.get("entities", ())),
        ("ee.error.too-many-models", limits.get("job_models"), set(body["models"])),
    ):
        causes += [clause] if isinstance(most, int) and len(several) > most else []
    foreign = set(body.get("languages", ())) - set(options.languages)
    causes += ["ee.error.unknown-language"] if foreign and options.languages else []
    seen = f"status {reading.status}"
    for clause in causes if len(causes) == 1 else ():
        yield reading.expect(clause, reading.status == 400, "status 400", seen, "status")
    if causes or not reading.succeeded:
        return
    if spelt_short(reading):
        yield reading.holds(SHORT["startBatch"], "status")
    if "strategy" in body:
        yield reading.holds("ee.enrichment.strategy-names", "status")
    if len(body.get("entities", ())) == limits.get("batch_entities"):
        yield reading.holds("ee.batch.entities-limit", "status")
    if reading.operation == "enrich":
        yield reading.holds("ee.enrich-sync.same-body", "status")


def judge_fetch(reading: Reading) -> Iterator[Verdict]:
    """What was fetched from a URL, or could not be."""
    if not reading.lawful or reading.status in UNAVAILABLE or reading.role not in ("good", None):
        return
    if reading.succeeded:
        yield reading.holds("ee.fetch.url", "status")
        if spelt_short(reading):
            yield reading.holds(SHORT["fetchEntities"], "status")
        told = reading.member("job_id") is None
        yield reading.expect("ee.fetch.starts-nothing", told, "no job", reading.member("job_id"))
    elif not spelt_short(reading):
        seen = f"status {reading.status}"
        yield reading.expect("ee.error.unreachable-url", reading.status == 400, "status 400", seen, "status")


def judge_changed(reading: Reading, job: KnownJob | None) -> Iterator[Verdict]:
    """Cancelling what has ended, continuing what is not paused, and bodies that are not read."""
    if job is None or reading.status in UNAVAILABLE:
        return
    cancels, seen = reading.operation == "cancelJob", f"status {reading.status}"
    if job.kinds is not None:
        clause = "ee.error.job-ended" if cancels else "ee.error.job-not-paused"
        yield reading.expect(clause, reading.status == 400, "status 400", seen, "status")
    elif reading.succeeded and reading.observation.request.body:
        yield reading.holds("ee.job.continue-body", "status")


def judge_merge(reading: Reading, organisation: Organisation, least: Any) -> Iterator[Verdict]:
    """The records that a fusion is asked for with."""
    if reading.status in UNAVAILABLE or reading.role not in ("good", None) or not isinstance(reading.body, dict):
        return
    ids, seen = reading.body.get("result_ids"), f"status {reading.status}"
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        return
    if ids and isinstance(least, int) and len(set(ids)) < least:
        refused = not reading.succeeded
        yield reading.expect("ee.error.too-few-results", refused, "a refusal", seen, "status")
        return
    known = [organisation.records[id] for id in ids if id in organisation.records]
    unfit = [record for record in known if record.told.get("success") is False]
    if len(known) == len(ids) and unfit:
        for clause in ("ee.error.cannot-merge", "ee.merge.same-schema"):
            yield reading.expect(clause, reading.status == 400, "status 400", seen, "status")
    elif reading.succeeded:
        yield reading.holds("ee.merge.result-ids", "status")
        if reading.body.get("arbitration_model"):
            yield reading.holds("ee.merge.arbitration-model", "status")
        for record in known:
            record.merged = True


def failed_record(reading: Reading, organisation: Organisation) -> KnownRecord | None:
    """A record of a failed model that was found in the list: events need not tell of it."""
    job_id, id = reading.member("job_id"), str(reading.path.get("id"))
    if not reading.succeeded or reading.member("success") is not False or job_id not in organisation.jobs:
        return None
    return KnownRecord(id, str(job_id), {"success": False}, source="getRecord")


def judge_record(reading: Reading, known: KnownRecord, organisation: Organisation) -> Iterator[Verdict]:
    """A record that was told of, beside the job that left it and the schema it was asked for."""
    if not reading.succeeded or known.gone is not False:
        return
    job, output = organisation.jobs.get(known.job_id), reading.member("structured_output")
    if known.told.get("success") is False:
        held = not output and reading.member("success") is not True
        yield reading.expect("ee.get-record.failed", held, "no success, and an empty structured_output", output)
    if known.merged:
        yield reading.holds("ee.merge.sources-stay")
    if job is not None and job.cancelled:
        yield reading.holds("ee.job.cancel-keeps")
    if known.source == "enrich" and isinstance(known.told.get("result"), dict):
        yield reading.holds("ee.enrich-sync.record")
    schema = organisation.schemas.get(str(job.asked.get("schema_id"))) if job is not None else None
    content = schema.content if schema is not None and schema.ours else None
    if isinstance(content, dict) and isinstance(output, dict) and known.told.get("success") is not False:
        yield reading.expect("ee.get-record.valid", _is_valid(content, output), "what its schema allows", output)


def judge_told(telling: Telling, organisation: Organisation, *, failing: bool) -> Iterator[Verdict]:
    """What a whole stream shows of how the job was done. ``failing``: every model fails on its entity."""
    job = telling.job
    if job is None or not telling.whole:
        return
    yield from _given_up(telling, job)
    yield from _stopped(telling, job)
    if not job.is_enrichment or not telling.first or job.cancelled:
        return
    brought = [event for event in telling.stream.of("model_completed") if event.succeeded]
    if failing and not job.is_batch:
        yield telling.reading.expect("ee.fixture.failing", not brought, "every model to fail", "one that succeeds")
    yield from _entities(telling, job)
    if telling.undisturbed:
        yield from _once(telling, job)
        yield from _experts(telling, job, organisation)


def _given_up(telling: Telling, job: KnownJob) -> Iterator[Verdict]:
    """A pause, up to what ends it."""
    pause, reading = telling.pause, telling.reading
    if pause is None:
        return
    yield reading.holds("ee.fixture.mismatching")
    if "classification_model" not in job.asked:
        yield reading.holds("ee.enrichment.classified-always")
    if job.continued or job.cancelled or telling.end is None:
        return
    others = [event for event in telling.stream.events[pause.place : telling.end.place] if not tells_pause(event)]
    silent = all(event.kind == "heartbeat" for event in others)
    yield reading.expect("ee.job.paused-silent", silent, "heartbeats alone", others[0].kind if others else "")
    held = telling.outcome == "cancelled"
    yield reading.expect("ee.limit.pause", held, "a job that is cancelled in the end", telling.outcome)


def _stopped(telling: Telling, job: KnownJob) -> Iterator[Verdict]:
    for event in telling.stream.of("model_completed") if job.cancelled else ():
        if event.value.get("cancelled") is True:
            held = event.value.get("record_id") is None
            yield telling.reading.expect("ee.get-record.cancelled", held, "no record", "a record_id", event.where)


def _entities(telling: Telling, job: KnownJob) -> Iterator[Verdict]:
    """Entities that fail among others that do not, and what is done between the beginning and the end of each."""
    reading, ends = telling.reading, telling.stream.of("entity_completed")
    if job.is_batch and telling.outcome == "completed" and len(ends) == len(job.entities) > 1:
        failed = [event for event in ends if not event.succeeded]
        if failed and len(failed) < len(ends):
            for clause in (
                "ee.batch.failing-entity",
                *(("ee.batch.mismatching-entity",) if telling.pause is None else ()),
            ):
                yield reading.holds(clause, failed[0].where)
    spans: dict[int | None, list[int]] = {}
    for event in telling.stream.of("entity_started", "entity_completed"):
        spans.setdefault(event.entity, []).append(event.place)
    for event in telling.stream.of("model_started", "model_completed", "fusion_started", "fusion_completed"):
        span = spans.get(event.entity, ())
        if len(span) == 2:
            held = span[0] < event.place < span[1]
            expected = "between entity_started and entity_completed"
            yield reading.expect("ee.stream.entity-encloses", held, expected, "outside", event.where)


def _once(telling: Telling, job: KnownJob) -> Iterator[Verdict]:
    """A model that was named twice works once."""
    named = job.asked.get("models")
    if not isinstance(named, list) or len(set(map(str, named))) == len(named) or "auto" in named:
        return
    phases = phases_of(telling.stream, "model", job.models)
    twice = [key for key, count in Counter(key for key, _ in phases.started).items() if count > 1]
    yield telling.reading.expect("ee.enrichment.models-repeated", not twice, "each model once", f"{twice}")


def _experts(telling: Telling, job: KnownJob, organisation: Organisation) -> Iterator[Verdict]:
    """One expertise_completed for each domain of a schema that is known, or none by single_pass."""
    schema = organisation.schemas.get(str(job.asked.get("schema_id")))
    content = schema.content if schema is not None and schema.ours and isinstance(schema.content, dict) else {}
    domains, strategy = content.get("x-expertiseDomains"), job.asked.get("strategy")
    if not isinstance(domains, dict) or strategy == "auto" or not job.models:
        return
    each = len(domains) if strategy in ("multi_expertise", "expert_domains") else 0
    due = each * len(telling.stream.of("model_completed"))
    count = len(telling.stream.of("expertise_completed"))
    expected = f"{due} expertise_completed"
    yield telling.reading.expect("ee.event.expertise-by-strategy", count == due, expected, f"{count}")


def _is_valid(content: dict[str, Any], output: dict[str, Any]) -> bool:
    try:
        return bool(Checker(content).valid(output))
    except ValueError:
        return True  # nothing can be said by a schema that cannot be read
