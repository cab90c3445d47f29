"""Where a stage's time comes from: epoch seconds, UTC. It never runs backwards: quotas and streams rely on that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

NEW_YEAR = 1_767_225_600.0  # 2026-01-01T00:00:00Z


class Clock(Protocol):
    """A stage's time. ``watch`` has somebody told, in the thread of the change, when it was moved by hand."""

    def now(self) -> float: ...

    def advance(self, seconds: float) -> None: ...

    def set(self, now: float) -> None: ...

    def watch(self, moved: Callable[[], None]) -> Callable[[], None]: ...

    def moved(self) -> None: ...

    def anew(self, at: float | None = None) -> Clock:
        """A clock of the same kind that begins ``at``, or where this one would begin if it were made now."""
        ...


class _Watched:
    """Keeps who is to be told that the clock was moved."""

    def __init__(self) -> None:
        self._watchers: dict[int, Callable[[], None]] = {}
        self._watched = 0

    def watch(self, moved: Callable[[], None]) -> Callable[[], None]:
        """Have ``moved`` called when the clock was moved by hand; returns what ends that, which may be called again."""
        self._watched += 1
        number = self._watched
        self._watchers[number] = moved
        return lambda: self._watchers.pop(number, None) and None

    def moved(self) -> None:
        """Tell those who watch."""
        for moved in tuple(self._watchers.values()):
            moved()


class ManualClock(_Watched):
    """A clock that moves only when it is told to.

    Where it runs ``straight``, nothing waits for it: no answer is held back, and a stream comes all at once. Else what
    is due later waits until the clock is moved there.
    """

    def __init__(self, start: float = NEW_YEAR, *, straight: bool = True) -> None:
        super().__init__()
        self._begun = self._now = start
        self._straight = straight

    @property
    def straight(self) -> bool:
        return self._straight

    @straight.setter
    def straight(self, straight: bool) -> None:
        self._straight = straight
        self.moved()

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward by ``seconds``. Raises ValueError when negative."""
        self.set(self._now + seconds)

    def set(self, now: float) -> None:
        """Move to ``now`` (epoch seconds, UTC). Raises ValueError when that lies in the past."""
        _forward(self._now, now)
        self._now = now
        self.moved()

    def anew(self, at: float | None = None) -> ManualClock:
        return ManualClock(self._begun if at is None else at, straight=self._straight)


class ScaledClock(_Watched):
    """A clock that runs ``factor`` times as fast as ``source`` and starts at ``start``, or at the source's own time.

    It may be moved forward by hand as well: ``jumped`` is by how many seconds in all.
    """

    def __init__(self, source: Callable[[], float], factor: float = 1.0, start: float | None = None) -> None:
        super().__init__()
        if not factor > 0:
            raise ValueError(f"a clock runs forward: expected a factor above 0, got {factor}")
        self._source = source
        self.factor = factor
        self._origin = source()
        self._start = self._origin if start is None else start
        self.jumped = 0.0

    def now(self) -> float:
        return self._start + (self._source() - self._origin) * self.factor + self.jumped

    def advance(self, seconds: float) -> None:
        """Move forward by ``seconds`` beside running on. Raises ValueError when negative."""
        _forward(0.0, seconds)
        self.jumped += seconds
        self.moved()

    def set(self, now: float) -> None:
        """Move to ``now`` (epoch seconds, UTC) and run on from there. Raises ValueError when that lies in the past."""
        before = self.now()
        _forward(before, now)
        self.advance(now - before)

    def anew(self, at: float | None = None) -> ScaledClock:
        return ScaledClock(self._source, self.factor, at)


def _forward(before: float, now: float) -> None:
    if not now >= before or now == float("inf"):
        raise ValueError(f"a clock does not run backwards: it is at {before} and was told {now}")
