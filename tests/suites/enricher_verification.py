"""Verifying a provider of Entity Enricher's contract in-process: as an embedded mock, or as a target not ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.suites.enricher_provider import FIXTURES, KEYS, Provider
from understudy.contract import Contract
from understudy.project import find_project
from understudy.verify.gate import Allowance, Gate
from understudy.verify.judge import Briefing
from understudy.verify.session import Session
from understudy.verify.suite import Suite
from understudy.verify.target import Target
from understudy.verify.verification import Outcome, Verification, verify

PROJECT = find_project(Path(__file__))
CONTRACT: Contract = PROJECT.contract("entity_enricher")
SUITE: Suite = PROJECT.load_suite("entity_enricher").suite


def no_bodies() -> Any:
    raise AssertionError("no generated cases were asked for")


def session_with(
    provider: Any,
    *,
    embedded: bool = False,
    calls: int = 10_000,
    credentials: Mapping[str, list[str]] = KEYS,
    fixtures: Mapping[str, Any] = FIXTURES,
    **limits: Any,
) -> Session:
    """A session whose waiting moves the provider's clock."""
    known = {**(SUITE.embedded_limits if embedded else {}), **limits}
    target = Target(url="http://127.0.0.1:1", credentials=credentials, fixtures=fixtures, limits=known)
    gate = Gate(provider, Allowance(calls), lambda: float(provider.clock), provider.advance)
    judge = SUITE.judge(CONTRACT, Briefing(target.roles, target.limits, target.fixtures))
    return Session(CONTRACT, target, gate, judge, label="검증", advance=provider.advance if embedded else None)


def verified(provider: Any, **options: Any) -> Verification:
    return verify(session_with(provider, **options), SUITE, examples=0, lawful_bodies=no_bodies)


def against(verification: Verification) -> set[str]:
    """The clauses that something was said against, whatever their grade."""
    return {row.clause.id for row in verification.rows if row.outcome in (Outcome.VIOLATED, Outcome.NOTED)}


def violated(verification: Verification) -> dict[str, tuple[str, str]]:
    """The documented clauses that were violated, with what was expected and seen first."""
    return {row.clause.id: (row.against[0].expected, row.against[0].seen) for row in verification.of(Outcome.VIOLATED)}


__all__ = ["CONTRACT", "SUITE", "Provider", "against", "session_with", "verified", "violated"]
