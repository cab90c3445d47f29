"""What an observer knows of the calls of one key: how many were answered in which period, and how close they came."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from typing import NamedTuple

from understudy.verify.observation import Observation

from .calendar import LONGEST, period_start, surely_since

RECENT = 256
SECOND = 1.5
"""A second, and what calls may be delayed on their way, in seconds."""


class Quota(NamedTuple):
    """One calendar quota of the contract: its error, its limit's name and clause, and the period it counts."""

    error: str
    limit: str
    clause: str
    per: str
    calendar: str


class Calls:
    """The calls of one key. Times are the provider's own (see `calendar.told_time`), unless a method says otherwise.

    ``refused`` are refusals that were believed, since the key may have been used before: when each quota was last said
    to be used up, and in which exchange.
    """

    def __init__(self) -> None:
        self.refused: dict[str, tuple[float, int]] = {}
        self._answered: list[float] = []
        self._made: list[float] = []
        self._recent: deque[tuple[float, float]] = deque(maxlen=RECENT)

    def keep(self, observation: Observation, at: float | None, *, answered: bool) -> None:
        """Remember a call that the provider answered or refused at ``at``, if it said when."""
        self._recent.append((observation.at, observation.at + observation.elapsed))
        if at is None:
            return
        insort(self._made, at)
        if answered:
            insort(self._answered, at)

    def surely_answered(self, quota: Quota, at: float) -> int:
        """Answered calls that lie in the period of ``at`` by every calendar."""
        return _since(self._answered, surely_since(at, quota.per, quota.calendar))

    def answered(self, quota: Quota, at: float) -> int:
        """Answered calls in the period of ``at`` by the quota's own calendar."""
        return _since(self._answered, period_start(at, quota.per, quota.calendar))

    def made(self, quota: Quota, at: float) -> int:
        """Calls, refused ones included, in the period of ``at`` by the quota's own calendar."""
        return _since(self._made, period_start(at, quota.per, quota.calendar))

    def lately_answered(self, quota: Quota, at: float) -> int:
        """Answered calls that lie in the period of ``at`` by some calendar, or by one that slides."""
        return _since(self._answered, at - LONGEST[quota.per])

    def overlapping(self, observation: Observation) -> int:
        """Calls that were in flight, by the observer's clock, when this one was sent."""
        end = observation.at + observation.elapsed
        return sum(1 for began, ended in self._recent if began <= end and ended >= observation.at)

    def in_a_second(self, observation: Observation) -> int:
        """Calls within the second before this one was sent, by the observer's clock."""
        return sum(1 for began, _ in self._recent if observation.at - SECOND <= began <= observation.at)


def _since(times: list[float], moment: float) -> int:
    return len(times) - bisect_left(times, moment)
