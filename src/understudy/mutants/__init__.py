"""Mutants: providers that are broken in one respect each, to measure how much of that a verification finds.

Some are derived from a contract; others are written by hand in ``suites/mutants/<stem>.py``. Of each it is known which
clauses it breaks, so that a suite which lets it pass has a blind spot there.
"""

from __future__ import annotations

from understudy.mutants.asking import Asked
from understudy.mutants.catalogue import Behaviour, Catalogue, Memory
from understudy.mutants.derived import derived_mutants
from understudy.mutants.provider import Mutated, shifted
from understudy.mutants.values import KINDS, Forward, Mutant, Wrapper, check

__all__ = [
    "KINDS",
    "Asked",
    "Behaviour",
    "Catalogue",
    "Forward",
    "Memory",
    "Mutant",
    "Mutated",
    "Wrapper",
    "check",
    "derived_mutants",
    "shifted",
]
