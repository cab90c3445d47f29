"""What one call read and wrote of its account's state, which guard refused it, and what the guards had counted by then.

A stage that is traced keeps this with every exchange of its journal. Of a state's `Table`s the entries are told that
were looked up, set, changed or deleted; what is found by other means (an index that a mock derives) is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from understudy.tables import Table, tables_of

if TYPE_CHECKING:
    from understudy.service import Call, Guard
    from understudy.stage import Account

EVERYTHING = "*"
MOST = 100
"""Entries of a kind that are kept of one call."""


class Trace(NamedTuple):
    """``read``, ``missed`` (looked up, but not there) and ``written`` are ``<table>/<key>``, ``<table>/*`` for all.

    ``passed`` are the guards that let the call pass, in order; ``refused`` is the one that did not, empty for none.
    ``counters`` are the guards' after the call.
    """

    passed: tuple[str, ...]
    refused: str
    counters: dict[str, Any]
    read: tuple[str, ...]
    missed: tuple[str, ...]
    written: tuple[str, ...]


class Tracer:
    """Traces the calls of one stage, one after another."""

    def __init__(self) -> None:
        self._read: dict[str, None] = {}
        self._missed: dict[str, None] = {}
        self._written: dict[str, None] = {}
        self._passed: list[str] = []
        self._refused = ""
        self._last: Account | None = None

    def checks(self, guards: Sequence[Guard], call: Call, shared: Any) -> Iterator[Callable[[Call], None]]:
        """A call begins: the guards' checks, and after each is noted that it has let the call pass."""
        self._begin()
        self._follow(shared)
        for guard in guards:
            account = call.account  # a guard may find it in another place than the credential's
            if account is not self._last and account is not None:
                self._follow(account.state)
                self._last = account
            self._refused = described(guard)
            yield guard.check
            self._passed.append(self._refused)
        self._refused = ""

    def end(self, call: Call) -> Trace:
        """The call has been answered, or refused."""
        account = call.account
        counters = {} if account is None else {name: plain(value) for name, value in account.counters.items()}
        kept = (tuple(list(noted)[:MOST]) for noted in (self._read, self._missed, self._written))
        trace = Trace(tuple(self._passed), self._refused, counters, *kept)
        self._begin()
        return trace

    def _begin(self) -> None:
        for kept in (self._read, self._missed, self._written):
            kept.clear()
        self._passed.clear()
        self._refused = ""

    def _follow(self, state: Any) -> None:
        for name, table in tables_of(state).items():
            if table.tracer is not self:
                table.__class__ = _Traced
                table.name, table.tracer = name, self

    def looked_up(self, table: str, key: Any, found: bool) -> None:
        (self._read if found else self._missed)[f"{table}/{key}"] = None

    def wrote(self, table: str, key: Any) -> None:
        self._written[f"{table}/{key}"] = None


class _Traced(Table[Any]):
    """A table whose accesses are told to a tracer."""

    __slots__ = ()

    def _look(self, key: Any) -> None:
        self.tracer.looked_up(self.name, key, dict.__contains__(self, key))

    def __getitem__(self, key: str) -> Any:
        self._look(key)
        return dict.__getitem__(self, key)

    def get(self, key: str, default: Any = None) -> Any:
        self._look(key)
        return dict.get(self, key, default)

    def __contains__(self, key: object) -> bool:
        self._look(key)
        return dict.__contains__(self, key)

    def values(self) -> Any:
        self.tracer.looked_up(self.name, EVERYTHING, True)
        return dict.values(self)

    def items(self) -> Any:
        self.tracer.looked_up(self.name, EVERYTHING, True)
        return dict.items(self)

    def touch(self, key: str) -> None:
        self.tracer.wrote(self.name, key)
        super().touch(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self.tracer.wrote(self.name, key)
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.tracer.wrote(self.name, key)


def described(guard: Guard) -> str:
    """A guard as a person reads it: ``CalendarQuota(daily_calls)``."""
    inner = getattr(guard, "_guard", None)
    if inner is not None:
        return described(inner)
    about = limit_of(guard) or getattr(guard, "_role", None)
    check = guard.check
    if about is None and not hasattr(check, "__self__"):  # a Check, made of one function
        about = getattr(check, "__name__", None)
    return f"{type(guard).__name__}({about})" if about else type(guard).__name__


def limit_of(guard: Guard) -> str:
    """The limit that a guard keeps, empty for none."""
    limit: str = getattr(getattr(guard, "_guard", guard), "_limit", "")
    return limit


def plain(value: Any) -> Any:
    """A counter as data that no later call changes."""
    return list(value) if not isinstance(value, str | int | float | None) else value
