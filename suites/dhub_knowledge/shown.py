"""What an answer shows of a thing, against what was written to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .kinds import DETAILS, DOCUMENT, FIELDS, KNOWLEDGE
from .values import MISSING, Likeness, empty, equal, likeness, well_typed
from .world import Account, Fate, Item, RefusedWrite

UNSET: dict[str, Any] = {"alias": None, "type": None, "groups": [], "tags": [], "options": {}}
"""How `dhub.knowledge.unset` shows what was never given."""

OPTION_MEMBERS = {
    KNOWLEDGE.noun: {"embedding": "dhub.create-knowledge.embedding"},
    DOCUMENT.noun: {"url": "dhub.create-document.url"},
}
"""Members of options that the samples name, and the clauses that do."""

SLACK = 2
"""Seconds by which the clocks of two machines behind one service may differ."""


def judge_shown(
    reading: Reading, account: Account, item: Item, shown: dict[str, Any], *, details: bool
) -> Iterator[Verdict]:
    """An answer that shows the newest version of ``item``: its details, or its entry in a list."""
    yield from _id(reading, item, shown, details)
    for field in FIELDS:
        value = shown.get(field, MISSING)
        if field in item.state.fields:
            if value is not MISSING or (details and item.kind is KNOWLEDGE):
                yield from _given(reading, item, field, value)
        elif value is not MISSING and item.ours:
            yield from _never_given(reading, item, field, value)
    if details:
        _learn(item, shown)
    if "comment" in shown:
        yield from _comment(reading, item, shown["comment"], details)
    yield from _moments(reading, account, item, shown, details)
    if details:
        yield from _no_effect(reading, item, shown)
    item.seen = True


def _learn(item: Item, shown: dict[str, Any]) -> None:
    """What the details show is what is there from now on, so that one fault is not found again in all that follows."""
    fields = item.state.fields
    for field in [name for name in FIELDS if name in fields]:
        value = shown.get(field, MISSING)
        if value is MISSING or likeness(field, fields[field], value) is Likeness.SAME:
            continue
        if empty(value) or not well_typed(field, value):
            del fields[field]
            item.unset[field] = value
        else:
            fields[field] = value


def _id(reading: Reading, item: Item, shown: dict[str, Any], details: bool) -> Iterator[Verdict]:
    if "id" not in shown:
        return
    right = shown["id"] == item.id
    clause = item.kind.id_in_path if details else item.kind.shown + "id"
    for cited in dict.fromkeys((clause, item.kind.shown + "id")):
        yield reading.expect(cited, right, f"the id {item.id}", _told(shown["id"]))


def _given(reading: Reading, item: Item, field: str, value: Any) -> Iterator[Verdict]:
    """A field that a create or an update gave."""
    given, written = item.state.fields[field], item.state.written[field]
    writer = item.kind.update if written or not item.ours else item.kind.create
    kept = writer + ("applied" if writer == item.kind.update else "kept")
    alike = likeness(field, given, value)
    where = f"body {field}"
    if field == "options" and written == 0:
        yield from _option_members(reading, item, given, value)
    if alike is Likeness.TRIMMED:
        yield reading.expect("dhub.service.text", False, f"{field} {given!r}", _told(value), where)
        return
    if alike is Likeness.SAME:
        yield from map(reading.holds, (kept, writer + field, item.kind.shown + field))
        if isinstance(given, str) and not given.isascii():
            yield reading.holds("dhub.service.text")
        if written < item.newest:
            yield reading.holds(item.kind.partial)
        yield from _replaced(reading, item, field, value)
        item.confirmed.add(field)
        return
    refused = _refused(item, field, value)
    if refused is not None:
        yield reading.expect(
            refused.clause, False, f"{field} {given!r}, as before the refused update", _told(value), where
        )
        return
    lost = written < item.newest and field in item.confirmed
    yield reading.expect(item.kind.partial if lost else kept, False, f"{field} {given!r}", _told(value), where)
    if empty(value) and not lost:
        for clause in (writer + field, item.kind.shown + field):
            yield reading.expect(clause, False, f"{field} {given!r}", _told(value), where)


def _refused(item: Item, field: str, value: Any) -> RefusedWrite | None:
    """The refused update that would have made the field what it is now."""
    return next((entry for entry in item.refused if not empty(value) and equal(entry.fields.get(field), value)), None)


def _no_effect(reading: Reading, item: Item, shown: dict[str, Any]) -> Iterator[Verdict]:
    """Refused updates that do not show were not carried out. Their fields were judged one by one."""
    for entry in item.refused:
        left = [name for name in entry.fields if _refused(item, name, shown.get(name, MISSING)) is not None]
        if not left:
            yield reading.holds(entry.clause)
    item.refused = []


def _option_members(reading: Reading, item: Item, given: Any, value: Any) -> Iterator[Verdict]:
    for member, clause in OPTION_MEMBERS[item.kind.noun].items():
        if isinstance(given, dict) and member in given:
            there = isinstance(value, dict) and equal(given[member], value.get(member, MISSING))
            yield reading.expect(clause, there, f"options {given!r}", _told(value), "body options")


def _replaced(reading: Reading, item: Item, field: str, value: Any) -> Iterator[Verdict]:
    if field == "options" and item.state.written[field] == item.newest > 0:
        more = set(value) - set(item.state.fields[field]) if isinstance(value, dict) else ()
        yield reading.expect(item.kind.replaced, not more, f"options {item.state.fields[field]!r}", value)


def _never_given(reading: Reading, item: Item, field: str, value: Any) -> Iterator[Verdict]:
    """A field that nobody gave: whatever stands for nothing, or a default of the service's own, which stays."""
    known, before = field in item.unset, item.unset.setdefault(field, value)
    refused = _refused(item, field, value) if known and not equal(before, value) else None
    if refused is not None:
        yield reading.expect(refused.clause, False, f"no {field}, as before the refused update", _told(value))
    elif empty(before) and not empty(value) and item.newest and not item.had_documents:
        yield reading.expect(
            item.kind.partial, False, f"no {field}, as before the update", _told(value), f"body {field}"
        )
    elif field in UNSET:
        yield reading.expect(item.kind.shown + "unset", equal(value, UNSET[field]), repr(UNSET[field]), _told(value))


