"""What a fault makes of the body of an answer: other pieces at other times, and an end before the end.

Decided, not performed: an adapter sends each piece when it is due, and then ends the answer as the fault says
(its ``ending``). The events of a stream are its chunks; of one that is not live they may be cut anywhere.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import Any

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
    before_head,
    needs_events,
)
from understudy.http import Chunk, LiveStream

Sent = Callable[[Chunk], None]
EVENT_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
LINE_END = re.compile(rb"\r\n|\n|\r")
DATA = re.compile(rb"(?:^|[\r\n])data: ?")


def disturbs_streams(fault: Fault) -> bool:
    """Whether a streamed body is sent in other pieces than it is made of."""
    return type(fault) in _MADE


def disturbed_stream(chunks: Sequence[Chunk] | LiveStream, fault: Fault, sent: Sent | None = None) -> Pieces:
    """A streamed body as ``fault`` sends it, which disturbs streams. ``sent`` is told of every piece that is sent."""
    by_event = needs_events(fault) or isinstance(fault, Split | TruncatedChunk)
    if by_event and not isinstance(chunks, LiveStream):
        chunks = list(_events(chunks))
    return _MADE[type(fault)](chunks, fault, sent)


def disturbed_body(body: bytes, fault: Fault) -> Pieces | None:
    """A body that is whole as ``fault`` sends it, offsets from the answer's beginning; None where it leaves it be."""
    make = _MADE.get(type(fault))
    if make is None or needs_events(fault) or before_head(fault):
        return None
    if isinstance(fault, Cut | Stall | Reset) and fault.after_bytes is not None:  # the end is never sent
        fault = type(fault)(after_bytes=min(fault.after_bytes, max(0, len(body) - 1)))
    elif isinstance(fault, Split):
        if fault.inside == "line_end":
            return None
        fault = Split(fault.inside, None, fault.seconds)
    return make((Chunk(0.0, body),), fault, None)


def parted(data: bytes, place: int, seconds: float) -> Pieces:
    """``data`` in two pieces, the first of ``place`` bytes, with ``seconds`` of real time between them."""
    return _Cleft((Chunk(0.0, data),), place, seconds)


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
        while index >= len(self._made) and not self._over and self._read < len(self._chunks):
            chunk = self._chunks[self._read]
            self._read += 1
            self._made.extend(self._pieces(chunk, self._read))
        if not 0 <= index < len(self._made):
            raise IndexError(index)
        while self._told <= index:
            if self._sent is not None and self._made[self._told].data:
                self._sent(self._made[self._told])
            self._told += 1
        return self._made[index]

    def at(self, index: int) -> float:
        if not 0 <= index < len(self):
            raise IndexError(index)
        if index < len(self._made):
            return self._made[index].at
        chunk, chunks = self._read + index - len(self._made), self._chunks
        return self._not_before(chunks.at(chunk) if isinstance(chunks, LiveStream) else chunks[chunk].at)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        return self._chunks.watch(changed) if isinstance(self._chunks, LiveStream) else _nothing

    def pause(self, index: int) -> float:
        """Seconds of real time for which nothing follows a piece that has been read."""
        return self._pauses.get(index, 0.0)

    @abstractmethod
    def _pieces(self, chunk: Chunk, number: int) -> Sequence[Chunk]:
        """What chunk ``number``, from 1, is sent as: at least one piece."""

    def _not_before(self, at: float) -> float:
        """When the next chunk, which is due ``at``, is sent."""
        return at

    @property
    def _last(self) -> bool:
        return self._read >= len(self._chunks)


class _Dripped(Pieces):
    def __init__(self, chunks: Sequence[Chunk] | LiveStream, fault: Drip, sent: Sent | None) -> None:
        super().__init__(chunks, sent)
        self._fault = fault
        self._next = -inf

    def _pieces(self, chunk: Chunk, number: int) -> Sequence[Chunk]:
        size, seconds = self._fault.size, self._fault.seconds
        at = self._not_before(chunk.at)
        begins = range(0, len(chunk.data), size) or (0,)
        pieces = [Chunk(at + place * seconds, chunk.data[begin : begin + size]) for place, begin in enumerate(begins)]
        self._next = pieces[-1].at + seconds
        return pieces

    def _not_before(self, at: float) -> float:
        return max(at, self._next)


