"""A store in memory, and an engine that goes on from what another one holds, as after a restart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from understudy.engine import Engine
from understudy.errors import StateError
from understudy.saving import Key, Row, Saving
from understudy.stage import ManualClock, Stage


class MemoryStore:
    """Rows in the order in which they were first written. ``writes`` counts transactions; ``broken``: none succeeds."""

    def __init__(self) -> None:
        self.rows: dict[Key, bytes] = {}
        self.now: float | None = None
        self.writes = 0
        self.broken = False

    def write(self, rows: Iterable[Row], now: float) -> None:
        if self.broken:
            raise StateError("the disk is full")
        for key, value in rows:
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value
        self.now = now
        self.writes += 1

    def read(self, stem: str) -> Iterator[Row]:
        return (Row(key, value) for key, value in list(self.rows.items()) if key.stem == stem)


def whole(engine: Engine) -> dict[Key, bytes]:
    """Everything that an engine holds and that is saved, as rows."""
    store = MemoryStore()
    saving, now = Saving(store), engine.stage.clock.now()
    for account in engine.stage.accounts[engine.stem].values():
        saving.save(engine.stem, account, engine.stage.shared.get(engine.stem), now)
    return store.rows


def reopened(engine: Engine, store: MemoryStore | None = None) -> Engine:
    """An engine of the same service and settings on a new stage, with what ``store`` has, or else all of ``engine``."""
    if store is None:
        store = MemoryStore()
        store.rows = whole(engine)
    stage = engine.stage
    again = Stage(
        ManualClock(stage.clock.now()),
        seed=stage.seed,
        limits=stage.limits,
        dialects=stage.dialects,
        saving=Saving(store),
    )
    return Engine(engine.service, engine.contract, again)
