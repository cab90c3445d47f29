"""Limits, each one too high and one too low."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract import Contract, Limit
from understudy.mutants.values import Mutant, binding, unbroken

WAYS = ((1, "one more"), (-1, "one less"))


def limit_mutants(contract: Contract) -> Iterator[Mutant]:
    """Those of every whole number among the limits that a binding clause speaks of."""
    for limit in contract.limits.values():
        clauses = binding(contract, *limit.clauses)
        refusals = binding(contract, *_refusals(contract, limit))
        if not clauses or type(limit.value) is not int:
            continue
        for by, what in WAYS[: 1 if limit.unit == "items" else 2]:  # a page may be shorter than it could be
            yield Mutant(
                id=f"{contract.stem}/limit/{limit.name}.{by:+d}",
                stem=contract.stem,
                kind="limit",
                says=f"The limit {limit.name} is {what} than it should be.",
                clauses=tuple(dict.fromkeys((*clauses, *refusals))),
                wrap=unbroken,
                rare=True,
                shift={limit.name: by},
            )


def _refusals(contract: Contract, limit: Limit) -> Iterator[str]:
    """The clauses of the errors that say that the limit is reached."""
    for case in contract.document.get("x-errors", ()):
        limited = any(limit.name in (recipe.get("limits") or {}) for recipe in case.get("recipes") or ())
        if limited or not set(limit.clauses).isdisjoint(case["clauses"]):
            yield from case["clauses"]
