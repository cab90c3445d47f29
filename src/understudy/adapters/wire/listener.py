"""What the connections of one port share: the engine, its limits, the requests in flight, the sweep for timeouts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from understudy.adapters.wire.limits import WireLimits
from understudy.adapters.wire.pace import pace_of
from understudy.adapters.wire.provider import Provider
from understudy.adapters.wire.request_head import RequestHeads
from understudy.adapters.wire.response_head import ResponseHeads

if TYPE_CHECKING:
    from understudy.adapters.wire.connection import Connection

SWEEPS = 4
"""How often the shortest timeout is looked at while it runs."""


class Listener:
    """One service on one port.

    ``in_flight`` counts, by credential, the requests that are not answered yet: those whose body is still to come and
    those whose answer takes time. ``wait_seconds`` is the service's own limit for a whole request, if it has one.
    """

    def __init__(self, engine: Provider, loop: asyncio.AbstractEventLoop, wire: WireLimits) -> None:
        self.engine = engine
        self.loop = loop
        self.wire = wire
        self.pace = pace_of(engine.stage.clock, loop)
        self.request_heads = RequestHeads(wire.head_bytes)
        self.response_heads = ResponseHeads(engine.stage.clock)
        own = engine.limits.get("body_bytes")
        self.body_bytes: int = wire.body_bytes if own is None else min(own, wire.body_bytes)
        self.wait_seconds: float | None = engine.limits.get("wait_seconds")
        self._credential_header = engine.credential_header
        self.in_flight: dict[str, int] = {}
        self.connections: set[Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._empty = asyncio.Event()
        self._empty.set()
        waits = (wire.head_seconds, wire.body_seconds, wire.idle_seconds, wire.stall_seconds, wire.linger_seconds)
        shortest = min((*waits, self.wait_seconds or waits[0]))
        self._every = min(max(shortest / SWEEPS, 0.005), 1.0)

    def opened(self, connection: Connection) -> None:
        self.connections.add(connection)
        self._empty.clear()
        if self._sweep is None:
            self._sweep = self.loop.call_later(self._every, self._look)

    def closed(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if not self.connections:
            self._empty.set()
            if self._sweep is not None:
                self._sweep.cancel()
                self._sweep = None

    async def emptied(self) -> None:
        """Return once there is no connection."""
        await self._empty.wait()

    def _look(self) -> None:
        """End what has waited too long. One timer for all connections: none is set or moved on the way of a request."""
        self._sweep = self.loop.call_later(self._every, self._look)
        now = self.loop.time()
        for connection in tuple(self.connections):
            connection.expire(now)

    def others(self, headers: Mapping[str, str]) -> int:
        """How many requests with the credential of ``headers`` are unanswered."""
        credential = headers.get(self._credential_header)
        return 0 if credential is None else self.in_flight.get(credential, 0)

    def enter(self, headers: Mapping[str, str]) -> str | None:
        """Count a request as unanswered; returns what it is counted under, which is given back to `leave`."""
        credential = headers.get(self._credential_header)
        if credential is not None:
            self.in_flight[credential] = self.in_flight.get(credential, 0) + 1
        return credential

    def leave(self, credential: str | None) -> None:
        """Count it as answered, or its client as gone."""
        if credential is not None:
            left = self.in_flight[credential] - 1
            if left:
                self.in_flight[credential] = left
            else:
                del self.in_flight[credential]