def _comment(reading: Reading, item: Item, value: Any, details: bool) -> Iterator[Verdict]:
    """A comment belongs to the version that is read; what an update without one leaves is not documented."""
    given = [state.comment for state in item.states if state.comment is not MISSING]
    here = item.state.comment
    if here is not MISSING:
        right = likeness("comment", here, value) is Likeness.SAME
        cited = [item.kind.shown + "comment", item.kind.update + "comment"]
        if item.kind is KNOWLEDGE:
            cited.append(item.kind.update + "applied")
        for clause in cited:
            yield reading.expect(clause, right, f"the comment {here!r}", _told(value), "body comment")
        item.state.comment = here if right or not details else value
    elif not item.ours:
        return
    elif given:
        yield reading.expect(
            item.kind.comment_kept, equal(given[-1], value), f"the comment {given[-1]!r}", _told(value)
        )
    else:
        yield reading.expect(item.kind.shown + "comment-starts", value == "", "an empty comment", _told(value))


def _moments(reading: Reading, account: Account, item: Item, shown: dict[str, Any], details: bool) -> Iterator[Verdict]:
    """The service's own clock: it does not run backwards, and only writes move what they should."""
    created, updated = moment(shown.get("created_at")), moment(shown.get("updated_at"))
    if created is not None and item.ours:
        yield from _created_at(reading, item, created)
    if updated is not None and item.ours:
        yield from _updated_at(reading, item, updated, item.created_at if created is None else created)
    if details and item.ours:
        item.written_since = item.documents_since = False
    seen = [at for at in (created, updated, account.clock) if at is not None]
    if item.ours and seen:
        account.clock = max(seen)


