"""The results of several models made into one, with a report of where they differ.

Fields are compared one by one: a field is whatever is no object with members, named by its path; arrays are compared
whole. What most models say is taken; where that decides nothing the arbiter chooses, or without one the first in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .chance import canonical, number
from .checking import is_valid
from .prices import price_of

MISSING: Any = object()
INSTRUCTION_TOKENS = 120
"""What an arbiter's prompt has besides the values that it chooses between. Chosen."""

Results = Sequence[tuple[str, dict[str, Any]]]
Path = tuple[str, ...]


class Fused(NamedTuple):
    """``conflict_report`` is as the contract has it; tokens and cost (US dollars) are the arbiter's, else None."""

    merged_result: dict[str, Any]
    conflict_report: dict[str, Any]
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    processing_time_ms: int


class _Field(NamedTuple):
    """What each result has at ``path``; MISSING where it has nothing there."""

    path: Path
    values: list[Any]

    @property
    def agreed(self) -> bool:
        return len({_mark(value) for value in self.values}) == 1


def fuse(results: Results, arbitration_model: str | None, schema_content: dict[str, Any] | None = None) -> Fused:
    """One result of several, each with the key of its model; at least one.

    With ``schema_content`` the fused result is valid against it whenever one of the results is: where fields of several
    results do not go together, whole properties are taken, and where these do not, a whole result. Clauses
    ee.merge.arbitration-model and ee.conflict.*.
    """
    fields = [field for field in _fields([result for _, result in results], ()) if field.path]
    conflicted = [field for field in fields if not field.agreed]
    merged = _merged(results, fields, arbitration_model, schema_content)
    names = _distinct([model for model, _ in results])
    report = {
        "agreed_fields": len(fields) - len(conflicted),
        "conflicted_fields": len(conflicted),
        "total_fields": len(fields),
        "conflicts": [_conflict(field, names) for field in conflicted],
    }
    return Fused(merged, report, *_effort(arbitration_model, report))


def _effort(arbiter: str | None, report: Mapping[str, Any]) -> tuple[int | None, int | None, float | None, int]:
    if arbiter is None:
        return None, None, None, 1 + report["total_fields"] // 50
    read = INSTRUCTION_TOKENS + len(canonical(report["conflicts"])) // 4
    written = 8 + 6 * report["conflicted_fields"]
    price = price_of(arbiter)
    return read, written, price.cost(read, written), price.milliseconds(written, number(arbiter, report))


def _fields(values: list[Any], path: Path) -> Iterator[_Field]:
    """The fields of the results, in the order in which they are first named."""
    objects = [value for value in values if isinstance(value, dict)]
    others = [value for value in values if value is not MISSING and not isinstance(value, dict)]
    if others or not any(objects):
        if objects or others:
            yield _Field(path, values)
        return
    for name in dict.fromkeys(name for value in objects for name in value):
        yield from _fields(
            [value.get(name, MISSING) if isinstance(value, dict) else MISSING for value in values], (*path, name)
        )


def _merged(
    results: Results, fields: list[_Field], arbiter: str | None, schema_content: dict[str, Any] | None
) -> dict[str, Any]:
    models = [model for model, _ in results]
    whole = [result for _, result in results]
    candidates: Iterator[dict[str, Any]] = iter(
        (
            _assembled((field.path, _chosen(field, models, arbiter)) for field in fields),
            _assembled((field.path, _chosen(field, models, arbiter)) for field in _properties(whole)),
        )
    )
    if schema_content is None:
        return next(candidates)
    own = [result for model, result in results if model == arbiter]
    for candidate in (*candidates, *own, *whole):
        if is_valid(schema_content, candidate):
            return candidate
    return whole[0]


def _properties(results: list[dict[str, Any]]) -> list[_Field]:
    names = dict.fromkeys(name for result in results for name in result)
    return [_Field((name,), [result.get(name, MISSING) for result in results]) for name in names]


def _chosen(field: _Field, models: list[str], arbiter: str | None) -> Any:
    """What most say; of several said as often, what the arbiter says itself or chooses, or without one the first."""
    said = [value for value in field.values if value is not MISSING and value is not None] or [
        value for value in field.values if value is not MISSING
    ]
    marks = [_mark(value) for value in said]
    most = max(map(marks.count, marks))
    leading = [value for value, mark in zip(said, marks, strict=True) if marks.count(mark) == most]
    if arbiter is None:
        return leading[0]
    leads = {_mark(value) for value in leading}
    for model, value in zip(models, field.values, strict=True):
        if model == arbiter and _mark(value) in leads:
            return value
    return leading[number(arbiter, field.path, below=len(leading))]


def _assembled(chosen: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for path, value in chosen:
        place = made
        for name in path[:-1]:
            place = place.setdefault(name, {})
        if path:
            place[path[-1]] = value
    return made


def _conflict(field: _Field, names: list[str]) -> dict[str, Any]:
    """What was chosen is in the fused result; a result without the field is reported as null.

    Clauses ee.conflict.path, ee.conflict.field, ee.conflict.values.
    """
    values = [None if value is MISSING else value for value in field.values]
    told = [value for value in values if value is not None]
    return {
        "path": ".".join(field.path),
        "field_type": _type(told[0] if told else None),
        "needs_arbitration": True,
        "values_by_model": dict(zip(names, values, strict=True)),
    }


def _distinct(models: list[str]) -> list[str]:
    """The keys of the models; the second result of one model is told from its first by a number."""
    return [
        model if model not in models[:place] else f"{model}#{models[:place].count(model) + 1}"
        for place, model in enumerate(models)
    ]


def _mark(value: Any) -> str:
    return "" if value is MISSING else canonical(value)


def _type(value: Any) -> str:
    """The JSON type of a value, integer apart from number."""
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")
