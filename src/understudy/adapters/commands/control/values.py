"""What is written on a command line: values as HTTPie writes them, moments, and lengths of time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from understudy.errors import UsageError

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
FORMS = "expected NAME=TEXT, NAME:=JSON, NAME=@FILE or NAME:=@FILE"
_LENGTH = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhdw]?)")
_ITEM = re.compile(r"([^=:@]+)(:?=)(@?)(.*)", re.DOTALL)


def items(texts: Iterable[str]) -> dict[str, Any]:
    """``name=text``, ``name:=json`` and ``name=@file`` as values by name. Raises UsageError."""
    found: dict[str, Any] = {}
    for text in texts:
        item = _ITEM.fullmatch(text)
        if item is None:
            raise UsageError(f"{text!r}: {FORMS}")
        name, sign, at, value = item.groups()
        written = read_text(Path(value)) if at else value
        found[name] = written if sign == "=" else read_json(written, text)
    return found


def read_json(text: str, place: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise UsageError(f"{place!r} is not JSON: {error}; {FORMS}") from error


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as text: {error}") from error


def seconds(text: str) -> float:
    """``90``, ``1.5h`` or ``31d`` in seconds. Raises UsageError."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is no length of time: expected seconds, or a number with s, m, h, d or w, as 31d")
    return float(found[1]) * UNITS[found[2]]


def moment(text: str) -> float:
    """Epoch seconds, or a date and time of RFC 3339 (UTC where it has no offset). Raises UsageError."""
    try:
        if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
            return float(text)
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no moment: expected one as 2026-02-01T09:00:00+09:00, or epoch seconds"
        ) from error
    return at.replace(tzinfo=at.tzinfo or UTC).timestamp()
