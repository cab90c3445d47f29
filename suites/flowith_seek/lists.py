"""What is promised of the list of models: that it is one. How it looks is only observed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict, shown

from .blocks import read_json
from .heads import is_json

KEYS = ("id", "name", "model", "key")
"""Under what a model's id may stand, where models are told as objects."""


def judge_list(reading: Reading, offered: list[str]) -> Iterator[Verdict]:
    """A list of models that was given."""
    content = reading.response.content
    value = read_json(content)
    names = models_of(value)
    said = bool(names) or (
        value is None and content.strip() not in (b"", b"null") and b"<html" not in content[:500].lower()
    )
    seen = shown(ascii(content[:200].decode("utf-8", "replace")), 80)
    yield reading.expect("flowith.models.purpose", said, "a list of the models", seen)
    yield reading.expect("flowith.models.status", reading.status == 200, "status 200", reading.status, "status")
    content_type = reading.response.header("content-type") or "none"
    yield reading.expect("flowith.models.json", is_json(content_type), "application/json", content_type, "header")
    listed = value.get("models") if isinstance(value, dict) else None
    held = isinstance(listed, list)
    yield reading.expect("flowith.models.member", held, "an object with an array `models`", seen)
    if isinstance(listed, list):
        textual = all(isinstance(entry, str) for entry in listed)
        yield reading.expect("flowith.models.ids", textual, "strings", seen)
    yield reading.expect("flowith.models.distinct", len(set(names)) == len(names), "no model twice", shown(names))
    missing = [name for name in offered if name not in names]
    yield reading.expect("flowith.models.offered", not missing, ", ".join(offered), f"no {', '.join(missing)}")


def models_of(value: Any) -> list[str]:
    """The ids of the models of a list, however it is nested: the first array that has any."""
    level = [value]
    for _ in range(4):
        for node in level:
            if isinstance(node, list) and (names := [name for entry in node for name in _name(entry)]):
                return names
        level = [child for node in level if isinstance(node, dict) for child in node.values()]
    return []


def _name(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry] if entry else []
    if isinstance(entry, dict):
        return [entry[key] for key in KEYS if isinstance(entry.get(key), str) and entry[key]][:1]
    return []
