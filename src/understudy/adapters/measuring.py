"""How much a suite finds: it is run over mutants of the project's own mock, in this process.

Here the engine, mutants and the judge meet, so only the command line imports it. It needs the extra ``verify``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from understudy.adapters.inprocess import EngineTransport
from understudy.engine import Engine
from understudy.errors import ProjectError, TargetError
from understudy.mutants import Catalogue, Mutant, Mutated, check, derived_mutants, shifted
from understudy.stage import ManualClock, Stage
from understudy.verify.gate import Allowance, Gate
from understudy.verify.judge import Briefing
from understudy.verify.observation import Transport
from understudy.verify.session import Session
from understudy.verify.target import Target
from understudy.verify.verification import Outcome, verify

if TYPE_CHECKING:
    from understudy.contract import Contract
    from understudy.project import Project
    from understudy.service import Service
    from understudy.verify.suite import Suite

LABEL = "strength"
MOST_CALLS = 100_000


class Found(NamedTuple):
    """What one run said: the clauses that bind and were violated, and how many calls it took.

    ``refused``: the target was said to take none of its credentials, and was not judged.
    """

    violated: frozenset[str]
    calls: int
    refused: bool = False

    @property
    def anything(self) -> bool:
        return self.refused or bool(self.violated)


class Measured(NamedTuple):
    """One mutant. ``elsewhere``: judged as a target that is not ours, in few calls; ``embedded``: as the project's own
    mock, which is asked only where the first found nothing. ``crash`` is the suite's own mistake, if it made one.
    """

    id: str
    kind: str
    says: str
    clauses: tuple[str, ...]
    rare: bool
    elsewhere: Found
    embedded: Found | None
    crash: str = ""

    @property
    def in_few_calls(self) -> bool:
        """It was found as a target that is not ours."""
        return self.elsewhere.anything

    @property
    def killed(self) -> bool:
        return self.elsewhere.anything or (self.embedded is not None and self.embedded.anything)

    @property
    def for_the_right_reason(self) -> bool:
        """A clause that the mutant is known to break was violated."""
        said = self.elsewhere.violated | (self.embedded.violated if self.embedded is not None else frozenset())
        return not said.isdisjoint(self.clauses)


class Measuring:
    """The suite, the mock and the mutants of one service.

    Raises:
        ProjectError: the project lacks one of them, or it does not load.
    """

    def __init__(self, project: Project, stem: str) -> None:
        self.contract: Contract = project.contract(stem)
        self.suite: Suite = project.load_suite(stem).suite
        self._service: Service[Any] = project.load_mock(stem)
        self._by_hand: Catalogue | None = _catalogue(project, stem)

    @cached_property
    def mutants(self) -> Mapping[str, Mutant]:
        """All mutants by id, those derived from the contract first.

        Raises:
            ContractError: one of them names a clause that the contract lacks, or breaks none that binds.
        """
        found = (*derived_mutants(self.contract), *(self._by_hand.mutants if self._by_hand is not None else ()))
        check(self.contract, found)
        return {mutant.id: mutant for mutant in found}

    def measure(self, mutant: Mutant) -> Measured:
        """Judge one mutant."""
        elsewhere, embedded, crash = Found(frozenset(), 0), None, ""
        try:
            elsewhere = self.judged(mutant, embedded=False)
            if not elsewhere.anything:
                embedded = self.judged(mutant, embedded=True)
        except Exception as error:  # whatever a mutant answers, a suite reads it safely: else that is what was found
            crash = f"{type(error).__name__}: {error}"
        return Measured(
            mutant.id, mutant.kind, mutant.says, mutant.clauses, mutant.rare, elsewhere, embedded, crash
        )  # fmt: skip

    def judged(self, mutant: Mutant | None, *, embedded: bool) -> Found:
        """What a verification says of a mutant, or of the mock itself."""
        session = self.session(mutant, embedded=embedded)
        try:
            result = verify(session, self.suite, examples=0, lawful_bodies=_no_bodies)
        except TargetError:
            return Found(frozenset(), len(session.gate.observations), refused=True)
        violated = frozenset(row.clause.id for row in result.of(Outcome.VIOLATED))
        return Found(violated, len(result.observations))

    def session(
        self,
        mutant: Mutant | None,
        *,
        embedded: bool,
        through: Callable[[Transport], Transport] = lambda transport: transport,
    ) -> Session:
        """A session with a fresh mock, broken by ``mutant``. ``through`` makes another transport of its own.

        Where it is not embedded, time passes when the suite waits and costs nothing here.
        """
        contract, suite, clock = self.contract, self.suite, ManualClock()
        limits = dict(suite.embedded_limits) if embedded else {}
        told = {**{name: limit.value for name, limit in contract.limits.items()}, **limits}
        if mutant is not None:
            limits = shifted(mutant, limits, contract)
        stage = Stage(clock, limits={contract.stem: limits}, journal_size=1)
        engine = Engine(self._service, contract, stage)
        transport = through(EngineTransport(engine if mutant is None else Mutated(engine, mutant, contract)))
        target = Target(
            url="http://127.0.0.1:1",
            credentials=contract.test_credentials if embedded else _credentials(contract),
            fixtures=contract.fixture_values,
            limits=told if embedded else {},
        )
        judge = suite.judge(contract, Briefing(target.roles, target.limits, target.fixtures))
        between = suite.seconds_between(judge.limits)
        ticks = itertools.count(1000.0, 0.001)

        def wait(seconds: float) -> None:
            session.advance(max(seconds, between)) if embedded else clock.advance(seconds)

        now = (lambda: next(ticks)) if embedded else clock.now
        gate = Gate(transport, Allowance(MOST_CALLS, between), now, wait)
        session = Session(
            contract, target, gate, judge, label=LABEL, advance=clock.advance if embedded else None
        )  # fmt: skip
        return session


def _credentials(contract: Contract) -> dict[str, str | list[str]]:
    """Those that somebody has for an instance elsewhere: of each role two, so that there are two accounts."""
    return {
        role.name: list(role.values) if role.many else [role.values[0], f"{role.values[0]}-second"]
        for role in contract.roles.values()
    }


def _catalogue(project: Project, stem: str) -> Catalogue | None:
    if not project.has_mutants(stem):
        return None
    catalogue = getattr(project.load_mutants(stem), "catalogue", None)
    if not isinstance(catalogue, Catalogue):
        raise ProjectError(f"the mutants of {stem}: expected a Catalogue({stem!r}) under the name catalogue")
    return catalogue


def _no_bodies() -> Any:
    raise AssertionError("no generated cases were asked for")


DEPTHS: Mapping[str, Callable[[Measuring, Mutant], Measured]] = {"suite": Measuring.measure}
"""How thoroughly a mutant is judged, by the name of the depth."""
