"""Lint says what is wrong with any file whatever; it never raises, and no rule gives up."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.contract.lint import lint_text

SMALL: Any = yaml.safe_load(Path(__file__).with_name("small.yaml").read_text(encoding="utf-8"))
Place = tuple[str | int, ...]

JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        -1.5,
        10**30,
        "",
        "가 🙂 é",
        "#",
        "#/",
        "#/components/schemas/Note",
        "http://127.0.0.1/x",
        [],
        {},
        [[]],
        [None],
        ["x", "x"],
        {"": None},
        {"$ref": "#"},
        {"$ref": 7},
        {"$ref": "#/components/schemas/Event"},
        {"a": {"b": [1]}},
        {"x-clauses": {}, "x-stream": []},
        {"properties": {"$ref": {"$ref": "#/x-clauses"}}},
    ]
)
NAMES = st.sampled_from(["가", "x-가", "$ref", "properties", "oneOf", "examples", "x-stream", "", "a/b", "~", "0"])


def _places(value: Any, path: Place = ()) -> Iterator[Place]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _places(inner, (*path, key))


PLACES = st.sampled_from(list(_places(SMALL)))
CHANGES = st.lists(
    st.tuples(PLACES, st.sampled_from(["replace", "delete", "add"]), NAMES, JUNK), min_size=1, max_size=5
)


def _changed(changes: list[tuple[Place, str, str, Any]]) -> Any:
    document = copy.deepcopy(SMALL)
    for path, how, name, value in changes:
        holder = document
        try:
            for token in path[:-1]:
                holder = holder[token]
            if how == "delete":
                del holder[path[-1]]
            else:
                holder[path[-1] if how == "replace" else name] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return document


@settings(max_examples=150, deadline=None)
@given(CHANGES)
def test_malformed_contracts_are_findings(changes: list[tuple[Place, str, str, Any]]) -> None:
    text = yaml.safe_dump(_changed(changes), allow_unicode=True, sort_keys=False)
    findings = lint_text(text, "small")
    assert "L009" not in {finding.rule for finding in findings}, [str(finding) for finding in findings]


@settings(max_examples=150, deadline=None)
@given(st.text())
def test_any_text_is_a_finding(text: str) -> None:
    assert lint_text(text, "small")


@pytest.mark.parametrize("junk", ["\ud800", "info: \ud800", "\ufeff", "\x00", "%YAML 9.9\n---\n{}", "{" * 100_000])
def test_hostile_texts_are_findings(junk: str) -> None:
    assert lint_text(junk, "small")


def test_everything_is_said_at_once() -> None:
    document = copy.deepcopy(SMALL)
    del document["paths"]["/notes/{id}"]["get"]["x-clauses"]
    document["x-errors"][0]["role"] = "nobody"
    document["components"]["schemas"]["Note"]["properties"]["text"]["pattern"] = "\\w"
    document["info"].pop("title")
    rules = {finding.rule for finding in lint_text(yaml.safe_dump(document, allow_unicode=True), "small")}
    assert rules >= {"L101", "L301", "L501", "L701"}


def test_findings_stand_on_the_line_they_speak_of(small_text: str) -> None:
    lines = small_text.splitlines()
    broken = next(number for number, line in enumerate(lines, 1) if "pattern:" in line)
    lines[broken - 1] = lines[broken - 1].replace("^[^/]*$", "^[^/]*$|\\\\w")
    assert [(finding.line, finding.rule) for finding in lint_text("\n".join(lines), "small")] == [(broken, "L701")]


def test_unclear_names_come_with_the_nearest_known_one(small: dict[str, Any]) -> None:
    small["paths"]["/notes/{id}"]["get"]["x-clauses"] = ["small.note.raed"]
    messages = [finding.message for finding in lint_text(yaml.safe_dump(small, allow_unicode=True), "small")]
    assert any("did you mean 'small.note.read'?" in message for message in messages)
