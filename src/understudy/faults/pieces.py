"""What a fault makes of the body of an answer: other pieces at other times, and an end before the end.

A stream's chunks are its events. Decided, not performed: an adapter sends each piece when it is due, and then ends the
answer as the fault says (`Fault.ending`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from understudy.faults.kinds import (
    Cut,
    Drip,
    DropEvent,
    DuplicateEvent,
    Fault,
    MalformedEvent,
    ReorderEvents,
    Reset,
    Split,
    Stall,
    TruncatedChunk,
)
from understudy.http import Chunk, LiveStream

F = TypeVar("F", bound=Fault)
Sent = Callable[[Chunk], None]


def disturbed(chunks: Sequence[Chunk] | LiveStream, fault: Fault, sent: Sent | None = None) -> Pieces | None:
    """``chunks`` as ``fault`` sends them; None where it leaves the body as it is. ``sent`` is told every piece sent."""
    make = _MADE.get(type(fault))
    return None if make is None else make(chunks, fault, sent)


class Pieces(LiveStream):
    """The pieces of a body that a fault has its hand in, made of each chunk when that is read.

    A chunk that is not read yet counts as one piece. Pieces may be empty: then nothing is sent.
    """

    def __init__(self, chunks: Sequence[Chunk] | LiveStream, sent: Sent | None) -> None:
        self._chunks = chunks
        self._sent = sent
        self._made: list[Chunk] = []
        self._pauses: dict[int, float] = {}
        self._read = 0
        self._told = 0
        self._over = False

    def __len__(self) -> int:
        return len(self._made) + (0 if self._over else max(0, len(self._chunks) - self._read))

    def __getitem__(self, index: int) -> Chunk:
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        while index >= len(self._made):
            chunk = self._chunks[self._read]
            self._read += 1
            self._made.extend(self._pieces(chunk, self._read))
        while self._told <= index:
            if self._sent is not None:
                self._sent(self._made[self._told])
            self._told += 1
        return self._made[index]

    def at(self, index: int) -> float:
        if not 0 <= index < len(self):
            raise IndexError(index)
        if index < len(self._made):
            return self._made[index].at
        chunk = self._read + index - len(self._made)
        return self._not_before(self._chunks.at(chunk) if isinstance(self._chunks, LiveStream) else self._chunks[chunk].at)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        return self._chunks.watch(changed) if isinstance(self._chunks, LiveStream) else _nothing

    def pause(self, index: int) -> float:
        """Seconds of real time for which nothing follows the piece."""
        return self._pauses.get(index, 0.0)

    @property
    def last(self) -> bool:
        """Whether the chunk that was read last is the last there is."""
        return self._read >= len(self._chunks)

    def _pieces(self, chunk: Chunk, number: int) -> list[Chunk]:
        """The pieces that chunk ``number``, from 1, is sent in: at least one."""
        raise NotImplementedError

    def _not_before(self, at: float) -> float:
        """When a chunk that is due ``at`` may be sent."""
        return at
