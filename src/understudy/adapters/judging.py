"""Verifications of one service: of the project's own mock, or of an instance elsewhere.

Here the engine, the server and the judge meet, so only the composition roots import it: the command line and the pytest
plugin. It needs the extra ``verify``.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from understudy.adapters.h11 import Bounds, H11Transport
from understudy.adapters.server import serving
from understudy.engine import Engine
from understudy.errors import TargetError, UsageError
from understudy.stage import ManualClock, Stage
from understudy.verify.effects import Effects
from understudy.verify.gate import Allowance, Gate, Watcher
from understudy.verify.generate import lawful_bodies
from understudy.verify.judge import Briefing, Judge
from understudy.verify.ledger import Book
from understudy.verify.recorder import Recorder, Tape
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
RETRY_SECONDS = 600.0
"""How long in all calls are held back by default because a target asks for that."""
UNANSWERED = 3
"""So many calls in a row may go unanswered for as long as an answer may take."""

Progress = Callable[[str], None]


class Effort(NamedTuple):
    """How much is called, and how fast. None: what suits the target (an embedded mock, or one that is not ours).

    ``calls`` caps all calls, ``seconds_between`` parts the starts of two, ``examples`` is how many generated bodies an
    operation is called with. ``writes``: a target that is not ours may be made to change what it holds; else only safe
    operations are called. ``timeout`` is how many seconds an answer may take, ``retry_seconds`` how long in all calls
    are held back when the target asks for it.
    """

    calls: int | None = None
    seconds_between: float | None = None
    examples: int | None = None
    writes: bool = False
    timeout: float | None = None
    retry_seconds: float = RETRY_SECONDS


class Beside(NamedTuple):
    """What goes on beside a verification: ``progress`` is told what comes next, ``tape`` records the exchanges,
    ``ledger`` takes a line before something is created, and ``gate`` is told which gate the calls pass.
    """

    progress: Progress = lambda step: None
    tape: Tape | None = None
    ledger: Callable[[bytes], None] = lambda line: None
    gate: Callable[[Gate], None] = lambda gate: None


NOTHING = Beside()


def judge_embedded(
    project: Project, stem: str, effort: Effort, *, dialects: frozenset[str] = frozenset(), beside: Beside = NOTHING
) -> Verification:
    """Verify the project's mock of ``stem``, served on a free port of loopback with a clock of its own.

    Raises:
        ProjectError: the project has no such contract, mock or suite, or one of them does not load.
        UsageError: the contract has no such dialect.
    """
    contract = _contract(project, stem, dialects)
    suite = _suite(project, stem)
    with _embedded(project, contract, suite, dialects) as (target, advance):
        judge = _judge(contract, suite, target, dialects)
        between = _first(effort.seconds_between, suite.seconds_between(judge.limits))
        allowance = Allowance(_first(effort.calls, EMBEDDED_CALLS), between)

        def wait(seconds: float) -> None:
            """A clock of ours stands still while a call takes its time, so no pause is cut short by that."""
            session.advance(max(seconds, between))

        gate = Gate(
            H11Transport(target.url, _bounds(effort)),
            allowance,
            time.monotonic,
            wait,
            watchers=_recorders(contract, target, beside),
        )
        session = Session(contract, target, gate, judge, label=f"understudy-{secrets.token_hex(4)}", advance=advance)
        return _verified(session, suite, _first(effort.examples, EMBEDDED_EXAMPLES), beside)


def judge_target(
    project: Project,
    stem: str,
    target: Target,
    effort: Effort,
    *,
    environment: Mapping[str, str],
    dialects: frozenset[str] = frozenset(),
    beside: Beside = NOTHING,
) -> Verification:
    """Verify ``target``; credentials in ``environment`` win over its own.

    Raises:
        ProjectError: the project has no such contract or suite, or one of them does not load.
        UsageError: the contract has no such dialect, role, fixture or limit.
        TargetError: nothing there answers.
    """
    session = session_with(project, stem, target, effort, environment=environment, dialects=dialects, beside=beside)
    return _verified(session, _suite(project, stem), _first(effort.examples, LIVE_EXAMPLES), beside)


def session_with(
    project: Project,
    stem: str,
    target: Target,
    effort: Effort,
    *,
    environment: Mapping[str, str],
    dialects: frozenset[str] = frozenset(),
    beside: Beside = NOTHING,
) -> Session:
    """A session with a target that is not ours. Raises as `judge_target` does, but calls nothing yet."""
    contract, target = known_target(project, stem, target, environment, dialects)
    suite = _suite(project, stem)
    judge = _judge(contract, suite, target, dialects)
    label = f"understudy-{secrets.token_hex(4)}"
    effects = Effects(contract, judge.creating, judge.lasting)
    book = Book(beside.ledger, contract, target, effects, label)
    watchers = (book, *_recorders(contract, target, beside))
    gate = _live_gate(target, live_allowance(suite, judge, effort), effort, effects, watchers)
    return Session(contract, target, gate, judge, label=label, book=book)


def known_target(
    project: Project,
    stem: str,
    target: Target,
    environment: Mapping[str, str],
    dialects: frozenset[str] = frozenset(),
) -> tuple[Contract, Target]:
    """The contract, and the target with the credentials of ``environment``. Raises as `judge_target` does."""
    contract = _contract(project, stem, dialects)
    known = with_environment(target, contract, environment)
    check_names(known, contract)
    return contract, known


def live_allowance(suite: Suite, judge: Judge, effort: Effort) -> Allowance:
    """What may be called of a target that is not ours."""
    between = _first(effort.seconds_between, suite.seconds_between(judge.limits))
    patience = UNANSWERED * _bounds(effort).seconds
    return Allowance(_first(effort.calls, LIVE_CALLS), between, patience, effort.retry_seconds)


def _live_gate(
    target: Target, allowance: Allowance, effort: Effort, effects: Effects, watchers: tuple[Watcher, ...]
) -> Gate:
    """The gate to a target that is not ours. Its pauses end when it is stopped."""

    def wait(seconds: float) -> None:
        before, until = gate.stopped, time.monotonic() + seconds
        while gate.stopped == before and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))

    transport = H11Transport(target.url, _bounds(effort))
    forbids = forbidding(effects, effort)
    gate = Gate(transport, allowance, time.monotonic, wait, forbids=forbids, watchers=watchers)
    return gate


def forbidding(effects: Effects, effort: Effort) -> Callable[[Any], str]:
    """Why a target that is not ours is spared a request; nothing where it is not."""
    return (lambda request: "") if effort.writes else effects.unless_safe


def _verified(session: Session, suite: Suite, examples: int, beside: Beside) -> Verification:
    contract, target, gate = session.contract, session.target, session.gate
    beside.gate(gate)
    result = verify(
        session,
        suite,
        examples=examples,
        lawful_bodies=lambda: lawful_bodies(contract),
        progress=beside.progress,
    )
    if gate.stopped or any(observation.response is not None for observation in result.observations):
        return result
    if not result.observations:
        why = next((row.reason for row in result.rows if row.reason), "the suite makes none")
        raise TargetError(f"{contract.stem}: not one call was made of {target.url}: {why}")
    raise TargetError(
        f"{contract.stem}: nothing at {target.url} answered so that it could be read "
        f"({result.observations[-1].failure}); is it running, and is the URL right?"
    )


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


def _contract(project: Project, stem: str, dialects: frozenset[str]) -> Contract:
    contract = project.contract(stem)
    unknown = sorted(dialects - contract.dialects)
    if unknown:
        raise UsageError(f"{stem} has no dialect {', '.join(unknown)}; it has {', '.join(sorted(contract.dialects))}")
    return contract


def _suite(project: Project, stem: str) -> Suite:
    suite: Suite = project.load_suite(stem).suite
    return suite


def _judge(contract: Contract, suite: Suite, target: Target, dialects: frozenset[str]) -> Judge:
    return suite.judge(contract, Briefing(target.roles, target.limits, target.fixtures, dialects))


def _recorders(contract: Contract, target: Target, beside: Beside) -> tuple[Watcher, ...]:
    began = time.time() - time.monotonic()
    return () if beside.tape is None else (Recorder(beside.tape, contract, target, began),)


def _bounds(effort: Effort) -> Bounds:
    return Bounds() if effort.timeout is None else Bounds(seconds=effort.timeout)


def _first(given: Any, otherwise: Any) -> Any:
    return otherwise if given is None else given
