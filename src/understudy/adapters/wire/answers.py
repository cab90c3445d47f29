"""The answers of one connection: asked of the engine, sent in the order of the requests.

An answer that may leave at once does; head and body leave in one write, so that a client that reads only once has both.
One that may not (it is held back, it is a stream, an earlier one is not out yet) waits in a queue, and so do all later.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Callable
from math import inf

from understudy.adapters.wire.delivery import Delivery
from understudy.adapters.wire.disturbed import disturbed
from understudy.adapters.wire.lane import Lane
from understudy.adapters.wire.listener import Listener
from understudy.adapters.wire.pace import Waiting
from understudy.adapters.wire.provider import BODY_TOO_LARGE, refusal
from understudy.adapters.wire.request_head import RequestHead
from understudy.adapters.wire.reset import reset
from understudy.adapters.wire.response_head import BODILESS, CONTINUE
from understudy.errors import StreamFault
from understudy.http import Request
from understudy.journal import Exchange

ENDS = frozenset(("whole", "closed"))
"""Endings after which an answer is out."""
SETTLING = 0.02
"""Seconds after which what was written before a reset has arrived: a reset drops what has not."""
log = logging.getLogger("understudy.server")


class Answers:
    """The answers of one connection. ``again`` is called when more of them is due: `advance` then sends it.

    ``queue`` holds those that are not out. ``room``: a further request may be read. ``last``: the connection's last
    answer is decided, ``over``: it is out. ``stalled`` is until when (seconds of the loop) a client is borne that does
    not read on while the buffers are full; infinite while it reads. ``_rests`` is until when a fault has nothing sent.
    """

    __slots__ = (
        "_again", "_counted", "_listener", "_peer", "_registered", "_rests", "_transport", "_waiting", "last", "over",
        "queue", "room", "stalled",
    )  # fmt: skip

    def __init__(self, listener: Listener, transport: asyncio.Transport, again: Callable[[], None]) -> None:
        self._again = again
        self._listener = listener
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]).removeprefix("::ffff:") if peer else ""
        self._registered: str | None = None
        self._counted = listener.lane  # where what is registered is counted
        self._rests = 0.0
        self._waiting: Waiting | None = None
        self.queue: deque[Delivery] = deque()
        self.room = True
        self.last = self.over = False
        self.stalled = inf

    def register(self, lane: Lane, head: RequestHead) -> None:
        """Count a request whose body is still to come as in flight; ask for the body, if the client waits for that."""
        self._registered, self._counted = lane.enter(head.headers), lane
        if head.expects:
            self._enqueue(Delivery(lane, CONTINUE, -inf))

    def answer(self, lane: Lane, head: RequestHead, body: bytes, in_flight: int) -> None:
        """Have a whole request answered."""
        try:
            request = Request(head.method, head.target, head.headers, body, self._peer, in_flight)
            self._send(lane, head, lane.engine.handle(request), head.keep_alive)
        except Exception as error:
            self._our_fault(error)

    def refuse(self, lane: Lane, kind: str, head: RequestHead, body: bytes, in_flight: int) -> None:
        """Let the service say that a request is too large or too late; ``body`` is what came of it."""
        request = Request(head.method, head.target, head.headers, body, self._peer, in_flight)
        try:
            exchange = refusal(lane.engine, kind, request)
            if exchange is not None:
                self._send(lane, head, exchange, False)
            elif kind == BODY_TOO_LARGE:
                self.reject(413, f"the body is longer than {lane.body_bytes} bytes")
            else:
                self.reject(408, "the request did not arrive in time")
        except Exception as error:
            self._our_fault(error)

    def reject(self, status: int, text: str) -> None:
        """Answer in the server's own words, as the last answer of the connection."""
        self._release()
        lane = self._listener.lane
        self._enqueue(Delivery(lane, lane.response_heads.error(status, text), -inf, closes=True))

    def advance(self) -> None:
        """Send what is due, in order and as far as the client reads."""
        self._stop_waiting()
        queue = self.queue
        while queue and self.stalled == inf:
            delivery = queue[0]
            if self._resting():
                break
            if delivery.done:  # by a fault its end is not the answer's
                self._end(delivery)
                break
            pace = delivery.lane.pace
            now = pace.now()
            due = delivery.due(now)
            if due > now:
                self._waiting = pace.call_at(due, self._again)
                break
            try:
                data = delivery.take(now)
                if data:
                    self._transport.write(data)
            except Exception as error:
                self._cut_off(error)
                return
            if delivery.pause:
                self._rest(delivery.pause)
                delivery.pause = 0.0
            if delivery.done and delivery.ending in ENDS:
                queue.popleft()
                delivery.lane.leave(delivery.credential)
                self.over |= delivery.closes
            elif delivery.done:
                self._rest(SETTLING)
        self._count()

    @property
    def silent(self) -> bool:
        """Whether nothing more will be sent although an answer is not out: a fault has it stall."""
        return bool(self.queue) and self.queue[0].done and self.queue[0].ending == "silent"

    def stall(self, until: float) -> None:
        """The client does not read on (``until`` is when it is cut off), or does again (``until`` is infinite)."""
        self.stalled = until
        self._count()

    def drop(self) -> None:
        """Forget what has not been answered or sent; there will be no more."""
        self.last = True
        self._stop_waiting()
        self._release()
        if self.queue:
            log.debug("%s: %d answers were not sent to the end", self._listener.engine.stem, len(self.queue))
        for delivery in self.queue:
            delivery.end()
            delivery.lane.leave(delivery.credential)
        self.queue.clear()
        self.stalled = inf

    def _send(self, lane: Lane, head: RequestHead, exchange: Exchange, keep: bool) -> None:
        response = exchange.response
        stream = response.stream
        if exchange.fault is not None and not exchange.fault.fault.replaces:
            self._send_disturbed(lane, head, exchange, keep)
            return
        data, keep = lane.response_heads.head(response, exchange.at, keep, head.modern)
        bodiless = head.method == "HEAD" or response.status in BODILESS
        if stream is None:
            if not bodiless:
                data += response.body
            if not exchange.latency and not self.queue:
                self._transport.write(data)
                if self._registered is not None:
                    self._release()
                if not keep:
                    self.last = self.over = True
                return
        credential = self._hand_over(lane, head)
        due = lane.pace.now() + exchange.latency
        stream = None if bodiless else stream
        delivery = Delivery(
            lane, data, due, stream, closes=not keep, credential=credential, chunked=head.modern, changed=self._changed
        )
        self._enqueue(delivery)

    def _send_disturbed(self, lane: Lane, head: RequestHead, exchange: Exchange, keep: bool) -> None:
        assert exchange.fault is not None, "there is a fault that disturbs it"
        delivery = disturbed(lane, exchange, exchange.fault.fault, keep, head.modern, self._changed)
        delivery.credential = self._hand_over(lane, head)
        self._enqueue(delivery)

    def _hand_over(self, lane: Lane, head: RequestHead) -> str | None:
        """What a request is counted under as in flight: from here on its delivery is what is counted."""
        credential = lane.enter(head.headers) if self._registered is None else self._registered
        self._registered = None
        return credential

    def _enqueue(self, delivery: Delivery) -> None:
        self.queue.append(delivery)
        self.last |= delivery.closes
        if len(self.queue) == 1:
            self.advance()
        else:
            self._count()

    def _rest(self, seconds: float) -> None:
        self._rests = self._listener.loop.time() + seconds

    def _resting(self) -> bool:
        """Whether a fault has nothing sent now; then it is looked at again when that is over."""
        if not self._rests:
            return False
        loop = self._listener.loop
        if loop.time() < self._rests:
            self._waiting = Waiting(loop.call_at(self._rests, self._again), _nothing)
            return True
        self._rests = 0.0
        return False

    def _end(self, delivery: Delivery) -> None:
        """Nothing more of an answer is sent: reset the connection, or leave it as it is."""
        if delivery.ending == "reset":
            if self._transport.get_write_buffer_size():  # the client reads slowly
                self._rest(SETTLING)
                self._resting()
            else:
                self.drop()
                self._listener.loop.call_soon(self._reset)

    def _reset(self) -> None:
        """Not while the transport calls: asyncio's then tells twice that the connection is lost."""
        if not self._transport.is_closing():
            reset(self._transport)

    def _changed(self) -> None:
        """A live stream has changed, in whatever thread: ask again what is due."""
        self._listener.loop.call_soon_threadsafe(self._look_again)

    def _look_again(self) -> None:
        if self.queue:  # else the connection has ended meanwhile
            self._again()

    def _cut_off(self, error: Exception) -> None:
        """An answer cannot be sent to its end: the connection breaks off, so that it is not taken for whole."""
        if isinstance(error, StreamFault):  # its text holds nothing that a client sent
            log.error("%s: %s", self._listener.engine.stem, error)
        else:
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s: %s while sending\n%s", self._listener.engine.stem, type(error).__name__, where)
        self.drop()
        self._listener.loop.call_soon(self._transport.abort)  # as in _reset

    def _our_fault(self, error: Exception) -> None:
        """The engine raised, or answered what cannot be sent: say so, and log where.

        The error's text stays out of both: it may hold what the client sent.
        """
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s: %s while answering\n%s", self._listener.engine.stem, type(error).__name__, where)
        self.reject(500, f"a fault of the mock, not of the client: {type(error).__name__}; the server's log says where")

    def _release(self) -> None:
        self._counted.leave(self._registered)
        self._registered = None

    def _count(self) -> None:
        self.room = self.stalled == inf and len(self.queue) < self._listener.wire.pipeline_depth

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def _nothing() -> None:
    """A pause of real time is not ended by a clock that is moved."""
