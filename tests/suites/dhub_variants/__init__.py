"""Instances of D.Hub that keep every documented promise and differ where the document is silent."""

from tests.suites.dhub_variants import histories, lists, shapes, weather
from tests.suites.dhub_variants.registry import LAWFUL

__all__ = ["LAWFUL", "histories", "lists", "shapes", "weather"]
