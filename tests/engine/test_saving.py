"""What a stage holds is saved before a call is answered, and is there when an engine is made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from tests.engine.conftest import GOOD, NoNote, answer, ask, new_service
from tests.saved import MemoryStore, reopened, whole
from understudy import Call, Reply, Service, Table
from understudy.engine import Engine
from understudy.errors import StateError
from understudy.saving import Key, Row, Saving
from understudy.stage import ManualClock

NOTE = {"text": "장보기 🛒 é ≠ e\u0301"}


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def saved(engine_with: Callable[..., Engine], store: MemoryStore) -> Engine:
    return engine_with(saving=Saving(store))


def test_what_was_written_is_read_after_a_restart(saved: Engine, store: MemoryStore) -> None:
    id = answer(ask(saved, "POST", "/notes/", NOTE))["id"]

    again = reopened(saved, store)

    assert answer(ask(again, "GET", f"/notes/{id}")) == NOTE
    assert answer(ask(again, "POST", "/notes/", NOTE))["id"] != id, "no identifier is given out twice"
    assert whole(reopened(again, store)) == whole(again)


def test_a_call_is_answered_when_it_is_saved(saved: Engine, store: MemoryStore) -> None:
    ask(saved, "POST", "/notes/", NOTE)
    before = dict(store.rows)
    store.broken = True

    refused = ask(saved, "POST", "/notes/", NOTE)

    assert refused.response.status == 500
    assert "the disk is full" in answer(refused)["understudy"]
    assert store.rows == before
    store.broken = False
    ask(saved, "GET", "/notes/?limit=1")
    assert store.rows == whole(saved), "what could not be saved is saved by the next call"


def test_a_call_that_changes_nothing_writes_nothing(engine_with: Callable[..., Engine], store: MemoryStore) -> None:
    engine = engine_with(service=uncounted(), saving=Saving(store))
    ask(engine, "POST", "/notes/", NOTE)
    writes = store.writes

    ask(engine, "GET", "/notes/?limit=5")

    assert store.writes == writes


def uncounted() -> Service[dict[str, Any]]:
    service = new_service()
    service.guards = service.guards[:1]
    return service


def test_counters_go_on(engine_with: Callable[..., Engine], store: MemoryStore) -> None:
    limits = {"notes": {"calls_per_day": 4, "calls_per_minute": 2}}
    engine = engine_with(saving=Saving(store), limits=limits)
    ask(engine, "POST", "/notes/", NOTE)
    ask(engine, "POST", "/notes/", NOTE)

    again = reopened(engine, store)

    assert ask(again, "POST", "/notes/", NOTE).clauses == ("notes.rate.minute",)
    clock = again.stage.clock
    assert isinstance(clock, ManualClock)
    clock.advance(60)
    assert [ask(again, "POST", "/notes/", NOTE).response.status for _ in range(2)] == [200, 200]
    clock.advance(60)
    assert ask(again, "POST", "/notes/", NOTE).clauses == ("notes.rate.day",)


@dataclass
class Diary:
    """A state of a class of its own: a table, a derived number, and something that is in no table."""

    notes: Table[Any] = field(default_factory=lambda: Table(dict[str, Any], {"first": {"text": "시작"}}))
    titles: dict[str, int] = field(default_factory=dict)
    written: int = 0


class Ledger(msgspec.Struct, dict=True):
    notes: Table[Any] = msgspec.field(default_factory=lambda: Table(dict[str, Any], {"first": {"text": "시작"}}))
    titles: dict[str, int] = {}
    written: int = 0

    def restored(self) -> None:
        self.__dict__["restored_with"] = len(self.notes)


def diary_service(state: Callable[[], Any], notes: Callable[[Any, Call], Any] | None = None) -> Service[Any]:
    service = new_service()
    made: Service[Any] = Service(
        "notes",
        state=state,
        refused=service.refused,
        violated=service.violated,
        unmatched=service.unmatched,
        wire=service.wire,
        guards=service.guards[:1],
    )

    @made.operation("writeNote")
    def write_note(state: Any, call: Call) -> Reply:
        id = call.new_id("note-")
        state.notes[id] = call.body
        state.titles[call.body["text"]] = state.written = state.written + 1
        state.notes.pop("first", None)
        return Reply({"id": id}, headers=(("X-Count", "1"),))

    @made.operation("listNotes")
    def list_notes(state: Any, call: Call) -> Reply:
        return Reply({})

    @made.operation("readNote")
    def read_note(state: Any, call: Call) -> Reply:
        if call.path["id"] not in state.notes:
            raise NoNote
        return Reply(state.notes[call.path["id"]])

    return made


@pytest.mark.parametrize("state", [Diary, Ledger])
def test_a_table_is_saved_entry_by_entry(state: Any, engine_with: Callable[..., Engine], store: MemoryStore) -> None:
    engine = engine_with(service=diary_service(state), saving=Saving(store))
    ask(engine, "GET", "/notes/none")
    assert Key("notes", GOOD, "notes", "first") in store.rows
    written: list[Row] = []
    plain = store.write
    store.write = lambda rows, now: plain([written.append(row) or row for row in rows], now)  # type: ignore

    id = answer(ask(engine, "POST", "/notes/", NOTE))["id"]

    tables = [row for row in written if row.key.table]
    assert tables == [
        Row(Key("notes", GOOD, "notes", id), msgspec.json.encode(NOTE)),
        Row(Key("notes", GOOD, "notes", "first"), None),
    ]
    again = reopened(engine, store)
    account = again.account(GOOD)
    assert account is not None
    assert account.state == engine.account(GOOD).state  # type: ignore[union-attr]
    assert ask(again, "GET", "/notes/first").response.status == 404
    assert account.state.__dict__.get("restored_with", 1) == 1


def test_what_does_not_fit_the_mock_any_more_is_told(engine_with: Callable[..., Engine], store: MemoryStore) -> None:
    engine = engine_with(service=diary_service(Diary), saving=Saving(store))
    ask(engine, "POST", "/notes/", NOTE)

    @dataclass
    class Other:
        notes: Table[int] = field(default_factory=lambda: Table(int))

    with pytest.raises(StateError, match="notes: what is saved does not fit the mock any more"):
        engine_with(service=diary_service(Other), saving=Saving(store))


def test_a_state_that_is_no_data_is_told(engine_with: Callable[..., Engine], store: MemoryStore) -> None:
    @dataclass
    class Odd:
        notes: Table[Any] = field(default_factory=lambda: Table(Any))
        titles: Any = field(default_factory=object)

    engine = engine_with(service=diary_service(Odd), saving=Saving(store))

    exchange = ask(engine, "GET", "/notes/?limit=1")

    assert exchange.response.status == 500
    assert "a object in the state of a mock cannot be saved" in answer(exchange)["understudy"]
    assert not store.rows


def test_every_way_to_change_a_table_is_noted() -> None:
    table: Table[int] = Table(int, {"a": 1, "b": 2, "c": 3})
    assert table.changed() == ()
    table.follow()
    assert table.changed() == ("a", "b", "c")

    def noted(change: Callable[[], object]) -> tuple[str, ...]:
        table.settle()
        change()
        return table.changed()

    assert noted(lambda: table.update({"d": 4}, e=5)) == ("d", "e")
    assert noted(lambda: table.setdefault("d", 9)) == ()
    assert noted(lambda: table.setdefault("ㅎ", 9)) == ("ㅎ",)
    assert noted(lambda: table.pop("ㅎ")) == ("ㅎ",)
    assert noted(lambda: table.pop("ㅎ", None)) == ()
    assert noted(table.popitem) == ("e",)
    assert noted(lambda: table.__delitem__("d")) == ("d",)
    assert noted(lambda: table.__ior__({"z": 0})) == ("z",)
    assert noted(lambda: table.touch("a")) == ("a",)
    assert noted(table.clear) == ("a", "b", "c", "z")
