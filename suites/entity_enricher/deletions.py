"""Deleting several records with one call: what is granted, what is refused, and how many there may be of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .outcomes import BUSY, might_succeed, seen_status, uncertain
from .world import KnownRecord, Organisation

FULL = "ee.delete-records.exactly-100"


def judge_deletion(reading: Reading, organisation: Organisation, most: int) -> Iterator[Verdict]:
    """The deletion of several records. ``most`` is how many one call may delete."""
    ids = ids_of(reading.body)
    known = [organisation.records[id] for id in ids if id in organisation.records]
    here = [record for record in known if record.gone is False]
    if not reading.succeeded:
        yield from _refused(reading, organisation, ids, here, most)
        return
    deletions = organisation.deletions
    deletions.understood |= reading.member("deleted") != 0
    if here and not deletions.understood:  # the name of the member that names the records is only observed
        yield from _counted(reading, ids, here, most)
        return
    deletions.granted += 1
    if len(ids) > most:
        for record in known:
            record.gone = None
        deletions.beyond.update(record.id for record in here if record.id in ids[most:])
    else:
        for record in known:
            record.gone = True
        yield from _granted(reading, organisation, ids, here, most)
    yield from _counted(reading, ids, here, most)


def judge_gone(reading: Reading, organisation: Organisation, id: str) -> Iterator[Verdict]:
    """A record is read whose deletion was granted."""
    if reading.status in BUSY or reading.status in (401, 403):
        return
    seen, full = seen_status(reading), (FULL,) if id in organisation.deletions.full else ()
    for clause in ("ee.delete-records.gone", "ee.delete-records.soft-is-gone", *full):
        yield reading.expect(clause, not reading.succeeded, "a refusal: it was deleted", seen, "status")
    if reading.lawful and reading.status != 410:
        yield reading.expect("ee.error.unknown-record", reading.status == 404, "status 404", seen, "status")


def judge_beyond(reading: Reading, organisation: Organisation, id: str) -> Iterator[Verdict]:
    """A record is read that was named after as many as one call may delete."""
    if reading.succeeded or reading.status in (404, 410):
        expected = "that it is still there: one call deletes no more"
        yield reading.expect("ee.delete-records.at-most", reading.succeeded, expected, seen_status(reading), "status")
        organisation.deletions.beyond.discard(id)
        organisation.records[id].gone = not reading.succeeded


def ids_of(body: Any) -> list[str]:
    """The records that a deletion names, each once."""
    listed = body.get("ids") if isinstance(body, dict) else None
    return list(dict.fromkeys(id for id in listed if isinstance(id, str))) if isinstance(listed, list) else []


def _granted(
    reading: Reading, organisation: Organisation, ids: list[str], here: list[KnownRecord], most: int
) -> Iterator[Verdict]:
    deletions = organisation.deletions
    passed_over = len(here) < len(ids)
    if passed_over and reading.lawful:
        deletions.passes_over = True
        yield reading.holds("ee.delete-records.unknown-ids", "status")
    if len(here) > 1:
        organisation.granted.add("deleteRecords")
        yield reading.holds("ee.delete-records.several", "status")
    if 0 < len(ids) < deletions.refused:
        expected = f"{deletions.refused} records to be deleted, as {len(ids)} were"
        yield reading.expect("ee.delete-records.several", False, expected, "a refusal of several", "status")
        deletions.refused = 0
    if len(ids) == most and here:
        deletions.full.update(record.id for record in here)
    if deletions.passes_over and deletions.refused_full:
        yield reading.expect(FULL, False, f"{most} ids, as fewer are taken", "a refusal of as many", "status")
        deletions.refused_full = False


def _refused(
    reading: Reading, organisation: Organisation, ids: list[str], here: list[KnownRecord], most: int
) -> Iterator[Verdict]:
    if uncertain(reading):
        for record in here:
            record.gone = None
    too_many = len(ids) > most
    for record in here:
        organisation.spare(record.id, "ee.delete-records.at-most" if too_many else "ee.error.bad-request")
    if too_many:
        if reading.status not in BUSY and reading.status not in (401, 403) and reading.status < 500:
            yield reading.holds("ee.delete-records.at-most", "status")
            yield reading.expect("ee.error.too-many-ids", reading.status == 400, "status 400", seen_status(reading))
        return
    if not reading.lawful or reading.status in BUSY:
        return
    if ids and len(here) == len(ids):
        yield from _refused_known(reading, organisation, len(ids), most)
    elif here:
        yield reading.expect("ee.delete-records.unknown-ids", False, "status 200", seen_status(reading), "status")
        organisation.deletions.refused_full |= len(ids) == most


def _refused_known(reading: Reading, organisation: Organisation, count: int, most: int) -> Iterator[Verdict]:
    """A deletion of ``count`` records was refused, all of which are there."""
    if count > 1 and reading.status in (400, 422):
        organisation.deletions.refused = count
    cited = ("ee.delete-records.several", *((FULL,) if count == most else ()))
    yield from might_succeed(reading, organisation, "deleteRecords" in organisation.granted, *cited)


def _counted(reading: Reading, ids: list[str], here: list[KnownRecord], most: int) -> Iterator[Verdict]:
    """The answer's own account of a deletion; nothing of it is documented."""
    deleted, not_found = reading.member("deleted"), reading.member("not_found")
    if len(ids) > most:
        if isinstance(deleted, int) and not isinstance(deleted, bool):
            yield reading.expect("ee.delete-records.at-most", deleted <= most, f"at most {most}", deleted)
        yield reading.expect("ee.error.too-many-ids", False, "status 400", seen_status(reading), "status")
        return
    if isinstance(deleted, int):
        yield reading.expect("ee.delete-records.deleted", deleted >= len(here), f"{len(here)} or more", deleted)
    if isinstance(not_found, list):
        missed = [record.id for record in here if record.id in not_found]
        named = [id for id in ids if id in not_found] == not_found
        yield reading.expect("ee.delete-records.not-found", named and not missed, "ids of no record", not_found)
