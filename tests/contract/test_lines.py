"""JSON pointers lead to lines of a YAML file, however it is written."""

from __future__ import annotations

import pytest
import yaml

from understudy.contract.lines import DEEPEST, compose

TEXT = """\
openapi: 3.2.0
이름: {길이: 7,
  "a/b~c": [x,
    {"200": y}]}
block:
  - one
  - two:
      three: |
        3
"""


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("#", 1),
        ("#/openapi", 1),
        ("#/이름/길이", 2),
        ("#/이름/a~1b~0c", 3),
        ("#/이름/a~1b~0c/0", 3),
        ("#/이름/a~1b~0c/1/200", 4),
        ("/block/1/two/three", 8),
        ("#/block/7", 5),
        ("#/nowhere/at/all", 1),
    ],
)
def test_pointers_lead_to_lines(pointer: str, line: int) -> None:
    assert compose(TEXT).line(pointer) == line


def test_content_is_what_json_would_hold() -> None:
    assert compose(TEXT).document == {
        "openapi": "3.2.0",
        "이름": {"길이": 7, "a/b~c": ["x", {"200": "y"}]},
        "block": ["one", {"two": {"three": "3\n"}}],
    }


def test_of_a_key_that_stands_twice_the_line_is_the_one_that_counts() -> None:
    lines = compose("a: {x: 1}\nb: 2\na: {x: 3}\n")
    assert (lines.document["a"], lines.line("#/a/x")) == ({"x": 3}, 3)
    assert [(oddity.kind, oddity.pointer, oddity.line) for oddity in lines.oddities] == [("duplicate", "#/a", 3)]


@pytest.mark.parametrize("value", ["true", "null", "~", "''", "-1", "0", "1.5", "1e3", "1.5E-3", "가", "a: b", "2026"])
def test_plain_values_are_no_oddities(value: str) -> None:
    assert compose(f"key:\n  {value}\n").oddities == ()


@pytest.mark.parametrize(
    "value", ["yes", "Off", "0x1F", "017", "1_000", "12:30:00", ".nan", "2026-11-20", "!!set {a}", "+1"]
)
def test_values_that_readers_take_differently_are_oddities(value: str) -> None:
    kinds = {oddity.kind for oddity in compose(f"key: {value}\n").oddities}
    assert kinds == {"value"}


def test_nesting_has_a_limit() -> None:
    assert compose("[" * DEEPEST + "]" * DEEPEST).document
    with pytest.raises(yaml.YAMLError, match="nested deeper"):
        compose("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))
