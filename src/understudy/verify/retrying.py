"""``Retry-After`` (RFC 9110 section 10.2.3): how long a target asks to be left alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from understudy.http import Response

ASKING = frozenset((429, 503))
"""The statuses whose ``Retry-After`` says when a further call is welcome."""
_SECONDS = re.compile("[0-9]{1,12}")


def retry_after(response: Response) -> float:
    """So many seconds from the answer on no call is welcome; 0 where it does not say so, or not readably.

    A date is compared with the answer's own ``Date``, since the clocks of two machines need not agree.
    """
    if response.status not in ASKING:
        return 0.0
    value = (response.header("retry-after") or "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    until, sent = _moment(value), _moment(response.header("date") or "")
    return 0.0 if until is None or sent is None else max(0.0, (until - sent).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
