"""Verifying a provider of Flowith's contract in-process: as an embedded mock, or as a target that is not ours."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.suites.flowith_provider import Change, Provider
from understudy.adapters.inprocess import EngineTransport
from understudy.contract import Contract
from understudy.engine import Engine
from understudy.project import find_project
from understudy.stage import ManualClock, Stage
from understudy.verify.gate import Allowance, Gate
from understudy.verify.judge import Briefing
from understudy.verify.observation import Transport
from understudy.verify.session import Session
from understudy.verify.suite import Suite
from understudy.verify.target import Target
from understudy.verify.verification import Outcome, Verification, verify

PROJECT = find_project(Path(__file__))
CONTRACT: Contract = PROJECT.contract("flowith_seek")
SUITE: Suite = PROJECT.load_suite("flowith_seek").suite
FIXTURES = {fixture.name: fixture.value for fixture in CONTRACT.fixtures.values()}
CREDENTIALS = {role.name: list(role.values) for role in CONTRACT.roles.values()}
NO_DIALECTS: frozenset[str] = frozenset()


def no_bodies() -> Any:
    raise AssertionError("no generated cases were asked for")


def session_with(
    make: Callable[[EngineTransport], Transport],
    *,
    embedded: bool,
    dialects: frozenset[str] = NO_DIALECTS,
    limits: Mapping[str, Any] = {},
    credentials: Mapping[str, list[str]] = CREDENTIALS,
    fixtures: Mapping[str, Any] = FIXTURES,
    calls: int = 10_000,
    served_dialects: frozenset[str] | None = None,
    told: Mapping[str, Any] = {},
) -> Session:
    """A session with a provider that ``make`` makes of the mock. Elsewhere no limits but ``told`` are told."""
    clock = ManualClock()
    stage_limits = {**(SUITE.embedded_limits if embedded else {}), **limits}
    served = dialects if served_dialects is None else served_dialects
    stage = Stage(clock, limits={"flowith_seek": stage_limits}, dialects=served)
    engine = Engine(PROJECT.load_mock("flowith_seek"), CONTRACT, stage)
    transport = make(EngineTransport(engine))
    known = {**(engine.limits if embedded else {}), **told}
    target = Target(url="http://127.0.0.1:1", credentials=credentials, fixtures=fixtures, limits=known)
    judge = SUITE.judge(CONTRACT, Briefing(target.roles, target.limits, target.fixtures, dialects))
    between = SUITE.seconds_between(judge.limits)
    ticks = itertools.count(1000.0, 0.001)

    def wait(seconds: float) -> None:
        session.advance(max(seconds, between)) if embedded else clock.advance(seconds)

    now = (lambda: next(ticks)) if embedded else clock.now
    gate = Gate(transport, Allowance(calls, between), now, wait)
    session = Session(CONTRACT, target, gate, judge, advance=clock.advance if embedded else None)
    return session


def verified(change: Change | None = None, *, embedded: bool = True, **options: Any) -> Verification:
    """The verification of the mock with its answers changed."""
    session = session_with(lambda inner: Provider(inner, change), embedded=embedded, **options)
    return verify(session, SUITE, examples=0, lawful_bodies=no_bodies)


def against(verification: Verification) -> set[str]:
    """The clauses that something was said against, whatever their grade."""
    return {row.clause.id for row in verification.rows if row.outcome in (Outcome.VIOLATED, Outcome.NOTED)}


def violated(verification: Verification) -> dict[str, tuple[str, str]]:
    """The documented clauses that were violated, with what was expected and seen first."""
    return {row.clause.id: (row.against[0].expected, row.against[0].seen) for row in verification.of(Outcome.VIOLATED)}
