"""Reading a stream of events from bytes: Server-Sent Events, and plain text in the same manner.

Lines end in LF, CRLF or CR; an empty line ends an event; ``data`` lines are joined by LF; a line that begins with a
colon is a comment (WHATWG HTML, section 9.2, Server-sent events). Bytes may be cut anywhere, inside a character too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from understudy.http import Chunk

MAX_EVENT_BYTES = 16 * 2**20


class Event(NamedTuple):
    """One event as it came: ``data`` is its text; ``at`` when its last byte arrived, in seconds from the first."""

    at: float
    data: bytes
    name: str = ""
    terminator: bytes = b"\n\n"


class EventReader:
    """Turns pieces of a body into events. Raises ValueError when one event is longer than `MAX_EVENT_BYTES`."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._data: list[bytes] = []
        self._name = ""
        self._last_ending = b""
        self._begun = False
        self._searched = 0
        self.other_lines: list[bytes] = []

    def feed(self, data: bytes, at: float, *, ended: bool = False) -> Iterator[Event]:
        """The events that ``data`` completes; ``ended`` says that nothing follows."""
        self._buffer += data
        if len(self._buffer) > MAX_EVENT_BYTES:
            raise ValueError(f"an event is longer than {MAX_EVENT_BYTES} bytes")
        while (cut := self._line_end(ended=ended)) is not None:
            line = bytes(self._buffer[: cut[0]])
            ending = bytes(self._buffer[cut[0] : cut[1]])
            del self._buffer[: cut[1]]
            self._searched = 0
            if event := self._line(line, ending, at):
                yield event

    @property
    def unfinished(self) -> bytes:
        """What has come since the last whole event; empty at the end of a stream that was not cut off."""
        return b"".join(self._data) + bytes(self._buffer)

    def _line_end(self, *, ended: bool) -> tuple[int, int] | None:
        """Where the first whole line ends and the next begins."""
        feed, carriage = self._buffer.find(b"\n", self._searched), self._buffer.find(b"\r", self._searched)
        if carriage >= 0 and (feed < 0 or carriage < feed):
            if carriage + 1 == len(self._buffer) and not ended:
                self._searched = carriage  # an LF may follow in the next piece
                return None
            return carriage, carriage + 2 if feed == carriage + 1 else carriage + 1
        if feed >= 0:
            return feed, feed + 1
        self._searched = len(self._buffer)
        return None

    def _line(self, line: bytes, ending: bytes, at: float) -> Event | None:
        if not self._begun:
            self._begun = True
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line:
            self._field(line)
            self._last_ending = ending
            return None
        if not self._data:
            self._name = ""
            return None
        event = Event(at, b"\n".join(self._data), self._name, self._last_ending + ending)
        self._data, self._name = [], ""
        return event

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._name = value.decode("utf-8", "replace")
        elif name:
            self.other_lines.append(line)


def read_events(chunks: Iterable[Chunk]) -> tuple[list[Event], EventReader]:
    """All events of a whole stream, and the reader, which knows what was left over."""
    reader = EventReader()
    events: list[Event] = []
    at = 0.0
    for chunk in chunks:
        at = chunk.at
        events.extend(reader.feed(chunk.data, at))
    events.extend(reader.feed(b"", at, ended=True))
    return events, reader
