"""Bodies of the media type multipart/form-data (RFC 7578)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from understudy.contract.bodies import BodyError

MAX_PARTS = 1000


class Part(NamedTuple):
    """One part of a form: a file when ``filename`` is not None.

    ``media_type`` is the part's Content-Type as it was sent, parameters included; empty where it has none.
    """

    name: str
    filename: str | None
    media_type: str
    data: bytes


class Form(NamedTuple):
    """A form's parts, in their order."""

    parts: tuple[Part, ...]

    def named(self, name: str) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.name == name)

    def as_json(self, arrays: frozenset[str]) -> dict[str, Any]:
        """The form as a JSON value that a schema can check: a text for each part; lists for the names in ``arrays``.

        A file's text is its name: what a schema says of a file's bytes is not for JSON Schema to check.
        """
        found: dict[str, Any] = {}
        for part in self.parts:
            text = part.filename if part.filename is not None else part.data.decode("utf-8", "replace")
            if part.name in arrays:
                found.setdefault(part.name, []).append(text)
            else:
                found[part.name] = text
        return found


def decode_form(body: bytes, content_type: str) -> Form:
    """The parts of a form, names and filenames read as UTF-8.

    Raises:
        BodyError: it is not a whole form, lacks its boundary, or has more than `MAX_PARTS` parts.
    """
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    if not boundary:
        raise BodyError("multipart/form-data with a boundary")
    try:
        return Form(tuple(_parts(body, boundary)))
    except (MultipartError, UnicodeError, ValueError):
        raise BodyError("a whole multipart/form-data body, each part with a name") from None


def _parts(body: bytes, boundary: str) -> Iterator[Part]:
    with PushMultipartParser(boundary, max_segment_count=MAX_PARTS) as parser:
        segment: MultipartSegment | None = None
        data = bytearray()
        for event in (*parser.parse(body), *parser.parse(b"")):
            if isinstance(event, MultipartSegment):
                segment, data = event, bytearray()
                if not segment.name:
                    raise ValueError("a part without a name")
            elif event is not None:
                data += event
            elif segment is not None:
                yield Part(segment.name, segment.filename, segment.header("Content-Type", ""), bytes(data))
                segment = None
