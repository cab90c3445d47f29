"""A stage: one isolated world. Its clock, its accounts with their state and identifiers, and its journal.

Nothing of one stage can be seen or felt in another. Time, seeds and limits are handed in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from understudy.clock import Clock, ManualClock, ScaledClock
from understudy.errors import UsageError
from understudy.faults import Faults
from understudy.journal import Journal

if TYPE_CHECKING:
    from understudy.engine import Engine
    from understudy.saving import Saving
    from understudy.tracing import Tracer


class Ids:
    """Identifiers that are a function of a seed, a name and how many came before: the same run gives the same ones."""

    __slots__ = ("_factor", "_start", "count")

    def __init__(self, seed: int, *names: str) -> None:
        key = hashlib.blake2b("\0".join((str(seed), *names)).encode(), digest_size=12).digest()
        self._start = int.from_bytes(key[:6], "big")
        self._factor = int.from_bytes(key[6:], "big") | 1
        self.count = 0

    def next(self) -> str:
        """Twelve hexadecimal digits, unlike any before them.

        Each step maps 48 bits one to one (an odd factor has an inverse, and so has a shift that is xored in), so that
        the first 2**48 identifiers are all different, which a hash of the count would not promise.
        """
        self.count += 1
        mixed = self.count * self._factor + self._start & _BITS
        mixed = (mixed ^ mixed >> 24) * 0xD6E8FEB86659 & _BITS
        return f"{mixed ^ mixed >> 24:012x}"


_BITS = 2**48 - 1

__all__ = ["Account", "Clock", "Ids", "ManualClock", "ScaledClock", "Stage"]


class Account:
    """What one credential sees of one service: its state, its identifiers and the counters of its guards."""

    __slots__ = ("counters", "credential", "ids", "role", "state")

    def __init__(self, credential: str, role: str, state: Any, ids: Ids) -> None:
        self.credential = credential
        self.role = role
        self.state = state
        self.ids = ids
        self.counters: dict[str, Any] = {}


DEFAULT = "default"
NAME = re.compile("[a-z0-9]{1,32}")


class Stage:
    """One isolated world, shared by all services that are served on it.

    ``limits`` overrides the contracts' ``x-limits``: ``{stem: {name: value}}``. ``dialects`` are switched on for every
    service whose contract lists them. ``journal_size`` is how many exchanges the journal keeps. ``accounts`` are by
    stem and credential, ``engines`` by stem; ``closed`` says that the stage has been deleted. With a
    ``tracer`` every exchange keeps what it read and wrote. With ``saving`` what
    accounts hold is saved, and restored when an engine is made for it.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        name: str = DEFAULT,
        seed: int = 0,
        limits: Mapping[str, Mapping[str, Any]] | None = None,
        dialects: frozenset[str] = frozenset(),
        journal_size: int = 10_000,
        saving: Saving | None = None,
    ) -> None:
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!r} names no stage: expected 1 to 32 lower-case letters and digits, as t1")
        self.name = name
        self.clock = clock
        self.seed = seed
        self.limits = {stem: dict(values) for stem, values in (limits or {}).items()}
        self.dialects = dialects
        self.journal = Journal(journal_size)
        self.faults = Faults(seed, dialects)
        self.accounts: dict[str, dict[str, Account]] = {}
        self.shared: dict[str, Any] = {}
        self.saving = saving
        self.tracer: Tracer | None = None
        self.engines: dict[str, Engine] = {}
        self.closed = False

    def open_account(self, stem: str, credential: str, role: str, state: Callable[[], Any]) -> Account:
        """A new account in the service's default starting state."""
        account = Account(credential, role, state(), Ids(self.seed, stem, credential))
        self.accounts.setdefault(stem, {})[credential] = account
        return account

    @property
    def suffix(self) -> str:
        """What credentials of this stage end with; empty for the default stage, which has all others."""
        return "" if self.name == DEFAULT else f"-{self.name}"

    def credentials(self, stem: str) -> dict[str, str | list[str]]:
        """The test credentials of a service, by role, that choose this stage wherever they are sent."""
        given = self.engines[stem].contract.test_credentials
        return {
            role: value + self.suffix if isinstance(value, str) else [each + self.suffix for each in value]
            for role, value in given.items()
        }

    def use(self, clock: Clock) -> None:
        """Go by another clock from now on. What waits looks at it at once."""
        before, self.clock = self.clock, clock
        before.moved()

    def reset(self) -> None:
        """Begin anew: no account has been met, nothing was called, no fault is planned, the clock is where it began."""
        for engine in self.engines.values():
            engine.begin()
        self.journal.clear()
        self.faults.begin()
        self.use(self.clock.anew())
