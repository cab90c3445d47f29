"""Instances of D.Hub that break one promise each."""

from tests.suites.dhub_defects import creating, deleting, reading, updating
from tests.suites.dhub_defects.registry import DEFECTS, Defect

__all__ = ["DEFECTS", "Defect", "creating", "deleting", "reading", "updating"]
