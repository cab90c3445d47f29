"""Defects as values: a provider that does one thing otherwise, and the clauses that it breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.suites.dhub_provider import Provider

K, D = "dhub.knowledge.", "dhub.document."


class Defect(NamedTuple):
    provider: type[Provider]
    clauses: frozenset[str]
    documented: bool


DEFECTS: list[Defect] = []


def breaks(*clauses: str, documented: bool = True) -> Callable[[type[Provider]], type[Provider]]:
    """A provider that breaks these clauses; only notes come of it where the document is silent."""

    def keep(provider: type[Provider]) -> type[Provider]:
        DEFECTS.append(Defect(provider, frozenset(clauses), documented))
        return provider

    return keep
