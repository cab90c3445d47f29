"""What an observer may note of streams and records beyond the document, and whether a record is what was told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.contract import BINDING_GRADES, Contract
from understudy.contract.evidence import clauses_of_value
from understudy.contract.streams import Item, StreamChecker
from understudy.verify.reading import Reading, Verdict

from .sameness import difference, same
from .streams import Telling
from .world import KnownRecord

REMARKED = 5_000
"""How many events of a stream are looked at so closely."""
BY_RULES = frozenset(
    ("ee.stream.both-names", "ee.stream.job-id", "ee.event.entity-index-integer", "ee.event.pause-before-work")
)
"""Clauses that the schema of an event is marked with and that other rules judge."""


def judge_told(telling: Telling, rules: StreamChecker, contract: Contract) -> Iterator[Verdict]:
    """What is observed or assumed of events: their shapes, and what they say of the job."""
    broken: set[str] = set()
    shown: set[str] = set()
    for event in telling.stream.events[:REMARKED]:
        if event.kind not in rules.order or not event.value:
            continue
        for violation in rules.check_item(Item(event.at, event.kind, event.value), event.place):
            for clause in _loose(contract, violation.clauses):
                broken.add(clause)
                seen = f"{violation.seen}"
                where = f"{event.where} {violation.pointer}"
                yield telling.reading.expect(clause, False, violation.expected, seen, where)
        shown.update(_loose(contract, clauses_of_value(rules.checker.schema, event.value)))
    for clause in sorted(shown - broken - BY_RULES):
        yield telling.reading.holds(clause)
    yield from _as_before(telling)
    yield from _ends(telling)


def judge_record(reading: Reading, known: KnownRecord) -> Iterator[Verdict]:
    """A record that was told of holds what was told."""
    clause = {"enrich": "ee.enrich-sync.record-id", "mergeRecords": "ee.merge.record-id"}.get(known.source)
    if known.fused and known.source == "streamJob":
        clause = "ee.event.fusion-record-id"
    if not reading.succeeded or known.gone is not False:
        return
    result, output = known.told.get("result"), reading.member("structured_output")
    yield reading.holds(clause or "ee.get-record.of-event")
    if isinstance(result, dict):
        held = same(result, output)
        expected = "structured_output as it was told"
        yield reading.expect(clause or "ee.get-record.same-as-event", held, expected, difference(result, output))
        if held and not known.fused:
            yield reading.holds("ee.quick-start.record")
    yield from _alike(reading, known)


def _alike(reading: Reading, known: KnownRecord) -> Iterator[Verdict]:
    """Members of a record that events have too."""
    pairs = (
        ("ee.record.model", "model", "model_composite_key"),
        ("ee.record.cost", "cost_usd", "cost_usd"),
        ("ee.record.success", "success", "success"),
    )
    for clause, told, shown in pairs:
        one, other = known.told.get(told), reading.member(shown)
        if one is not None and other is not None:
            yield reading.expect(clause, same(one, other), f"{told} as it was told", other, f"body /{shown}")
    if known.job_id and isinstance(reading.member("job_id"), str):
        held = reading.member("job_id") == known.job_id
        yield reading.expect("ee.record.job", held, "the job that told of it", reading.member("job_id"), "body /job_id")


def _as_before(telling: Telling) -> Iterator[Verdict]:
    """A second stream of a job beside its first."""
    job = telling.job
    if job is None or not telling.whole or not job.said or not telling.stream.events:
        return
    here = [event.whole for event in telling.stream.events if event.kind != "heartbeat"]
    there = [value for value, kind in zip(job.said, job.kinds or (), strict=True) if kind != "heartbeat"]
    alike = bool(here) and bool(there) and same(here[0], there[0])
    yield telling.reading.expect("ee.job.late-stream", alike, "the first event of the job first", "another")
    held = same(here, there)
    yield telling.reading.expect("ee.job.same-stream", held, "the events of the first stream", "others")


def _ends(telling: Telling) -> Iterator[Verdict]:
    """How the last event tells what became of the job."""
    reading, end, job = telling.reading, telling.end, telling.job
    if not telling.whole or end is None or telling.by_outcome:
        return
    models = telling.stream.of("model_completed")
    brought = [event for event in models if event.succeeded]
    cancelled = telling.outcome == "cancelled" or (job is not None and job.cancelled)
    if models and not cancelled and job is not None and job.is_enrichment:
        told = bool(telling.stream.of("error"))
        clauses = ["ee.event.error-when"]
        if not brought:
            clauses += ["ee.stream.error-before-completed"]
        seen = "one, though models succeeded" if told else "none, though every model failed"
        for clause in clauses:
            yield reading.expect(clause, told == (not brought), "an error event if nothing was brought", seen)
        status = end.value.get("status")
        if isinstance(status, str):
            expected = "completed" if brought else "failed"
            yield reading.expect(
                "ee.event.completed-status", status == expected, f"status {expected}", status, end.where
            )
    elif cancelled and isinstance(end.value.get("status"), str):
        status = end.value["status"]
        yield reading.expect("ee.event.completed-status", status == "cancelled", "status cancelled", status, end.where)


def _loose(contract: Contract, clauses: Any) -> list[str]:
    """Those of the clauses that are observed or assumed and bind the provider."""
    return [
        clause
        for clause in dict.fromkeys(clauses)
        if contract.clauses[clause].grade not in BINDING_GRADES and contract.clauses[clause].binds != "consumer"
    ]
