"""Verifying a provider of ETRI's contract in-process: as an embedded mock, or as a target that is not ours."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.suites.etri_provider import LIMITS, Provider, Quirks
from understudy.contract import Contract
from understudy.project import find_project
from understudy.verify.gate import Allowance, Gate
from understudy.verify.judge import Briefing
from understudy.verify.observation import Transport
from understudy.verify.session import Session
from understudy.verify.suite import Suite
from understudy.verify.target import Target
from understudy.verify.verification import Outcome, Verification, verify

PROJECT = find_project(Path(__file__))
CONTRACT: Contract = PROJECT.contract("etri_mrc")
SUITE: Suite = PROJECT.load_suite("etri_mrc").suite
ROLES = {role.values[0]: role.name for role in CONTRACT.roles.values()}
TOLD = ("daily_calls", "monthly_calls", "yearly_calls", "concurrent_calls", "body_bytes", "wait_seconds")

GENEROUS = {"daily_calls": 1000, "monthly_calls": 10_000, "yearly_calls": 100_000}
"""Quotas of a target that has one good key: they must not end a verification."""


def no_bodies() -> Any:
    raise AssertionError("no generated cases were asked for")


def session_with(
    transport: Transport,
    limits: dict[str, Any],
    *,
    advance: Callable[[float], None] | None,
    roles: dict[str, str] = ROLES,
    dialects: frozenset[str] = frozenset(),
    calls: int = 10_000,
    tick: float = 1.0,
) -> Session:
    """A session whose own clock moves on by ``tick`` seconds whenever it is looked at."""
    credentials = {role: [key for key in roles if roles[key] == role] for role in roles.values()}
    target = Target(url="http://127.0.0.1:1", credentials=credentials, limits=limits)
    ticks = itertools.count(1000.0, tick)
    gate = Gate(transport, Allowance(calls), lambda: next(ticks), lambda seconds: None)
    judge = SUITE.judge(CONTRACT, Briefing(target.roles, target.limits, target.fixtures, dialects))
    return Session(CONTRACT, target, gate, judge, advance=advance)


def verified(
    quirks: Quirks | None = None, *, embedded: bool = True, told: bool = True, dialects: frozenset[str] = frozenset()
) -> Verification:
    """The verification of a provider. ``told``: the target file has its limits, as they should be."""
    lawful = dict(LIMITS) if embedded else {**LIMITS, **GENEROUS}
    provider = Provider(ROLES, quirks, lawful)
    limits = {name: lawful[name] for name in TOLD if told}
    session = session_with(provider, limits, advance=provider.advance if embedded else None, dialects=dialects)
    return verify(session, SUITE, examples=0, lawful_bodies=no_bodies)


def against(verification: Verification) -> set[str]:
    """The clauses that something was said against, whatever their grade."""
    return {row.clause.id for row in verification.rows if row.outcome in (Outcome.VIOLATED, Outcome.NOTED)}


def violated(verification: Verification) -> dict[str, tuple[str, str]]:
    """The documented clauses that were violated, with what was expected and seen first."""
    return {row.clause.id: (row.against[0].expected, row.against[0].seen) for row in verification.of(Outcome.VIOLATED)}
