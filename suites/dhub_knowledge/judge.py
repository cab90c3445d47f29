"""The judge of D.Hub: what each exchange says of the clauses of contracts/dhub_knowledge.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import parse_qs

from understudy.verify.judge import Judge, Leftover, rule
from understudy.verify.reading import Reading, Verdict

from . import access, changes, creation, doubts, outcomes, reads, unlawful
from .kinds import BEYOND_SHAPE, DOCUMENT, KNOWLEDGE, PREFIXES
from .lists import Lists
from .world import Account, Fate, Standing, Subject, World, document_subject, knowledge_subject

TRIES = 3
"""How often a call of an operation that never answered is lost before it is not for the weather that it is."""

QUERY = frozenset(("limit", "token", "groups"))


class DHubJudge(Judge):
    """Keeps a `World` of what was done, and judges every exchange against it.

    Rules run in the order written: who calls comes before what is called.
    """

    stem: ClassVar[str] = "dhub_knowledge"
    beyond_shape: ClassVar[frozenset[str]] = BEYOND_SHAPE
    creating: ClassVar[frozenset[str]] = frozenset(("createKnowledge", "createDocument"))

    def prepare(self) -> None:
        self.world = World()
        self._answered: set[str] = set()
        self._silent: dict[str, int] = {}

    @rule()
    def refusals(self, reading: Reading) -> Iterator[Verdict]:
        """Refusals as such, and paths that the API does not have."""
        self._answered.add(reading.operation or "")
        if reading.operation is None:
            yield from unlawful.judge_unmatched(reading, self)
        elif reading.status >= 400 and reading.status not in access.BUSY:
            yield from unlawful.judge_body(reading)

    @rule()
    def access(self, reading: Reading) -> Iterator[Verdict]:
        if reading.operation is None:
            return
        if self.without_access(reading):
            yield from access.judge_access(reading)
            doubts.without_access(reading, self.world)
            return
        account = self._account(reading)
        if reading.succeeded:
            yield from access.accepted(reading, account)
            if self._subject(reading).standing in (Standing.HERE, Standing.UNKNOWN):
                yield from outcomes.found(reading, self._subject(reading))
        yield from access.judge_isolation(reading, self.world, account)
        if reading.breaches:
            yield from unlawful.judge_unlawful(reading)

    @rule("createKnowledge", "createDocument")
    def creation(self, reading: Reading) -> Iterator[Verdict]:
        if not self.without_access(reading):
            yield from creation.judge_creation(reading, self.world, self._subject(reading))

    @rule("listKnowledges", "listDocuments")
    def page(self, reading: Reading) -> Iterator[Verdict]:
        if self.without_access(reading):
            return
        subject = self._subject(reading)
        kind = KNOWLEDGE if reading.operation == "listKnowledges" else DOCUMENT
        if kind is DOCUMENT and subject.standing is Standing.GONE:
            yield from outcomes.must_fail(reading, subject, KNOWLEDGE.unknown)
        elif reading.succeeded:
            holder = subject.knowledge if kind is DOCUMENT else None
            default = self.limits["page_items_default"]
            yield from Lists(self.world, subject.account, kind, holder, default).judge(reading)
        elif reading.lawful and (kind is KNOWLEDGE or subject.standing is Standing.HERE):
            yield from self._not_listed(reading, subject, kind.list)

    @rule("getKnowledge", "getDocument")
    def details(self, reading: Reading) -> Iterator[Verdict]:
        if not self.without_access(reading):
            yield from reads.judge_details(reading, self._subject(reading))

    @rule("listKnowledgeVersions", "listDocumentVersions")
    def history(self, reading: Reading) -> Iterator[Verdict]:
        if not self.without_access(reading):
            yield from reads.judge_history(reading, self._subject(reading))

    @rule("updateKnowledge", "updateDocument")
    def update(self, reading: Reading) -> Iterator[Verdict]:
        if not self.without_access(reading):
            yield from changes.judge_update(reading, self._subject(reading))

    @rule("deleteKnowledge", "deleteDocument")
    def deletion(self, reading: Reading) -> Iterator[Verdict]:
        if not self.without_access(reading):
            yield from changes.judge_deletion(reading, self._subject(reading))

    def unanswered(self, reading: Reading) -> Iterator[Verdict]:
        """A write may have been carried out. An operation that never answers while others do does not work."""
        operation = reading.operation
        if operation is None or self.without_access(reading):
            return
        doubts.doubt(reading, self._subject(reading))
        silent = self._silent[operation] = self._silent.get(operation, 0) + reading.lawful
        if silent >= TRIES and operation not in self._answered and self._answered:
            for clause in ("operation", "status"):
                seen = reading.observation.failure or "none"
                yield reading.expect(PREFIXES[operation] + clause, False, "an answer", seen, "answer")

    def leftovers(self) -> tuple[Leftover, ...]:
        return tuple(
            Leftover("deleteDocument", {"kid": item.holder.id, "did": item.id}, account.credential)
            if item.holder is not None
            else Leftover("deleteKnowledge", {"knowledge_id": item.id}, account.credential)
            for account in self.world.accounts.values()
            for item in account.items()
            if item.ours and item.fate is not Fate.GONE
        )

    def _account(self, reading: Reading) -> Account:
        return self.world.account(reading.credential or "")

    def _subject(self, reading: Reading) -> Subject:
        """What the call is about, for the account of its credential."""
        account = self._account(reading)
        knowledge_id = reading.path.get("knowledge_id", reading.path.get("kid", ""))
        document_id = reading.path.get("did")
        if document_id is None:
            return knowledge_subject(account, knowledge_id)
        return document_subject(account, knowledge_id, document_id)

    def _not_listed(self, reading: Reading, subject: Subject, prefix: str) -> Iterator[Verdict]:
        """A lawful listing was refused; a token that no page gave may be."""
        fields = parse_qs(reading.observation.request.query, keep_blank_values=True)
        given = {listing.token for listing in subject.account.listings}
        if reading.status in access.BUSY:
            return
        seen = f"status {reading.status}"
        if set(fields) - QUERY:
            yield reading.expect("dhub.service.unknown-query", False, "status 200", seen, "status")
        elif not given.issuperset(fields.get("token", ())):
            yield reading.expect("dhub.error.invalid-token", reading.status == 422, "status 422", seen, "status")
        else:
            optional = () if fields or prefix == DOCUMENT.list else (prefix + "optional",)
            yield from outcomes.must_succeed(reading, subject, prefix + "operation", prefix + "status", *optional)
