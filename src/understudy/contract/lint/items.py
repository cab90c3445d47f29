"""The items of a stream: as text they are read back, and their schema is asked what it says of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from understudy.contract.lint.page import Page, strings


def items_of(media_type: Mapping[str, Any], text: str) -> list[Any]:
    """The items of a stream that is written out, by the framing of its ``x-stream``. Raises ValueError."""
    stream = media_type.get("x-stream")
    framing = stream.get("framing") if isinstance(stream, dict) else None
    if not isinstance(framing, dict):
        raise ValueError("the media type has no x-stream with a framing that says how text becomes items")
    prefix, end = str(framing.get("line_prefix", "")), str(framing.get("event_end", "")) or "\n\n"
    if not text.endswith(end):
        raise ValueError(f"the stream does not end with event_end {end!r}")
    return [_item(block, prefix) for block in text.split(end)[:-1]]


def _item(block: str, prefix: str) -> Any:
    lines = re.split(r"\r\n|\r|\n", block)  # not splitlines(): U+2028 and U+0085 are ordinary text in JSON
    for line in lines:
        if not line.startswith(prefix):
            raise ValueError(f"the line {line!r} does not begin with line_prefix {prefix!r}")
    try:
        return json.loads("\n".join(line.removeprefix(prefix) for line in lines))
    except ValueError as error:
        raise ValueError(f"the item {block!r} is not JSON: {error}") from error


def kinds_of(page: Page, schema: Any, tokens: list[str], seen: frozenset[int] = frozenset()) -> set[str] | None:
    """The strings that ``schema`` allows at a path of members; None where it says nothing of them."""
    if not isinstance(schema, dict) or id(schema) in seen:
        return None
    seen |= {id(schema)}
    found: list[set[str] | None] = []
    if not tokens:
        found.append({schema["const"]} if isinstance(schema.get("const"), str) else None)
        found.append(set(strings(schema["enum"])) if isinstance(schema.get("enum"), list) else None)
    elif isinstance(schema.get("properties"), dict):
        found.append(kinds_of(page, schema["properties"].get(tokens[0]), tokens[1:], seen))
    if isinstance(schema.get("$ref"), str):
        found.append(kinds_of(page, page.at(schema["$ref"]), tokens, seen))
    found += [kinds_of(page, part, tokens, seen) for part in _list(schema.get("allOf"))]
    for member in ("oneOf", "anyOf"):
        branches = [kinds_of(page, part, tokens, seen) for part in _list(schema.get(member))]
        found.append(_union(branches) if branches else None)
    said = [kinds for kinds in found if kinds is not None]
    return set.intersection(*said) if said else None


def _union(branches: list[set[str] | None]) -> set[str] | None:
    said = [kinds for kinds in branches if kinds is not None]
    return set().union(*said) if len(said) == len(branches) else None


def has_member(page: Page, schema: Any, tokens: list[str], seen: frozenset[int] = frozenset()) -> bool:
    """Whether ``schema`` describes a member at a path, in any of its branches. A number is a place in an array."""
    if not tokens:
        return True
    if not isinstance(schema, dict) or id(schema) in seen:
        return False
    seen |= {id(schema)}
    properties = schema.get("properties")
    inner = properties.get(tokens[0]) if isinstance(properties, dict) else None
    if inner is None and tokens[0].isdecimal():
        inner = schema.get("items")
    if inner is not None and has_member(page, inner, tokens[1:], seen):
        return True
    parts = [part for member in ("allOf", "oneOf", "anyOf") for part in _list(schema.get(member))]
    parts += [page.at(schema["$ref"])] if isinstance(schema.get("$ref"), str) else []
    return any(has_member(page, part, tokens, seen) for part in parts)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
