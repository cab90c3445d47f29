"""Bodies: from bytes to a value by media type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

Decoder = Callable[[bytes, str], Any]


DEEPEST = 256
"""Levels of nesting that a JSON text may have (RFC 8259 section 9 lets a reader set a limit).

It lies far below the recursion limits of all that a value passes through later, so that what was read can be written.
"""


class BodyError(ValueError):
    """The bytes are not what their media type says. The text never quotes them."""


def media_type_of(content_type: str) -> str:
    """``application/json`` of ``Application/JSON; charset=UTF-8`` (RFC 9110 section 8.3.1)."""
    return content_type.partition(";")[0].strip().lower()


def decode_json(body: bytes, content_type: str = "") -> Any:
    """A JSON text (RFC 8259): UTF-8, no NaN, no lone surrogates, exact integers, bounded depth.

    Raises:
        BodyError: it is none.
    """
    try:
        value = msgspec.json.decode(body)
    except UnicodeDecodeError as error:
        raise BodyError(f"JSON in UTF-8; byte {error.start} is not") from None
    except RecursionError:
        raise BodyError("JSON that is nested less deeply") from None
    except msgspec.MsgspecError as error:
        raise BodyError(f"JSON ({error})") from None
    if body.count(b"[") + body.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        raise BodyError(f"JSON that is nested at most {DEEPEST} levels deep")
    return value


def _depth(value: Any) -> int:
    """How many levels of arrays and objects ``value`` has."""
    depth, level = 0, [value]
    while level := [node for node in level if isinstance(node, dict | list)]:
        depth += 1
        level = [child for node in level for child in (node.values() if isinstance(node, dict) else node)]
    return depth


def decode_text(body: bytes, content_type: str = "") -> str:
    """UTF-8 text. Raises `BodyError` when it is not."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BodyError(f"text in UTF-8; byte {error.start} is not") from None


def decoder_for(media_type: str) -> Decoder:
    """How a body of this media type is read; bytes are left as they are where there is nothing to decode."""
    if media_type == "application/json" or media_type.endswith("+json"):
        return decode_json
    if media_type.startswith("text/"):
        return decode_text
    return lambda body, content_type: body
