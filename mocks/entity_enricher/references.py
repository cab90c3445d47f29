"""Where a schema's parts are, and what its references point at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

ONE = frozenset(
    {"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"}
    | {"unevaluatedItems", "unevaluatedProperties"}
)
SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
NAMED = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})


def subschemas(node: Any) -> Iterator[dict[str, Any]]:
    """``node`` and every schema within it that is an object, in the order of the text; data (enum, default) is none."""
    waiting = [node]
    while waiting:
        schema = waiting.pop()
        if not isinstance(schema, dict):
            continue
        yield schema
        waiting.extend(reversed([child for keyword in schema for child in _children(keyword, schema[keyword])]))


def _children(keyword: str, value: Any) -> list[Any]:
    if keyword in ONE:
        return [value]
    if keyword in SEVERAL and isinstance(value, list):
        return value
    if keyword in NAMED and isinstance(value, Mapping):
        return list(value.values())
    return []


class References:
    """Finds what ``$ref`` and ``$dynamicRef`` of one schema mean. It looks nowhere but in ``root``."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._named: dict[str, dict[str, Any]] = {}
        for node in subschemas(root):
            for keyword, mark in (("$id", ""), ("$anchor", "#"), ("$dynamicAnchor", "#")):
                if isinstance(node.get(keyword), str):
                    self._named.setdefault(mark + node[keyword], node)

    def target(self, reference: Any) -> Any:
        """The schema that ``reference`` points at, an object or a boolean; None where there is none."""
        if not isinstance(reference, str):
            return None
        if reference in self._named:
            return self._named[reference]
        place, _, fragment = reference.partition("#")
        start = self._named.get(place) if place else self._root
        if start is None or (fragment and not fragment.startswith("/")):
            return None
        found = _walk(start, unquote(fragment))
        return found if isinstance(found, dict | bool) else None


def _walk(node: Any, pointer: str) -> Any:
    """By RFC 6901; None where nothing is."""
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and name in node:
            node = node[name]
        elif isinstance(node, list) and name.isascii() and name.isdigit() and int(name) < len(node):
            node = node[int(name)]
        else:
            return None
    return node
