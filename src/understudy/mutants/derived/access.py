"""One way of checking a credential left out, in one operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from understudy.contract import Contract
from understudy.http import Request, Response
from understudy.mutants.asking import Asked, Asking
from understudy.mutants.values import Forward, Mutant, Wrapper, about, binding

WAYS: Mapping[str, tuple[str, Callable[[Asked, Asking], bool]]] = {
    "none": ("a request without a credential", lambda asked, asking: not (asked.credential or "").strip()),
    "unknown": (
        "a credential that nobody has",
        lambda asked, asking: bool((asked.credential or "").strip()) and not asking.known(asked.credential),
    ),
}
"""What is let in, by the word that recipes of errors have for it."""


def access_mutants(contract: Contract) -> Iterator[Mutant]:
    """For each operation one that takes no credential, and one that takes any: where a clause that binds forbids it."""
    for operation in contract.operations.values():
        for way, (what, _) in WAYS.items():
            clauses = binding(contract, *_clauses(contract, way))
            if clauses:
                yield Mutant(
                    id=f"{contract.stem}/auth/{operation.id}.{way}",
                    stem=contract.stem,
                    kind="auth",
                    says=f"{operation.id} answers {what}.",
                    clauses=about(contract, operation, clauses),
                    wrap=partial(_wrapper, operation=operation.id, way=way),
                )


def _clauses(contract: Contract, way: str) -> Iterator[str]:
    for case in contract.document.get("x-errors", ()):
        if any(recipe.get("credential") == way for recipe in case.get("recipes") or ()):
            yield from case["clauses"]


def _wrapper(contract: Contract, *, operation: str, way: str) -> Wrapper:
    asking, let_in = Asking(contract), WAYS[way][1]
    header, value = _credential(contract)

    def answer(request: Request, forward: Forward) -> Response:
        asked = asking.read(request)
        if asked.operation == operation and let_in(asked, asking):
            return forward(request._replace(headers={**request.headers, header: value}))
        return forward(request)

    return answer


def _credential(contract: Contract) -> tuple[str, str]:
    """The header that carries credentials, with one that is good."""
    good: Any = next(iter(contract.roles.values())).values[0]
    scheme = contract.credential_scheme
    if scheme["type"] == "http":
        return "authorization", f"Bearer {good}"
    return str(scheme["name"]).lower(), good
