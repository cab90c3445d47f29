"""Texts as they are loaded, and the pieces and sentences that they are made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import msgspec

PIECE_CODE_POINTS = 320
"""How long a piece may be. One begins with every paragraph that the piece before has no room for."""

_PARAGRAPH_END = re.compile(r"(?:\r\n|\r|\n)[^\S\r\n]*(?:\r\n|\r|\n)\s*")
_SENTENCE_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’)\]」』》]*+(?=\s)|[。！？]+[\"'”’)\]」』》]*|[\r\n\x85\u2028\u2029]+"
)


class Source(msgspec.Struct, frozen=True):
    """One text that was loaded into a knowledge base."""

    id: str
    title: str
    text: str


class Piece(msgspec.Struct, frozen=True):
    """A piece of knowledge, as a seed shows it (flowith.seeds.pieces). ``order`` counts from 0 within its source."""

    id: str
    order: int
    content: str
    source_id: str
    source_title: str

    @property
    def tokens(self) -> int:
        """The size in tokens, by the rule of thumb of four bytes of UTF-8 to a token."""
        return -(-len(self.content.encode()) // 4)


def pieces_of(source: Source) -> Iterator[Piece]:
    """The pieces of a source, in order."""
    paragraphs = (part for paragraph in _PARAGRAPH_END.split(source.text) for part in _fitting(paragraph.strip()))
    for order, content in enumerate(_joined(paragraphs, "\n\n")):
        yield Piece(identifier(source.id, str(order)), order, content, source.id, source.title)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text in order, none empty or longer than a piece."""
    begin = 0
    for end in [*(stop.end() for stop in _SENTENCE_END.finditer(text)), len(text)]:
        yield from _cut(text, begin, end)
        begin = end


def identifier(*names: str) -> str:
    """A function of ``names`` in the form of a UUID (RFC 9562 section 5.8, version 8)."""
    digest = bytearray(hashlib.blake2b("\0".join(names).encode(), digest_size=16).digest())
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _fitting(paragraph: str) -> Iterator[str]:
    """The paragraph whole if a piece has room for it, else some sentences at a time."""
    return _joined(sentences(paragraph), " ") if len(paragraph) > PIECE_CODE_POINTS else iter([paragraph])


def _joined(parts: Iterator[str], by: str) -> Iterator[str]:
    """The parts joined as long as a piece has room for them; empty ones left out."""
    held = ""
    for part in filter(None, parts):
        if held and len(held) + len(by) + len(part) > PIECE_CODE_POINTS:
            yield held
            held = part
        else:
            held = held + by + part if held else part
    if held:
        yield held


def _cut(text: str, begin: int, end: int) -> Iterator[str]:
    """``text[begin:end]``, cut at white space where it is longer than a piece, or anywhere if it has none."""
    while begin < end:
        limit = min(begin + PIECE_CODE_POINTS, end)
        at = limit if limit == end else text.rfind(" ", begin + 1, limit) + 1 or limit
        if piece := text[begin:at].strip():
            yield piece
        begin = at
