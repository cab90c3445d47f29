"""Entity Enricher: the judge of its answers, streams and records, and the scripts that make them worth judging.

Contract: contracts/entity_enricher.yaml.
"""

from __future__ import annotations

from .definition import suite

__all__ = ["suite"]