class _Ended(Pieces):
    """Ends after so many bytes, or events; one that says neither, before the first."""

    def __init__(self, chunks: Sequence[Chunk] | LiveStream, fault: Cut | Stall | Reset, sent: Sent | None) -> None:
        super().__init__(chunks, sent)
        self._bytes = fault.after_bytes
        self._events = fault.after_events if self._bytes is None else None
        self._over = not (self._bytes or self._events)

    def _pieces(self, chunk: Chunk, number: int) -> Sequence[Chunk]:
        if self._bytes is None:
            self._over = number == self._events
            return (chunk,)
        data = chunk.data[: self._bytes]
        self._bytes -= len(data)
        self._over = not self._bytes
        return (chunk._replace(data=data),)


class _Truncated(Pieces):
    """Ends with the chunk whose length is a lie: the one after so many events, or the last."""

    def __init__(self, chunks: Sequence[Chunk] | LiveStream, fault: TruncatedChunk, sent: Sent | None) -> None:
        super().__init__(chunks, sent)
        self._after = fault.after_events

    def _pieces(self, chunk: Chunk, number: int) -> Sequence[Chunk]:
        self._over = number > self._after or self._last
        return (chunk,)


class _Parted(Pieces):
    """With a pause inside of what belongs together."""

    def __init__(self, chunks: Sequence[Chunk] | LiveStream, fault: Split, sent: Sent | None) -> None:
        super().__init__(chunks, sent)
        self._fault = fault
        self._parted = False

    def _pieces(self, chunk: Chunk, number: int) -> Sequence[Chunk]:
        if self._parted or self._fault.event not in (None, number):
            return (chunk,)
        data = chunk.data
        if self._fault.inside == "line_end":
            data = LINE_END.sub(b"\r\n", data)
            places = [match.start() + 1 for match in LINE_END.finditer(data)]
        else:
            places = [place for place, byte in enumerate(data) if byte & 0xC0 == 0x80][:1]  # goes on a character
        self._parted = bool(places)
        for place in range(len(places)):
            self._pauses[len(self._made) + place] = self._fault.seconds
        begins, ends = (0, *places), (*places, len(data))
        return [chunk._replace(data=data[begin:end]) for begin, end in zip(begins, ends, strict=True)]


class _Cleft(Pieces):
    def __init__(self, chunks: Sequence[Chunk], place: int, seconds: float) -> None:
        super().__init__(chunks, None)
        self._place = place
        self._pauses[0] = seconds

    def _pieces(self, chunk: Chunk, number: int) -> Sequence[Chunk]:
        return (chunk._replace(data=chunk.data[: self._place]), chunk._replace(data=chunk.data[self._place :]))


class _Changed(Pieces):
    """With one event that is not what or where it should be."""

    def __init__(
        self,
        chunks: Sequence[Chunk] | LiveStream,
        fault: MalformedEvent | DuplicateEvent | DropEvent | ReorderEvents,
        sent: Sent | None,
    ) -> None:
        super().__init__(chunks, sent)
        self._fault = fault
        self._held = b""

    def _pieces(self, chunk: Chunk, number: int) -> Sequence[Chunk]:
        fault = self._fault
        if self._held:
            late, self._held = chunk._replace(data=self._held), b""
            return (chunk, late)
        if number != fault.event:
            return (chunk,)
        if isinstance(fault, DuplicateEvent):
            return (chunk, chunk)
        if isinstance(fault, MalformedEvent):
            return (chunk._replace(data=_malformed(chunk.data, fault.text)),)
        if isinstance(fault, ReorderEvents):
            if self._last:  # none follows that it could let pass
                return (chunk,)
            self._held = chunk.data
        return (chunk._replace(data=b""),)


_MADE: Mapping[type, Callable[[Sequence[Chunk] | LiveStream, Any, Sent | None], Pieces]] = {
    Drip: _Dripped,
    Cut: _Ended,
    Stall: _Ended,
    Reset: _Ended,
    TruncatedChunk: _Truncated,
    Split: _Parted,
    MalformedEvent: _Changed,
    DuplicateEvent: _Changed,
    DropEvent: _Changed,
    ReorderEvents: _Changed,
}


def _malformed(event: bytes, text: str | None) -> bytes:
    """The event with another text where its data stands, or with the first half of it."""
    found = DATA.search(event)
    begin, end = found.end() if found else 0, len(event.rstrip(b"\r\n"))
    data = event[begin : (begin + end) // 2] if text is None else text.encode()
    return event[:begin] + data + event[end:]


def _events(chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    """One chunk for each event, at the time at which it is whole; what is left at the end is one too."""
    left, at = b"", 0.0
    for chunk in chunks:
        left, at, begin = left + chunk.data, chunk.at, 0
        for end in EVENT_END.finditer(left):
            yield Chunk(at, left[begin : end.end()])
            begin = end.end()
        left = left[begin:]
    if left:
        yield Chunk(at, left)


def _nothing() -> None:
    """Nobody watches what does not change."""
