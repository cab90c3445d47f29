"""What is promised of fusing the results of several models: within an enrichment, and of records that are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict, shown

from .outcomes import BUSY, NOBODYS, might_succeed
from .progress import phases_of
from .sameness import members, same
from .streams import Telling
from .world import KnownRecord, Organisation

MEMBERS = frozenset(("result_ids", "arbitration_model"))


def judge_merge(reading: Reading, organisation: Organisation, *, owed: bool) -> Iterator[Verdict]:
    """A fusion of records. How they are named in its body is only observed, so that a refusal alone breaks nothing.

    ``owed``: the call is lawful, and its key permits it.
    """
    ids = [id for id in _ids(reading.body) if isinstance(id, str)]
    known = [organisation.records[id] for id in ids if id in organisation.records]
    if not reading.succeeded:
        if owed:
            yield from _refused(reading, organisation, ids, known)
        return
    organisation.granted.add("mergeRecords")
    made_up = next((id for id in ids if id.startswith(NOBODYS)), None)
    if made_up is not None:
        seen = f"status {reading.status}"
        yield reading.expect("ee.error.unknown-record", False, f"status 404: nobody has {made_up}", seen, "status")
    job_id, record_id = reading.member("job_id"), reading.member("record_id")
    results = [record.told["result"] for record in known if isinstance(record.told.get("result"), dict)]
    merged = merged_in(reading.value, results)
    deferred = merged is None and isinstance(job_id, str)
    if len(results) == len(ids) and len(set(ids)) > 1 and not deferred:
        yield from judge_merged(reading, merged, results)
    if isinstance(reading.value, dict) and "merged_result" in reading.value and reading.member("success") is not False:
        held = isinstance(reading.member("merged_result"), dict)
        yield reading.expect("ee.merge.merged-result", held, "the fused result", reading.member("merged_result"))
    if isinstance(record_id, str) and record_id and merged is not None:
        told = {"result": merged, "sources": ids, "cost_usd": reading.member("cost_usd")}
        record = KnownRecord(record_id, str(job_id or ""), told, fused=True, source="mergeRecords")
        held = record_id not in ids
        yield reading.expect("ee.merge.record-id", held, "a new record", "one of the records that were fused")
        organisation.records.setdefault(record_id, record)


def judge_merged(reading: Reading, merged: Any, results: list[dict[str, Any]]) -> Iterator[Verdict]:
    """What was fused beside what it was fused of: what the results agree on stays, and nothing comes from elsewhere."""
    names = {name for result in results for name in result}
    held = isinstance(merged, dict) and (bool(merged) or not names)
    yield reading.expect("ee.merge.fuses", held, "the fused result", shown(repr(merged), 80))
    if not isinstance(merged, dict):
        return
    first, *others = results
    agreed = [name for name in first if all(name in other and same(first[name], other[name]) for other in others)]
    lost = next((name for name in agreed if not same(merged.get(name), first[name])), None)
    seen = (
        ""
        if lost is None
        else f"{lost}: {shown(repr(merged.get(lost)), 60)}, where both have {shown(repr(first[lost]), 60)}"
    )
    yield reading.expect("ee.merge.fuses", lost is None, "what the results agree on", seen)
    foreign = bool(merged) and not names & merged.keys()
    yield reading.expect("ee.merge.fuses", not foreign, "members of the results", ", ".join(list(merged)[:4]))


def judge_fusions(telling: Telling) -> Iterator[Verdict]:
    """The fusions of an enrichment that was given an arbiter, and the stream of one that was asked for."""
    job, reading, stream = telling.job, telling.reading, telling.stream
    started, completed = stream.of("fusion_started"), stream.of("fusion_completed")
    if job is None or not telling.undisturbed:
        return
    if job.operation == "mergeRecords":
        yield reading.expect(
            "ee.job.stream-of-fusion", bool(completed), "fusion_completed in the stream of a fusion", "none"
        )
    for end in completed:
        early = any(event.entity == end.entity and event.place > end.place for event in stream.of("model_completed"))
        yield reading.expect(
            "ee.stream.models-before-fusion", not early, "models completed first", "one after it", end.where
        )
    if not job.is_enrichment or len(job.models) < 2 or telling.late:
        return
    places = _fusible(telling)
    due = job.asked.get("arbitration_model") is not None
    if due and places and job.is_batch:
        for events, clause in ((started, "ee.event.fusion-started"), (completed, "ee.event.fusion-completed")):
            expected = "the results of several models fused, as there is an arbiter"
            yield reading.expect(clause, bool(events), expected, "no such event")
        yield reading.expect("ee.enrichment.arbitration-model", bool(completed), "results that are fused", "none")
    if places:
        held = (len(completed) == places) if due else not completed
        expected = f"{places if due else 0} fusions"
        yield reading.expect("ee.event.fusion-when", held, expected, f"{len(completed)}")


def judge_fusion_job(telling: Telling, organisation: Organisation) -> Iterator[Verdict]:
    """The stream of a fusion that was asked for: what it tells is the fused result of what was named."""
    job = telling.job
    if job is None or job.operation != "mergeRecords" or not telling.undisturbed:
        return
    completed = [event for event in telling.stream.of("fusion_completed") if event.succeeded]
    if not telling.late:
        yield telling.reading.expect("ee.job.stream-of-fusion", bool(completed), "fusion_completed", "none")
    ids = {id for id in _ids(job.asked) if isinstance(id, str)}
    results = [organisation.records[id].told.get("result") for id in ids if id in organisation.records]
    found = [result for result in results if isinstance(result, dict)]
    merged = merged_in(completed[-1].value, found) if completed else None
    if merged is not None and len(found) == len(ids) > 1:
        yield from judge_merged(telling.reading, merged, found)


def merged_in(value: Any, results: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The fused result in an answer: under its name, or else the object that has most of the results' members."""
    if isinstance(value, dict) and isinstance(value.get("merged_result"), dict):
        found: dict[str, Any] = value["merged_result"]
        return found
    names = {name for result in results for name in result}
    candidates = [inner for _, inner in members(value, 3) if isinstance(inner, dict) and names & inner.keys()]
    return max(candidates, key=lambda inner: len(names & inner.keys()), default=None)


def _refused(
    reading: Reading, organisation: Organisation, ids: list[str], known: list[KnownRecord]
) -> Iterator[Verdict]:
    if reading.status in BUSY:
        return
    if any(id.startswith(NOBODYS) for id in ids):
        understood = "mergeRecords" in organisation.granted  # else the names of its members may be other ones
        if reading.status == 404 or (understood and reading.status in (400, 422)):
            yield reading.expect(
                "ee.error.unknown-record", reading.status == 404, "status 404", f"status {reading.status}", "status"
            )
        return
    fit = [record for record in known if record.gone is False and isinstance(record.told.get("result"), dict)]
    if len(fit) == len(set(ids)) > 1 and not reading.body.keys() - MEMBERS and len({each.job_id for each in fit}) == 1:
        yield from might_succeed(reading, organisation, "mergeRecords" in organisation.granted, "ee.merge.fuses")


def _fusible(telling: Telling) -> int:
    """For how many entities two models or more succeeded."""
    assert telling.job is not None
    phases = phases_of(telling.stream, "model", telling.job.models)
    brought: dict[int | None, int] = {}
    for key, event in phases.completed:
        brought[key[1]] = brought.get(key[1], 0) + event.succeeded
    return sum(count > 1 for count in brought.values())


def _ids(body: Any) -> list[Any]:
    ids = body.get("result_ids") if isinstance(body, dict) else None
    return ids if isinstance(ids, list) else []
