"""JSON Schemas of a contract, ready to check: references inlined, closed where asked, embedded JSON asserted.

jsonschema-rs asserts neither ``contentMediaType`` nor ``contentSchema``; the keyword class below does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import jsonschema_rs
import msgspec

from understudy.contract.document import at_pointer
from understudy.contract.expectations import expectation

Schema = Mapping[str, Any]

_IN_PLACE = ("allOf", "anyOf", "oneOf")
_IN_PLACE_SINGLE = ("if", "then", "else", "not")
_NESTED_MAPS = ("properties", "patternProperties")
_NESTED = ("items", "additionalProperties", "contains", "contentSchema")


REMEMBERED_TEXTS = 1024
REMEMBERED_LENGTH = 1024
"""How many texts that held lawful JSON a schema remembers, and how long they may be, in code points."""


class Problem(Protocol):
    """The part of jsonschema-rs' error that explanations are made from."""

    @property
    def message(self) -> str: ...

    @property
    def instance_path(self) -> list[str | int]: ...

    @property
    def schema_path(self) -> list[str | int]: ...

    @property
    def kind(self) -> Any: ...


class InnerProblem(NamedTuple):
    """A problem of JSON that stands inside a string, its paths counted from the outermost value and schema."""

    message: str
    instance_path: list[str | int]
    schema_path: list[str | int]
    kind: Any
    instance: Any


class Checker:
    """One schema, compiled. ``valid`` is cheap; ``problems`` is asked only when it said no.

    ``closed``: members that no schema mentions are problems. Values never appear in a problem's text.
    """

    def __init__(self, schema: Schema, *, closed: bool = False) -> None:
        self.schema = close(schema) if closed else schema
        self._validator = _compile(self.schema)
        self.valid = self._validator.is_valid

    def problems(self, value: Any) -> Iterator[Problem]:
        found = list(self._validator.iter_errors(value))
        others = [problem for problem in found if problem.kind.name != "unevaluatedProperties"]
        for problem in others or found:  # a branch that fails evaluates nothing, so all of its members seem unknown
            for meant in _within_branch(problem):
                yield from self._within_text(meant)

    def clauses_at(self, problem: Problem) -> tuple[str, ...]:
        """The clauses nearest to the place in the schema that ``problem`` broke."""
        return nearest_clauses(self.schema, problem)

    def _within_text(self, problem: Any) -> Iterator[Problem]:
        """The problems of the JSON inside a string, each with its own clauses, where ``contentSchema`` found some."""
        if problem.kind.name != "contentSchema":
            yield problem
            return
        schema: Any = self.schema
        for token in problem.schema_path:
            schema = schema[token]
        try:
            value = msgspec.json.decode(problem.instance)
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            yield problem
            return
        for inner in Checker(schema).problems(value):
            yield InnerProblem(
                inner.message,
                [*problem.instance_path, *inner.instance_path],
                [*problem.schema_path, *inner.schema_path],
                inner.kind,
                getattr(inner, "instance", None),
            )


def inline(document: Mapping[str, Any], schema: Any) -> Any:
    """``schema`` with every local reference replaced by what it points at; a recursive one stays, under ``$defs``."""
    return _Inliner(document).run(schema)


def close(schema: Any) -> Any:
    """``schema`` with every object that names its members closed to others, unless it says what others may be."""
    if not isinstance(schema, Mapping):
        return schema
    closed = _close_nested(schema)
    if _names_members(schema) and "additionalProperties" not in schema and "unevaluatedProperties" not in schema:
        in_place = any(key in schema for key in (*_IN_PLACE, *_IN_PLACE_SINGLE, "$ref"))
        closed["unevaluatedProperties" if in_place else "additionalProperties"] = False
    return closed


def nearest_clauses(schema: Any, problem: Problem) -> tuple[str, ...]:
    """Walk ``problem.schema_path`` into ``schema`` and keep the last clauses met on the way."""
    found: tuple[str, ...] = ()
    node = schema
    for token in problem.schema_path:
        if isinstance(node, Mapping) and "x-clauses" in node:
            found = tuple(node["x-clauses"])
        try:
            node = node[token]
        except (KeyError, IndexError, TypeError):
            return found
        if token == "required":
            return _clauses_of_member(schema, problem) or found
    return found


def _within_branch(problem: Any) -> Iterator[Problem]:
    """The problems of the branch that was meant, where a ``oneOf`` or ``anyOf`` says only that none fits.

    The branch that was meant is the one whose constants the value has (a discriminator), else the one with the fewest
    problems.
    """
    branches = [branch for branch in getattr(problem.kind, "context", None) or () if branch]
    if not branches:
        yield problem
        return

    def misfit(branch: list[Any]) -> tuple[int, int]:
        return sum(entry.kind.name in ("const", "enum") for entry in branch), len(branch)

    for entry in min(branches, key=misfit):
        yield from _within_branch(entry)


