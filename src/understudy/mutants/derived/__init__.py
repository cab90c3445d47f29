"""Mutants that the contract itself implies: each promise of an answer's shape, access and limits broken by turns."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract import Contract
from understudy.mutants.derived.access import access_mutants
from understudy.mutants.derived.bodies import body_mutants
from understudy.mutants.derived.events import event_mutants
from understudy.mutants.derived.heads import head_mutants
from understudy.mutants.derived.limits import limit_mutants
from understudy.mutants.values import Mutant

__all__ = ["derived_mutants"]


def derived_mutants(contract: Contract) -> Iterator[Mutant]:
    """The mutants of ``contract``, in its order. An operation that is a second spelling of another has few."""
    yield from body_mutants(contract)
    yield from head_mutants(contract)
    yield from event_mutants(contract)
    yield from access_mutants(contract)
    yield from limit_mutants(contract)
