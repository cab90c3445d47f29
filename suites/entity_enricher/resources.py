"""What is promised of keys, schemas, records and attachments, and of every answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from understudy.contract import BINDING_GRADES
from understudy.verify.judge import UNKNOWN_CREDENTIAL, Judge, Leftover, rule
from understudy.verify.reading import Reading, Verdict

from . import (
    access,
    attachments,
    deletions,
    doubts,
    keys,
    lists,
    members,
    records,
    refusals,
    schema_work,
    schemas,
    shapes,
    unlawful,
)
from .world import Organisation, World


class ResourceRules(Judge):
    """Rules on keys, schemas, records and attachments, and on who calls.

    Rules run in the order written: who calls comes before what is called.
    """

    beyond_shape: ClassVar[frozenset[str]] = shapes.BEYOND_SHAPE
    creating: ClassVar[frozenset[str]] = frozenset(("uploadAttachments", "uploadAttachmentBase64"))
    world: World

    def prepare_resources(self) -> None:
        """Set up what these rules keep of a conversation."""
        self._validating = self.readings["ee.validation-status"] == "422"
        self._answered: set[str] = set()
        self._answers = 0
        self._silent: dict[str, set[int]] = {}

    def left(self) -> Iterator[Leftover]:
        """What this conversation made, can delete, and has not deleted."""
        most = self._most_deleted()
        for organisation in self.world.organisations.values():
            ids = [record.id for record in organisation.records.values() if record.gone is not True]
            for first in range(0, len(ids), most):
                yield Leftover("deleteRecords", {}, organisation.credential, {"ids": ids[first : first + most]})
            for attachment in organisation.attachments.values():
                if attachment.gone is not True:
                    yield Leftover("deleteAttachment", {"id": attachment.id}, organisation.credential)

    def without_access(self, reading: Reading) -> bool:
        """A key that somebody's unknown one is a part of is made up as well."""
        return UNKNOWN_CREDENTIAL in (reading.credential or "") or super().without_access(reading)

    def organisation(self, reading: Reading) -> Organisation:
        """The organisation that the call was made for. Ask only of calls that may have a valid key."""
        return self.world.organisation(reading.credential or "")

    # What every contract implies, with what this one leaves open

    def _general(self, reading: Reading) -> Iterable[Verdict]:
        """Of an answer that succeeds, what its document says of its shape; refusals have a rule of their own."""
        if reading.operation is None or not reading.succeeded:
            return
        for verdict in super()._general(shapes.as_documented(reading)):
            if shapes.counts(reading, verdict, self.contract):
                yield shapes.renamed(reading, verdict)

    def _accepted_unlawful(self, reading: Reading) -> Iterable[Verdict]:
        """The document names no member of some bodies, and an instance may do without a name for a key or a file."""
        lenient = reading.operation == "createApiKey" or (
            reading.operation == "uploadAttachmentBase64"
            and isinstance(reading.body, dict)
            and "content_base64" in reading.body
        )
        for verdict in super()._accepted_unlawful(reading):
            binding = self.contract.clauses[verdict.clause].grade in BINDING_GRADES
            if not binding or (verdict.clause == "ee.error.missing-field" and not lenient):
                yield verdict

    # Who calls

    @rule()
    def answer_as_such(self, reading: Reading) -> Iterator[Verdict]:
        self._answered.add(reading.operation or "")
        self._answers += 1
        yield from doubts.judge_silence(reading, self._silent, self._answered)
        if reading.operation is None:
            yield from refusals.judge_unmatched(reading, self)
        else:
            yield from refusals.judge_answer(reading)

    @rule()
    def who_calls(self, reading: Reading) -> Iterator[Verdict]:
        if reading.operation is None:
            return
        if reading.status not in (0, 404, 405):
            self.world.served.add(reading.observation.request.path)
        if self.without_access(reading):
            yield from access.judge_no_access(reading, self.world)
            doubts.without_access(reading, self.world)
            return
        organisation = self.organisation(reading)
        created = reading.credential in self.world.created_keys
        if created:
            yield from keys.judge_use(reading, self.world)
        scopes = self._scopes(reading)
        if scopes is not None and not keys.expired(reading, self.world):
            yield from access.judge_limited(reading, self.world, scopes, told=not created)
            if reading.succeeded and not self._entitled(reading):
                doubts.without_access(reading, self.world)
        if reading.succeeded:
            self.world.taken.update([reading.operation] if reading.lawful else ())
            organisation.granted.add(f"{reading.operation} at all")
            yield from self._accepted(reading, organisation)
        doubts.forget_oldest(organisation, self.limits["kept_records"])
        yield from access.judge_failing(reading)
        yield from access.judge_isolation(reading, self._others(reading, organisation))
        if self._entitled(reading):
            yield from unlawful.judge_wrong(reading, organisation, validating=self._validating)
            yield from members.judge_members(reading, self.limits)

    def _accepted(self, reading: Reading, organisation: Organisation) -> Iterator[Verdict]:
        """A call was carried out with this key, so that it is valid, and the path is the one that it should be."""
        for clause in ("ee.auth.header", "ee.auth.required", "ee.transport.base-path"):
            yield reading.holds(clause)
        if reading.operation == "streamJob":
            yield reading.holds("ee.auth.on-stream")
        if reading.operation in ("startEnrichment", "listSchemas", "getRecord"):
            yield reading.holds("ee.service.purpose")
        if "content-type" in reading.observation.request.headers and not reading.observation.request.body:
            yield reading.holds("ee.transport.content-type-on-get")
        pending, organisation.pending = organisation.pending, []
        yield from pending

    @rule("getOptions", "listSchemas", "listRecords", "getRecord", "streamJob")
    def declared_get(self, reading: Reading) -> Iterator[Verdict]:
        """A GET that declares a media type, as the document's sample does."""
        declared = "content-type" in reading.observation.request.headers
        there = reading.lawful and access.surely_there(reading, self.world)
        if declared and there and self._entitled(reading) and reading.status in (400, 411, 415, 422):
            clause = "ee.transport.content-type-on-get"
            yield reading.expect(clause, False, "status 200", f"status {reading.status}", "status")

    # What is called

    @rule("createApiKey")
    def created_key(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            yield from keys.judge_creation(reading, self.world, self.organisation(reading))
            for key in self.world.created_keys:
                self.roles.setdefault(key, "created")

    @rule("listSchemas")
    def listed_schemas(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            organisation = self.organisation(reading)
            others = self._others(reading, organisation)
            yield from access.judge_shown(reading, organisation, others, schemas.ids_in(reading))
            yield from schemas.judge_list(reading, self.world, organisation)

    @rule("createSchema")
    def created_schema(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            yield from schemas.judge_creation(reading, self.world, self.organisation(reading))

    @rule("generateSchema", "editSchema")
    def started_schema_job(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            yield from schemas.judge_start(reading, self.organisation(reading))

    @rule("startEnrichment", "enrich", "startBatch")
    def used_schema(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            yield from schemas.judge_use(reading, self.organisation(reading))

    @rule("streamJob")
    def streamed_schema_job(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading) and reading.succeeded:
            yield from schema_work.judge_stream(reading, self.organisation(reading))

    @rule("listRecords")
    def listed_records(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            organisation = self.organisation(reading)
            yield from lists.judge_page(reading, organisation, self.limits)
            yield from access.judge_shown(
                reading, organisation, self._others(reading, organisation), lists.ids_in(reading)
            )

    @rule("getRecord")
    def shown_record(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            yield from records.judge_record(reading, self.organisation(reading))

    @rule("deleteRecords")
    def deleted_records(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            yield from deletions.judge_deletion(reading, self.organisation(reading), self._most_deleted())

    @rule("uploadAttachments", "uploadAttachmentBase64")
    def uploaded(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            yield from attachments.judge_upload(reading, self.organisation(reading))

    @rule("downloadAttachment")
    def downloaded(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            yield from attachments.judge_download(reading, self.organisation(reading))

    @rule("deleteAttachment")
    def deleted_attachment(self, reading: Reading) -> Iterator[Verdict]:
        if self._entitled(reading):
            yield from attachments.judge_deletion(reading, self.organisation(reading))

    def unanswered(self, reading: Reading) -> Iterable[Verdict]:
        """A call may have had its effect all the same."""
        operation = reading.operation
        if operation is not None and not self.without_access(reading):
            doubts.unanswered(reading, self.organisation(reading))
            if reading.lawful:
                self._silent.setdefault(operation, set()).add(self._answers)
        yield from super().unanswered(reading)

    def _entitled(self, reading: Reading) -> bool:
        """Whether the key of a call permits it: a good one, or an unknown one, which may well be."""
        if self.without_access(reading):
            return False
        if reading.role == access.FAILING:
            return reading.succeeded
        scopes = self._scopes(reading)
        needed = "read" if reading.operation in access.READING else "write"
        if reading.credential in self.world.created_keys:
            return reading.succeeded and scopes is not None and needed in scopes
        return scopes is None or (needed in scopes and reading.succeeded)

    def _scopes(self, reading: Reading) -> frozenset[str] | None:
        """What the key permits; None where it permits all, or nobody knows."""
        if reading.credential in self.world.created_keys:
            return self.world.scopes.get(reading.credential or "")
        return access.ROLES.get(reading.role or "")

    def _others(self, reading: Reading, organisation: Organisation) -> list[Organisation]:
        """The other organisations, where it is certain that they are others."""
        if reading.role != "good":
            return []
        known = self.world.organisations.values()
        return [each for each in known if each is not organisation and self.roles.get(each.credential) == "good"]

    def _most_deleted(self) -> int:
        most = self.limits["batch_delete_ids"]
        return most if isinstance(most, int) and most > 0 else 100
