"""A streamed answer as blocks, read from its bytes. Any bytes are read safely.

Lawful are LF, CRLF and CR, a space behind the colon or none, blocks with an empty line between them or a line each,
comments and the other fields of Server-Sent Events: the document says no more than that a block begins with `data:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from understudy.contract.bodies import BodyError, decode_json
from understudy.http import Response
from understudy.verify.reading import readable

DONE = "[DONE]"
"""What ends a stream under the dialect `observed`."""
FIELDS = (b":", b"event:", b"id:", b"retry:")
"""What lines may begin with beside `data:` (WHATWG HTML section 9.2.6, comments and the fields that hold no data)."""

_LINE_END = re.compile(rb"\r\n|\n|\r")


class Block(NamedTuple):
    """One block: its ``text`` as it came, and the JSON ``value`` in it, None when it has none."""

    text: bytes
    value: Any

    @property
    def tag(self) -> str | None:
        tag = self.value.get("tag") if isinstance(self.value, dict) else None
        return tag if isinstance(tag, str) else None

    @property
    def content(self) -> Any:
        return self.value.get("content") if isinstance(self.value, dict) else None

    @property
    def is_done(self) -> bool:
        return self.text.strip() == DONE.encode() or (self.tag == "final" and self.content == DONE)


class Stream(NamedTuple):
    """A streamed answer. ``stray`` is the first line that is no part of a block; ``last_stray`` says that one came
    after the last block. ``tidy``: every block is one line, `data: ` and its JSON, with an empty line behind it."""

    blocks: tuple[Block, ...]
    stray: bytes | None
    last_stray: bool
    tidy: bool
    line_feeds: bool

    @property
    def text(self) -> str:
        """The text of the final blocks, joined as they came."""
        parts = [block.content for block in self.blocks if block.tag == "final" and not block.is_done]
        return "".join(part for part in parts if isinstance(part, str))


def read_stream(content: bytes) -> Stream:
    """The blocks of a body."""
    lines = _LINE_END.split(content.removeprefix(b"\xef\xbb\xbf"))
    blocks: list[Block] = []
    held: list[bytes] = []
    stray, last_stray, tidy = None, False, True
    for line in [*lines[:-1], *([lines[-1]] if lines[-1] else []), None]:
        if line is not None and line.startswith(b"data:"):
            tidy &= line.startswith(b"data: ") and not held
            held.append(line[5:].removeprefix(b" "))
            continue
        if held and not line:
            tidy &= line is not None
            blocks.extend(_blocks(held))
            held = []
            last_stray = False
        if line and not line.startswith(FIELDS):
            stray, last_stray = stray or line, True
    return Stream(tuple(blocks), stray, last_stray, tidy, b"\r" not in content)


def looks_streamed(content: bytes) -> bool:
    """Whether a body begins as a stream does, comments aside."""
    for line in _LINE_END.split(content[:65_536].removeprefix(b"\xef\xbb\xbf")):
        if line and not line.startswith(FIELDS):
            return line.startswith(b"data:")
    return False


def read_json(text: bytes) -> Any:
    """The JSON of a text, None when it is none."""
    try:
        return decode_json(readable(Response(200, body=text)).body)
    except BodyError:
        return None


def _blocks(lines: list[bytes]) -> Iterator[Block]:
    """Lines without an empty one between them: one block of several lines, or a block each."""
    whole = b"\n".join(lines)
    value = read_json(whole)
    if value is not None or len(lines) == 1:
        yield Block(whole, value)
        return
    for line in lines:
        yield Block(line, read_json(line))
