"""Two opinions on whether a value keeps a schema of the contract: `jsonschema`, and the engine's own checker.

The engine's is built on `jsonschema-rs`. `jsonschema` does not assert ``contentSchema`` by itself, so it is taught to.
Neither reads anything from outside the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

from understudy.contract.lint.openapi import pointer_of

_URI = "urn:contract"
_UNDESCRIBED = ("additionalProperties", "unevaluatedProperties")
Reasons = list[tuple[str, str]]
"""Where (a pointer below the value, ``""`` for itself) and why a value is refused."""


class Validators:
    """The schemas of one contract, each named by its JSON pointer (``#/...``).

    A schema that cannot be applied (an endless or dangling reference, a pattern that is none) refuses nothing: other
    rules say what is wrong with it.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def errors(self, pointer: str, value: Any) -> Reasons:
        """Where and why ``value`` breaks the schema at ``pointer``, or that the two opinions differ on it."""
        first, second = self._first_opinion(pointer, value), self._second_opinion(pointer, value)
        if first is None or second is None or bool(first) == bool(second):
            return first or []
        refusing, accepting = ("jsonschema", "the engine") if first else ("the engine", "jsonschema")
        where, why = (first or second)[0]
        return [
            *first,
            (where, f"{refusing} refuses it ({why}), {accepting} does not: let the schema say it otherwise"),
        ]

    def undescribed(self, pointer: str, value: Any) -> Reasons:
        """Where ``value`` has members that the schema at ``pointer`` does not mention, and which."""
        try:
            found = self._engine(pointer, value, True)
        except Exception:  # a schema that cannot be applied has no opinion: other rules say what is wrong with it
            return []
        return [(where, why) for where, why, keyword in found if keyword in _UNDESCRIBED]

    def _first_opinion(self, pointer: str, value: Any) -> Reasons | None:
        schema = {"$ref": f"{_URI}#{quote(pointer.removeprefix('#'), safe='/~')}"}
        validator = self._python(schema, registry=self._registry, format_checker=self._python.FORMAT_CHECKER)
        try:
            errors = [_closest(error) for error in validator.iter_errors(value)]
        except Exception:  # as above, and what jsonschema and referencing raise then is of many kinds
            return None
        return [(pointer_of(error.absolute_path, ""), _shortly(error.message)) for error in errors]

    def _second_opinion(self, pointer: str, value: Any) -> Reasons | None:
        try:
            return [(where, why) for where, why, _ in self._engine(pointer, value, False)]
        except Exception:  # as above; jsonschema-rs raises ValueError, inlining raises ContractError or RecursionError
            return None

    def _engine(self, pointer: str, value: Any, closed: bool) -> list[tuple[str, str, str]]:
        from understudy.contract.schemas import Checker, inline

        checker = Checker(inline(self._document, {"$ref": pointer}), closed=closed)
        return [
            (pointer_of(problem.instance_path, ""), _shortly(problem.message), str(problem.schema_path[-1]))
            for problem in checker.problems(value)
        ]

    @cached_property
    def _registry(self) -> Any:
        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        return Registry().with_resource(_URI, DRAFT202012.create_resource(self._document))

    @cached_property
    def _python(self) -> Any:
        from jsonschema import Draft202012Validator, validators

        extend: Any = validators.extend
        return extend(Draft202012Validator, {"contentSchema": _content_schema})


def _content_schema(validator: Any, schema: Any, instance: Any, holder: Mapping[str, Any]) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not isinstance(instance, str) or holder.get("contentMediaType") != "application/json":
        return
    try:
        content = json.loads(instance)
    except ValueError as broken:
        yield ValidationError(f"the text is not JSON, as contentMediaType says: {broken}")
        return
    for error in validator.descend(content, schema):
        place = pointer_of(error.path, "") or "its root"
        yield ValidationError(f"in the JSON that the text holds, at {place}: {error.message}")


def _closest(error: Any) -> Any:
    """Of the branches of an ``anyOf`` or ``oneOf`` that all refuse, the reason of the one with the fewest reasons."""
    branches: dict[Any, list[Any]] = {}
    for reason in error.context:
        branches.setdefault(reason.relative_schema_path[0], []).append(reason)
    return _closest(min(branches.values(), key=len)[0]) if branches else error


def _shortly(message: str) -> str:
    first = message.partition("\n")[0]
    return first if len(first) <= 300 else f"{first[:300]}..."
