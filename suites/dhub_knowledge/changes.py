"""Updating and deleting: what an answer grants, and what the world is from then on."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.verify.reading import Reading, Verdict

from .access import BUSY
from .kinds import DOCUMENT, KNOWLEDGE
from .outcomes import must_fail, must_succeed, ordinary, repeats, uncertain
from .shown import not_there
from .values import MISSING, given
from .world import Fate, Item, Standing, Subject, foreign_item


def judge_update(reading: Reading, subject: Subject) -> Iterator[Verdict]:
    fields, unclear = given(reading.body)
    comment = fields.pop("comment", MISSING)
    kind, item = subject.kind, subject.item
    changes = item is not None and item.changes(fields)
    if reading.succeeded:
        if subject.standing in (Standing.GONE, Standing.ELSEWHERE):
            yield from must_fail(reading, subject, kind.delete + "gone")
            return
        yield from _updated(reading, subject, fields, unclear, comment)
        return
    if item is not None and uncertain(reading):
        item.doubt({**fields, **dict.fromkeys(unclear)})
    elif item is not None:
        item.refuse(fields, "dhub.error.no-effect")
    if subject.standing in (Standing.GONE, Standing.ELSEWHERE, Standing.ABSENT):
        yield from must_fail(reading, subject, kind.delete + "gone")
    elif subject.standing is not Standing.HERE or not ordinary(reading) or repeats(subject, kind.noun, fields):
        return
    elif item is not None and not changes and reading.status not in BUSY:
        yield reading.expect(kind.empty_update, False, "status 200", f"status {reading.status}", "status")
    elif kind is DOCUMENT and reading.status in (400, 415, 422):
        yield from must_succeed(reading, subject, kind.update + "status")  # what an update may give is not documented
    else:
        yield from must_succeed(reading, subject, kind.update + "operation", kind.update + "status")


def _updated(
    reading: Reading, subject: Subject, fields: dict[str, object], unclear: frozenset[str], comment: object
) -> Iterator[Verdict]:
    account, kind, item = subject.account, subject.kind, subject.item
    account.writes += 1
    if item is None and (kind is KNOWLEDGE or subject.knowledge is not None):
        item = foreign_item(kind, subject.id, subject.knowledge)
        shelf = account.knowledges if subject.knowledge is None else subject.knowledge.documents
        shelf[subject.id] = item
        item.fate = Fate.UNKNOWN
    if item is None:
        return
    changes = item.changes(fields)
    item.write(fields, unclear, comment, sure=reading.lawful and changes)
    item.earliest_update = account.clock
    account.names.update((kind.noun, str(fields[name])) for name in ("name", "alias") if name in fields)
    if kind is DOCUMENT and item.holder is not None:
        item.holder.disturb()
    yield reading.holds(kind.update + "operation")
    if reading.lawful:
        yield reading.holds("dhub.service.json-request")
        if not changes and item.ours:
            yield reading.holds(kind.empty_update)


def judge_deletion(reading: Reading, subject: Subject) -> Iterator[Verdict]:
    kind, item = subject.kind, subject.item
    if subject.standing in (Standing.GONE, Standing.ABSENT):  # that it is gone again, an answer may lawfully say
        yield from must_fail(reading, subject, kind.unknown if reading.succeeded else kind.delete + "gone")
        return
    if subject.standing is Standing.ELSEWHERE:
        spare_elsewhere(subject)
        if reading.succeeded:
            yield reading.expect(kind.unknown, False, "status 404", f"status {reading.status}", "status")
        else:
            yield from must_fail(reading, subject, kind.delete + "gone")
        return
    if reading.succeeded:
        yield from _deleted(reading, subject)
    elif item is None:
        return
    elif uncertain(reading):
        doubt_deletion(item)
    if item is None or reading.succeeded or subject.standing is not Standing.HERE:
        return
    if kind is KNOWLEDGE:
        yield from _kept(reading, subject, item)
    elif item.survived and reading.status in (404, 410):
        yield from not_there(reading, item, f"status {reading.status}")
    else:
        yield from must_succeed(reading, subject, kind.delete + "operation", kind.delete + "status")


def _deleted(reading: Reading, subject: Subject) -> Iterator[Verdict]:
    account, kind, item = subject.account, subject.kind, subject.item
    account.writes += 1
    if item is None:
        if kind is DOCUMENT and subject.knowledge is None:
            return
        item = foreign_item(kind, subject.id, subject.knowledge)
        shelf = account.knowledges if subject.knowledge is None else subject.knowledge.documents
        shelf[subject.id] = item
    if item.holder is not None:
        item.holder.disturb()
    left = item.documents_that(Fate.HERE)
    if left:
        expected = f"status 409: Documents remain, {left[0].id} among them"
        yield reading.expect("dhub.delete.conflict", False, expected, f"status {reading.status}", "status")
        doubt_deletion(item)
        return
    item.fate = Fate.GONE
    yield reading.holds(kind.delete + "operation")
    if item.had_documents and item.surely_empty:
        yield reading.holds("dhub.delete.emptied")


def _kept(reading: Reading, subject: Subject, item: Item) -> Iterator[Verdict]:
    """The deletion of a Knowledge was refused."""
    left = item.documents_that(Fate.HERE)
    if left:
        if reading.status == 409:
            item.survived = True
            for document in left:
                document.survived = True
            yield reading.holds("dhub.delete.conflict")
        else:
            yield from _refused_otherwise(reading)
    elif item.surely_empty:
        clauses = (subject.kind.delete + "operation", subject.kind.delete + "status")
        yield from must_succeed(reading, subject, *(("dhub.delete.emptied",) if item.had_documents else clauses))


def _refused_otherwise(reading: Reading) -> Iterator[Verdict]:
    """A deletion that had to answer 409 was refused in another way."""
    if reading.status not in (401, 403) and reading.status not in BUSY:
        seen = f"status {reading.status}"
        yield reading.expect("dhub.delete.conflict", False, "status 409: Documents remain", seen, "status")


def doubt_deletion(item: Item) -> None:
    """A deletion may or may not have been carried out."""
    item.fate = Fate.UNKNOWN
    for document in item.documents.values():
        document.fate = document.fate if document.fate is Fate.GONE else Fate.UNKNOWN


def spare_elsewhere(subject: Subject) -> None:
    """A deletion by way of a Knowledge that does not hold the Document may be granted or not, but deletes nothing."""
    for knowledge in subject.account.knowledges.values():
        if subject.id in knowledge.documents:
            knowledge.documents[subject.id].refused_deletion = "dhub.service.resources"
