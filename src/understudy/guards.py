"""Ready-made guards: credentials, roles, quotas by the calendar, rates, and calls in flight.

Guards are composed, not subclassed. Their numbers come from the contract's ``x-limits``, by name; a limit whose value
is null does not bind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from understudy.service import Call, Refusal

SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}


class RequireCredential:
    """A credential is sent (else ``missing``) and is one that the service knows (else ``unknown``)."""

    def __init__(self, missing: type[Refusal], unknown: type[Refusal]) -> None:
        self._missing = missing
        self._unknown = unknown

    def check(self, call: Call) -> None:
        if call.account is None:
            raise self._missing if not call.credential else self._unknown

    def passed(self, call: Call) -> None:
        """Nothing to count."""


class RefuseRole:
    """Every call of a credential with this role is refused: the test card that shows one error."""

    def __init__(self, role: str, refusal: type[Refusal]) -> None:
        self._role = role
        self._refusal = refusal

    def check(self, call: Call) -> None:
        if call.role == self._role:
            raise self._refusal

    def passed(self, call: Call) -> None:
        """Nothing to count."""


class Check:
    """A guard made of one function, which raises a `Refusal` or returns."""

    def __init__(self, check: Callable[[Call], None]) -> None:
        self.check = check

    def passed(self, call: Call) -> None:
        """Nothing to count."""


class CalendarQuota:
    """At most ``limit`` calls per account in a calendar period: the limit's window names it and its time zone."""

    def __init__(self, limit: str, refusal: type[Refusal]) -> None:
        self._limit = limit
        self._refusal = refusal

    def check(self, call: Call) -> None:
        most = call.limits[self._limit]
        if most is not None and self._counter(call)[1] >= most:
            raise self._refusal

    def passed(self, call: Call) -> None:
        self._counter(call)[1] += 1

    def _counter(self, call: Call) -> list[Any]:
        """``[end of the period, calls so far]``, begun anew when the period is over."""
        assert call.account is not None
        counter: list[Any] | None = call.account.counters.get(self._limit)
        if counter is None or call.now >= counter[0]:
            window = call.contract.limits[self._limit]
            counter = [period_end(call.now, window.per or "day", window.calendar or "UTC"), 0]
            call.account.counters[self._limit] = counter
        return counter


class Rate:
    """At most ``limit`` calls per account in the limit's window, sliding or fixed.

    ``reading`` is an ambiguity of the contract whose readings are ``sliding`` and ``fixed``; without one it is sliding.
    The refusal says in ``Retry-After`` when the next call will pass, in whole seconds.
    """

    def __init__(self, limit: str, refusal: type[Refusal], reading: str | None = None) -> None:
        self._limit = limit
        self._refusal = refusal
        self._reading = reading

    def check(self, call: Call) -> None:
        most = call.limits[self._limit]
        if most is None:
            return
        window = self._window(call)
        made = self._made(call, window)
        if len(made) < most:
            return
        free = made[len(made) - most] + window if most and not self._fixed(call) else (call.now // window + 1) * window
        wait = max(1, -int(-(free - call.now) // 1))
        raise self._refusal(headers=(("Retry-After", str(wait)),))

    def passed(self, call: Call) -> None:
        self._made(call, self._window(call)).append(call.now)

    def _made(self, call: Call, window: float) -> deque[float]:
        """When the calls of the current window were made, oldest first."""
        assert call.account is not None
        made: deque[float] = call.account.counters.setdefault(self._limit, deque())
        begun = call.now // window * window if self._fixed(call) else call.now - window
        while made and (made[0] < begun or (made[0] == begun and not self._fixed(call))):
            made.popleft()
        return made

    def _fixed(self, call: Call) -> bool:
        return self._reading is not None and call.readings[self._reading] == "fixed"

    def _window(self, call: Call) -> float:
        return SECONDS[call.contract.limits[self._limit].per or "minute"]


class InFlight:
    """At most ``limit`` calls of one credential unanswered at a time."""

    def __init__(self, limit: str, refusal: type[Refusal]) -> None:
        self._limit = limit
        self._refusal = refusal

    def check(self, call: Call) -> None:
        most = call.limits[self._limit]
        if most is not None and call.request.in_flight >= most:
            raise self._refusal

    def passed(self, call: Call) -> None:
        """Nothing to count: the adapter does."""


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
