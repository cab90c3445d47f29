"""The members that a schema promises, where each stands in a value, and which clauses say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from understudy.contract import Contract, resolve
from understudy.mutants.changes import GONE, Change, Renamed, Step, Steps, Where
from understudy.mutants.values import binding

DEEPEST = 8
"""How many steps down a schema is followed: some contain themselves."""
WRONG: Mapping[str, Any] = {
    "integer": 17,
    "string": "열일곱",
    "boolean": True,
    "object": {"아님": 1},
    "array": [["아님"]],
}
"""A value of each type that an answer may have instead of one of another type."""
TYPING = frozenset(("type", "const", "oneOf", "anyOf"))
"""Keywords that say of which type a value is; others only narrow it."""


class Member(NamedTuple):
    """A promised member. ``clauses`` bind its type or its one value, ``required`` its presence; either may be none."""

    steps: Steps
    name: str
    types: frozenset[str]
    fixed: str | None
    clauses: tuple[str, ...]
    required: tuple[str, ...]
    node: int

    @property
    def place(self) -> str:
        """Where it stands, as a person reads it."""
        parts = [_shown(step) for step in self.steps]
        return ".".join(parts)


def _shown(step: str | int | Step | Where) -> str:
    if isinstance(step, Where):
        return f"[{step.value}]"
    return {Step.EACH: "*", Step.TEXT: "(text)"}[step] if isinstance(step, Step) else str(step)


def members(contract: Contract, schema: Any, steps: Steps = ()) -> Iterator[Member]:
    """Every member that ``schema`` has a binding clause for, outermost first."""
    if len(steps) > DEEPEST:
        return
    facets = [*facets_of(contract, schema)]
    wanted: dict[str, list[str]] = {}
    entries: dict[str, list[Any]] = {}
    for facet in facets:
        for name in facet.get("required", ()):
            wanted.setdefault(name, []).extend(facet.get("x-clauses", ()))
        for name, entry in facet.get("properties", {}).items():
            entries.setdefault(name, []).append(entry)
    for name, found in entries.items():
        yield from _member(contract, name, found, wanted.get(name), (*steps, name))
    for facet in facets:
        yield from _inside(contract, facet, steps)


def _inside(contract: Contract, facet: Mapping[str, Any], steps: Steps) -> Iterator[Member]:
    for branch in (*facet.get("oneOf", ()), *facet.get("anyOf", ())):
        yield from members(contract, branch, (*steps, *_told_apart(contract, branch)))
    for name, step in (("items", Step.EACH), ("additionalProperties", Step.EACH), ("contentSchema", Step.TEXT)):
        if isinstance(facet.get(name), Mapping):
            yield from members(contract, facet[name], (*steps, step))


def _member(
    contract: Contract, name: str, entries: list[Any], wanted: list[str] | None, steps: Steps
) -> Iterator[Member]:
    facets = [facet for entry in entries for facet in facets_of(contract, entry)]
    typing = [facet for facet in facets if TYPING & facet.keys()]
    clauses = binding(contract, *(id for facet in typing for id in facet.get("x-clauses", ())))
    own = [id for entry in entries for id in entry.get("x-clauses", ())]
    promised = wanted is not None and bool(binding(contract, *(own or wanted)))  # the nearest clause is the one broken
    required = binding(contract, *own, *(wanted or ())) if promised else ()
    fixed = next((facet["const"] for facet in facets if isinstance(facet.get("const"), str)), None)
    if clauses or required:
        node = id(entries[0]) if "$ref" not in entries[0] else hash(entries[0]["$ref"])
        yield Member(steps, name, _types(contract, facets), fixed, clauses, required, node)
    for entry in entries:
        yield from members(contract, entry, steps)


def facets_of(contract: Contract, schema: Any) -> Iterator[Mapping[str, Any]]:
    """The schema and what it is made of by allOf and by reference, each with what it says itself."""
    while isinstance(schema, Mapping):
        yield {name: value for name, value in schema.items() if name not in ("$ref", "allOf")}
        for part in schema.get("allOf", ()):
            yield from facets_of(contract, part)
        if "$ref" not in schema:
            return
        schema = resolve(contract.document, {"$ref": schema["$ref"]})


def _told_apart(contract: Contract, branch: Any) -> Steps:
    """What tells values of this branch from those of others: members of one fixed value."""
    found: dict[str, Any] = {}
    for facet in facets_of(contract, branch):
        for name, entry in facet.get("properties", {}).items():
            for inner in facets_of(contract, entry):
                if "const" in inner:
                    found[name] = inner["const"]
    return tuple(Where(name, value) for name, value in found.items())


def _types(contract: Contract, facets: list[Mapping[str, Any]]) -> frozenset[str]:
    """The JSON types that a value may have; none when the schema does not say."""
    found: set[str] = set()
    for facet in facets:
        kind = facet.get("type")
        found |= {kind} if isinstance(kind, str) else set(kind or ())
        if "const" in facet and isinstance(facet["const"], str):
            found.add("string")
        for branch in (*facet.get("oneOf", ()), *facet.get("anyOf", ())):
            inner = _types(contract, [*facets_of(contract, branch)])
            if not inner:
                return frozenset()
            found |= inner
    return frozenset(found)


def changes(member: Member) -> Iterator[tuple[str, Change, tuple[str, ...]]]:
    """The ways in which a member can be broken: what is done to it, how, and the clauses that this breaks."""
    name = member.name
    if member.required:
        yield "dropped", lambda value: GONE, member.required
        yield "renamed", lambda value: Renamed(f"{name}_", value), member.required
    if member.clauses and member.types:
        covered = member.types | ({"integer"} if "number" in member.types else set())
        wrong = next((value for kind, value in WRONG.items() if kind not in covered), None)
        if wrong is not None:
            yield "retyped", lambda value: wrong, member.clauses
        if "null" not in member.types:
            yield "null", lambda value: GONE if value is None else None, member.clauses
    if member.clauses and member.fixed is not None:
        yield "different", lambda value: f"{value}!", member.clauses
