"""What happens in an enrichment, and when: every model works on every entity, then the results may be fused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .checking import is_valid
from .enriching import CannotSatisfy, Expertise, Finding, enrich_entity, entity_label, expertise_domains, fails, fits
from .fusing import Fused, fuse
from .records import Record
from .schema_jobs import found_in, prompt
from .timeline import (
    PAUSE,
    Entry,
    Job,
    Order,
    ending,
    entity_members,
    fusion_members,
    indexed,
    model_members,
    result_of,
)

LANES = 4
"""How many entities of a batch are worked on at a time."""
STEP = 0.02
"""Seconds between the starts of what begins together, so that a stream has an order to tell."""
FAILING = 0.4
"""Seconds after which a model fails."""
DOES_NOT_FIT = "The entity does not fit the schema."
ALL_FAILED = "Every model failed."

NewId = Callable[[], str]


class Outcome(NamedTuple):
    """How the work on one entity ends: when, the results of its models, and its fused record if there is one."""

    at: float
    results: list[dict[str, Any]]
    fused: Record | None = None
    fused_members: dict[str, Any] | None = None


class Plan:
    """Collects what happens in one job, in any order."""

    def __init__(self, job: Job, order: Order, new_id: NewId) -> None:
        self.entries: list[Entry] = []
        self._job = job
        self._order = order
        self._new_id = new_id
        self._domains = expertise_domains(order.content, order.strategy)

    def add(self, at: float, kind: str, members: dict[str, Any], record: Record | None = None) -> None:
        self.entries.append(Entry(at, kind, members, record))

    def in_order(self) -> list[Entry]:
        """The entries by time; those of one moment as they were added, which is the order of causes."""
        return sorted(self.entries, key=lambda entry: entry.at)

    def work(self, entity: dict[str, Any], begin: float, index: int | None = None, *, fitting: bool = True) -> Outcome:
        """What is done for one entity from ``begin`` on; ``index`` is its place in a batch."""
        entity_id = self._new_id()
        results, records, end = [], [], begin
        for place, model in enumerate(self._order.models):
            members, record = self._model(entity, entity_id, model, begin + place * STEP, index, fitting)
            results.append(result_of(members))
            records.append(record)
            end = max(end, record.created_at)
        succeeded = [record for record in records if record.success]
        if self._order.arbitration_model is None or len(succeeded) < 2:
            return Outcome(end, results)
        return self._fusion(succeeded, end, index, results)

    def _model(
        self, entity: dict[str, Any], entity_id: str, model: str, begin: float, index: int | None, fitting: bool
    ) -> tuple[dict[str, Any], Record]:
        """One model's work on one entity: its events, and the record that it leaves (ee.get-record.failed)."""
        self.add(begin, "model_started", indexed(index, {"model": model}))
        findings, error = self._findings(entity, model, fitting)
        at = begin
        record = Record(
            self._new_id(), "enrichment", at, self._job.id, entity_id, entity_label(entity), model, error is None,
            strategy=self._order.strategy,
            saved_schema_id=self._order.schema_id,
            attachment_ids=self._order.attachment_ids,
            error_message=error,
        )  # fmt: skip
        breakdown = []
        for place, (domain, finding) in enumerate(findings, 1):
            at += finding.processing_time_ms / 1000
            self._found(record, domain, finding, place)
            if domain is not None:
                counts = {"completed_expertises": place, "total_expertises": len(findings)}
                self._expertise(at, index, record, domain, finding, counts)
                breakdown.append(_breakdown(domain, finding, record.success))
        record.created_at = at
        told = found_in(record) | {"expertise_breakdown": breakdown or None}
        members = model_members(model, index, error=error, **told)
        self.add(at, "model_completed", members, record)
        return members, record

    def _findings(
        self, entity: dict[str, Any], model: str, fitting: bool
    ) -> tuple[list[tuple[Expertise | None, Finding]], str | None]:
        """What the model finds in each request, or why it fails."""
        order = self._order
        domains: list[Expertise | None] = [*self._domains] or [None]
        error = DOES_NOT_FIT if not fitting else f"{model} could not answer." if fails(entity) else None
        if error is None:
            try:
                found = [
                    enrich_entity(order.content, entity, model, domain, order.files, order.seed, order.languages)
                    for domain in domains
                ]
                if is_valid(order.content, {name: value for each in found for name, value in each.values.items()}):
                    return list(zip(domains, found, strict=True)), None
                error = "No value was found that is valid against the schema."
            except CannotSatisfy as refusal:
                error = refusal.message
        nothing = Finding({}, 0, 0, 0.0, max(1, round(FAILING * 1000 / len(domains))))
        return [(domain, nothing) for domain in domains], error

    def _found(self, record: Record, domain: Expertise | None, finding: Finding, place: int) -> None:
        """Add what one request brought to the record of the model."""
        record.structured_output = {**record.structured_output, **finding.values}
        record.cost_usd = round((record.cost_usd or 0.0) + finding.cost_usd, 6)
        record.input_tokens = (record.input_tokens or 0) + finding.input_tokens
        record.output_tokens = (record.output_tokens or 0) + finding.output_tokens
        record.processing_time_ms = (record.processing_time_ms or 0) + finding.processing_time_ms
        key, name = (None, None) if domain is None else (domain.key, domain.name)
        record.prompts = [*record.prompts, prompt(place, key, name, finding.values, record.success)]

    def _expertise(
        self, at: float, index: int | None, record: Record, domain: Expertise, finding: Finding, counts: dict[str, int]
    ) -> None:
        members = {
            "model": record.model,
            "expertise_key": domain.key,
            "expertise_name": domain.name,
            "expertise_result": finding.values if record.success else None,
            "partial_result": record.structured_output if record.success else None,
            "success": record.success,
        }
        self.add(at, "expertise_completed", indexed(index, {**members, **counts}))

    def _fusion(self, records: list[Record], begin: float, index: int | None, results: list[dict[str, Any]]) -> Outcome:
        arbiter = self._order.arbitration_model
        began = {"arbitration_model": arbiter, "source_record_ids": [record.id for record in records]}
        self.add(begin, "fusion_started", indexed(index, began))
        record, members = fusion(self._job, records, arbiter, self._order.content, self._new_id(), begin)
        members = indexed(index, members)
        self.add(record.created_at, "fusion_completed", members, record)
        return Outcome(record.created_at, results, record, members)


