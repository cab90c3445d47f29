"""The shape of our extensions, judged by a JSON Schema that is data: ``extensions.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from understudy.contract.document import escape
from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.openapi import pointer_of
from understudy.contract.lint.page import Page, nearest

_AT_ROOT = (
    "x-sources", "x-clauses", "x-errors", "x-calls", "x-limits", "x-credentials", "x-fixtures", "x-ambiguities",
)  # fmt: skip
_WITHIN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "x-clauses": ("ids", ()),
    "x-stream": ("stream", ("media type",)),
    "x-behaves-as": ("operationId", ("operation",)),
    "x-safe": ("safe", ("operation",)),
    "x-limited-by": ("limitedBy", ("schema", "property")),
    "x-secret": ("flag", ("schema", "property", "parameter", "header", "security scheme")),
}
"""Extensions within the description: the definition of their shape, and the objects that take them (none: any)."""


@cache
def extension_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of what docs/contract-format.md adds to OpenAPI."""
    text = files(__package__).joinpath("extensions.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _shape(page: Page) -> Iterator[Said]:
    yield from _judged(extension_schema(), page.document, "#")
    for node in page.nodes:
        if node.kind == "contract":
            continue
        for member, (definition, _) in _WITHIN.items():
            if member in node.members:
                schema = {"$ref": f"#/$defs/{definition}", "$defs": extension_schema()["$defs"]}
                yield from _judged(schema, node.members[member], f"{node.pointer}/{member}")


def _judged(schema: Mapping[str, Any], value: Any, pointer: str) -> Iterator[Said]:
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(schema).iter_errors(value):
        expected = error.schema.get("description") if isinstance(error.schema, Mapping) else None
        message = error.message if len(error.message) <= 200 else f"{error.message[:200]}..."
        advice = f": expected {expected}" if expected else ": see docs/contract-format.md"
        yield Said(pointer_of(error.absolute_path, pointer), message + advice)


def _unknown(page: Page) -> Iterator[Said]:
    for node in page.nodes:
        allowed = (
            _AT_ROOT
            if node.kind == "contract"
            else [name for name, (_, on) in _WITHIN.items() if not on or node.kind in on]
        )
        for member in node.members:
            if member.startswith("x-") and member not in allowed and node.kind != "components":
                text = f"{member} is no extension of a {node.kind}, so nothing reads it; {nearest(member, allowed)}"
                yield Said(f"{node.pointer}/{escape(member)}", text)


RULES = (
    Rule("L110", "extension-shape", "the extensions have the shape of docs/contract-format.md", _shape),
    Rule("L111", "unknown-extension", "there is no other x- member", _unknown),
)
