"""Lists of records: what one page may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from understudy.verify.reading import Reading, Verdict

from .filters import judge_filters, plain
from .outcomes import must_succeed
from .records import judge_type, type_of
from .walks import judge_walk
from .world import KnownRecord, Organisation

SAMPLE_PAGE = 10


def judge_page(reading: Reading, organisation: Organisation, limits: Mapping[str, Any]) -> Iterator[Verdict]:
    """One page of records. ``limits`` say how many a page has."""
    asked = parse_qs(reading.observation.request.query, keep_blank_values=True)
    if not reading.succeeded:
        yield from _refused(reading, organisation, asked)
        return
    listed = reading.member("records")
    if not isinstance(listed, list) or not reading.lawful:
        return
    entries, ids = [entry for entry in listed if isinstance(entry, dict)], ids_in(reading)
    if "page_size" in asked:
        most = reading.query["page_size"]
        yield reading.expect("ee.list-records.page-size", len(listed) <= most, f"at most {most} records", len(listed))
    elif limits["page_size_default"]:
        most = limits["page_size_default"]
        yield reading.expect("ee.limit.page-size-default", len(listed) <= most, f"at most {most}", len(listed))
    yield from judge_filters(reading, asked, entries)
    for entry in entries:
        record = organisation.records.get(entry["id"]) if isinstance(entry.get("id"), str) else None
        if record is not None:
            yield from _entry(reading, organisation, record, entry)
    twice = sorted({id for id in ids if ids.count(id) > 1}) if len(ids) <= 1000 else []
    yield reading.expect("ee.list-records.pages", not twice, "each record once", twice)
    if len(ids) == len(listed):
        yield from judge_walk(reading, organisation, asked, ids)


def ids_in(reading: Reading) -> list[str]:
    """The identifiers of the records of a page, of those that have one."""
    listed = reading.member("records")
    entries = listed if isinstance(listed, list) else []
    return [entry["id"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]


def _refused(reading: Reading, organisation: Organisation, asked: dict[str, list[str]]) -> Iterator[Verdict]:
    """A lawful list was refused: what only some instances know in a query may be the reason."""
    if not reading.lawful:
        return
    usual = plain(asked) and asked.get("type", ["enrichment"]) == ["enrichment"] and _modest(reading)
    if reading.status in (400, 422) and not usual:
        return
    if reading.status in (404, 416) and reading.query.get("page", 1) != 1:
        yield reading.expect("ee.list-records.beyond", False, "an empty page", f"status {reading.status}", "status")
        return
    of_type = ("ee.list-records.type", "ee.list-records.filters") if "type" in asked else ()
    of_size = ("ee.list-records.page-size",) if "page_size" in asked else ()
    yield from must_succeed(reading, organisation, *(of_type or of_size or ("ee.list-records.pages",)))


def _modest(reading: Reading) -> bool:
    """Whether the page is as large as the document's sample asks for, which no instance refuses."""
    return int(reading.query.get("page_size", SAMPLE_PAGE)) == SAMPLE_PAGE


def _entry(
    reading: Reading, organisation: Organisation, record: KnownRecord, entry: dict[str, Any]
) -> Iterator[Verdict]:
    if record.gone:
        for clause in ("ee.delete-records.gone", "ee.delete-records.soft-is-gone"):
            yield reading.expect(clause, False, "no record that was deleted", record.id)
    if record.id in organisation.deletions.beyond:
        yield reading.holds("ee.delete-records.at-most")
        organisation.deletions.beyond.discard(record.id)
        record.gone = False
    if record.gone is False:
        organisation.seen.add(record.id)
    yield from judge_type(reading, record, organisation, entry.get("type"))
    asked, known = reading.query.get("type"), type_of(record, organisation)
    if asked is not None and known == "enrichment" and asked != known:
        yield reading.expect("ee.list-records.type", False, f"records of the type {asked} only", record.id)
