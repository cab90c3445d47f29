"""A streamed answer: its blocks in order, as the lines that they are on the wire, and when each is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from understudy import Chunk

DONE = "[DONE]"
"""What ends a stream under the dialect `observed` (flowith.stream.done); it is no part of the text."""


def block(tag: str, content: Any) -> bytes:
    """One block: a line with its JSON, and an empty line (flowith.stream.framing, flowith.stream.line-feed)."""
    return b"data: " + msgspec.json.encode({"tag": tag, "content": content}) + b"\n\n"


def finals(text: str, most: int | None) -> Iterator[bytes]:
    """The text as final blocks: whole in one, or in pieces of at most ``most`` code points, which `DONE` ends."""
    if most is None:
        yield block("final", text)
        return
    begin = 0
    while begin < len(text):
        piece = text[begin : begin + most]
        if piece == DONE:  # the text itself must not end the stream
            piece = piece[:-1]
        yield block("final", piece)
        begin += len(piece)
    yield block("final", DONE)


def timed(blocks: Sequence[bytes], limits: Mapping[str, Any]) -> list[Chunk]:
    """The blocks ``block_seconds`` apart, or less where they would not end within ``answer_seconds``."""
    pause = limits["block_seconds"] or 0.0
    if limits["answer_seconds"] is not None:
        pause = min(pause, limits["answer_seconds"] / len(blocks))
    return [Chunk(number * pause, data) for number, data in enumerate(blocks, 1)]
