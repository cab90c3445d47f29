"""What survives a restart: accounts with their state, identifiers and counters, and what the accounts share.

Everything that a call has changed is saved together, before the call is answered: an answered write is there after any
crash, and none is there by half. The journal is not saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, get_type_hints

import msgspec

from understudy.errors import StateError
from understudy.tables import Table, attributes_of, has_attributes, tables_of

if TYPE_CHECKING:
    from understudy.engine import Engine
    from understudy.stage import Account


class Key(NamedTuple):
    """Where a row belongs: ``account`` is a credential, or empty for what all accounts share.

    ``table`` and ``key`` are those of a `Table`; the rows without a table are `ACCOUNT` and `REST`.
    """

    stem: str
    account: str
    table: str
    key: str


class Row(NamedTuple):
    """A value as JSON in UTF-8; None in a change: there is none any more."""

    key: Key
    value: bytes | None


ACCOUNT, REST = "account", "rest"


class Store(Protocol):
    """Where rows are kept, in the order in which they were first written."""

    def write(self, rows: Iterable[Row], now: float) -> None:
        """Keep all ``rows`` or, when it raises, none. ``now`` is the stage's time, which a later start begins from.

        Raises:
            StateError: they cannot be kept.
        """

    def read(self, stem: str) -> Iterator[Row]: ...


class Saving:
    """Saves what changes on one stage in ``store``, and restores it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[tuple[str, str], _Kept] = {}

    def restore(self, engine: Engine) -> None:
        """Put what is stored of a service into the engine's stage.

        Raises:
            StateError: what is stored does not fit the mock's state.
        """
        rows = list(self._store.read(engine.stem))
        for credential, (state, account) in put_back(engine, rows).items():
            own = [row for row in rows if row.key.account == credential]
            self._of(engine.stem, credential, state, account).settle(own)

    def forget(self, stem: str, now: float) -> None:
        """The service begins anew: nothing of it is stored any more.

        Raises:
            StateError: that cannot be written.
        """
        self._store.write([Row(row.key, None) for row in self._store.read(stem)], now)
        self._kept = {place: kept for place, kept in self._kept.items() if place[0] != stem}

    def save(self, stem: str, account: Account | None, shared: Any, now: float) -> None:
        """Save what has changed of an account, and of what its service shares, since they were saved last.

        Raises:
            StateError: it cannot be saved. It counts as changed still, so that the next call tries again.
        """
        self._save(stem, () if account is None else (account,), shared, now)

    def save_all(self, engine: Engine) -> None:
        """Save everything that has changed of a service on its stage.

        Raises:
            StateError: as `save`.
        """
        stem, stage = engine.stem, engine.stage
        self._save(stem, stage.accounts[stem].values(), stage.shared.get(stem), stage.clock.now())

    def _save(self, stem: str, accounts: Iterable[Account], shared: Any, now: float) -> None:
        parts = [self._of(stem, "", shared, None)] if shared is not None else []
        parts += [self._of(stem, account.credential, account.state, account) for account in accounts]
        changes = [(part, list(part.changes())) for part in parts]
        rows = [row for _, changed in changes for row in changed]
        if rows:
            self._store.write(rows, now)
            for part, changed in changes:
                part.settle(changed)

    def _of(self, stem: str, credential: str, state: Any, account: Account | None) -> _Kept:
        kept = self._kept.get((stem, credential))
        if kept is None or kept.state is not state:
            kept = self._kept[stem, credential] = _Kept(stem, credential, state, account)
        return kept


def rows_of(engine: Engine) -> Iterator[Row]:
    """Everything that a service holds on its stage, as it would be saved."""
    stem, stage = engine.stem, engine.stage
    if stem in stage.shared:
        yield from _rows(stem, "", stage.shared[stem], None)
    for credential, account in stage.accounts[stem].items():
        yield from _rows(stem, credential, account.state, account)


def put_back(engine: Engine, rows: Iterable[Row]) -> dict[str, tuple[Any, Account | None]]:
    """Give a service on its stage what ``rows`` say, beside accounts that they say nothing of.

    Returns, by credential, the states that were filled and their accounts; what accounts share is under "".

    Raises:
        StateError: they do not fit the mock's state.
    """
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.key.account, []).append(row)
    try:
        return {credential: _put_back(engine, credential, own) for credential, own in found.items()}
    except (msgspec.MsgspecError, TypeError, LookupError, AttributeError) as error:
        raise StateError(
            f"{engine.stem}: what is saved does not fit the mock any more ({error}); "
            "use the mock that it was saved with, or begin anew"
        ) from error


