"""Quota periods: days, months and years of a calendar, and what is certain of them in every calendar.

That quotas follow the calendar of Seoul is assumed; an instance may lawfully count otherwise. So a quota is only said
to be exceeded where no calendar could have begun a new period in between.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from understudy.verify.reading import Reading

DAY = 86_400.0
LONGEST = {"day": DAY, "month": 31 * DAY, "year": 366 * DAY}
"""The most seconds that a period of a calendar, or one that slides, can last."""
QUARTER = 900.0
"""Every time zone's midnight falls on a quarter of an hour."""
LATEST = 7_258_118_400.0
"""The year 2200: a later Date is nonsense, and near the end of what can be calculated with."""


def told_time(reading: Reading) -> float | None:
    """What time it was for the provider, by its Date header (epoch seconds, UTC); None when it did not say."""
    value = reading.response.header("date")
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value)
        at = (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return at if 0 <= at < LATEST else None


def period_start(at: float, per: str, calendar: str) -> float:
    """When the period around ``at`` began."""
    day = datetime.fromtimestamp(at, ZoneInfo(calendar)).replace(hour=0, minute=0, second=0, microsecond=0)
    if per != "day":
        day = day.replace(day=1)
    if per == "year":
        day = day.replace(month=1)
    return day.timestamp()


def next_start(at: float, per: str, calendar: str) -> float:
    """When the period after the one around ``at`` begins."""
    inside = datetime.fromtimestamp(period_start(at, per, calendar) + LONGEST[per], ZoneInfo(calendar))
    after = inside if per == "day" else inside + timedelta(days=1)
    return period_start(after.timestamp(), per, calendar)


def surely_since(at: float, per: str, calendar: str) -> float:
    """The earliest moment from which on, in every time zone, no period has begun until ``at``."""
    if per != "day":
        settled = period_start(at, per, calendar) + DAY
        if settled <= at < next_start(at, per, calendar) - DAY:
            return settled
    return at // QUARTER * QUARTER
