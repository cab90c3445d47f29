"""Members of requests that only clients were seen to send: that they are accepted, and values beyond what they take."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .outcomes import BUSY, seen_status

ACCEPTED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "createSchema": {"schema_content": ("ee.create-schema.body", "ee.schema.content")},
    "generateSchema": {
        "entity_samples": ("ee.generate-schema.samples",),
        "entity_data": ("ee.generate-schema.sample",),
        "model": ("ee.generate-schema.model",),
    },
    "editSchema": {"prompt": ("ee.edit-schema.prompt",), "model": ("ee.edit-schema.model",)},
    "deleteRecords": {"ids": ("ee.delete-records.ids",), "hard_delete": ("ee.delete-records.hard-delete",)},
    "uploadAttachmentBase64": {
        "content_base64": ("ee.upload-base64.content",),
        "filename": ("ee.upload-base64.filename",),
        "media_type": ("ee.upload-base64.media-type",),
    },
    "createApiKey": {
        "name": ("ee.create-api-key.name",),
        "scopes": ("ee.create-api-key.scopes",),
        "role": ("ee.create-api-key.role",),
        "expires_in_days": ("ee.create-api-key.expires-in-days",),
    },
}
"""For each operation and member of its body, what its being accepted shows to hold."""

REFUSED = "required"
"""How the clauses end by which a request without a member is refused."""


def judge_members(reading: Reading, limits: Mapping[str, Any]) -> Iterator[Verdict]:
    """A request by a key that permits it."""
    if reading.status in BUSY and reading.status != 413:
        return
    if reading.breaches:
        if 400 <= reading.status < 500 and reading.status not in (401, 403):
            cited = [clause for breach in reading.breaches for clause in breach.clauses if clause.endswith(REFUSED)]
            for clause in dict.fromkeys(cited):
                yield reading.holds(clause, "status")
        return
    body = reading.body if isinstance(reading.body, dict) else {}
    beyond = list(_beyond(reading, body, limits))
    for clause, status in beyond:
        held = reading.status == status
        yield reading.expect(clause, held, f"status {status}", seen_status(reading), "status")
    if beyond or reading.status == 413:
        return
    named = ACCEPTED.get(reading.operation or "", {})
    if reading.succeeded:
        for member in named.keys() & body.keys():
            for clause in named[member]:
                yield reading.holds(clause, "status")
        if named and set(body) - set(named) - {"name", "tags", "is_pinned"}:
            yield reading.holds("ee.transport.unknown-members", "status")
        if "content-type" not in reading.observation.request.headers and reading.observation.request.body:
            yield reading.holds("ee.transport.content-type-missing", "status")
        if reading.operation == "uploadAttachments":
            yield reading.holds("ee.upload.field", "status")


def _beyond(reading: Reading, body: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """What is assumed to be refused of a lawful request, with the status that is assumed."""
    if reading.operation == "uploadAttachmentBase64":
        data = _decoded(body.get("content_base64"))
        if data is None:
            yield "ee.error.bad-base64", 400
        elif _exceeds(len(data), limits["attachment_bytes"]):
            yield "ee.error.attachment-too-large", 413
    elif reading.operation == "generateSchema" and _exceeds(
        len(body.get("entity_samples") or ()), limits["generation_samples"]
    ):
        yield "ee.error.too-many-samples", 400
    elif reading.operation == "listRecords" and _exceeds(reading.query.get("page_size", 0), limits["page_size_max"]):
        yield "ee.error.page-size", 400
    elif reading.operation == "createSchema" and not _describes_object(body.get("schema_content")):
        yield "ee.error.bad-schema-content", 400


def _decoded(content: Any) -> bytes | None:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError, TypeError):
        return None


def _exceeds(number: Any, most: Any) -> bool:
    return isinstance(most, int) and isinstance(number, int | float) and number > most


def _describes_object(content: Any) -> bool:
    """Whether a schema_content may well be lawful: it does not say that it is about something else than an object."""
    kind = content.get("type", "object") if isinstance(content, dict) else None
    return kind == "object" or (isinstance(kind, list) and "object" in kind)