def _put_back(engine: Engine, credential: str, rows: list[Row]) -> tuple[Any, Account | None]:
    account = None
    if credential:
        told = next((row.value for row in rows if row.key[2:] == ("", ACCOUNT)), None)
        saved = msgspec.json.decode(told or b"", type=_Account)
        account = engine.stage.open_account(engine.stem, credential, saved.role, engine.service.state)
        account.ids.count, account.counters = saved.ids, saved.counters
    state = engine.stage.shared[engine.stem] if account is None else account.state
    _fill(state, rows)
    return state, account


class _Account(msgspec.Struct):
    """What is saved of an account beside its state."""

    role: str
    ids: int
    counters: dict[str, Any]


class _Kept:
    """The state of one account, or what all accounts of a service share, and how it was saved last."""

    def __init__(self, stem: str, credential: str, state: Any, account: Account | None) -> None:
        self.state = state
        self._place = (stem, credential)
        self._account = account
        self._tables = tables_of(state)
        self._last: dict[str, bytes | None] = {}
        for table in self._tables.values():
            table.follow()

    def changes(self) -> Iterator[Row]:
        for row in _plain_rows(*self._place, self.state, self._account):
            if self._last.get(row.key.key) != row.value:
                yield row
        for name, table in self._tables.items():
            for key in table.changed():
                value = msgspec.json.encode(table[key], enc_hook=_refuse) if key in table else None
                yield Row(Key(*self._place, name, key), value)

    def settle(self, rows: Iterable[Row]) -> None:
        """These rows are saved, and nothing has changed since."""
        self._last.update((row.key.key, row.value) for row in rows if not row.key.table)
        for table in self._tables.values():
            table.settle()


def _rows(stem: str, credential: str, state: Any, account: Account | None) -> Iterator[Row]:
    yield from _plain_rows(stem, credential, state, account)
    for name, table in tables_of(state).items():
        for key, value in table.items():
            yield Row(Key(stem, credential, name, key), msgspec.json.encode(value, enc_hook=_refuse))


def _plain_rows(stem: str, credential: str, state: Any, account: Account | None) -> Iterator[Row]:
    """Those that are in no table."""
    if account is not None:
        told = _Account(account.role, account.ids.count, account.counters)
        yield Row(Key(stem, credential, "", ACCOUNT), msgspec.json.encode(told, enc_hook=list))
    yield Row(Key(stem, credential, "", REST), msgspec.json.encode(_rest(state), enc_hook=_refuse))


def _rest(state: Any) -> Any:
    """What of a state is in no table."""
    if not has_attributes(state):
        return state
    return {name: value for name, value in attributes_of(state).items() if not isinstance(value, Table)}


def _fill(state: Any, rows: list[Row]) -> None:
    """Give a state what was saved of it, in the place of what it starts with."""
    if isinstance(state, msgspec.Struct):
        getattr(state, "__dict__", {}).clear()
    tables = tables_of(state)
    for table in tables.values():
        table.clear()
    for row in rows:
        assert row.value is not None
        if row.key.table:
            table = tables[row.key.table]
            table[row.key.key] = msgspec.json.decode(row.value, type=table.value_type)
        elif row.key.key == REST:
            _fill_rest(state, row.value)
    restored = getattr(state, "restored", None)
    if restored is not None:
        restored()


def _fill_rest(state: Any, value: bytes) -> None:
    if isinstance(state, dict):
        state.clear()
        state.update(msgspec.json.decode(value))
    elif isinstance(state, list):
        state[:] = msgspec.json.decode(value)
    elif has_attributes(state):
        types = get_type_hints(type(state))
        for name, entry in msgspec.json.decode(value, type=dict[str, msgspec.Raw]).items():
            setattr(state, name, msgspec.json.decode(entry, type=types.get(name, Any)))


def _refuse(value: Any) -> Any:
    raise StateError(f"a {type(value).__name__} in the state of a mock cannot be saved: use data that msgspec encodes")
