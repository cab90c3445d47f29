"""Mutants of Entity Enricher: what goes wrong with jobs and their streams, records, schemas, files and keys."""

from __future__ import annotations

from . import files, jobs, records, schemas, streams
from .common import catalogue

__all__ = ["catalogue", "files", "jobs", "records", "schemas", "streams"]
