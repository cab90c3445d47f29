"""What the connections of one port share: lanes, and the sweep for timeouts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from understudy.adapters.wire.lane import Lane
from understudy.adapters.wire.limits import WireLimits
from understudy.adapters.wire.provider import Provider
from understudy.adapters.wire.request_head import RequestHeads

if TYPE_CHECKING:
    from understudy.adapters.wire.connection import Connection

SWEEPS = 4
"""How often the shortest timeout is looked at while it runs."""


class Listener:
    """One service on one port, for all stages. ``lane`` is that of the default stage."""

    def __init__(self, engine: Provider, loop: asyncio.AbstractEventLoop, wire: WireLimits) -> None:
        self.engine = engine
        self.loop = loop
        self.wire = wire
        self.request_heads = RequestHeads(wire.head_bytes)
        self.lane = Lane(engine.choose({}), loop, wire)
        self._lanes: dict[Provider, Lane] = {}
        self.connections: set[Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._empty = asyncio.Event()
        self._empty.set()
        waits = (wire.head_seconds, wire.body_seconds, wire.idle_seconds, wire.stall_seconds, wire.linger_seconds)
        shortest = min((*waits, self.lane.wait_seconds or waits[0]))
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

    def lane_of(self, headers: Mapping[str, str]) -> Lane:
        """The lane of the stage that a request with these headers is for."""
        engine = self.engine.choose(headers)
        if engine is self.lane.engine:
            return self.lane
        lane = self._lanes.get(engine)
        if lane is None:
            self._lanes = {one: lane for one, lane in self._lanes.items() if not one.stage.closed}
            lane = self._lanes[engine] = Lane(engine, self.loop, self.wire)
        return lane
