"""Lists of records read page by page: that the pages together hold every record, and hold it once.

A walk is a first page and those that follow it under the same query. What the conversation did not make may come and go
meanwhile. Where such records are seen, what is missing or repeated counts only when the first page, read again, is as
it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .filters import passes
from .records import lost
from .world import KnownRecord, Organisation

PAGING = frozenset(("page", "page_size"))
UNREAD = frozenset(("ee.quick-start.record", "ee.get-record.of-event"))


@dataclass
class Walk:
    """A list as far as its pages were read. ``stamp`` says what had been made and deleted when it began; ``first`` and
    ``total`` are the records of its first page, and how many it said there are. ``strangers``: not all are known."""

    stamp: tuple[int, int]
    first: list[str]
    total: Any
    seen: list[str] = field(default_factory=list)
    next: int = 1
    strangers: bool = False
    pending: list[Verdict] = field(default_factory=list)


def judge_walk(
    reading: Reading, organisation: Organisation, asked: dict[str, list[str]], ids: list[str]
) -> Iterator[Verdict]:
    """How the page goes with those before it, and whether all is there when it is the last."""
    key = tuple(sorted((name, *values) for name, values in asked.items() if name != "page"))
    page, stamp = reading.query.get("page", 1), (len(organisation.records), organisation.deletions.granted)
    walk: Walk | None = organisation.walks.get(key)
    total = reading.member("total")
    if page == 1:
        if walk is not None and (walk.stamp, walk.first, walk.total) == (stamp, ids, total):
            yield from walk.pending
        walk = organisation.walks[key] = Walk(stamp, ids, total)
    elif walk is None or walk.next != page or walk.stamp != stamp:
        return
    elif ids and ids == walk.first and reading.member("page") != page:
        del organisation.walks[key]  # the name of the parameter is only observed: it may be another one here
        yield reading.expect("ee.list-records.page", False, f"the page {page}", "the first page again", "body")
        return
    repeated = sorted(set(ids).intersection(walk.seen))
    walk.seen += ids
    walk.next = page + 1
    walk.strangers = walk.strangers or not set(ids) <= organisation.records.keys()
    if page > 1:
        yield from _said(walk, _apart(reading, repeated))
    if _ended(reading, asked, walk, ids):
        found = _whole(reading, organisation, walk, single=page == 1)
        yield from found if page == 1 else _said(walk, found)


def _apart(reading: Reading, repeated: list[str]) -> Iterator[Verdict]:
    for clause in ("ee.list-records.pages", "ee.list-records.walk", "ee.list-records.page"):
        yield reading.expect(clause, not repeated, "other records than on the pages before", repeated)


def _said(walk: Walk, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """The verdicts on a walk, or those in its favour, and the others when it is seen that nothing came or went."""
    for verdict in verdicts:
        if verdict.held or not walk.strangers:
            yield verdict
        else:
            walk.pending.append(verdict)


def _ended(reading: Reading, asked: dict[str, list[str]], walk: Walk, ids: list[str]) -> bool:
    """Whether nothing comes after the page: it is not full, or no size was asked for and all are counted."""
    total = reading.member("total")
    if "page_size" in asked:
        return len(ids) < int(reading.query["page_size"])
    return not ids or (isinstance(total, int) and len(walk.seen) >= total)


def _whole(reading: Reading, organisation: Organisation, walk: Walk, *, single: bool) -> Iterator[Verdict]:
    """Every record that is surely there, and passes what was asked, was on one of the pages."""
    here = [record for record in organisation.records.values() if record.gone is False]
    due = [record for record in here if passes(reading.query, record, organisation)]
    missing = [record for record in due if record.id not in walk.seen]
    for clause in _about(reading, organisation, missing or due):
        seen = f"{len(missing)} are missing, {missing[0].id} among them" if missing else ""
        yield reading.expect(clause, not missing, f"{len(due)} records that are there", seen)
    if not single and due:
        yield reading.expect("ee.list-records.walk", not missing, "every record once", len(missing))
    total = reading.member("total")
    if isinstance(total, int):
        expected = f"{len(walk.seen)}, which the pages held"
        yield reading.expect("ee.list-records.counts", total == len(walk.seen), expected, total, "body /total")


def _about(reading: Reading, organisation: Organisation, records: list[KnownRecord]) -> Iterator[str]:
    """The clauses that a whole list bears on; those of a filter where there is one."""
    filtered = reading.query.keys() - PAGING - {"sort_by", "sort_order"}
    jobs = [organisation.jobs.get(record.job_id) for record in records]
    of_batch = any(job is not None and job.operation == "startBatch" for job in jobs)
    if not records:
        return
    if not filtered:
        yield "ee.list-records.pages"
        yield from sorted({clause for record in records for clause in lost(record, organisation)} - UNREAD)
    elif filtered == {"type"}:
        yield "ee.list-records.type"
        yield "ee.list-records.filters"
        if of_batch:
            yield "ee.list-records.after-batch"
    else:
        yield "ee.list-records.filters-together" if len(filtered) > 1 else f"ee.list-records.{_clause(filtered)}"


def _clause(filtered: set[str]) -> str:
    (name,) = filtered
    return name.replace("_", "-")