def fusion(
    job: Job, records: list[Record], arbiter: str | None, content: dict[str, Any] | None, id: str, begin: float
) -> tuple[Record, dict[str, Any]]:
    """The record of a fusion, and the members of its fusion_completed."""
    first = records[0]
    fused: Fused = fuse([(each.model or "", each.structured_output) for each in records], arbiter, content)
    end = begin + fused.processing_time_ms / 1000
    record = Record(
        id, "fusion", end, job.id, first.entity_id, first.entity_name, arbiter, True, fused.merged_result,
        strategy=first.strategy,
        saved_schema_id=first.saved_schema_id,
        cost_usd=fused.cost_usd,
        input_tokens=fused.input_tokens,
        output_tokens=fused.output_tokens,
        processing_time_ms=fused.processing_time_ms,
        conflict_report=fused.conflict_report,
    )  # fmt: skip
    told = found_in(record)
    del told["result"]
    return record, fusion_members(
        None, merged_result=record.structured_output, conflict_report=record.conflict_report, **told
    )


def merged(
    job: Job, records: list[Record], arbiter: str | None, content: dict[str, Any] | None, id: str, begin: float
) -> tuple[list[Entry], dict[str, Any]]:
    """The whole of a fusion of records that are there, and what the call that asked for it answers."""
    record, members = fusion(job, records, arbiter, content, id, begin)
    began = {"arbitration_model": arbiter, "source_record_ids": [each.id for each in records]}
    entries = [
        Entry(begin, "fusion_started", began),
        Entry(record.created_at, "fusion_completed", members, record),
        *ending(job.by_outcome, record.created_at, "completed"),
    ]
    return entries, {name: value for name, value in members.items() if name != "error_message"}


def pause(job: Job, classification: dict[str, Any], begin: float, timeout: float) -> list[Entry]:
    """A job whose entity does not fit, until it is given up (ee.limit.pause)."""
    told = {"classification": classification, "timeout_seconds": timeout}
    return [Entry(begin, PAUSE, told), *ending(job.by_outcome, begin + timeout, "cancelled")]


def single(job: Job, order: Order, entity: dict[str, Any], new_id: NewId, begin: float) -> tuple[list[Entry], Outcome]:
    """The whole work on one entity, up to the end of the job."""
    plan = Plan(job, order, new_id)
    outcome = plan.work(entity, begin)
    success = any(result["success"] for result in outcome.results)
    end = ending(
        job.by_outcome, outcome.at, "completed" if success else "failed", outcome.results,
        None if success else ALL_FAILED,
    )  # fmt: skip
    return [*plan.in_order(), *end], outcome


def batch(job: Job, order: Order, entities: list[dict[str, Any]], new_id: NewId, begin: float) -> list[Entry]:
    """The whole work on several entities, `LANES` at a time; one that fails does not stop the others."""
    plan = Plan(job, order, new_id)
    plan.add(begin, "batch_started", {"total_entities": len(entities)})
    free, succeeded = [begin + place * STEP for place in range(LANES)], 0
    for index, entity in enumerate(entities):
        lane = free.index(min(free))
        label, fitting = entity_label(entity), fits(order.content, entity).matches
        plan.add(free[lane], "entity_started", {"entity_index": index, "entity_label": label})
        outcome = plan.work(entity, free[lane], index, fitting=fitting)
        error = ALL_FAILED if fitting else DOES_NOT_FIT
        members = entity_members(index, label, outcome.results, error)
        plan.add(outcome.at, "entity_completed", members)
        succeeded += members["success"]
        free[lane] = outcome.at
    at, failed = max(free), len(entities) - succeeded
    counts = {"completed_entities": succeeded, "failed_entities": failed, "skipped_entities": 0}
    done = Entry(at, "batch_completed", {"total_entities": len(entities), **counts})
    if succeeded:
        return [*plan.in_order(), done, *ending(job.by_outcome, at, "completed")]
    return [*plan.in_order(), done, *ending(job.by_outcome, at, "failed", error=ALL_FAILED)]


def _breakdown(domain: Expertise, finding: Finding, success: bool) -> dict[str, Any]:
    return {
        "key": domain.key,
        "name": domain.name,
        "success": success,
        "cost_usd": finding.cost_usd,
        "input_tokens": finding.input_tokens,
        "output_tokens": finding.output_tokens,
        "processing_time_ms": finding.processing_time_ms,
    }
