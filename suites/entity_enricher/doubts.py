"""Calls that were not answered, or that nobody may make: what they may have done, and what they must not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .deletions import ids_of
from .world import KnownAttachment, KnownRecord, Organisation, World

DOES = {
    "getOptions": ("ee.options.models",),
    "startEnrichment": ("ee.start.starts",),
    "startBatch": ("ee.batch.starts",),
    "listSchemas": ("ee.list-schemas.all",),
    "createSchema": ("ee.create-schema.creates",),
    "generateSchema": ("ee.generate-schema.from-samples",),
    "editSchema": ("ee.edit-schema.edits",),
    "listRecords": ("ee.list-records.pages",),
    "getRecord": ("ee.get-record.whole",),
    "deleteRecords": ("ee.delete-records.several",),
    "uploadAttachments": ("ee.upload.files",),
    "uploadAttachmentBase64": ("ee.upload-base64.json",),
    "downloadAttachment": ("ee.download.bytes",),
    "deleteAttachment": ("ee.delete-attachment.deletes",),
    "createApiKey": ("ee.create-api-key.creates",),
}
"""What an operation does, by its clause."""
TRIES = 2
"""How often an operation that never answered is tried, with answers of others between, before it is not the weather."""
REQUIRED = "ee.auth.required"


def unanswered(reading: Reading, organisation: Organisation) -> None:
    """A deletion may have been carried out."""
    for thing in _named(reading, organisation):
        if thing.gone is False:
            thing.gone = None


def judge_silence(reading: Reading, silent: dict[str, set[int]], answered: set[str]) -> Iterator[Verdict]:
    """Others are answered again. ``silent`` says of operations after how many answers they were left without one."""
    for operation in [each for each, times in silent.items() if len(times) >= TRIES]:
        del silent[operation]
        if operation not in answered:
            for clause in DOES.get(operation, ()):
                yield reading.expect(clause, False, f"{operation} to answer", f"none, {TRIES} times", "answer")


def without_access(reading: Reading, world: World) -> None:
    """A call without a valid key: refused, it must not show; carried out, nobody knows what is there now."""
    body: Any = reading.body if isinstance(reading.body, dict) else {}
    if reading.operation == "createSchema" and isinstance(body.get("name"), str) and not reading.succeeded:
        world.refused_names.setdefault(body["name"], REQUIRED)
    for organisation in world.organisations.values():
        for thing in _named(reading, organisation):
            if reading.succeeded:
                thing.gone = None if thing.gone is False else thing.gone
            else:
                organisation.spare(thing.id, REQUIRED)


def forget_oldest(organisation: Organisation, kept: int | None) -> None:
    """Of more records than an instance keeps, the oldest may be there or not (ee.limit.kept-records)."""
    if kept is None or len(organisation.records) <= kept:
        return
    here = [record for record in organisation.records.values() if record.gone is False]
    for record in here[: max(0, len(here) - kept)]:
        record.gone = None


def _named(reading: Reading, organisation: Organisation) -> list[KnownRecord | KnownAttachment]:
    """What a deletion names."""
    if reading.operation == "deleteRecords":
        return [organisation.records[id] for id in ids_of(reading.body) if id in organisation.records]
    if reading.operation == "deleteAttachment":
        known = organisation.attachments.get(str(reading.path.get("id")))
        return [known] if known is not None else []
    return []
