"""Records that are read one by one. What events told of them is compared in another place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .deletions import judge_beyond, judge_gone
from .outcomes import NOT_OFFERED, must_succeed
from .unlawful import ENRICHING
from .world import KnownJob, KnownRecord, Organisation

SCHEMA_TYPES = {"generateSchema": "schema_generation", "editSchema": "schema_edit"}


def judge_record(reading: Reading, organisation: Organisation) -> Iterator[Verdict]:
    """A record that is read by its id."""
    id = str(reading.path.get("id"))
    if reading.succeeded and isinstance(reading.member("id"), str):
        same, seen = reading.member("id") == id, reading.member("id")
        yield reading.expect("ee.get-record.whole", same, f"the record {id}", seen, "body /id")
    known = organisation.records.get(id)
    if id in organisation.deletions.beyond:
        yield from judge_beyond(reading, organisation, id)
    elif known is not None and known.gone:
        yield from judge_gone(reading, organisation, id)
    elif known is not None and known.gone is False:
        if reading.succeeded:
            yield from _here(reading, organisation, known)
            organisation.seen.add(id)
        else:
            yield from _missing(reading, organisation, known)


def type_of(record: KnownRecord, organisation: Organisation) -> str | None:
    """The type of a record, by the job that left it; None where nobody can be sure."""
    job: KnownJob | None = organisation.jobs.get(record.job_id)
    if job is None or record.fused or job.operation == "mergeRecords":
        return None
    return "enrichment" if job.operation in ENRICHING else SCHEMA_TYPES.get(job.operation)


def judge_type(reading: Reading, record: KnownRecord, organisation: Organisation, shown: Any) -> Iterator[Verdict]:
    """The type that an answer shows of a record."""
    expected = type_of(record, organisation)
    if not isinstance(shown, str):
        return
    if expected == "enrichment":
        clause = "ee.list-records.type-enrichment"
    elif expected is not None:
        clause = "ee.record.type-names"
    elif record.fused:
        clause, expected = "ee.record.type-fusion", "fusion"
    else:
        return
    yield reading.expect(clause, shown == expected, f"type {expected}", shown)


def lost(record: KnownRecord, organisation: Organisation) -> tuple[str, ...]:
    """The clauses that say that a record is there which is not: it never was, or something deleted it unasked."""
    found = organisation.spared.get(record.id, ())
    if found:
        return found
    if record.id not in organisation.seen:
        of_event = () if record.fused else ("ee.get-record.of-event",)
        return ("ee.quick-start.record", *of_event)
    if organisation.deletions.granted:
        found = ("ee.delete-records.others-stay",)
    return (*found, "ee.delete-attachment.after-enrichment") if _files_deleted(record, organisation) else found


def _here(reading: Reading, organisation: Organisation, record: KnownRecord) -> Iterator[Verdict]:
    if isinstance(reading.member("structured_output"), dict):
        yield reading.holds("ee.quick-start.record")
        yield reading.holds("ee.get-record.structured-output")
    yield from judge_type(reading, record, organisation, reading.member("type"))
    for clause in organisation.spared.get(record.id, ()):
        yield reading.holds(clause)
    if organisation.deletions.granted:
        yield reading.holds("ee.delete-records.others-stay")
    given, shown = _given(record, organisation), reading.member("attachment_ids")
    if given and isinstance(shown, list) and type_of(record, organisation) == "enrichment":
        yield reading.expect("ee.record.attachments", shown == given, f"{given}", shown)
    if _files_deleted(record, organisation):
        yield reading.holds("ee.delete-attachment.after-enrichment")


def _missing(reading: Reading, organisation: Organisation, record: KnownRecord) -> Iterator[Verdict]:
    """A record that is there was refused; whatever may have deleted it without being asked to is to blame."""
    blamed = lost(record, organisation) if reading.status in NOT_OFFERED else ()
    yield from must_succeed(reading, organisation, *blamed, "ee.get-record.whole")


def _given(record: KnownRecord, organisation: Organisation) -> list[Any]:
    """The attachments that the job of a record was given."""
    job = organisation.jobs.get(record.job_id)
    given = job.asked.get("attachment_ids") if job is not None else None
    return given if isinstance(given, list) else []


def _files_deleted(record: KnownRecord, organisation: Organisation) -> bool:
    """Whether the job of a record was given files, all of which were deleted since."""
    given = [id for id in _given(record, organisation) if isinstance(id, str)]
    known = [organisation.attachments.get(id) for id in given]
    return bool(known) and all(each is not None and each.gone for each in known)
