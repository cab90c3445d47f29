"""Instances of Entity Enricher that differ lawfully."""

from __future__ import annotations

from tests.suites.enricher_provider import Provider

LAWFUL: list[type[Provider]] = []


def lawful(provider: type[Provider]) -> type[Provider]:
    LAWFUL.append(provider)
    return provider
