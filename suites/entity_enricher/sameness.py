"""Whether two JSON values are the same, and what stands inside one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values mean the same: 1 and 1.0 do, 1 and true do not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or ((isinstance(one, float) or isinstance(other, float)) and _close(one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    return bool(type(one) is type(other) and one == other)


def difference(one: Any, other: Any, place: str = "") -> str:
    """The first place where two values differ, as a JSON pointer and a word on it; empty when they do not."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in (*one, *(name for name in other if name not in one)):
            inner = f"{place}/{name}"
            if name not in other or name not in one:
                return f"{inner} is in one of the two alone"
            if found := difference(one[name], other[name], inner):
                return found
        return ""
    return "" if same(one, other) else f"{place or 'the value'} differs: {one!r} and {other!r}"


def members(value: Any, depth: int = 6) -> Iterator[tuple[str, Any]]:
    """The members of all objects inside ``value``, by name, ``depth`` levels down."""
    if depth == 0:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name, inner
            yield from members(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, depth - 1)


def texts(value: Any, depth: int = 6) -> Iterator[str]:
    """All texts inside ``value``, the names of members too."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from texts(inner, depth - 1)
    elif depth and isinstance(value, list):
        for inner in value:
            yield from texts(inner, depth - 1)


def holds_data(value: Any) -> bool:
    """Whether a value is an object or an array with something in it, or a text that holds one."""
    return isinstance(value, dict | list) and bool(value)


def _close(one: float, other: float) -> bool:
    try:
        return math.isclose(one, other, rel_tol=1e-9)
    except OverflowError:
        return False
