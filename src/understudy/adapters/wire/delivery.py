"""An answer that cannot leave at once: it is held back, it is a stream, or an earlier one is not out yet.

It decides what is due and performs nothing: the connection asks, writes and waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from understudy.adapters.wire.lane import Lane
from understudy.faults.kinds import Ending
from understudy.faults.pieces import Pieces
from understudy.http import Chunk, LiveStream

BURST = 64 * 1024
"""About how much of a stream is handed out at once, in bytes: a slow reader holds back the rest."""
LAST_CHUNK = b"0\r\n\r\n"


class Delivery:
    """One answer on its way.

    ``due`` is when it may begin, in seconds of the lane's pace. ``closes``: the connection ends with it.
    ``credential`` is what it is counted under as in flight, None when it is not. A ``stream`` of None is an answer that
    is whole in ``head``. ``chunked`` says how a stream is framed: in chunks, or by the end of the connection
    (HTTP/1.0).
    ``changed`` is called when a live stream has changed, so that `due` has to be asked again.

    By a fault an answer may be ``done`` before its end: ``ending`` is what becomes of the connection then, and
    ``missing`` is how many bytes its last chunk lacks. ``pause``: for so many seconds of real time no more is sent.
    """

    __slots__ = (
        "_at", "_began", "_due", "_head", "_index", "_missing", "_stream", "_unwatch", "chunked", "closes",
        "credential", "done", "ending", "lane", "pause",
    )  # fmt: skip

    def __init__(
        self,
        lane: Lane,
        head: bytes,
        due: float,
        stream: Sequence[Chunk] | LiveStream | None = None,
        *,
        closes: bool = False,
        credential: str | None = None,
        chunked: bool = True,
        changed: Callable[[], None] | None = None,
        ending: Ending = "whole",
        missing: int = 0,
    ) -> None:
        self.lane = lane
        self._head = head
        self._due = due
        self._stream = stream
        self._at = due_times(stream) if stream is not None else None
        self._unwatch = stream.watch(changed) if isinstance(stream, LiveStream) and changed is not None else None
        self._index = 0
        self._began: float | None = None
        self._missing = missing
        self.ending: Ending = ending
        self.pause = 0.0
        self.chunked = chunked
        self.closes = closes
        self.credential = credential
        self.done = False

    def due(self, now: float) -> float:
        """When the next piece is due, asked once it is this answer's turn."""
        if self._began is None or now < self._began == inf:  # the latter: by now the clock is waited for
            self._began = now if self._due == inf else max(self._due, now)
        if self._head or self._at is None or self._stream is None or self._index >= len(self._stream):
            return self._began
        return self._began + self._at(self._index)

    def take(self, now: float) -> bytes:
        """The bytes that are due by ``now``, about `BURST` at most. ``done`` is set with the last of them.

        Raises what reading a live stream raises, when an event of it may not be sent.
        """
        parts = [self._head]
        self._head = b""
        stream = self._stream
        if stream is None:
            self.done = True
            return parts[0]
        assert self._at is not None, "what is streamed has times"
        assert self._began is not None, "due() is asked first"
        size = 0
        while self._index < len(stream) and size < BURST:
            if self._began + self._at(self._index) > now:
                break
            data = stream[self._index].data
            self._index += 1
            if data:  # an empty chunk would end the body
                size += len(data)
                parts.append(self._framed(data))
            if isinstance(stream, Pieces) and (pause := stream.pause(self._index - 1)):
                self.pause = pause
                break
        if self._index >= len(stream):
            self.done = True
            self.end()
            if self.chunked and self.ending == "whole":
                parts.append(LAST_CHUNK)
        return b"".join(parts)

    def _framed(self, data: bytes) -> bytes:
        if not self.chunked:
            return data
        assert self._stream is not None, "only what is streamed is framed"
        if self._missing and self._index >= len(self._stream):
            return b"%x\r\n%b" % (len(data) + self._missing, data)
        return b"%x\r\n%b\r\n" % (len(data), data)

    def end(self) -> None:
        """Watch the stream no longer: it is out, or given up."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None


def due_times(stream: Sequence[Chunk] | LiveStream) -> Callable[[int], float]:
    """How it is asked when a chunk is due, in seconds after the response began."""
    if isinstance(stream, LiveStream):
        return stream.at
    return lambda index: stream[index].at
