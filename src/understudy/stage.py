"""A stage: one isolated world. Its clock, its accounts with their state and identifiers, and its journal.

Nothing of one stage can be seen or felt in another. Time, seeds and limits are handed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from understudy.journal import Journal

if TYPE_CHECKING:
    from understudy.saving import Saving


class Clock(Protocol):
    """Where a stage's time comes from: epoch seconds, UTC."""

    def now(self) -> float: ...


class ManualClock:
    """A clock that moves only when it is told to. It never runs backwards: quotas and streams rely on that."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:  # 2026-01-01T00:00:00Z
        self._now = start

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward by ``seconds``. Raises ValueError when negative."""
        self.set(self._now + seconds)

    def set(self, now: float) -> None:
        """Move to ``now`` (epoch seconds, UTC). Raises ValueError when that lies in the past."""
        if not now >= self._now:
            raise ValueError(f"a clock does not run backwards: it is at {self._now} and was told {now}")
        self._now = now


class ScaledClock:
    """A clock that runs ``factor`` times as fast as ``source`` and starts at ``start``, or at the source's own time."""

    def __init__(self, source: Callable[[], float], factor: float = 1.0, start: float | None = None) -> None:
        if not factor > 0:
            raise ValueError(f"a clock runs forward: expected a factor above 0, got {factor}")
        self._source = source
        self.factor = factor
        self._origin = source()
        self._start = self._origin if start is None else start

    def now(self) -> float:
        return self._start + (self._source() - self._origin) * self.factor


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


class Account:
    """What one credential sees of one service: its state, its identifiers and the counters of its guards."""

    __slots__ = ("counters", "credential", "ids", "role", "state")

    def __init__(self, credential: str, role: str, state: Any, ids: Ids) -> None:
        self.credential = credential
        self.role = role
        self.state = state
        self.ids = ids
        self.counters: dict[str, Any] = {}


class Stage:
    """One isolated world, shared by all services that are served on it.

    ``limits`` overrides the contracts' ``x-limits``: ``{stem: {name: value}}``. ``dialects`` are switched on for every
    service whose contract lists them. ``journal_size`` is how many exchanges the journal keeps. ``accounts`` are by
    stem and credential. With ``saving`` what accounts hold is saved, and restored when an engine is made for it.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        name: str = "default",
        seed: int = 0,
        limits: Mapping[str, Mapping[str, Any]] | None = None,
        dialects: frozenset[str] = frozenset(),
        journal_size: int = 10_000,
        saving: Saving | None = None,
    ) -> None:
        self.name = name
        self.clock = clock
        self.seed = seed
        self.limits = {stem: dict(values) for stem, values in (limits or {}).items()}
        self.dialects = dialects
        self.journal = Journal(journal_size)
        self.accounts: dict[str, dict[str, Account]] = {}
        self.shared: dict[str, Any] = {}
        self.saving = saving

    def open_account(self, stem: str, credential: str, role: str, state: Callable[[], Any]) -> Account:
        """A new account in the service's default starting state."""
        account = Account(credential, role, state(), Ids(self.seed, stem, credential))
        self.accounts.setdefault(stem, {})[credential] = account
        return account