def _created_at(reading: Reading, item: Item, created: int) -> Iterator[Verdict]:
    clause = item.kind.shown + "created-at"
    if item.created_at is not None:
        yield reading.expect(clause, created == item.created_at, f"{item.created_at}, as before", created)
    elif item.earliest_creation is not None:
        late = created >= item.earliest_creation - SLACK
        yield reading.expect(clause, late, f"no moment before {item.earliest_creation}, which was earlier", created)
    else:
        yield reading.holds(clause)
    item.created_at = created if item.created_at is None else item.created_at


def _updated_at(reading: Reading, item: Item, updated: int, created: int | None) -> Iterator[Verdict]:
    clause = item.kind.shown + "updated-at"
    before, item.updated_at = item.updated_at, updated
    earliest = max(at - SLACK for at in (item.earliest_update, before, 0) if at is not None)
    if created is not None and updated < created:
        yield reading.expect(clause, False, f"no moment before created_at {created}", updated)
    elif updated < earliest:
        yield reading.expect(clause, False, f"no moment before {earliest}, which was earlier", updated)
    elif before is not None and not item.written_since and not item.had_documents:
        yield reading.expect(clause, updated == before, f"{before}, as nothing was updated since", updated)
    else:
        yield reading.holds(clause)
    if before is not None and item.documents_since and not item.written_since:
        yield reading.expect("dhub.knowledge.updated-at-own", updated == before, str(before), updated)
    if item.newest == 0 and not item.had_documents and created is not None:
        starts = item.kind.shown + "updated-at-starts"
        if item.kind is KNOWLEDGE:
            yield reading.expect(starts, updated == created, str(created), updated)


def judge_whole(reading: Reading, shown: dict[str, Any], clause: str) -> Iterator[Verdict]:
    """Whether an entry of a list shows all that the details do."""
    missing = [name for name in DETAILS if name not in shown]
    yield reading.expect(clause, not missing, "every member of the details", f"no {', '.join(missing)}")


def moment(value: Any) -> int | None:
    """Epoch seconds, None when it is something else."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e11 else None


def still_there(reading: Reading, item: Item) -> Iterator[Verdict]:
    """``item`` was read or listed: it was created, and it outlived a refused deletion."""
    if item.ours:
        item.fate = Fate.HERE
        yield reading.holds(item.kind.create + "operation")
        yield reading.holds(item.kind.create + "item")
    if item.survived:
        yield reading.holds("dhub.delete.conflict-keeps")
    item.seen = True


def not_there(reading: Reading, item: Item, seen: object, *cited: str) -> Iterator[Verdict]:
    """``item`` was not found although it must be there; ``cited`` if nothing explains that better.

    Nothing more is concluded of it until it is seen again.
    """
    if item.survived:
        cited = ("dhub.delete.conflict-keeps",)
    elif item.refused_deletion and item.seen:
        cited = (item.refused_deletion,)
    elif item.ours and not item.seen:
        cited = (item.kind.create + "operation", item.kind.create + "item")
    for clause in cited:
        yield reading.expect(clause, False, f"the {item.kind.noun} {item.id}, which must be there", seen, "status")
    item.fate = Fate.UNKNOWN
    for document in item.documents_that(Fate.HERE):
        document.fate = Fate.UNKNOWN


def not_listed(reading: Reading, item: Item, seen: object) -> Iterator[Verdict]:
    """``item`` is missing from a list; something refused may have deleted it all the same."""
    clause = "dhub.delete.conflict-keeps" if item.survived else item.refused_deletion if item.seen else ""
    if clause:
        yield reading.expect(clause, False, f"{item.id}, whose deletion was refused", seen)


def _told(value: Any) -> object:
    return "nothing" if value is MISSING else repr(value)
