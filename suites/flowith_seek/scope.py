"""Whether only the named knowledge bases are searched, by the pieces that are shown."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.verify.reading import Reading, Verdict, shown

from .blocks import Stream
from .seeds import pieces_of

NOBODYS = "0b0d1e50-0000-4000-8000-00000000000"
"""How the ids of knowledge bases begin that this suite made up, so that there are none of them."""


class Scope:
    """The pieces of the knowledge bases that exist. None of them may come from one that does not."""

    def __init__(self, knowledge_bases: frozenset[str]) -> None:
        self._knowledge_bases = knowledge_bases
        self._pieces: set[tuple[str, str]] = set()

    def judge(self, reading: Reading, stream: Stream) -> Iterator[Verdict]:
        """The next streamed answer."""
        pieces = [
            piece
            for block in stream.blocks
            if block.tag == "seeds"
            for piece in pieces_of(block.content) or ()
            if isinstance(piece, dict)
        ]
        shown_here = {(repr(piece.get("id")), repr(piece.get("content"))) for piece in pieces}
        named = set(reading.body["kb_list"])
        if named and named <= self._knowledge_bases:
            self._pieces |= shown_here
        elif named and all(id.startswith(NOBODYS) for id in named):
            foreign = sorted(shown_here & self._pieces)
            expected = "nothing from a knowledge base that kb_list does not name"
            seen = f"the piece {shown(foreign[0][0], 80)}, known from another" if foreign else ""
            if self._pieces:
                yield reading.expect("flowith.scope.listed", not foreign, expected, seen, "seeds")
            empty = not shown_here
            yield reading.expect("flowith.scope.unknown-id-empty", empty, "no pieces", f"{len(shown_here)}", "seeds")
