"""Attachments and keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any, NamedTuple
from urllib.parse import quote

from tests.suites.enricher_provider.things import Answer, Attachment, Call, Key, Raw, Refused, text_of
from tests.suites.enricher_provider.wire import Wire


class Part(NamedTuple):
    """A file of a multipart body."""

    filename: str
    media_type: str
    data: bytes


class Attachments(Wire):
    """The operations on files."""

    def upload_attachments(self, call: Call) -> Answer:
        files = self.files(call)
        if not files:
            raise self.lacking("files")
        stored = [self.store(call, *part) for part in files]
        return 200, self.uploaded([self.attachment(entry) for entry in stored])

    def uploaded(self, entries: list[Any]) -> Any:
        return entries

    def files(self, call: Call) -> list[Part]:
        """The files of a multipart body; what is not one is refused."""
        found = re.search(r'boundary=(?:"([^"]+)"|([^;\s]+))', call.request.headers.get("content-type", ""))
        if found is None:
            raise Refused(400, "multipart/form-data가 필요합니다.")
        boundary = b"\r\n--" + (found[1] or found[2]).encode("latin-1")
        pieces = (b"\r\n" + call.request.body).split(boundary)
        if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
            raise Refused(400, "multipart 본문이 끝나지 않았습니다.")
        parts = [self.part(piece) for piece in pieces[1:-1]]
        return [part for part in parts if part is not None]

    def part(self, piece: bytes) -> Part | None:
        """A file, or None for a part that is none."""
        head, found, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        fields = {}
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, text = line.partition(":")
            fields[name.strip().lower()] = text.strip()
        disposition = fields.get("content-disposition", "")
        filename = re.search(r'filename="([^"]*)"', disposition)
        if not found or filename is None or not re.search(r'\bname="?files"?', disposition):
            return None
        name = filename[1].replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
        return Part(name, fields.get("content-type", "application/octet-stream"), data)

    def upload_attachment_base64(self, call: Call) -> Answer:
        body = self.body(call)
        content = self.member(body, "content_base64", str)
        name = self.member(body, "filename", str)
        media_type = self.member(body, "media_type", str, missing="application/octet-stream")
        if not name or not media_type:
            raise self.mistyped("filename")
        return 200, self.attachment(self.store(call, name, media_type, self.decoded(content)))

    def decoded(self, content: str) -> bytes:
        try:
            return base64.b64decode(content.encode(), validate=True)
        except (binascii.Error, ValueError):
            raise Refused(400, "base64가 아닙니다.") from None

    def store(self, call: Call, filename: str, media_type: str, data: bytes) -> Attachment:
        entry = Attachment(self.new_id("attachment"), filename, media_type, self.stored_bytes(data))
        call.organisation.attachments[entry.id] = entry
        return entry

    def stored_bytes(self, data: bytes) -> bytes:
        return data

    def attachment(self, entry: Attachment) -> Any:
        return {
            "id": entry.id,
            "filename": entry.filename,
            "media_type": entry.media_type,
            "size_bytes": len(entry.data),
            "sha256": hashlib.sha256(entry.data).hexdigest(),
            "mode": "text" if entry.media_type.startswith("text/") else "binary",
            "extraction_kind": None,
        }

    def find_attachment(self, call: Call) -> Attachment:
        if call.id not in call.organisation.attachments:
            raise Refused(404, "그런 첨부 파일이 없습니다.")
        return call.organisation.attachments[call.id]

    def download_attachment(self, call: Call) -> Answer:
        entry = self.find_attachment(call)
        return Raw(200, self.downloaded(entry), self.download_headers(entry))

    def downloaded(self, entry: Attachment) -> bytes:
        return entry.data

    def download_headers(self, entry: Attachment) -> tuple[tuple[str, str], ...]:
        name = quote(entry.filename.encode("utf-8", "replace"), safe="")
        media_type = entry.media_type if entry.media_type.isascii() else "application/octet-stream"
        return (("Content-Type", media_type), ("Content-Disposition", f"attachment; filename*=UTF-8''{name}"))

    def delete_attachment(self, call: Call) -> Answer:
        entry = self.find_attachment(call)
        self.drop(call, entry)
        return 200, {"id": entry.id, "filename": entry.filename, "success": True}

    def drop(self, call: Call, entry: Attachment) -> None:
        del call.organisation.attachments[entry.id]


class Keys(Wire):
    """The creation of keys."""

    def create_api_key(self, call: Call) -> Answer:
        body = self.body(call)
        name = self.member(body, "name", str)
        role = self.member(body, "role", str, missing=None)
        scopes = self.member(body, "scopes", list, missing=["read", "write"])
        days = self.member(body, "expires_in_days", int, missing=None)
        if (
            not name
            or role not in (None, "owner", "editor", "operator")
            or not scopes
            or any(scope not in ("read", "write") for scope in scopes)
            or len(set(scopes)) < len(scopes)
            or (days is not None and not 1 <= days <= 36_500)
        ):
            raise self.mistyped("scopes")
        value = self.new_key()
        expires = None if days is None else self.clock + 86_400 * days
        key = Key(value, call.organisation, self.granted(scopes), name, expires)
        self.keys[value] = key
        return 200, self.created_key(key, role, scopes)

    def granted(self, scopes: list[str]) -> frozenset[str]:
        return frozenset(scopes)

    def new_key(self) -> str:
        return "ent_" + hashlib.sha256(self.new_id("key").encode()).hexdigest()[:28]

    def created_key(self, key: Key, role: str | None, scopes: list[str]) -> Any:
        return {
            "id": self.new_id("key"),
            "key": key.value,
            "key_prefix": key.value[:12],
            "name": key.name,
            "role": role,
            "scopes": scopes,
            "created_at": text_of(self.clock),
            "expires_at": None if key.expires_at is None else text_of(key.expires_at),
        }
