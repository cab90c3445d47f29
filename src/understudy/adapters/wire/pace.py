"""Waiting on a stage's clock, behind one small interface."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import Protocol

from understudy.stage import Clock, ManualClock


class Waiting(Protocol):
    """Something that has been put off and can be called off."""

    def cancel(self) -> None: ...


class Pace(Protocol):
    """Tells when something is due. Times are seconds on the stage's clock from an origin of the pace's own."""

    def now(self) -> float: ...

    def call_at(self, when: float, call: Callable[[], None]) -> Waiting:
        """Call ``call`` in the loop's thread once ``now()`` has reached ``when``."""
        ...


class RunningPace:
    """The pace of a clock that runs by itself, ``factor`` times as fast as the loop's."""

    __slots__ = ("_factor", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop, factor: float = 1.0) -> None:
        self._loop = loop
        self._factor = factor

    def now(self) -> float:
        # The clock that the loops run on, but read now: uvloop's own time is that at which it last woke up.
        return time.monotonic() * self._factor

    def call_at(self, when: float, call: Callable[[], None]) -> Waiting:
        # Up to the next millisecond: uvloop's timers know no finer one and would else ring early.
        return self._loop.call_at(math.ceil(when / self._factor * 1000) / 1000, call)


class StraightPace:
    """The pace of a clock that stands still: everything is due, so latency and pauses of streams are skipped."""

    __slots__ = ("_loop",)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> float:
        return math.inf

    def call_at(self, when: float, call: Callable[[], None]) -> Waiting:
        return self._loop.call_soon(call)


def pace_of(clock: Clock, loop: asyncio.AbstractEventLoop) -> Pace:
    """How an adapter on ``loop`` waits on ``clock``."""
    if isinstance(clock, ManualClock):
        return StraightPace(loop)
    return RunningPace(loop, getattr(clock, "factor", 1.0))
