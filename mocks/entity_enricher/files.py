"""Files: as they are uploaded, as they are shown, and as they are downloaded."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from understudy import Call

from .refusals import AttachmentsFull, AttachmentTooLarge, BadBase64, BadRequest, MissingField, UnknownAttachment
from .state import Attachment, State

FALLBACK = "application/octet-stream"
MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+[\t\x20-\x7e]*")
"""A media type and its parameters (RFC 9110 section 8.3.1), as far as a header can carry them."""
INLINE = ("text/", "application/json", "application/xml")
EXTRACTED = {"application/pdf": "pdf_text", "text/html": "html_text"}
NOT_IN_QUOTES = re.compile(r"[^ !#-$&-\[\]-~]|[/:*?<>|]")
"""Characters that the plain ``filename`` of RFC 6266 cannot hold safely: see its sections 4.3 and D."""


def part_files(call: Call) -> list[tuple[str, str, bytes]]:
    """Name, media type and bytes of each file of a multipart upload (ee.upload.field)."""
    found = []
    for part in call.body.named("files"):
        if not part.filename:
            raise BadRequest("Each part named files is a file: it needs a filename.")
        found.append((part.filename, media_type(part.media_type or FALLBACK), part.data))
    if not found:
        raise MissingField("The form has no file: send parts with the name files.")
    return found


def base64_file(call: Call) -> tuple[str, str, bytes]:
    """The one file of an upload as base64 (ee.upload-base64.alphabet)."""
    kind = media_type(call.body.get("media_type", FALLBACK))
    try:
        return call.body["filename"], kind, b64decode(call.body["content_base64"], validate=True)
    except (NotBase64, ValueError):
        raise BadBase64 from None


def media_type(text: str) -> str:
    if not MEDIA_TYPE.fullmatch(text):
        raise BadRequest("A file's media type has the form type/subtype.")
    return text


def stored(state: State, call: Call, files: Sequence[tuple[str, str, bytes]], ids: Sequence[str]) -> list[Attachment]:
    """Store all files, or none (ee.upload.all-or-none)."""
    most, room = call.limits["attachment_bytes"], call.limits["kept_attachment_bytes"]
    if most is not None and any(len(data) > most for _, _, data in files):
        raise AttachmentTooLarge
    held = sum(len(kept.data) for kept in state.attachments.values())
    if room is not None and held + sum(len(data) for _, _, data in files) > room:
        raise AttachmentsFull
    made = [
        Attachment(id, name, kind, data, hashlib.sha256(data).hexdigest())
        for id, (name, kind, data) in zip(ids, files, strict=True)
    ]
    state.attachments.update((attachment.id, attachment) for attachment in made)
    return made


def attachment_of(state: State, attachment_id: str) -> Attachment:
    attachment = state.attachments.get(attachment_id)
    if attachment is None:
        raise UnknownAttachment
    return attachment


def shown(attachment: Attachment) -> dict[str, Any]:
    kind = attachment.media_type.partition(";")[0].strip().lower()
    return {
        "id": attachment.id,
        "filename": attachment.filename,
        "media_type": attachment.media_type,
        "size_bytes": len(attachment.data),
        "sha256": attachment.sha256,
        "mode": "inline_text" if kind.startswith(INLINE) else "file",
        "extraction_kind": EXTRACTED.get(kind),
    }


def disposition(filename: str) -> str:
    """Content-Disposition of a download (RFC 6266): the name in ASCII, and whole as RFC 8187 writes it.

    A client that takes the plain name as a path, or expands ``%``, gets nothing from it: such characters become ``_``.
    """
    plain = NOT_IN_QUOTES.sub("_", filename).strip(". ") or "file"
    field = f'attachment; filename="{plain}"'
    return field if plain == filename else f"{field}; filename*=UTF-8''{quote(filename, safe=EXT_VALUE)}"


EXT_VALUE = "!#$&+-.^_`|~"
"""Characters besides letters and digits that RFC 8187 section 3.2.1 leaves as they are."""
