"""Instances of Entity Enricher that keep every documented promise and differ where the document is silent."""

from tests.suites.enricher_variants import (
    access,
    files,
    jobs,
    names,
    pauses,
    records,
    results,
    shapes,
    streams,
    weather,
)
from tests.suites.enricher_variants.registry import LAWFUL, LAWFUL_IN_MOCKS

__all__ = [
    "LAWFUL",
    "LAWFUL_IN_MOCKS",
    "access",
    "files",
    "jobs",
    "names",
    "pauses",
    "records",
    "results",
    "shapes",
    "streams",
    "weather",
]
