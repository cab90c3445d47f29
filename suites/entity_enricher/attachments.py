"""Attachments: files that are uploaded in either way, downloaded byte for byte, and deleted."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from understudy.contract.bodies import media_type_of
from understudy.contract.forms import Form
from understudy.verify.reading import Reading, Verdict

from .outcomes import BUSY, might_succeed, must_succeed, seen_status, uncertain
from .world import KnownAttachment, KnownJob, Organisation

ALL_KINDS = 3
"""When files of so many media types are refused for their type, it is not theirs."""
ORDINARY_BYTES = 2**20
"""Up to this size a file is not refused for it: no size is documented, and smaller ones were accepted."""


class File(NamedTuple):
    """A file as a request sent it. ``media_type`` is None where none was told."""

    name: str
    media_type: str | None
    data: bytes


def judge_upload(reading: Reading, organisation: Organisation) -> Iterator[Verdict]:
    encoded = reading.operation == "uploadAttachmentBase64"
    files = _encoded(reading.body) if encoded else _parts(reading.body)
    cited = ("ee.upload-base64.json", "ee.upload-base64.one") if encoded else ("ee.upload.files",)
    if not reading.succeeded:
        if reading.lawful and files and _ordinary(files):
            known = all(_like(reading, file) in organisation.granted for file in files)
            multipart = ("ee.upload.multipart",) if known and reading.status == 415 and not encoded else ()
            yield from might_succeed(reading, organisation, known, *cited, *multipart)
            if reading.status == 415 and not encoded:
                yield from _unsupported(reading, organisation, files)
        return
    if not reading.lawful or not files:
        return
    for clause in (*cited, "ee.transport.json-body" if encoded else "ee.upload.multipart"):
        yield reading.holds(clause)
    organisation.granted.update(_like(reading, file) for file in files)
    shown = told_attachments(reading.value)
    yield reading.expect("ee.attachment.id", bool(shown), "an attachment with id", reading.value)
    if shown:
        each = len(shown) == len(files)
        yield reading.expect(cited[0], each, f"{len(files)} attachments, one for each file", f"{len(shown)}")
        if each:
            yield from _stored(reading, organisation, files, shown, encoded=encoded)


def judge_download(reading: Reading, organisation: Organisation) -> Iterator[Verdict]:
    id = str(reading.path.get("id"))
    known = organisation.attachments.get(id)
    if known is None or known.gone is None:
        return
    if known.gone:
        yield from _deleted(reading)
        return
    cited = [*organisation.spared.get(id, ()), "ee.download.bytes"]
    cited += ["ee.upload-base64.same"] if known.encoded else []
    if not reading.succeeded:
        if known.downloads and reading.status in (404, 410):
            cited.append("ee.download.again")
        yield from must_succeed(reading, organisation, *cited)
        return
    if reading.response.header("content-encoding") not in (None, "identity"):
        return
    known.downloads += 1
    sent, came = known.data, reading.response.content
    expected = f"the {len(sent)} bytes that were uploaded"
    for clause in cited:
        yield reading.expect(clause, sent == came, expected, _difference(sent, came))
    if known.downloads > 1:
        yield reading.holds("ee.download.again")
    yield from _head(reading, known)


def judge_deletion(reading: Reading, organisation: Organisation) -> Iterator[Verdict]:
    id = str(reading.path.get("id"))
    known = organisation.attachments.get(id)
    if known is None or known.gone is None:
        return
    if known.gone:
        if reading.status not in BUSY:
            refused = reading.status == 404
            yield reading.expect("ee.error.unknown-attachment", refused, "status 404", seen_status(reading), "status")
        return
    given = _given(organisation, id)
    ended = all(job.outcome == "completed" for job in given)
    after = ("ee.delete-attachment.after-enrichment",) if given and ended else ()
    if reading.succeeded:
        known.gone = True
        yield reading.holds("ee.delete-attachment.deletes")
        yield from _answer(reading, known)
    elif uncertain(reading):
        known.gone = None
        if reading.status >= 500:
            yield from must_succeed(reading, organisation, "ee.delete-attachment.deletes", *after)
    elif ended:
        cited = organisation.spared.get(id, ()) if reading.status == 404 else ()
        yield from must_succeed(reading, organisation, *cited, "ee.delete-attachment.deletes", *after)


def told_attachments(value: Any) -> list[dict[str, Any]]:
    """The attachments that an answer shows: alone, in an array, or in an array under a name."""
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return [value]
    listed = value
    if isinstance(value, dict):
        listed = next((entry for entry in value.values() if isinstance(entry, list | dict) and entry), None)
        if isinstance(listed, dict):
            listed = [listed]
    entries = listed if isinstance(listed, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]


def _unsupported(reading: Reading, organisation: Organisation, files: list[File]) -> Iterator[Verdict]:
    """Uploads are refused for their media type: if it is so whatever is in them, it is for that of the form."""
    kinds = organisation.unsupported
    kinds.update(str(file.media_type) for file in files)
    if len(kinds) >= ALL_KINDS and not any(each.startswith("uploadAttachments ") for each in organisation.granted):
        seen = f"status 415 with {', '.join(sorted(kinds))} in it"
        yield reading.expect("ee.upload.multipart", False, "multipart/form-data to be taken", seen, "status")


def _stored(
    reading: Reading, organisation: Organisation, files: list[File], shown: list[dict[str, Any]], *, encoded: bool
) -> Iterator[Verdict]:
    clause = "ee.upload-base64.one" if encoded else "ee.upload.files"
    names = [file.name for file in files]
    same = {(known.filename, known.data) for known in organisation.attachments.values()}
    by_name = {file.name: file for file in files}
    apart = len(by_name) == len(files) and set(_told_names(shown)) == set(by_name)
    if not encoded and isinstance(reading.value, list) and apart:
        yield reading.expect("ee.upload.array", _told_names(shown) == names, f"{names}", _told_names(shown))
    contents, ids = {file.data for file in files}, {entry["id"] for entry in shown}
    expected = f"ids of their own for {len(contents)} files"
    yield reading.expect(clause, len(ids) >= len(contents), expected, sorted(ids))
    if not apart and set(_told_names(shown)) - {None} and _told_names(shown) != names:
        return  # which is which cannot be told
    for place, entry in enumerate(shown):
        file = by_name[entry["filename"]] if apart else files[place]
        if (file.name, file.data) in same:
            yield reading.holds("ee.upload.duplicates")
        id, before = entry["id"], organisation.attachments.get(entry["id"])
        mixed = before is not None and before.gone is not True and before.data != file.data
        yield reading.expect(clause, not mixed, "an id that no file with other bytes has", id)
        if before is None or before.data != file.data or before.gone:
            organisation.attachments[id] = KnownAttachment(id, file.name, file.media_type, file.data, encoded)
        yield from _entry(reading, entry, file)


def _told_names(shown: list[dict[str, Any]]) -> list[str | None]:
    return [entry["filename"] if isinstance(entry.get("filename"), str) else None for entry in shown]


def _entry(reading: Reading, entry: dict[str, Any], file: File) -> Iterator[Verdict]:
    """What is shown of an attachment; only observed."""
    expected: dict[str, Any] = {
        "filename": file.name,
        "size_bytes": len(file.data),
        "sha256": hashlib.sha256(file.data).hexdigest(),
        "media_type": file.media_type or "application/octet-stream",
    }
    for member, clause in (("filename", "filename"), ("size_bytes", "size"), ("sha256", "sha256")):
        if member in entry:
            same = entry[member] == expected[member]
            yield reading.expect(f"ee.attachment.{clause}", same, str(expected[member]), entry[member])
    if isinstance(entry.get("media_type"), str):
        same = media_type_of(entry["media_type"]) == media_type_of(expected["media_type"])
        clause = "ee.attachment.media-type" if file.media_type else "ee.upload-base64.media-type"
        yield reading.expect(clause, same, expected["media_type"], entry["media_type"])


def _deleted(reading: Reading) -> Iterator[Verdict]:
    if reading.status in BUSY:
        return
    expected, seen = "a refusal: it was deleted", seen_status(reading)
    yield reading.expect("ee.delete-attachment.deletes", not reading.succeeded, expected, seen, "status")
    if reading.lawful:
        yield reading.expect("ee.error.unknown-attachment", reading.status == 404, "status 404", seen, "status")


def _answer(reading: Reading, known: KnownAttachment) -> Iterator[Verdict]:
    for member, expected in (("id", known.id), ("filename", known.filename), ("success", True)):
        if reading.member(member) is not None:
            same = reading.member(member) == expected
            yield reading.expect(f"ee.delete-attachment.{member}", same, str(expected), reading.member(member))


def _head(reading: Reading, known: KnownAttachment) -> Iterator[Verdict]:
    """The headers of a download; the document says nothing of them."""
    declared = media_type_of(reading.response.header("content-type") or "")
    expected = media_type_of(known.media_type or "application/octet-stream")
    yield reading.expect("ee.download.media-type", declared == expected, expected, declared, "header Content-Type")
    shown = reading.response.header("content-disposition") or ""
    named = shown.lower().startswith("attachment") and _filename(shown) == known.filename
    yield reading.expect("ee.download.disposition", named, f"attachment, {known.filename}", shown, "header")


_EXTENDED = re.compile(r"filename\*\s*=\s*utf-8''([^;\s]*)", re.IGNORECASE)
_PLAIN = re.compile(r'filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))', re.IGNORECASE)


def _filename(disposition: str) -> str:
    """The name that Content-Disposition gives a file (RFC 6266 section 4.3)."""
    extended = _EXTENDED.search(disposition)
    if extended:
        return unquote(extended[1])
    plain = _PLAIN.search(disposition)
    return re.sub(r"\\(.)", r"\1", plain[1]) if plain and plain[1] is not None else plain[2] if plain else ""


def _given(organisation: Organisation, id: str) -> list[KnownJob]:
    """The jobs that the attachment was given to."""
    listed = [(job, job.asked.get("attachment_ids")) for job in organisation.jobs.values()]
    return [job for job, ids in listed if isinstance(ids, list) and id in ids]


def _parts(body: Any) -> list[File]:
    if not isinstance(body, Form):
        return []
    files = [part for part in body.named("files") if part.filename is not None]
    return [File(part.filename or "", part.media_type or None, part.data) for part in files]


def _encoded(body: Any) -> list[File]:
    if not isinstance(body, dict) or not isinstance(body.get("filename"), str):
        return []
    content, kind = body.get("content_base64"), body.get("media_type")
    try:
        data = base64.b64decode(content, validate=True) if isinstance(content, str) else None
    except (binascii.Error, ValueError):
        data = None
    return [] if data is None else [File(body["filename"], kind if isinstance(kind, str) else None, data)]


def _like(reading: Reading, file: File) -> str:
    """What makes two uploads alike: the way they are made, and the media type of the file."""
    return f"{reading.operation} {file.media_type}"


def _ordinary(files: list[File]) -> bool:
    """Files that an instance that takes their media type has no reason to refuse."""
    sized = all(0 < len(file.data) <= ORDINARY_BYTES for file in files)
    return sized and all(file.name.isprintable() and len(file.name) <= 100 and "/" not in file.name for file in files)


def _difference(sent: bytes, came: bytes) -> str:
    place = next((at for at, (one, other) in enumerate(zip(sent, came, strict=False)) if one != other), None)
    at = min(len(sent), len(came)) if place is None else place
    return f"{len(came)} bytes, which differ from byte {at} on"
