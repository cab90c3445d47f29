"""Who may call: what is carried out without a valid key, with one that permits less, and for another organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .outcomes import BUSY, COLLECTIONS, NOBODYS, seen_status, spelt_short
from .world import Organisation, World

READING = frozenset(("getOptions", "streamJob", "listSchemas", "listRecords", "getRecord", "downloadAttachment"))
NOT_STORING = frozenset(("fetchEntities", "cancelJob", "continueJob"))
"""Operations of which the document leaves open whether they need more than reading."""
FAILING = "internal_error"
"""The role of a key for which the instance fails inside."""
DELETING = frozenset(("deleteRecords", "deleteAttachment"))
DISTINCT = 8
DOCUMENTED_BODIES = frozenset(("startEnrichment", "enrich", "startBatch"))
ROLES = {"no_permission": frozenset[str](), "read_only": frozenset(("read",))}


def judge_no_access(reading: Reading, world: World) -> Iterator[Verdict]:
    """A request that certainly carries no valid key."""
    clause = "ee.error.wrong-key" if (reading.credential or "").strip() else "ee.error.missing-key"
    streamed = ("ee.auth.on-stream",) if reading.operation == "streamJob" else ()
    seen = seen_status(reading)
    if reading.succeeded:
        for broken in ("ee.auth.required", clause, *streamed):
            yield reading.expect(broken, False, "a refusal: there is no valid key", seen, "status")
        return
    path = reading.observation.request.path
    if reading.status in BUSY or (spelt_short(reading) and path not in world.served):
        return
    for kept in ("ee.auth.required", *streamed):
        yield reading.holds(kept, "status")
    if surely_lawful(reading, world) and surely_there(reading, world):
        yield reading.expect(clause, reading.status == 401, "status 401", seen, "status")
    else:
        yield reading.expect("ee.error.precedence", reading.status == 401, "status 401 first", seen, "status")


def judge_limited(reading: Reading, world: World, scopes: frozenset[str], *, told: bool) -> Iterator[Verdict]:
    """A call by a key that permits only ``scopes``. ``told``: who owns the target says so, not the one who asked."""
    needed = "read" if reading.operation in READING else "write"
    seen = seen_status(reading)
    if needed in scopes:
        if reading.lawful and reading.status in (401, 403):
            clause = "ee.auth.scope-of-operations"
            yield reading.expect(clause, False, f"what the scope {needed} permits", seen, "status")
        elif reading.succeeded:
            yield reading.holds("ee.auth.scopes")
            yield reading.holds("ee.auth.scope-of-operations")
            yield reading.holds("ee.auth.kinds")
        return
    cited = ["ee.error.forbidden-write"] if "read" in scopes else []
    if told and (not scopes or reading.operation not in NOT_STORING):
        cited += ["ee.error.forbidden", "ee.auth.kinds"]
    if reading.succeeded:
        for clause in cited:
            yield reading.expect(clause, False, "status 403: the key does not permit it", seen, "status")
    elif reading.status == 403:
        for clause in ("ee.error.forbidden", "ee.auth.kinds", *cited):
            yield reading.holds(clause, "status")
    elif surely_lawful(reading, world) and (told or reading.operation in COLLECTIONS) and reading.status not in BUSY:
        for clause in cited:
            yield reading.expect(clause, False, "status 403", seen, "status")


def judge_failing(reading: Reading) -> Iterator[Verdict]:
    """A call by a key for which the instance fails inside."""
    if reading.role == FAILING and reading.lawful and reading.status not in BUSY:
        yield reading.expect("ee.error.internal", reading.status == 500, "status 500", seen_status(reading), "status")


def judge_isolation(reading: Reading, others: Iterable[Organisation]) -> Iterator[Verdict]:
    """A call by one organisation's key about what ``others`` made."""
    theirs = {id: other for id in named(reading) if is_distinct(id) for other in others if holds(other, id)}
    for id, other in theirs.items():
        other.spare(id, "ee.auth.organisation")
    if not theirs or (reading.operation in DELETING and reading.succeeded):  # they may pass over what is not there
        return
    expected, seen = f"a refusal: {next(iter(theirs))} is another organisation's", seen_status(reading)
    yield reading.expect("ee.auth.organisation", not reading.succeeded, expected, seen, "status")
    if reading.lawful and reading.status not in BUSY:
        yield reading.expect("ee.auth.isolation", reading.status == 404, "status 404", seen, "status")


def judge_shown(
    reading: Reading, own: Organisation, others: Iterable[Organisation], ids: Iterable[str]
) -> Iterator[Verdict]:
    """A list shows nothing that ``others`` made."""
    of_records = reading.operation == "listRecords"
    made = {id for other in others for id in (other.records if of_records else ours(other)) if is_distinct(id)}
    if made:
        known = own.records.keys() if of_records else own.schemas.keys()
        strange = sorted(made.intersection(ids) - known)
        for clause in ("ee.auth.organisation", "ee.auth.isolation"):
            yield reading.expect(clause, not strange, "nothing of another organisation", strange[:3])


def is_distinct(id: str) -> bool:
    """Whether two organisations hardly have it by chance: where each counts for itself, both have a first record."""
    return len(id) >= DISTINCT and not id.isdecimal()


def named(reading: Reading) -> list[str]:
    """The identifiers that a request names, in its path and its body."""
    found: list[Any] = [reading.path.get("id"), reading.path.get("job_id")]
    if isinstance(reading.body, dict):
        found.append(reading.body.get("schema_id"))
        for member in ("ids", "result_ids", "attachment_ids"):
            listed = reading.body.get(member)
            found += listed if isinstance(listed, list) else []
    return [id for id in found if isinstance(id, str)]


def holds(organisation: Organisation, id: str) -> bool:
    """Whether the organisation surely has something of this id, which it made here."""
    things = (organisation.records.get(id), organisation.attachments.get(id))
    return any(thing is not None and thing.gone is False for thing in things) or (
        id in organisation.jobs or id in ours(organisation)
    )


def ours(organisation: Organisation) -> set[str]:
    return {schema.id for schema in organisation.schemas.values() if schema.ours}


def surely_lawful(reading: Reading, world: World) -> bool:
    """Whether nothing about a request may be wrong.

    Of most bodies the document says nothing, so an instance may take others; that it does not shows when it has carried
    out one. What the path names may have another form.
    """
    if not reading.lawful or reading.status not in (400, 422):
        return reading.lawful
    documented = reading.operation in DOCUMENTED_BODIES or reading.operation in world.taken
    return surely_there(reading, world) and (documented or not reading.observation.request.body)


def surely_there(reading: Reading, world: World) -> bool:
    """Whether everything that a request's path names is known to exist, in whichever organisation."""
    asked = [value for value in reading.path.values() if isinstance(value, str)]
    known = list(world.organisations.values())
    return all(
        not id.startswith(NOBODYS) and any(holds(entry, id) or id in entry.schemas for entry in known) for id in asked
    )
