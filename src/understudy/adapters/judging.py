"""Verifications of one service: of the project's own mock, or of an instance elsewhere.

Here the engine, the server and the judge meet, so only the composition roots import it: the command line and the pytest
plugin. It needs the extra ``verify``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from understudy.adapters.h11 import H11Transport
from understudy.adapters.server import serving
from understudy.engine import Engine
from understudy.errors import TargetError, UsageError
from understudy.stage import ManualClock, Stage
from understudy.verify.gate import Allowance, Gate
from understudy.verify.generate import lawful_bodies
from understudy.verify.judge import Briefing
from understudy.verify.session import Session
from understudy.verify.target import Target, check_names, with_environment
from understudy.verify.verification import verify

if TYPE_CHECKING:
    from understudy.contract import Contract
    from understudy.project import Project
    from understudy.verify.suite import Suite
    from understudy.verify.verification import Verification

EMBEDDED_EXAMPLES, LIVE_EXAMPLES = 20, 3
EMBEDDED_CALLS, LIVE_CALLS = 100_000, 500

Progress = Callable[[str], None]


class Effort(NamedTuple):
    """How much is called, and how fast. None: what suits the target (an embedded mock, or one that is not ours).

    ``calls`` caps all calls, ``seconds_between`` parts the starts of two, ``examples`` is how many generated bodies an
    operation is called with.
    """

    calls: int | None = None
    seconds_between: float | None = None
    examples: int | None = None


def judge_embedded(
    project: Project,
    stem: str,
    effort: Effort,
    *,
    dialects: frozenset[str] = frozenset(),
    progress: Progress = lambda step: None,
) -> Verification:
    """Verify the project's mock of ``stem``, served on a free port of loopback with a clock of its own.

    Raises:
        ProjectError: the project has no such contract, mock or suite, or one of them does not load.
        UsageError: the contract has no such dialect.
    """
    contract = _contract(project, stem, dialects)
    suite = _suite(project, stem)
    with _embedded(project, contract, suite, dialects) as (target, advance):
        return _run(contract, suite, target, effort, dialects, progress, advance)


def judge_target(
    project: Project,
    stem: str,
    target: Target,
    effort: Effort,
    *,
    environment: Mapping[str, str],
    dialects: frozenset[str] = frozenset(),
    progress: Progress = lambda step: None,
) -> Verification:
    """Verify ``target``; credentials in ``environment`` win over its own.

    Raises:
        ProjectError: the project has no such contract or suite, or one of them does not load.
        UsageError: the contract has no such dialect, role, fixture or limit.
        TargetError: nothing there answers.
    """
    contract = _contract(project, stem, dialects)
    known = with_environment(target, contract, environment)
    check_names(known, contract)
    return _run(contract, _suite(project, stem), known, effort, dialects, progress, None)


def _contract(project: Project, stem: str, dialects: frozenset[str]) -> Contract:
    contract = project.contract(stem)
    unknown = sorted(dialects - contract.dialects)
    if unknown:
        raise UsageError(f"{stem} has no dialect {', '.join(unknown)}; it has {', '.join(sorted(contract.dialects))}")
    return contract


def _suite(project: Project, stem: str) -> Suite:
    suite: Suite = project.load_suite(stem).suite
    return suite


@contextmanager
def _embedded(
    project: Project, contract: Contract, suite: Suite, dialects: frozenset[str]
) -> Iterator[tuple[Target, Callable[[float], None]]]:
    clock = ManualClock()
    stage = Stage(clock, limits={contract.stem: suite.embedded_limits}, dialects=dialects, journal_size=100)
    engine = Engine(project.load_mock(contract.stem), contract, stage)
    with serving({contract.stem: engine}) as running:
        target = Target(
            url=running.urls[contract.stem],
            credentials=contract.test_credentials,
            fixtures=contract.fixture_values,
            limits=engine.limits,
        )
        yield target, clock.advance


def _run(
    contract: Contract,
    suite: Suite,
    target: Target,
    effort: Effort,
    dialects: frozenset[str],
    progress: Progress,
    advance: Callable[[float], None] | None,
) -> Verification:
    embedded = advance is not None
    judge = suite.judge(contract, Briefing(target.roles, target.limits, target.fixtures, dialects))
    between = _first(effort.seconds_between, suite.seconds_between(judge.limits))
    allowance = Allowance(_first(effort.calls, EMBEDDED_CALLS if embedded else LIVE_CALLS), between)

    def wait(seconds: float) -> None:
        """A clock of ours stands still while a call takes its time, so no pause is cut short by that."""
        if embedded:
            session.advance(max(seconds, between))
        else:
            time.sleep(seconds)

    gate = Gate(H11Transport(target.url), allowance, time.monotonic, wait)
    session = Session(contract, target, gate, judge, label=f"understudy-{os.getpid():x}", advance=advance)
    result = verify(
        session,
        suite,
        examples=_first(effort.examples, EMBEDDED_EXAMPLES if embedded else LIVE_EXAMPLES),
        lawful_bodies=lambda: lawful_bodies(contract),
        progress=progress,
    )
    if not any(observation.response is not None for observation in result.observations):
        raise TargetError(f"{contract.stem}: nothing at {target.url} answered; is it running, and is the URL right?")
    return result


def _first(given: Any, otherwise: Any) -> Any:
    return otherwise if given is None else given
