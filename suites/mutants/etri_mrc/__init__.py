"""Mutants of ETRI's reader: indexes, echoes, answers of other calls, quotas, and what is refused or let in."""

from __future__ import annotations

from . import readings, refusals
from .common import catalogue

__all__ = ["catalogue", "readings", "refusals"]
