"""Preparations: functions of a mock that load what no operation can, their values checked by their types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.conftest import GOOD, answer, ask, new_service
from understudy.engine import Engine
from understudy.errors import ServiceError, UsageError

Notes = dict[str, Any]


def load_note(
    state: Notes, id: str, text: str, tags: list[str] | None = None, *, pinned: bool = False
) -> dict[str, int]:
    """Load a note
    under an id of its own.

    What follows is for those who read on.
    """
    if "\x00" in text:
        raise ValueError("text: expected no NUL")
    state[id] = {"text": text}
    return {"tags": len(tags or ()), "pinned": pinned}


@pytest.fixture
def prepared(engine_with: Callable[..., Engine]) -> Engine:
    service = new_service()
    service.preparation("load_note")(load_note)
    return engine_with(service)


def test_what_is_loaded_is_there_for_the_account(prepared: Engine) -> None:
    told = prepared.prepare(GOOD, "load_note", {"id": "note-ㄱ", "text": "안녕 🙂", "tags": ["a"], "pinned": True})
    assert told == {"tags": 1, "pinned": True}
    assert prepared.prepare(f"{GOOD}-other", "load_note", {"id": "n", "text": "y"}) == {"tags": 0, "pinned": False}
    assert answer(ask(prepared, "GET", "/notes/note-%E3%84%B1")) == {"text": "안녕 🙂"}
    assert ask(prepared, "GET", "/notes/n").response.status == 404
    assert ask(prepared, "GET", "/notes/n", token=f"{GOOD}-other").response.status == 200


def test_it_is_described_by_its_function(prepared: Engine) -> None:
    found = prepared.preparations["load_note"]
    assert found.says == "Load a note under an id of its own."
    assert found.schema["required"] == ["id", "text"]
    assert set(found.schema["properties"]) == {"id", "text", "tags", "pinned"}


@pytest.mark.parametrize(
    ("credential", "name", "values", "says"),
    [
        (GOOD, "load", {}, "it offers load_note"),
        ("nobody", "load_note", {"id": "n", "text": "x"}, "no test credential"),
        (GOOD, "load_note", {"id": "n"}, "missing required field `text`; its values are id, text, tags[?], pinned[?]"),
        (GOOD, "load_note", {"id": "n", "text": 3}, r"at `\$.text`"),
        (GOOD, "load_note", {"id": "n", "text": "x", "title": "y"}, "unknown field `title`"),
        (GOOD, "load_note", {"id": "n", "text": "\x00"}, "expected no NUL"),
    ],
)
def test_what_cannot_be_loaded_is_refused(
    prepared: Engine, credential: str, name: str, values: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        prepared.prepare(credential, name, values)
    assert ask(prepared, "GET", "/notes/n").response.status == 404


def test_a_service_without_any_says_so(engine: Engine) -> None:
    with pytest.raises(UsageError, match="it offers none"):
        engine.prepare(GOOD, "load_note", {})


def test_a_name_is_taken_once() -> None:
    service = new_service()
    service.preparation("load_note")(load_note)
    with pytest.raises(ServiceError, match="there is a preparation load_note already"):
        service.preparation("load_note")(load_note)


def stateless() -> None: ...
def untyped(state: Notes, text) -> None: ...  # type: ignore[no-untyped-def]
def many(state: Notes, *texts: str) -> None: ...
def unreadable(state: Notes, text: Callable[[], str]) -> None: ...
def unknown(state: Notes, text: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize("load", [stateless, untyped, many, unreadable, unknown])
def test_values_that_no_json_can_be_read_into_are_found_at_start(
    engine_with: Callable[..., Engine], load: Callable[..., Any]
) -> None:
    service = new_service()
    service.preparation("load_note")(load)
    with pytest.raises(ServiceError, match="notes: the preparation load_note"):
        engine_with(service)
