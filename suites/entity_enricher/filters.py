"""Filters, order and counts of lists of records. The document has `type` and `page_size`; the rest is observed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .records import type_of
from .world import KnownRecord, Organisation

SHOWN = {"success": "success", "model": "model_composite_key", "job_id": "job_id", "entity_id": "entity_id"}
"""Which member of a record shows that it passes a filter."""
DOCUMENTED = frozenset(("type", "page_size"))
PARAMETERS = DOCUMENTED | {"page", "search", "since", "sort_by", "sort_order", *SHOWN}


def plain(asked: Mapping[str, Any]) -> bool:
    """Whether a query has nothing but what the document shows."""
    return set(asked) <= DOCUMENTED


def passes(query: Mapping[str, Any], record: KnownRecord, organisation: Organisation) -> bool:
    """Whether a record surely passes what a query asks; False where nobody can be sure."""
    told, job = record.told, organisation.jobs.get(record.job_id)
    known: dict[str, Any] = {
        "type": type_of(record, organisation),
        "success": told.get("success"),
        "model": told.get("model"),
        "job_id": record.job_id if job is not None else None,
    }
    filters = query.keys() - {"page", "page_size", "sort_by", "sort_order"}
    return all(name in known and known[name] is not None and known[name] == query[name] for name in filters)


def judge_filters(reading: Reading, asked: Mapping[str, Any], entries: list[dict[str, Any]]) -> Iterator[Verdict]:
    """What each record of a page shows of itself, beside what was asked for."""
    if set(asked) - PARAMETERS:
        yield reading.holds("ee.list-records.unknown-query")
    yield from _type(reading, asked, entries)
    for name, member in SHOWN.items():
        shown = [entry[member] for entry in entries if entry.get(member) is not None]
        if name in asked and shown:
            wanted = reading.query[name]
            others = [value for value in shown if value != wanted]
            yield reading.expect(f"ee.list-records.{name.replace('_', '-')}", not others, f"{wanted}", others[:1])
    yield from _texts(reading, asked, entries)
    yield from _order(reading, asked, entries)
    yield from _counts(reading, asked, entries)


def _type(reading: Reading, asked: Mapping[str, Any], entries: list[dict[str, Any]]) -> Iterator[Verdict]:
    shown = [entry["type"] for entry in entries if isinstance(entry.get("type"), str)]
    if "type" not in asked or not shown:
        return
    others = [kind for kind in shown if kind != reading.query["type"]]
    for clause in ("ee.list-records.type", "ee.list-records.filters"):
        yield reading.expect(clause, not others, f"records of the type {reading.query['type']} only", others[:1])


def _texts(reading: Reading, asked: Mapping[str, Any], entries: list[dict[str, Any]]) -> Iterator[Verdict]:
    names = [entry["entity_name"] for entry in entries if isinstance(entry.get("entity_name"), str)]
    if "search" in asked and names:
        text = reading.query["search"].casefold()
        others = [name for name in names if text not in name.casefold()]
        yield reading.expect("ee.list-records.search", not others, f"names with {text}", others[:1])
    times = [entry["created_at"] for entry in entries if isinstance(entry.get("created_at"), str)]
    if "since" in asked and times:
        since = reading.query["since"]
        before = [time for time in times if time[:19] < since[:19] and since.endswith("Z") and time.endswith("Z")]
        yield reading.expect("ee.list-records.since", not before, f"{since} or later", before[:1])


def _order(reading: Reading, asked: Mapping[str, Any], entries: list[dict[str, Any]]) -> Iterator[Verdict]:
    by, order = reading.query.get("sort_by", "created_at"), reading.query.get("sort_order", "desc")
    values = [entry.get(by) for entry in entries]
    if len(values) < 2 or not all(isinstance(value, str) for value in values):
        return
    ordered = sorted(map(str, values), reverse=order == "desc")
    clause = "ee.list-records.sort" if {"sort_by", "sort_order"} & set(asked) else "ee.list-records.sort-values"
    yield reading.expect(clause, values == ordered, f"by {by}, {order}", values[:3])


def _counts(reading: Reading, asked: Mapping[str, Any], entries: list[dict[str, Any]]) -> Iterator[Verdict]:
    total, pages, size = (reading.member(name) for name in ("total", "total_pages", "page_size"))
    for name in ("page", "page_size"):
        if name in asked and reading.member(name) is not None:
            same = reading.member(name) == reading.query[name]
            yield reading.expect("ee.list-records.echo", same, f"{reading.query[name]}", reading.member(name))
    counted = all(isinstance(value, int) and not isinstance(value, bool) for value in (total, pages, size))
    if counted and size > 0:
        expected = math.ceil(total / size)
        yield reading.expect("ee.list-records.counts", pages == expected, f"{expected} pages", pages)
        if reading.query.get("page", 1) > expected:
            yield reading.expect("ee.list-records.beyond", not entries, "an empty page", len(entries))
    shown = [entry for entry in entries if "structured_output" in entry]
    if entries:
        yield reading.expect("ee.list-records.no-output", not shown, "no structured_output", len(shown))
