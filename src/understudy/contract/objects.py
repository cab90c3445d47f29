"""Which object stands where in an OpenAPI 3.2 description: a table, and the walk that reads it.

The walk never fails on a malformed document: what has not the shape that the table expects is left out. Lint reads
contracts by it (and reports what was left out as invalid OpenAPI), and so does the export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from understudy.contract.document import METHODS, escape

Shape = Literal["one", "list", "map"]
Members = Mapping[str, tuple[Shape, str]]

_EXAMPLES: Members = {"examples": ("map", "example")}
_SCHEMA: Members = {
    "properties": ("map", "property"),
    "patternProperties": ("map", "property"),
    "$defs": ("map", "schema"),
    "dependentSchemas": ("map", "schema"),
    "allOf": ("list", "schema"),
    "anyOf": ("list", "schema"),
    "oneOf": ("list", "schema"),
    "prefixItems": ("list", "schema"),
    "items": ("one", "schema"),
    "contains": ("one", "schema"),
    "additionalProperties": ("one", "schema"),
    "unevaluatedProperties": ("one", "schema"),
    "unevaluatedItems": ("one", "schema"),
    "contentSchema": ("one", "schema"),
    "then": ("one", "schema"),
    "else": ("one", "schema"),
    "if": ("one", "condition"),
    "not": ("one", "condition"),
    "propertyNames": ("one", "condition"),
}
_HEADER: Members = {"schema": ("one", "schema"), "content": ("map", "media type"), **_EXAMPLES}

OBJECTS: Mapping[str, Members] = {
    "contract": {
        "info": ("one", "info"),
        "servers": ("list", "server"),
        "paths": ("map", "path item"),
        "webhooks": ("map", "path item"),
        "components": ("one", "components"),
        "tags": ("list", "tag"),
    },
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "examples": ("map", "example"),
        "requestBodies": ("map", "request body"),
        "headers": ("map", "header"),
        "securitySchemes": ("map", "security scheme"),
        "links": ("map", "link"),
        "callbacks": ("map", "callback"),
        "pathItems": ("map", "path item"),
        "mediaTypes": ("map", "media type"),
    },
    "path item": {
        "parameters": ("list", "parameter"),
        "servers": ("list", "server"),
        "additionalOperations": ("map", "operation"),
        **dict.fromkeys(METHODS, ("one", "operation")),
    },
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "request body"),
        "responses": ("map", "response"),
        "callbacks": ("map", "callback"),
        "servers": ("list", "server"),
    },
    "parameter": _HEADER,
    "header": _HEADER,
    "request body": {"content": ("map", "media type")},
    "response": {"headers": ("map", "header"), "content": ("map", "media type"), "links": ("map", "link")},
    "media type": {
        "schema": ("one", "schema"),
        "itemSchema": ("one", "schema"),
        "encoding": ("map", "encoding"),
        "prefixEncoding": ("list", "encoding"),
        "itemEncoding": ("one", "encoding"),
        **_EXAMPLES,
    },
    "encoding": {"headers": ("map", "header")},
    "schema": _SCHEMA,
    "property": _SCHEMA,
    # What stands inside `if`, `not` or `propertyNames` selects or excludes; it promises nothing.
    "condition": {name: (shape, "condition") for name, (shape, _) in _SCHEMA.items()},
    "link": {"server": ("one", "server")},
    **{kind: {} for kind in ("info", "server", "tag", "example", "security scheme")},
}

SCHEMA_KINDS = frozenset(("schema", "property", "condition"))


class Node(NamedTuple):
    """An object of the description: its ``kind`` (a key of `OBJECTS`), its pointer, and its value as it is written."""

    kind: str
    pointer: str
    value: Any

    @property
    def name(self) -> str:
        """The last token of the pointer, read back: a property's name, a response's status."""
        return self.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")

    @property
    def members(self) -> Mapping[str, Any]:
        """The value if it is a mapping, else an empty one (a boolean schema, or a malformed object)."""
        return self.value if isinstance(self.value, dict) else {}


def walk(value: Any, kind: str = "contract", pointer: str = "#") -> Iterator[Node]:
    """Every object of the description, outermost first. References are met, not followed."""
    yield Node(kind, pointer, value)
    if not isinstance(value, dict):
        return
    if kind == "callback":
        for expression, item in value.items():
            if not expression.startswith("x-"):
                yield from walk(item, "path item", f"{pointer}/{escape(expression)}")
        return
    for member, (shape, inner) in OBJECTS[kind].items():
        if member in value:
            yield from _members(value[member], shape, inner, f"{pointer}/{escape(member)}")


def _members(value: Any, shape: Shape, kind: str, pointer: str) -> Iterator[Node]:
    if shape == "one":
        yield from walk(value, kind, pointer)
    elif shape == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, kind, f"{pointer}/{index}")
    elif shape == "map" and isinstance(value, dict):
        for name, item in value.items():
            if not (kind in ("path item", "response") and name.startswith("x-")):
                yield from walk(item, kind, f"{pointer}/{escape(name)}")
