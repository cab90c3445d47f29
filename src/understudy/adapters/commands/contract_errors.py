"""The error matrix of a contract: what ``understudy contract errors`` prints, as lines or as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from understudy.contract import Contract
from understudy.contract.calls import request_of
from understudy.contract.recipes import (
    GOOD,
    NO_CREDENTIAL,
    UNKNOWN_CREDENTIAL,
    Cell,
    Change,
    EarlierCall,
    Recipe,
    Recipes,
    Step,
    Way,
)
from understudy.faults import Planned, Refuse
from understudy.http import Request

HOLE = re.compile("~~([a-z0-9_]+)~~")
"""Where a value that an earlier call keeps goes, in a request that is shown: of characters that no part escapes."""
UNMATCHED = "(no operation)"
_CREDENTIALS = {NO_CREDENTIAL: "no credential", UNKNOWN_CREDENTIAL: "an unknown credential"}


class Row(NamedTuple):
    """A line of the page, before it is aligned."""

    operation: str
    status: str
    name: str
    says: str


def error_lines(contract: Contract) -> Iterator[str]:
    """A line for each lawful call and for each cell, and one that counts the cells."""
    recipes = Recipes(contract)
    cells = tuple(recipes.cells())
    rows = [*_rows(contract, recipes, cells)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        yield "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row.says]).rstrip()
    natural, by_role = (
        sum(cell.natural is not None for cell in cells),
        sum(cell.credential is not None for cell in cells),
    )
    yield f"{contract.stem}: {len(cells)} cells: {natural} naturally, {by_role} by credential, {len(cells)} by force"


def _rows(contract: Contract, recipes: Recipes, cells: tuple[Cell, ...]) -> Iterator[Row]:
    for operation in (*contract.operations, None):
        if operation is not None:
            way = recipes.way(operation, Recipe())
            yield Row(operation, "", "a lawful call", _lawful(contract, way))
        for cell in cells:
            if cell.operation == operation:
                error = cell.error
                named = error.name if error.reason is None else f"{error.name} ({error.reason})"
                yield Row(operation or UNMATCHED, str(error.status), named, " | ".join(_ways(contract, cell)))


def _lawful(contract: Contract, way: Way) -> str:
    request = outlined(contract, way.call)
    after = [step.operation or "" for step in way.before]
    body = request.body.decode() if way.call.form is None else "a form"
    parts = [f"{request.method} {shown(request.target)}", shown(body), f"after {', '.join(after)}" if after else ""]
    return "; ".join(part for part in parts if part)


def _ways(contract: Contract, cell: Cell) -> Iterator[str]:
    if cell.recipe is not None:
        yield f"naturally: {said(cell.recipe)}"
    if cell.error.role is not None:
        yield f"credential: {contract.roles[cell.error.role].values[0]}"
    yield f"force: refuse {cell.error.name}"


def said(recipe: Recipe) -> str:
    """A recipe as one line: the instance, what is called before, what differs, how often."""
    parts = [f"limit {name}={_json(value)}" for name, value in recipe.limits.items()]
    parts += [f"dialect {name}" for name in recipe.dialects]
    before = [entry if isinstance(entry, str) else _earlier(entry) for entry in recipe.before]
    parts += [f"after {' and '.join(before)}"] if before else []
    parts += [f"{recipe.advance:g} seconds later"] if recipe.advance else []
    parts += [f"while {recipe.overlapping} others are unanswered"] if recipe.overlapping else []
    parts += [" ".join(filter(None, (recipe.method, recipe.target)))] if recipe.method or recipe.target else []
    parts += _differences(recipe)
    parts += ["half of the body, then nothing"] if recipe.stall else []
    parts += [f"called {recipe.times} times"] if recipe.times > 1 else []
    return "; ".join(parts)


def _earlier(call: EarlierCall) -> str:
    differences = _differences(call)
    return f"{call.call} ({'; '.join(differences)})" if differences else f"another {call.call}"


def _differences(change: Change) -> list[str]:
    parts = (
        [_CREDENTIALS.get(change.credential, f"credential {change.credential}")] if change.credential != GOOD else []
    )
    parts += [f"account {change.account}"] if change.account else []
    parts += [f"path {name}={_json(value)}" for name, value in change.path.items()]
    parts += [f"query {name}={_json(value)}" for name, value in change.query.items()]
    parts += [
        f"no header {name}" if value is None else f"header {name}: {value}" for name, value in change.headers.items()
    ]
    parts += [f"body {_json(change.body)}"] if change.body is not msgspec.UNSET else []
    parts += [f"form {', '.join(part.name for part in change.form)}"] if change.form is not None else []
    parts += [f"the bytes {change.raw}"] if change.raw is not None else []
    parts += [f"padded to {change.pad} bytes"] if change.pad else []
    return parts


def error_matrix(contract: Contract) -> list[dict[str, Any]]:
    """The cells as JSON: each way is laid out as the calls to make.

    Strings of the form ``$name`` are what an earlier call keeps: ``keep`` says where in its answer's JSON that stands.
    """
    return [
        {
            "stem": contract.stem,
            "operation": cell.operation,
            "status": cell.error.status,
            "name": cell.error.name,
            "reason": cell.error.reason,
            "clauses": list(cell.error.clauses),
            "naturally": None if cell.natural is None else _laid_out(contract, cell.natural),
            "credential": None if cell.credential is None else _laid_out(contract, cell.credential),
            "force": {**_laid_out(contract, cell.call), "fault": msgspec.to_builtins(forced(contract, cell))},
        }
        for cell in Recipes(contract).cells()
    ]


def forced(contract: Contract, cell: Cell) -> Planned:
    """The fault that answers the next call of the cell's operation with its error."""
    return Planned(Refuse(cell.error.name), contract.stem, operation=cell.operation, times=1)


def _laid_out(contract: Contract, way: Way) -> dict[str, Any]:
    return {
        "limits": dict(way.limits),
        "dialects": list(way.dialects),
        "before": [_call(contract, step) for step in way.before],
        "advance": way.advance,
        "overlapping": way.overlapping,
        "call": _call(contract, way.call),
        "times": way.times,
        "stall": way.stall,
    }


def _call(contract: Contract, step: Step) -> dict[str, Any]:
    request = outlined(contract, step)
    return {
        "operation": step.operation,
        "method": request.method,
        "target": shown(request.target),
        "headers": {name: shown(value) for name, value in request.headers.items()},
        "body": shown(request.body.decode()),
        "keep": dict(step.keep),
    }


def shown(text: str) -> str:
    """A part of a request as people read it: ``$name`` where a value goes that an earlier call keeps."""
    return HOLE.sub(r"$\1", text)


def outlined(contract: Contract, step: Step, account: str = "") -> Request:
    """The request of a call of ``account``, with a `HOLE` for each value that an earlier call keeps."""
    return request_of(contract, step, _Holes(contract.fixture_values), account)


class _Holes(dict[str, Any]):
    """Fixtures, and a hole under any other name."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"~~{name}~~"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
