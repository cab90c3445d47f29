"""Answers that go wrong on purpose: how a fault of the stage is performed on a connection.

What a fault makes of the events of a stream was decided before; here is what it does to bytes, lengths and connections.
A head does not tell of it: but for what is wrong, the answer looks like any other.
"""

from __future__ import annotations

from collections.abc import Callable

from understudy.adapters.wire.delivery import Delivery, due_times
from understudy.adapters.wire.lane import Lane
from understudy.adapters.wire.response_head import BODILESS
from understudy.faults.kinds import Fault, Garbage, Split, TruncatedChunk, WrongLength, announced, before_head
from understudy.faults.pieces import Pieces, disturbed_body, parted
from understudy.journal import Exchange


def disturbed(
    lane: Lane, exchange: Exchange, fault: Fault, keep: bool, modern: bool, changed: Callable[[], None]
) -> Delivery:
    """The answer of ``exchange`` on its way, as ``fault`` has it. It is not counted as in flight.

    ``keep`` and ``modern`` as in `ResponseHeads.head`, ``changed`` as in `Delivery`.

    Raises:
        ValueError: a field of the head cannot be written.
    """
    due, response, ending = lane.pace.now() + exchange.latency, exchange.response, fault.ending
    if before_head(fault):
        garbage = fault.content if isinstance(fault, Garbage) else b""
        return Delivery(lane, garbage, due, closes=True, ending=ending)
    bodiless = exchange.request.method == "HEAD" or response.status in BODILESS
    if isinstance(fault, WrongLength) and not bodiless:
        return _Misannounced(lane, exchange, fault.by, due, keep, modern, changed)
    missing = fault.missing if isinstance(fault, TruncatedChunk) else 0
    if missing and modern and response.stream is None:  # only what is streamed comes in chunks
        response = response._replace(stream=disturbed_body(response.body, fault))
    length = len(response.body) + missing if missing else None
    head, keep = lane.response_heads.head(response, exchange.at, keep, modern, length)
    stream, chunked = response.stream, modern
    if bodiless:
        stream, head = None, head if ending == "whole" else head[:-1]
    elif stream is None:
        head, stream, chunked = *_whole(head, response.body, fault), False
    return Delivery(
        lane, head, due, stream, closes=not keep or ending != "whole", chunked=chunked, changed=changed,
        ending=ending, missing=missing,
    )  # fmt: skip


def _whole(head: bytes, body: bytes, fault: Fault) -> tuple[bytes, Pieces | None]:
    """What is sent at once of an answer whose body is whole, and the pieces that follow."""
    if isinstance(fault, Split) and fault.inside == "line_end":
        return b"", parted(head + body, len(head) - 1, fault.seconds)
    if not body:
        return head if fault.ending == "whole" else head[:-1], None
    pieces = disturbed_body(body, fault)
    return (head + body, None) if pieces is None else (head, pieces)


class _Misannounced(Delivery):
    """An answer whose head announces another length than its body has; a stream is held back until it is whole."""

    __slots__ = ("_by", "_exchange", "_keep", "_modern")

    def __init__(
        self,
        lane: Lane,
        exchange: Exchange,
        by: int,
        due: float,
        keep: bool,
        modern: bool,
        changed: Callable[[], None],
    ) -> None:
        super().__init__(lane, b"", due, exchange.response.stream, closes=True, changed=changed)
        self._exchange = exchange
        self._by = by
        self._keep = keep
        self._modern = modern

    def due(self, now: float) -> float:
        first, stream = super().due(now), self._stream
        if not stream:
            return first
        assert self._began is not None, "it has been asked"
        return self._began + due_times(stream)(len(stream) - 1)

    def take(self, now: float) -> bytes:
        exchange = self._exchange
        response = exchange.response._replace(stream=None, body=exchange.response.content)
        self.done = True
        self.end()
        length = announced(len(response.body), self._by)
        head, _ = self.lane.response_heads.head(response, exchange.at, self._keep, self._modern, length)
        return head + response.body
