"""What an attachment tells of the entity: the members of a JSON object, or lines of the form "name: value"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

LONGEST = 100_000
"""Bytes of an attachment that are read."""
_LINE = re.compile(r"^[ \t]*([^\W\d_][\w .-]{0,59}?)[ \t]*[:：=][ \t]+([^\s][^\r\n]{0,499}?)[ \t\r]*$", re.MULTILINE)


def known_from(attachments: Sequence[bytes | str]) -> dict[str, Any]:
    """What the attachments tell together; the first that names a member is believed. No text, nothing told."""
    known: dict[str, Any] = {}
    for attachment in attachments:
        for name, value in _told(attachment).items():
            known.setdefault(name, value)
    return known


def _told(attachment: bytes | str) -> dict[str, Any]:
    data = attachment.encode("utf-8", "replace") if isinstance(attachment, str) else attachment
    try:
        text = data[:LONGEST].decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}
    if "\0" in text:
        return {}
    try:
        read = msgspec.json.decode(text) if text.lstrip()[:1] == "{" else None
    except (msgspec.MsgspecError, RecursionError):
        read = None
    return read if isinstance(read, dict) else dict(reversed(_LINE.findall(text)))
