"""Mutants written by hand, in ``suites/mutants/<stem>.py``: a function for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.contract import Contract
from understudy.http import Request, Response
from understudy.mutants.asking import Asked, Asking
from understudy.mutants.values import Forward, Mutant, Wrapper

Memory = dict[Any, Any]
Behaviour = Callable[[Asked, Forward, Memory], Response]
"""How a mutant answers. The memory is its own: empty at first, one for every stage."""


class Catalogue:
    """The mutants of one service."""

    def __init__(self, stem: str) -> None:
        self.stem = stem
        self.mutants: list[Mutant] = []

    def add(
        self,
        name: str,
        kind: str,
        says: str,
        clauses: tuple[str, ...],
        behaviour: Behaviour,
        *,
        rare: bool = False,
    ) -> None:
        """Add a mutant; its members as `Mutant` has them."""

        def wrap(contract: Contract) -> Wrapper:
            asking, memory = Asking(contract), Memory()

            def answer(request: Request, forward: Forward) -> Response:
                return behaviour(asking.read(request), forward, memory)

            return answer

        self.mutants.append(Mutant(f"{self.stem}/{kind}/{name}", self.stem, kind, says, clauses, wrap, rare))

    def mutant(self, kind: str, *clauses: str, rare: bool = False) -> Callable[[Behaviour], Behaviour]:
        """Add a behaviour under its function's name; its docstring says what it does."""

        def keep(behaviour: Behaviour) -> Behaviour:
            says = " ".join((behaviour.__doc__ or "").split())
            name = getattr(behaviour, "__name__", "").replace("_", "-")
            self.add(name, kind, says, clauses, behaviour, rare=rare)
            return behaviour

        return keep
