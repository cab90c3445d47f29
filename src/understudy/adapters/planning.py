"""Plans of verifications: played against the project's own mock, in this process, so that nobody is called."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from understudy.adapters.inprocess import EngineTransport
from understudy.adapters.judging import LIVE_EXAMPLES, Effort, Progress, forbidding, known_target, live_allowance
from understudy.engine import Engine
from understudy.http import Request, Response
from understudy.stage import ManualClock, Stage
from understudy.verify.effects import Effects
from understudy.verify.gate import Gate
from understudy.verify.generate import lawful_bodies
from understudy.verify.judge import Briefing
from understudy.verify.ledger import Book
from understudy.verify.plan import Plan, planned
from understudy.verify.session import Session
from understudy.verify.target import Target
from understudy.verify.verification import verify

if TYPE_CHECKING:
    from understudy.contract import Contract
    from understudy.project import Project

LABEL = "understudy-plan"


def plan_target(
    project: Project,
    stem: str,
    target: Target,
    effort: Effort,
    *,
    environment: Mapping[str, str],
    dialects: frozenset[str] = frozenset(),
    progress: Progress = lambda step: None,
) -> Plan:
    """What a verification of ``target`` would do. Calls nothing.

    Raises:
        ProjectError: the project has no such contract, mock or suite, or one of them does not load.
        UsageError: the contract has no such dialect, role, fixture or limit.
    """
    contract, told = known_target(project, stem, target, environment, dialects)
    suite = project.load_suite(stem).suite
    clock = ManualClock()
    stage = Stage(clock, limits={stem: told.limits}, dialects=dialects, journal_size=10)
    engine = Engine(project.load_mock(stem), contract, stage)
    instead = stand_in(contract, told)
    judge = suite.judge(contract, Briefing(instead.roles, instead.limits, instead.fixtures, dialects))
    allowance = live_allowance(suite, judge, effort)
    effects = Effects(contract, judge.creating, judge.lasting)
    lines: list[bytes] = []
    book = Book(lines.append, contract, instead, effects, LABEL)
    forbids = forbidding(effects, effort)
    gate = Gate(Timed(engine, clock), allowance, clock.now, clock.advance, forbids=forbids, watchers=(book,))
    session = Session(contract, instead, gate, judge, label=LABEL, book=book)
    examples = LIVE_EXAMPLES if effort.examples is None else effort.examples
    bodies = partial(lawful_bodies, contract)
    verification = verify(session, suite, examples=examples, lawful_bodies=bodies, progress=progress)
    return planned(verification, contract, judge, lines, told, allowance)


def stand_in(contract: Contract, target: Target) -> Target:
    """The mock in the place of ``target``: as many credentials of the same roles, the same fixtures and limits."""
    credentials: dict[str, str | list[str]] = {}
    for name in target.credentials:
        known, wanted = contract.roles[name].values, len(target.values(name))
        more = [f"{known[0]}-{number}" for number in range(len(known), wanted)]
        credentials[name] = [*known[:wanted], *more]
    fixtures = {name: contract.fixtures[name].value for name in target.fixtures}
    return Target(url=target.url, credentials=credentials, fixtures=fixtures, limits=target.limits)


class Timed(EngineTransport):
    """Carries requests to an engine, and lets the time pass that its streams take."""

    def __init__(self, engine: Engine, clock: ManualClock) -> None:
        super().__init__(engine)
        self._clock = clock

    def send(self, request: Request) -> Response:
        response = super().send(request)
        if response.stream:
            self._clock.advance(max(0.0, response.stream[len(response.stream) - 1].at))
        return response

    def stall(self, request: Request, seconds: float) -> Response:
        wait = self._engine.limits.get("wait_seconds")
        self._clock.advance(seconds if wait is None else min(seconds, wait))
        return super().stall(request, seconds)
