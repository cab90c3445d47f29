"""Instances of Entity Enricher that differ lawfully."""

from __future__ import annotations

from tests.suites.enricher_provider import Provider

LAWFUL: list[type[Provider]] = []
LAWFUL_IN_MOCKS: list[type[Provider]] = []


def lawful(provider: type[Provider]) -> type[Provider]:
    LAWFUL.append(provider)
    return provider


def lawful_in_mocks(provider: type[Provider]) -> type[Provider]:
    """A difference that shows in answers to calls which only mocks of ours are asked."""
    LAWFUL_IN_MOCKS.append(provider)
    return provider
