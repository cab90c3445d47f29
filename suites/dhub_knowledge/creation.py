"""Creating Knowledges and Documents: what an answer grants, and what the world is from then on."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.verify.reading import Reading, Verdict

from .access import BUSY
from .kinds import DOCUMENT, FIELDS, KNOWLEDGE
from .outcomes import must_fail, must_succeed, ordinary, repeats, uncertain
from .values import given
from .world import Fate, Item, Standing, Subject, World, foreign_item, new_item

DOCUMENT_TYPES = {
    "WEB": "dhub.create-document.web",
    "FILE": "dhub.create-document.file",
    "MANUAL": "dhub.create-document.manual",
}


def judge_creation(reading: Reading, world: World, subject: Subject) -> Iterator[Verdict]:
    """``subject`` is the Knowledge that a Document is created in; for a new Knowledge only its account counts."""
    fields, _ = given(reading.body)
    fields.pop("comment", None)
    kind = DOCUMENT if reading.operation == "createDocument" else KNOWLEDGE
    repeated = repeats(subject, kind.noun, fields)
    if reading.lawful and set(reading.body) - {*FIELDS} and reading.status not in BUSY:
        accepted, seen = reading.succeeded, f"status {reading.status}"
        yield reading.expect("dhub.service.unknown-fields", accepted, "status 200", seen, "status")
    if reading.succeeded:
        yield from _nameless(reading, kind.create)
        world.refused_names.pop(str(fields.get("name")), None)
        if subject.standing is Standing.GONE and kind is DOCUMENT:
            yield from must_fail(reading, subject, "dhub.delete-knowledge.gone")
        yield from _created(reading, subject, fields)
        if repeated and reading.lawful:
            yield reading.holds(kind.create + "duplicates")
        return
    if uncertain(reading):
        lose_creation(reading, subject)
    elif isinstance(fields.get("name"), str) and (kind.noun, fields["name"]) not in subject.account.names:
        world.refused_names.setdefault(fields["name"], "dhub.error.no-effect")
    if "name" not in fields and isinstance(reading.body, dict) and "name" not in reading.body:
        if not uncertain(reading):
            yield reading.holds(kind.create + "name")
    elif kind is DOCUMENT and subject.standing is Standing.GONE:
        yield from must_fail(reading, subject, "dhub.delete-knowledge.gone")
    elif not ordinary(reading) or (kind is DOCUMENT and subject.standing is not Standing.HERE):
        return
    elif repeated:
        if reading.status not in BUSY:
            yield reading.expect(kind.create + "duplicates", False, "status 200", f"status {reading.status}", "status")
    else:
        beside = subject.knowledge is not None and subject.knowledge.documents_that(Fate.HERE)
        if beside and reading.status not in (401, 403) and reading.status not in BUSY:
            subject.account.refused_beside.add(str(fields.get("type")))
        yield from must_succeed(reading, subject, *_refused_creation(reading, subject, fields))


def _created(reading: Reading, subject: Subject, fields: dict[str, object]) -> Iterator[Verdict]:
    account, kind = subject.account, DOCUMENT if reading.operation == "createDocument" else KNOWLEDGE
    holder = subject.knowledge if kind is DOCUMENT else None
    if kind is DOCUMENT and holder is None:
        holder = account.knowledges[subject.knowledge_id] = foreign_item(KNOWLEDGE, subject.knowledge_id, None)
    shelf = account.knowledges if holder is None else holder.documents
    account.writes += 1
    id = reading.member("item")
    if not isinstance(id, str) or not id:
        lose_creation(reading, subject)
        return
    before = shelf.get(id)
    new = before is None or before.fate is Fate.GONE
    yield reading.expect(kind.shown + "id-unique", new, f"an id unlike that of another {kind.noun}", id)
    if any(item.fate is Fate.GONE for item in shelf.values()):
        yield reading.expect(kind.shown + "id-not-reused", before is None, "an id that was never given", id)
    if holder is not None:
        yield from _beside_others(reading, subject, holder, fields)
    shelf[id] = new_item(kind, id, fields, account, holder)
    account.names.update((kind.noun, str(fields[name])) for name in ("name", "alias") if name in fields)
    if holder is not None:
        holder.had_documents = True
        holder.disturb()
    if reading.lawful:
        yield reading.holds("dhub.service.json-request")
        if reading.body.keys() == {"name"}:
            yield reading.holds(kind.create + "optional")
        if kind is DOCUMENT and fields.get("type") in DOCUMENT_TYPES:
            yield reading.holds(DOCUMENT_TYPES[str(fields["type"])])


def _beside_others(reading: Reading, subject: Subject, holder: Item, fields: dict[str, object]) -> Iterator[Verdict]:
    """One Knowledge holds several Documents, or takes in none that it would take if it were empty."""
    account = subject.account
    if holder.documents_that(Fate.HERE):
        account.refused_beside.clear()
        yield reading.holds("dhub.service.container")
    elif str(fields.get("type")) in account.refused_beside:
        seen = "that they are refused where there is one"
        yield reading.expect("dhub.service.container", False, "several Documents in one Knowledge", seen)


def _nameless(reading: Reading, prefix: str) -> Iterator[Verdict]:
    """A body that surely has no name was accepted."""
    unread = any(found.rule in ("syntax", "media-type") for found in reading.breaches)
    if not reading.observation.request.body or not (unread or isinstance(reading.body, dict)):
        seen = f"status {reading.status}"
        yield reading.expect(prefix + "name", False, "a refusal: there is no name", seen, "status")


def _refused_creation(reading: Reading, subject: Subject, fields: dict[str, object]) -> Iterator[str]:
    """The clauses that a refused creation breaks."""
    kind = DOCUMENT if reading.operation == "createDocument" else KNOWLEDGE
    yield kind.create + "operation"
    yield kind.create + "status"
    if fields.keys() == {"name"}:
        yield kind.create + "optional"
    if reading.status == 415:
        yield "dhub.service.json-request"
    if kind is DOCUMENT and fields.get("type") in DOCUMENT_TYPES:
        yield DOCUMENT_TYPES[str(fields["type"])]


def lose_creation(reading: Reading, subject: Subject) -> None:
    """Something may have been created, and nobody knows its id."""
    subject.account.writes += 1
    if reading.operation == "createDocument" and subject.knowledge is not None:
        subject.knowledge.lost_documents += 1
        subject.knowledge.had_documents = True
        subject.knowledge.disturb()
