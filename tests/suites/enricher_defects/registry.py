"""Defects as values: a provider that does one thing otherwise, and the clauses that it breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.suites.enricher_provider import Provider


class Defect(NamedTuple):
    """``clauses``: at least one of them must be found broken.

    ``rare``: it shows after three calls or rare input. ``costly``: it takes many calls, or enrichments that nothing but
    this defect is worth, and so it is found in an embedded mock alone.
    """

    provider: type[Provider]
    clauses: frozenset[str]
    documented: bool
    rare: bool
    costly: bool


DEFECTS: list[Defect] = []


def breaks(
    *clauses: str, documented: bool = True, rare: bool = False, costly: bool = False
) -> Callable[[type[Provider]], type[Provider]]:
    """A provider that breaks these clauses; only notes come of it where the document is silent."""

    def keep(provider: type[Provider]) -> type[Provider]:
        named = frozenset(f"ee.{clause}" for clause in clauses)
        DEFECTS.append(Defect(provider, named, documented, rare, costly))
        return provider

    return keep
