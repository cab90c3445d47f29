"""A stage as one JSON document, and back: what its accounts hold, its time, its seed, limits and dialects.

::

    {"understudy": "snapshot 1", "now": 1767225600.0, "seed": 0, "limits": {}, "dialects": [],
     "services": {"<stem>": {"<credential>": {"account": ..., "rest": ..., "tables": {"<table>": {"<key>": ...}}}}}}

What the accounts of a service share is under the credential "". The journal and planned faults are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from understudy.contract import Contract
from understudy.errors import StateError
from understudy.saving import Key, Row, put_back, rows_of
from understudy.stage import Stage

KIND = "snapshot 1"


class Snapshot(msgspec.Struct):
    """The document, decoded but for the values."""

    understudy: str
    now: float
    seed: int
    limits: dict[str, dict[str, Any]]
    dialects: list[str]
    services: dict[str, dict[str, _Holding]]


class _Holding(msgspec.Struct, omit_defaults=True):
    """What one account of a service holds; what is left out is empty."""

    account: msgspec.Raw = msgspec.Raw(b"")
    rest: msgspec.Raw = msgspec.Raw(b"")
    tables: dict[str, dict[str, msgspec.Raw]] = {}


def snapshot(stage: Stage) -> bytes:
    """The stage as a JSON document in UTF-8.

    Raises:
        StateError: a mock's state is no plain data.
    """
    services: dict[str, dict[str, _Holding]] = {}
    for stem, engine in stage.engines.items():
        found = services[stem] = {}
        for (_, credential, table, key), value in rows_of(engine):
            held = found.setdefault(credential, _Holding())
            raw = msgspec.Raw(value or b"null")
            if table:
                held.tables.setdefault(table, {})[key] = raw
            else:
                setattr(held, key, raw)
    limits = {stem: dict(values) for stem, values in stage.limits.items()}
    now = stage.clock.now()
    return msgspec.json.encode(Snapshot(KIND, now, stage.seed, limits, sorted(stage.dialects), services))


def read_snapshot(document: bytes) -> Snapshot:
    """A snapshot from JSON. Raises StateError when it is none."""
    try:
        found = msgspec.json.decode(document, type=Snapshot)
    except msgspec.MsgspecError as error:
        raise StateError(f"no snapshot of a stage: {error}; use what a snapshot returned, unchanged") from error
    if found.understudy != KIND:
        raise StateError(f"a snapshot of another kind ({found.understudy!r}): this understudy reads {KIND!r}")
    return found


def restore(stage: Stage, found: Snapshot) -> None:
    """Let a stage be as it was in a snapshot. Its clock goes on from the snapshot's time.

    Raises:
        StateError: the stage has other services, limits, dialects or another seed, or what is saved does not fit a
            mock any more. The stage is then as it was, or where the mock is at fault, begun anew.
    """
    _check(stage, found)
    stage.reset()
    stage.use(stage.clock.anew(found.now))
    for stem, holdings in found.services.items():
        put_back(stage.engines[stem], _rows(stem, holdings))
        if stage.saving is not None:
            stage.saving.save_all(stage.engines[stem])


def _limits(found: Snapshot, contract: Contract) -> dict[str, Any]:
    """The limits of a service on the stage that a snapshot was made of, each of them, by name."""
    return {name: limit.value for name, limit in contract.limits.items()} | found.limits.get(contract.stem, {})


def _check(stage: Stage, found: Snapshot) -> None:
    missing = sorted(set(found.services) - set(stage.engines))
    if missing:
        raise StateError(f"the snapshot has {', '.join(missing)}, which this stage has not: serve what was served then")
    served = stage.engines.items()
    differing = [
        name
        for name, one, other in (
            (
                "limits",
                {stem: dict(engine.limits) for stem, engine in served},
                {stem: _limits(found, engine.contract) for stem, engine in served},
            ),
            ("dialects", sorted(stage.dialects), sorted(found.dialects)),
            ("seed", stage.seed, found.seed),
        )
        if one != other
    ]
    if differing:
        raise StateError(
            f"the snapshot was made of a stage with other {' and '.join(differing)}: create a stage from the snapshot"
        )


def _rows(stem: str, holdings: Mapping[str, _Holding]) -> Iterator[Row]:
    for credential, held in holdings.items():
        for name in ("account", "rest"):
            raw = bytes(getattr(held, name))
            if raw:
                yield Row(Key(stem, credential, "", name), raw)
        for table, entries in held.tables.items():
            for key, raw in entries.items():
                yield Row(Key(stem, credential, table, key), bytes(raw))
