"""Calendar periods: the day, month or year around a moment, in a time zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo


def period_end(now: float, per: str, calendar: str) -> float:
    """When the calendar period around ``now`` ends: epoch seconds, UTC.

    ``per`` is ``day``, ``month`` or ``year``; ``calendar`` is an IANA time zone, for example ``Asia/Seoul``.
    """
    local = datetime.fromtimestamp(now, _zone(calendar)).replace(hour=0, minute=0, second=0, microsecond=0)
    return _NEXT[per](local).timestamp()


def _next_month(day: datetime) -> datetime:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


_NEXT: Mapping[str, Callable[[datetime], datetime]] = {
    "day": lambda day: day + timedelta(days=1),
    "month": _next_month,
    "year": lambda day: day.replace(year=day.year + 1, month=1, day=1),
}


@lru_cache
def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)
