"""Whether a call had to succeed or had to be refused, and what it means when it was the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.verify.reading import Reading, Verdict

from .access import BUSY, refused_credential
from .kinds import DOCUMENT, FIELDS, KNOWLEDGE
from .values import plain
from .world import Standing, Subject

AS_SLASHES = frozenset((301, 302, 303, 307, 308))
COLLECTIONS = frozenset(("createKnowledge", "listKnowledges"))
NOT_OFFERED = frozenset((404, 405, 501))


def must_succeed(reading: Reading, subject: Subject, *cited: str) -> Iterator[Verdict]:
    """A lawful call about a thing that is there was not carried out."""
    if reading.status in BUSY:
        return
    if reading.status in (401, 403):
        yield from refused_credential(reading, subject.account, cited)
        return
    seen = f"status {reading.status}"
    for clause in cited:
        yield reading.expect(clause, False, "status 200: the call is lawful", seen, "status")
    if reading.status in AS_SLASHES:
        yield reading.expect("dhub.service.slashes", False, "the path as it is documented", seen, "status")
    if reading.operation in COLLECTIONS and reading.status in NOT_OFFERED:
        yield reading.expect("dhub.service.base-path", False, "this path", seen, "status")


def must_fail(reading: Reading, subject: Subject, gone: str) -> Iterator[Verdict]:
    """A call about a thing that was deleted, never was, or belongs to another Knowledge.

    ``gone`` is the clause by which it is not carried out after a deletion; what a missing thing is answered with beyond
    that is not documented.
    """
    absent = subject.kind.unknown
    if subject.kind is DOCUMENT and subject.knowledge is not None and subject.knowledge.fate.value == "gone":
        absent = KNOWLEDGE.unknown
    clause = {Standing.GONE: gone, Standing.ELSEWHERE: "dhub.service.resources"}.get(subject.standing, absent)
    if reading.status in BUSY or reading.status >= 500:
        return
    expected = f"a refusal: there is no {subject.kind.noun} {subject.id}"
    yield reading.expect(clause, not reading.succeeded, expected, f"status {reading.status}", "status")
    if reading.lawful and clause != absent:
        yield reading.expect(absent, reading.status == 404, "status 404", f"status {reading.status}", "status")


def found(reading: Reading, subject: Subject) -> Iterator[Verdict]:
    """A call was carried out at the path that the document gives it."""
    for clause in ("dhub.service.base-path", "dhub.service.slashes", "dhub.service.manager-api"):
        yield reading.holds(clause)
    if subject.kind is DOCUMENT:
        yield reading.holds("dhub.create-document.kid")


def uncertain(reading: Reading) -> bool:
    """Whether nobody can say if a write was carried out: it was not answered, or by a failure of the service."""
    return reading.status == 0 or reading.status >= 500 or reading.status in (408, 429)


def repeats(subject: Subject, noun: str, fields: dict[str, object]) -> bool:
    """Whether something of the account has this name or alias already, which a service may refuse."""
    return any((noun, str(fields[name])) in subject.account.names for name in ("name", "alias") if name in fields)


def ordinary(reading: Reading) -> bool:
    """A lawful body that no service has a reason to refuse: only documented members, and nothing odd in them."""
    body = reading.body
    return reading.lawful and isinstance(body, dict) and set(body) <= {*FIELDS, "comment"} and plain(body)
