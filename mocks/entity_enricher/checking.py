"""Whether a schema_content is a JSON Schema of an object, and whether a value is valid against one.

JSON Schema 2020-12 with formats asserted. Nothing is ever fetched: a schema refers to itself only, by
ee.schema.content-local.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import jsonschema_rs

from .references import ONE, SEVERAL, References, subschemas

Problem = jsonschema_rs.ValidationError
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEEPEST = 64
"""How deep a schema_content may be nested; deeper ones are refused. Chosen: people nest to five or so."""
LONGEST_CHAIN = 128
"""How many schemas may apply one through the other in one place ($ref to $ref, allOf in allOf)."""
_DESCRIBES = ("properties", "patternProperties", "$ref", "allOf", "anyOf", "oneOf", "required")
_IN_PLACE = {"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"}


def problem_with(schema_content: Any) -> str | None:
    """Why ``schema_content`` is refused (by ee.error.bad-schema-content), in a sentence; None where it is accepted."""
    if not isinstance(schema_content, dict):
        return "schema_content is not an object: send a JSON Schema of an object"
    if depth_of(schema_content) > DEEPEST:
        return f"schema_content is nested deeper than {DEEPEST} levels: make it flatter"
    return _dialect_problem(schema_content) or _kind_problem(schema_content) or _schema_problem(schema_content)


def is_valid(schema_content: dict[str, Any], value: Any) -> bool:
    """Whether ``value`` is valid against an accepted ``schema_content``. A text with a lone surrogate never is."""
    try:
        return validator(schema_content).is_valid(value)
    except ValueError:
        return False


def problems(schema_content: dict[str, Any], value: Any) -> Iterator[Problem]:
    """What is wrong with ``value``: each problem has instance_path and message."""
    yield from validator(schema_content).iter_errors(value)


def validator(schema_content: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """The compiled schema; the newest 256 are kept. Raises ValueError for one that `problem_with` refuses."""
    return _compiled(json.dumps(schema_content))


@lru_cache(maxsize=256)
def _compiled(text: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(text), validate_formats=True, offline=True)


def depth_of(value: Any) -> int:
    """How many containers lie within one another, counted no further than `DEEPEST` + 1, and without recursion."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        depth += 1
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
    return depth


def _dialect_problem(schema_content: dict[str, Any]) -> str | None:
    declared = schema_content.get("$schema", DIALECT)
    if isinstance(declared, str) and declared.removesuffix("#") == DIALECT:
        return None
    return f"$schema is {declared!r}: leave it out, or write {DIALECT}"


def _kind_problem(schema_content: dict[str, Any]) -> str | None:
    kind = schema_content.get("type")
    if kind == "object" or (isinstance(kind, list) and "object" in kind):
        return None
    if "type" in schema_content:
        return f"/type is {kind!r}: a schema_content describes an object, so write object"
    if any(keyword in schema_content for keyword in _DESCRIBES):
        return None
    return "schema_content does not describe an object: give it type object and properties"


def _schema_problem(schema_content: dict[str, Any]) -> str | None:
    try:
        jsonschema_rs.Draft202012Validator(schema_content, validate_formats=True, offline=True)
    except Problem as error:
        where = "".join(f"/{part}" for part in error.instance_path)
        return f"schema_content is no JSON Schema 2020-12{f' at {where}' if where else ''}: {error.message}"
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return f"schema_content is no JSON Schema 2020-12: {str(error).splitlines()[0]}"
    return _reference_problem(schema_content)


def _reference_problem(schema_content: dict[str, Any]) -> str | None:
    references = References(schema_content)
    for node in subschemas(schema_content):
        for keyword in ("$ref", "$dynamicRef"):
            if keyword in node and references.target(node[keyword]) is None:
                return f"{keyword} {node[keyword]!r} is not within schema_content: define it under $defs"
    if _turns_back(schema_content, references):
        return "a $ref of schema_content leads back to itself without describing anything: let it describe a property"
    return None


def _turns_back(root: dict[str, Any], references: References) -> bool:
    """Whether some schema is, in place, a part of itself, or one of a chain so long that it might as well be."""
    done: set[int] = set()

    def visit(node: Any, above: frozenset[int]) -> bool:
        if not isinstance(node, dict) or id(node) in done:
            return False
        if id(node) in above or len(above) > LONGEST_CHAIN:
            return True
        found = any(visit(child, above | {id(node)}) for child in _in_place(node, references))
        done.add(id(node))
        return found

    return any(visit(node, frozenset()) for node in subschemas(root))


def _in_place(node: dict[str, Any], references: References) -> Iterator[Any]:
    for keyword in ("$ref", "$dynamicRef"):
        if keyword in node:
            yield references.target(node[keyword])
    for keyword in _IN_PLACE & node.keys():
        if keyword in ONE:
            yield node[keyword]
        elif keyword in SEVERAL:
            yield from node[keyword]
        else:
            yield from node[keyword].values()
