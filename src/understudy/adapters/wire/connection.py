"""One connection: reads requests, has them answered, and ends what takes too long.

Most requests arrive whole in one read and are answered at once: they touch no queue, no timer and no counter.
"""

from __future__ import annotations

import asyncio
from math import inf
from typing import cast

from understudy.adapters.wire.answers import Answers
from understudy.adapters.wire.listener import Listener
from understudy.adapters.wire.provider import BODY_TOO_LARGE, REQUEST_TIMEOUT
from understudy.adapters.wire.reader import HEAD_END, Reader
from understudy.adapters.wire.request_head import CR, NOTHING, Malformed
from understudy.adapters.wire.reset import reset

IDLE, HEAD, BODY, LAST = range(4)
"""What a connection's deadline is for: a request, the rest of a head, the rest of a body, the client's leaving."""
CUT_SHORT = "the connection ended before the request was complete"


class Connection(asyncio.Protocol):
    """A client's connection to a `Listener`.

    ``_rest`` holds bytes that could not be read yet: a head without its end, or requests for which there is no room.
    ``_in_flight`` is how many others were in flight when the head of the request that is being read arrived.
    ``_unread``: of what arrives after the last request, some has come or will. ``_ended``: the client sends no more.
    ``_held_back``: it is not read until there is room.
    """

    __slots__ = (
        "_answers", "_deadline", "_ended", "_held_back", "_in_flight", "_lane", "_listener", "_phase", "_reader",
        "_rest", "_transport", "_unread",
    )  # fmt: skip

    _transport: asyncio.Transport
    _answers: Answers

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._lane = listener.lane
        self._reader = Reader(listener.request_heads)
        self._rest = b""
        self._phase = IDLE
        self._deadline = inf
        self._in_flight = 0
        self._unread = self._ended = self._held_back = False

    # -- called by the loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._answers = Answers(self._listener, self._transport, self._advance)
        self._listener.opened(self)
        self._wait(IDLE, self._listener.wire.idle_seconds)

    def data_received(self, data: bytes) -> None:
        if self._answers.last:
            self._unread = True
            return
        seen = len(self._rest)
        if seen:
            data = self._rest + data
            self._rest = b""
        self._consume(data, seen)

    def eof_received(self) -> bool:
        """The client sends no more, but may still read. True keeps the connection for what it is owed."""
        self._ended = True
        if self._answers.last:
            return bool(self._answers.queue) and not self._answers.silent
        self._settle()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline = inf
        self._answers.drop()
        self._listener.closed(self)

    def pause_writing(self) -> None:
        self._answers.stall(self._listener.loop.time() + self._listener.wire.stall_seconds)

    def resume_writing(self) -> None:
        self._answers.stall(inf)
        self._advance()

    # -- called by the listener

    def expire(self, now: float) -> None:
        """End a wait whose time is up."""
        if now >= self._answers.stalled:
            self._reset()
        elif now >= self._deadline:
            if self._phase == HEAD:
                self._late_head()
                self._settle()
            elif self._phase == BODY:
                self._refuse(REQUEST_TIMEOUT)
                self._settle()
            elif self._transport.is_closing():
                self._reset()
            else:
                self._close()

    def stop(self) -> None:
        """The server stops: what is written is still sent, what is not is dropped."""
        self._answers.drop()
        self._close()

    def abort(self) -> None:
        """The server stops and waits no longer."""
        self._reset()

    # -- reading

    def _consume(self, data: bytes, seen: int = 0) -> None:
        """Read as many requests as are there and have room. The first ``seen`` bytes have been looked at before."""
        reader, answers, listener = self._reader, self._answers, self._listener
        at, size = 0, len(data)
        try:
            while at < size and not answers.last:
                if reader.complete:
                    if not answers.room:
                        break
                    if data[at] == CR and data.startswith(b"\r\n", at):  # RFC 9112 section 2.2
                        at += 2
                        continue
                    end = data.find(HEAD_END, at) + 4
                    if end < 4:
                        reader.unfinished(data, at, seen)
                        break
                    reader.begin(data if end - at == size else data[at:end])
                    at = end
                    lane = self._lane = listener.lane_of(reader.head.headers)
                    self._in_flight = lane.others(reader.head.headers) if lane.in_flight else 0
                else:
                    at = reader.body(data, at)
                if reader.complete:
                    self._phase = IDLE
                    answers.answer(self._lane, reader.head, reader.content(), self._in_flight)
                elif reader.head.length > self._lane.body_bytes or reader.size > self._lane.body_bytes:
                    self._refuse(BODY_TOO_LARGE)
        except Malformed as error:
            self._reject(error.status, error.text)
        if at < size and not answers.last:
            self._rest = data[at:]
        self._settle()

    def _settle(self) -> None:
        """After reading: what is waited for now, and until when."""
        answers, listener = self._answers, self._listener
        if answers.last:
            if self._phase != LAST:
                self._phase, self._deadline = IDLE, inf
                if answers.over:
                    self._hang_up()
            return
        if answers.room is self._held_back:
            self._hold_back(not answers.room)
        whole = self._reader.complete
        if whole and (not self._rest or not answers.room):
            if answers.queue or self._rest:
                self._phase, self._deadline = IDLE, inf
            elif self._ended:
                self._close()
            else:
                self._wait(IDLE, listener.wire.idle_seconds)
        elif self._ended:
            self._reject(400, CUT_SHORT)
            self._settle()
        elif not whole:
            if self._phase != BODY:
                self._await_body()
        elif self._phase != HEAD:
            wait = listener.lane.wait_seconds  # whose the request is stands in the rest of its head
            self._wait(HEAD, listener.wire.head_seconds if wait is None else wait)

    def _await_body(self) -> None:
        wait = self._lane.wait_seconds
        if wait is None:
            self._wait(BODY, self._listener.wire.body_seconds)
        elif self._phase == HEAD:
            self._phase = BODY  # the service's limit runs from the request's first byte
        else:
            self._wait(BODY, wait)
        self._answers.register(self._lane, self._reader.head)

    def _advance(self) -> None:
        """Time has passed or the client has read: send on, and read on where there was no room."""
        self._answers.advance()
        data, self._rest = self._rest, b""
        self._consume(data)

    def _hold_back(self, hold: bool) -> None:
        self._held_back = hold
        if self._ended:
            return
        if hold:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _wait(self, phase: int, seconds: float) -> None:
        self._phase = phase
        self._deadline = self._listener.loop.time() + seconds

    # -- ending

    def _late_head(self) -> None:
        self._lane = self._listener.lane
        if self._lane.wait_seconds is None:
            self._reject(408, "the head of the request did not arrive in time")
        else:
            self._reader.head = NOTHING
            self._in_flight = 0
            self._refuse(REQUEST_TIMEOUT)

    def _refuse(self, kind: str) -> None:
        """Let the service say that a request is too large or too late. What is left of it is not read."""
        self._unread = True
        self._rest = b""
        self._answers.refuse(self._lane, kind, self._reader.head, self._reader.content(), self._in_flight)

    def _reject(self, status: int, text: str) -> None:
        """Say what is wrong with what can be no request. What is left of it is not read."""
        self._unread = True
        self._rest = b""
        self._answers.reject(status, text)

    def _hang_up(self) -> None:
        """The last answer is out. A client that is still sending must get to read it (RFC 9112 section 9.6)."""
        if not self._unread or self._ended or self._transport.is_closing():
            self._close()
            return
        self._transport.write_eof()
        self._hold_back(False)
        self._wait(LAST, self._listener.wire.linger_seconds)

    def _close(self) -> None:
        """Close once everything written is sent, and see to it that this comes to an end."""
        self._transport.close()
        self._wait(LAST, self._listener.wire.stall_seconds)

    def _reset(self) -> None:
        reset(self._transport)
