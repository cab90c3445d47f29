"""Ready-made guards: credentials, roles, addresses, quotas by the calendar, rates, sizes, and calls in flight.

Guards are composed, not subclassed. Their numbers come from the contract's ``x-limits``, by name; a limit whose value
is null does not bind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from understudy.errors import UsageError
from understudy.periods import period_end
from understudy.service import Call, Guard, Refusal
from understudy.tables import Table

SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
MOST_KEYS = 100_000
"""Keys that a `Distinct` remembers at a time."""


class _Uncounted:
    """A guard for which it makes no difference what passed before."""

    def passed(self, call: Call) -> None:
        """Nothing to count."""


class RequireCredential(_Uncounted):
    """A credential is sent (else ``missing``) and is one that the service knows (else ``unknown``)."""

    def __init__(self, missing: type[Refusal], unknown: type[Refusal]) -> None:
        self._missing = missing
        self._unknown = unknown

    def check(self, call: Call) -> None:
        if call.account is None:
            raise self._missing if not call.credential else self._unknown


class RefuseRole(_Uncounted):
    """Every call of a credential with this role is refused: the test card that shows one error."""

    def __init__(self, role: str, refusal: type[Refusal]) -> None:
        self._role = role
        self._refusal = refusal

    def check(self, call: Call) -> None:
        if call.role == self._role:
            raise self._refusal


class Check(_Uncounted):
    """A guard made of one function, which raises a `Refusal` or returns."""

    def __init__(self, check: Callable[[Call], None]) -> None:
        self.check = check


class When:
    """A guard that binds where ``condition`` holds, for example in one reading of an ambiguity."""

    def __init__(self, condition: Callable[[Call], bool], guard: Guard) -> None:
        self._condition = condition
        self._guard = guard

    def check(self, call: Call) -> None:
        if self._condition(call):
            self._guard.check(call)

    def passed(self, call: Call) -> None:
        if self._condition(call):
            self._guard.passed(call)


class BodySize(_Uncounted):
    """A body has at most ``limit`` bytes. A server says so before it has read it; other adapters have it whole."""

    def __init__(self, limit: str, refusal: type[Refusal]) -> None:
        self._limit = limit
        self._refusal = refusal

    def check(self, call: Call) -> None:
        most = call.limits[self._limit]
        if most is not None and len(call.request.body) > most:
            raise self._refusal


class AllowedAddresses(_Uncounted):
    """The peer's address is, or lies in, one of those that ``limit`` lists (CIDR); an empty list allows every address.

    Raises UsageError, at the first call, when an entry of the list is no address and no network.
    """

    def __init__(self, limit: str, refusal: type[Refusal]) -> None:
        self._limit = limit
        self._refusal = refusal

    def check(self, call: Call) -> None:
        allowed = call.limits[self._limit]
        if not allowed:
            return
        networks = _networks(self._limit, tuple(allowed))
        address = _address(call.request.peer)
        if address is None or not any(address in network for network in networks):
            raise self._refusal


class Distinct:
    """What every `CalendarDistinct` of a service has seen: values by limit and key, and when each limit's period ends.

    Of the keys of all limits the `MOST_KEYS` that were met last are remembered.
    """

    def __init__(self) -> None:
        self.ends: dict[str, float] = {}
        self.seen: Table[dict[str, None]] = Table(dict[str, None])


class CalendarDistinct:
    """At most ``limit`` different ``values`` for each ``key`` in a calendar period; those counted before go on passing.

    What a call is counted under and by what are functions of the call. All accounts of the stage count together: the
    service's ``shared`` is a `Distinct`, which holds one period.
    """

    def __init__(
        self, limit: str, refusal: type[Refusal], *, key: Callable[[Call], str], values: Callable[[Call], str]
    ) -> None:
        self._limit = limit
        self._refusal = refusal
        self._key = key
        self._values = values

    def check(self, call: Call) -> None:
        most = call.limits[self._limit]
        if most is None:
            return
        seen = self._distinct(call).seen.get(self._place(call), _NOTHING)
        if len(seen) >= most and self._values(call) not in seen:
            raise self._refusal

    def passed(self, call: Call) -> None:
        if call.limits[self._limit] is None:
            return
        seen, place = self._distinct(call).seen, self._place(call)
        seen[place] = values = seen.pop(place, None) or {}
        values[self._values(call)] = None
        if len(seen) > MOST_KEYS:
            del seen[next(iter(seen))]

    def _place(self, call: Call) -> str:
        return f"{self._limit} {self._key(call)}"

    def _distinct(self, call: Call) -> Distinct:
        """What the accounts share, without what was seen in a period that is over."""
        distinct: Distinct = call.shared
        if call.now >= distinct.ends.get(self._limit, call.now):
            window = call.contract.limits[self._limit]
            distinct.ends[self._limit] = period_end(call.now, window.per or "day", window.calendar or "UTC")
            for place in [place for place in distinct.seen if place.startswith(f"{self._limit} ")]:
                del distinct.seen[place]
        return distinct


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
    ``count_refused``: a call that this guard lets pass counts even if it is refused later, for another reason.
    The refusal says in ``Retry-After`` when the next call will pass, in whole seconds.
    """

    def __init__(
        self, limit: str, refusal: type[Refusal], reading: str | None = None, *, count_refused: bool = False
    ) -> None:
        self._limit = limit
        self._refusal = refusal
        self._reading = reading
        self._count_refused = count_refused

    def check(self, call: Call) -> None:
        most = call.limits[self._limit]
        if most is None:
            return
        window = self._window(call)
        made = self._made(call, window)
        if len(made) < most:
            if self._count_refused:
                made.append(call.now)
            return
        free = made[len(made) - most] + window if most and not self._fixed(call) else (call.now // window + 1) * window
        wait = max(1, -int(-(free - call.now) // 1))
        raise self._refusal(headers=(("Retry-After", str(wait)),))

    def passed(self, call: Call) -> None:
        if not self._count_refused:
            self._made(call, self._window(call)).append(call.now)

    def _made(self, call: Call, window: float) -> deque[float]:
        """When the calls of the current window were made, oldest first."""
        assert call.account is not None
        made: deque[float] | list[float] | None = call.account.counters.get(self._limit)
        if not isinstance(made, deque):  # there is none yet, or it was restored
            made = call.account.counters[self._limit] = deque(made or ())
        begun = call.now // window * window if self._fixed(call) else call.now - window
        while made and (made[0] < begun or (made[0] == begun and not self._fixed(call))):
            made.popleft()
        return made

    def _fixed(self, call: Call) -> bool:
        return self._reading is not None and call.readings[self._reading] == "fixed"

    def _window(self, call: Call) -> float:
        return SECONDS[call.contract.limits[self._limit].per or "minute"]


class InFlight(_Uncounted):
    """At most ``limit`` calls of one credential unanswered at a time."""

    def __init__(self, limit: str, refusal: type[Refusal]) -> None:
        self._limit = limit
        self._refusal = refusal

    def check(self, call: Call) -> None:
        most = call.limits[self._limit]
        if most is not None and call.request.in_flight >= most:
            raise self._refusal


def peer_address(call: Call) -> str:
    """The peer's address in one spelling: an IPv4 address that came mapped into IPv6 is the IPv4 address."""
    address = _address(call.request.peer)
    return call.request.peer if address is None else str(address)


def _address(peer: str) -> IPv4Address | IPv6Address | None:
    """A peer's address, None for what is none (an adapter without a network may say what it likes)."""
    try:
        address = ip_address(peer)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache
def _networks(limit: str, entries: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(entry, strict=False) for entry in entries)
    except ValueError as error:
        raise UsageError(
            f"the limit {limit}: {error}; write addresses (192.0.2.7, ::1) and networks (192.0.2.0/24, 2001:db8::/32)"
        ) from error


_NOTHING: Mapping[str, None] = {}
