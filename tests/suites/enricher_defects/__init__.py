"""Instances of Entity Enricher that break one promise each."""

from tests.suites.enricher_defects import (
    access,
    batches,
    deletions,
    events,
    files,
    options,
    orders,
    records,
    refusals,
    schemas,
    starts,
    streams,
)
from tests.suites.enricher_defects.registry import DEFECTS, Defect

__all__ = [
    "DEFECTS",
    "Defect",
    "access",
    "batches",
    "deletions",
    "events",
    "files",
    "options",
    "orders",
    "records",
    "refusals",
    "schemas",
    "starts",
    "streams",
]
