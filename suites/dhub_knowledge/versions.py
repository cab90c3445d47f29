"""The history of versions: what an update adds to it, and what reading a version shows.

Which version stands for which state is not taken from names, order or dates, on which the document is silent: a version
stands for one of the states that the thing had between the last listing without it and the first with it, and no two
stand for the same. So a history that begins with the creation is understood, and one that begins with the first update,
and one that keeps what an update replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .kinds import FIELDS, KNOWLEDGE
from .shown import SLACK
from .values import MISSING, Likeness, empty, likeness, shows_nothing
from .world import Item, State, Version

VERSION_NAME = re.compile(r"v[1-9][0-9]*")


def judge_listing(reading: Reading, item: Item) -> Iterator[Verdict]:
    """The history of ``item`` was listed."""
    kind, history, entries = item.kind, item.history, _entries(reading.value)
    if entries is None:  # not the documented shape, which the schema has said
        if shows_nothing(reading.value):
            yield reading.expect(kind.history + "operation", False, "a history", reading.value)
        return
    ids = [entry["version_id"] for entry in entries]
    unique = kind.history + ("version-id-unique" if kind is KNOWLEDGE else "version-id")
    yield reading.expect(unique, len(set(ids)) == len(ids), "version_ids that differ", ids)
    yield reading.holds(kind.history + "operation")
    if item.ours and len(set(ids)) == len(ids):
        yield from _added(reading, item, set(ids))
        if item.newest == 0 and not history.disturbed:
            first = kind.history + ("first" if kind is KNOWLEDGE else "same-rules")
            yield reading.expect(first, len(ids) == 1, "one version, made by the creation", ids)
    if kind is KNOWLEDGE:
        yield from _manner(reading, item, entries)
        yield from _moments(reading, item, entries)
    since = 0 if history.at is None else history.at
    for entry in entries:
        moment = _seconds(str(entry.get("last_modified")))
        history.versions.setdefault(entry["version_id"], Version(since, item.newest, modified=moment))
    history.at, history.sure, history.loose, history.disturbed = item.newest, 0, 0, not item.ours


def _added(reading: Reading, item: Item, ids: set[str]) -> Iterator[Verdict]:
    """Every update adds one version and leaves the earlier ones."""
    history, clause = item.history, item.kind.update + "adds-version"
    known = set(history.versions)
    if known - ids:
        yield reading.expect(clause, False, f"the earlier versions {sorted(known)} among others", sorted(ids))
        return
    least = history.sure
    most = history.sure + history.loose + (history.at is None)
    new = len(ids - known)
    if new < least or (new > most and least and not history.disturbed):
        history.broken = True
        expected = f"{least} more than {len(known)}" if least == most else f"{least} to {most} more than {len(known)}"
        yield reading.expect(clause, False, f"{expected} versions, one for each update", sorted(ids))
    elif least:
        yield reading.holds(clause)
    if item.kind is KNOWLEDGE and len(known) > 1:
        yield reading.holds(item.kind.history + "whole")


def _moments(reading: Reading, item: Item, entries: list[dict[str, Any]]) -> Iterator[Verdict]:
    """A version was stored once, so that the moment which its history tells stays."""
    for entry in entries:
        known, now = item.history.versions.get(entry["version_id"]), _seconds(str(entry.get("last_modified")))
        if known is not None and known.modified is not None and now is not None:
            clause, expected = item.kind.history + "last-modified", f"{entry['version_id']} as old as it was"
            seen = f"{now - known.modified:+.0f} s"
            yield reading.expect(clause, abs(now - known.modified) <= SLACK, expected, seen)


def _manner(reading: Reading, item: Item, entries: list[dict[str, Any]]) -> Iterator[Verdict]:
    """Names, order and dates of versions: all of it assumed."""
    prefix = item.kind.history
    names = [entry["version_id"] for entry in entries]
    yield reading.expect(prefix + "version-id-form", all(map(VERSION_NAME.fullmatch, names)), "v1, v2, ...", names)
    dates = [str(entry.get("last_modified")) for entry in entries]
    yield reading.expect(prefix + "utc", all(date.endswith("Z") for date in dates), "dates that end in Z", dates)
    known = [name in item.history.versions for name in names]
    if item.ours and len(set(known)) == 2:
        yield reading.expect(prefix + "order", known == sorted(known), "the newest version first", names)
    moments = [at for at in map(_seconds, dates) if at is not None]
    if moments and item.updated_at is not None and not item.written_since:
        late = max(moments) >= item.updated_at - SLACK
        yield reading.expect(prefix + "not-before-update", late, f"no moment before {item.updated_at}", dates)


def judge_version(reading: Reading, item: Item, id: str, shown: dict[str, Any]) -> Iterator[Verdict]:
    """The version ``id`` of ``item`` was read."""
    version = item.history.versions[id]
    clause = item.kind.version_read
    possible = range(len(item.states)) if item.history.broken else range(version.first, version.last + 1)
    fitting = frozenset(number for number in possible if _shows(item, number, shown))
    if not fitting:
        others = [number for number in range(len(item.states)) if _shows(item, number, shown)]
        seen = f"what it was after update {others[-1]}" if others else _told(shown)
        yield reading.expect(clause, False, f"{id} as it was after update {_range(possible)}", seen)
        return
    taken = {name for name, other in item.history.versions.items() if name != id and _read_as(other) == fitting}
    if len(fitting) == 1 and taken and not item.history.broken:
        expected = f"another state than that of version {', '.join(sorted(taken))}"
        yield reading.expect(clause, False, expected, f"what it was after update {min(fitting)}")
        return
    version.read_as = fitting
    yield reading.holds(clause)
    yield reading.holds(item.kind.version_listed)
    if item.kind is KNOWLEDGE:
        yield reading.holds(item.kind.read + "knowledge-version")


def _read_as(version: Version) -> frozenset[int]:
    """The states that a version can only stand for."""
    return version.read_as or frozenset(range(version.first, version.last + 1))


def _shows(item: Item, number: int, shown: dict[str, Any]) -> bool:
    """Whether ``shown`` can be what ``item`` was in the state of this number."""
    state = item.states[number]
    for field in FIELDS:
        value = shown.get(field, MISSING)
        if value is MISSING and item.kind is not KNOWLEDGE:
            continue
        if field in state.fields:
            if likeness(field, state.fields[field], value) is Likeness.OTHER:
                return False
        elif not empty(value) and any(likeness(field, given, value) is Likeness.SAME for given in _later(item, field)):
            return False
    return _comment_fits(item.states, number, shown.get("comment", MISSING))


def _later(item: Item, field: str) -> list[Any]:
    """What updates gave for a field that the creation did not."""
    return [state.fields[field] for state in item.states if field in state.fields]


def _comment_fits(states: list[State], number: int, value: Any) -> bool:
    """The version's own comment, or not that of a later one."""
    own = states[number].comment
    if value is MISSING:
        return True
    if own is not MISSING:
        return likeness("comment", own, value) is not Likeness.OTHER
    earlier = [state.comment for state in states[:number]]
    later = [state.comment for state in states[number + 1 :] if not empty(state.comment)]
    return value in earlier or value not in later


def _entries(value: Any) -> list[dict[str, Any]] | None:
    """The versions of a history in the documented shape, None when it has another."""
    if not isinstance(value, list):
        return None
    entries = [entry for entry in value if isinstance(entry, dict) and isinstance(entry.get("version_id"), str)]
    return entries if len(entries) == len(value) else None


def _seconds(date: str) -> float | None:
    try:
        at = datetime.fromisoformat(date)
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo is not None else None


def _range(numbers: range) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _told(shown: dict[str, Any]) -> str:
    return repr({name: shown.get(name) for name in (*FIELDS, "comment")})
