"""What a schema asks of a value in one place: alternatives, each a few plain schemas that must all hold.

``$ref``, allOf, anyOf, oneOf, if and dependentSchemas are resolved; that oneOf holds once only, and ``not``, is left to
the check of what is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import ceil, floor
from typing import Any

from .chance import canonical
from .references import References

Plain = tuple[dict[str, Any], ...]
"""Schemas without in-place applicators; a value has to be valid against all of them."""

TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
_APPLIED = {"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas"}
_HINTS = {
    "object": ("properties", "required", "patternProperties", "minProperties", "additionalProperties", "propertyNames"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}


def alternatives(schemas: Sequence[Any], references: References, spend: Callable[[], None]) -> Iterator[Plain]:
    """The ways to keep all of ``schemas``, the first choice first. ``spend`` is called for each step and may raise."""
    spend()
    if not schemas:
        yield ()
        return
    for head in _of_one(schemas[0], references, spend):
        for tail in alternatives(schemas[1:], references, spend):
            yield head + tail


def _of_one(schema: Any, references: References, spend: Callable[[], None]) -> Iterator[Plain]:
    if not isinstance(schema, dict):
        if schema is not False:
            yield ()
        return
    own = {keyword: value for keyword, value in schema.items() if keyword not in _APPLIED}
    for choice in product(*_choices(schema, references)):
        applied = [part for option in choice for part in option]
        for rest in alternatives(applied, references, spend):
            yield (own, *rest)


def _choices(schema: dict[str, Any], references: References) -> list[list[list[Any]]]:
    """For each applicator its options, each a list of schemas that hold together."""
    found: list[list[list[Any]]] = []
    for keyword in ("$ref", "$dynamicRef"):
        if keyword in schema:
            found.append([[references.target(schema[keyword])]])
    if "allOf" in schema:
        found.append([schema["allOf"]])
    found.extend([[branch] for branch in schema[keyword]] for keyword in ("anyOf", "oneOf") if keyword in schema)
    if "if" in schema:
        met = [schema["if"], schema.get("then", True)]
        found.append([met, [{"not": schema["if"]}, schema.get("else", True)]])
    refused = schema.get("not")
    if isinstance(refused, dict) and refused.keys() == {"required"} and refused["required"]:
        found.append([[{"properties": {name: False}}] for name in refused["required"]])
    for name, dependent in schema.get("dependentSchemas", {}).items():
        found.append([[dependent], [{"properties": {name: False}}]])
    return found


def types_of(plain: Plain) -> list[str]:
    """The types that a value may have, the likeliest first; null last, as models are asked to find something."""
    allowed = list(TYPES)
    preferred: list[str] = []
    for schema in plain:
        if "type" in schema:
            named = [schema["type"]] if isinstance(schema["type"], str) else list(schema["type"])
            preferred = preferred or named
            widened = {*named, "integer"} if "number" in named else {*named}
            allowed = [name for name in allowed if name in widened]
        refused = schema.get("not")
        if isinstance(refused, dict) and refused.keys() == {"type"}:
            unwanted = refused["type"] if isinstance(refused["type"], list) else [refused["type"]]
            allowed = [name for name in allowed if name not in unwanted]
    hinted = [
        name for name, keywords in _HINTS.items() if any(keyword in schema for schema in plain for keyword in keywords)
    ]
    order = [*(preferred or hinted or ["string"]), *TYPES]
    return sorted(allowed, key=lambda name: (name == "null", order.index(name) if name in order else len(order)))


def listed(plain: Plain) -> list[Any] | None:
    """The values that enum and const leave; None where there is neither."""
    lists = [schema["enum"] for schema in plain if "enum" in schema]
    lists += [[schema["const"]] for schema in plain if "const" in schema]
    if not lists:
        return None
    others = [{canonical(value) for value in values} for values in lists[1:]]
    return [value for value in lists[0] if all(canonical(value) in other for other in others)]


def largest(plain: Plain, keyword: str, default: int = 0) -> int:
    """The strictest of a least number (minLength, minItems), whole."""
    return max([ceil(schema[keyword]) for schema in plain if keyword in schema], default=default)


def smallest(plain: Plain, keyword: str) -> int | None:
    """The strictest of a greatest number (maxLength, maxItems), whole; None without one."""
    return min([floor(schema[keyword]) for schema in plain if keyword in schema], default=None)