def _clauses_of_member(schema: Any, problem: Problem) -> tuple[str, ...]:
    node = schema
    for token in problem.schema_path[:-1]:
        node = node[token]
    member = getattr(problem.kind, "property", None)
    entry = node.get("properties", {}).get(member, {})
    return tuple(entry.get("x-clauses", ()))


def _compile(schema: Schema) -> Any:
    return jsonschema_rs.Draft202012Validator(
        dict(schema) if isinstance(schema, Mapping) else schema,
        validate_formats=True,
        offline=True,
        mask="the value",
        keywords={"contentSchema": _Content},
    )


class _Content:
    """``contentSchema``: the string holds JSON, and that JSON keeps the schema (JSON Schema 2020-12 section 8).

    Texts that passed are remembered, as a list shows the same ones again and again.
    """

    def __init__(self, parent: Schema, schema: Schema, path: list[str]) -> None:
        self._checker = Checker(schema)
        self._passed: set[str] = set()

    def validate(self, text: Any) -> None:
        if not isinstance(text, str) or text in self._passed:
            return
        self._check(text)
        if len(text) <= REMEMBERED_LENGTH:
            if len(self._passed) == REMEMBERED_TEXTS:
                self._passed.clear()
            self._passed.add(text)

    def _check(self, text: str) -> None:
        try:
            value = msgspec.json.decode(text)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise ValueError(f"JSON inside the string ({error})") from None
        if not self._checker.valid(value):
            problem = next(self._checker.problems(value))
            raise ValueError(f"JSON inside the string with {expectation(problem)} at {pointer_of(problem)!r}")


def pointer_of(problem: Problem) -> str:
    """Where in the instance, as a JSON pointer (RFC 6901). A missing member is pointed at as if it were there."""
    missing = [problem.kind.property] if problem.kind.name == "required" else []
    return "".join(
        "/" + str(token).replace("~", "~0").replace("/", "~1") for token in [*problem.instance_path, *missing]
    )


class _Inliner:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._open: list[str] = []
        self._recursive: dict[str, Any] = {}

    def run(self, schema: Any) -> Any:
        inlined = self._copy(schema)
        if not self._recursive:
            return inlined
        return {**inlined, "$defs": {name(ref): body for ref, body in self._recursive.items()}}

    def _copy(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._copy(entry) for entry in node]
        if not isinstance(node, Mapping):
            return node
        if isinstance(node.get("$ref"), str):
            return self._follow(node)
        return {
            key: {name: self._copy(entry) for name, entry in value.items()}
            if key in _NESTED_MAPS and isinstance(value, Mapping)
            else self._copy(value)
            for key, value in node.items()
            if key not in ("example", "examples")
        }

    def _follow(self, node: Mapping[str, Any]) -> Any:
        ref = node["$ref"]
        beside = {key: self._copy(value) for key, value in node.items() if key != "$ref"}
        if ref in self._open:
            self._recursive.setdefault(ref, None)
            return {"$ref": f"#/$defs/{name(ref)}", **beside}
        self._open.append(ref)
        target = self._copy(at_pointer(self._document, ref))
        self._open.pop()
        if ref in self._recursive:
            self._recursive[ref] = target
        return {**target, **beside} if isinstance(target, Mapping) else target


def name(ref: str) -> str:
    """A reference as a name under ``$defs``."""
    return ref.removeprefix("#/").replace("/", ".")


def _names_members(schema: Mapping[str, Any]) -> bool:
    if "properties" in schema:
        return True
    branches = [branch for key in _IN_PLACE for branch in schema.get(key, ())]
    return any(isinstance(branch, Mapping) and _names_members(branch) for branch in branches)


def _close_nested(schema: Mapping[str, Any]) -> dict[str, Any]:
    closed: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _NESTED_MAPS or key == "$defs":
            closed[key] = {member: close(entry) for member, entry in value.items()}
        elif key in _NESTED:
            closed[key] = close(value)
        elif key == "prefixItems":
            closed[key] = [close(entry) for entry in value]
        elif key in _IN_PLACE:
            closed[key] = [_close_nested(branch) if isinstance(branch, Mapping) else branch for branch in value]
        elif key in _IN_PLACE_SINGLE and isinstance(value, Mapping):
            closed[key] = _close_nested(value)
        else:
            closed[key] = value
    return closed
