"""Waiting on a stage's clock: one that runs, one that stands still until it is moved, one that nothing waits for."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable

from understudy.clock import ManualClock
from understudy.stage import Stage


class Waiting:
    """Something that has been put off until a clock gets there, and can be called off."""

    __slots__ = ("_timer", "_unwatch")

    def __init__(self, timer: asyncio.Handle | None, unwatch: Callable[[], None]) -> None:
        self._timer = timer
        self._unwatch = unwatch

    def cancel(self) -> None:
        self._unwatch()
        if self._timer is not None:
            self._timer.cancel()


class Pace:
    """Tells when something is due on a stage. Times are seconds on its clock from an origin of the pace's own."""

    __slots__ = ("_loop", "_stage")

    def __init__(self, stage: Stage, loop: asyncio.AbstractEventLoop) -> None:
        self._stage = stage
        self._loop = loop

    def now(self) -> float:
        """Infinite where nothing waits: everything is due."""
        clock = self._stage.clock
        if isinstance(clock, ManualClock):
            return math.inf if clock.straight else clock.now()
        # The clock that the loops run on, but read now: uvloop's own time is that at which it last woke up.
        return time.monotonic() * _factor(clock) + _jumped(clock)

    def call_at(self, when: float, call: Callable[[], None]) -> Waiting:
        """Call ``call`` in the loop's thread once ``now()`` has reached ``when``, or the clock was moved by hand.

        So ``call`` asks again what is due. It may be called more than once.
        """
        clock, loop = self._stage.clock, self._loop

        def moved() -> None:
            loop.call_soon_threadsafe(call)

        unwatch = clock.watch(moved)
        if isinstance(clock, ManualClock):
            return Waiting(loop.call_soon(call) if when <= self.now() else None, unwatch)
        # Up to the next millisecond: uvloop's timers know no finer one and would else ring early.
        at = math.ceil((when - _jumped(clock)) / _factor(clock) * 1000) / 1000
        return Waiting(loop.call_at(at, call), unwatch)


def _factor(clock: object) -> float:
    return getattr(clock, "factor", 1.0)


def _jumped(clock: object) -> float:
    return getattr(clock, "jumped", 0.0)
