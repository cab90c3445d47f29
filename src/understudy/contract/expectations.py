"""What a schema expected, as a phrase that goes after "expected": a keyword and its value, never the instance."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

_KINDS = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def expectation(problem: Any) -> str:
    """The phrase for one of jsonschema-rs' errors; its own message where the keyword has none here."""
    phrase = _PHRASES.get(str(problem.kind.name))
    return phrase(problem.kind.value) if phrase is not None else str(problem.message)


def _kinds(names: list[str]) -> str:
    return " or ".join(_KINDS.get(name, name) for name in names)


def _told(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _options(values: list[Any]) -> str:
    return ("one of " if len(values) > 1 else "") + ", ".join(map(_told, values))


def _count(bound: str, unit: str) -> Callable[[int], str]:
    return lambda number: f"{bound} {number} {unit if number == 1 else unit + 's'}"


_PHRASES: Mapping[str, Callable[[Any], str]] = {
    "type": _kinds,
    "enum": _options,
    "const": _told,
    "required": lambda name: f"the member {_told(name)}",
    "additionalProperties": lambda names: f"no member {' or '.join(map(_told, names))}",
    "unevaluatedProperties": lambda names: f"no member {' or '.join(map(_told, names))}",
    "minLength": _count("at least", "character"),
    "maxLength": _count("at most", "character"),
    "minItems": _count("at least", "item"),
    "maxItems": _count("at most", "item"),
    "minProperties": _count("at least", "member"),
    "maxProperties": _count("at most", "member"),
    "uniqueItems": lambda _: "items that are all different",
    "minimum": lambda bound: f"a number of at least {bound}",
    "maximum": lambda bound: f"a number of at most {bound}",
    "exclusiveMinimum": lambda bound: f"a number above {bound}",
    "exclusiveMaximum": lambda bound: f"a number below {bound}",
    "multipleOf": lambda factor: f"a multiple of {factor}",
    "pattern": lambda pattern: f"text that matches {_told(pattern)}",
    "format": lambda name: f"text of the form {name}",
    "not": lambda schema: f"anything but {_told(schema)}",
    "propertyNames": lambda error: f"names of members that are {expectation(error)}",
}
