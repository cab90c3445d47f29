"""A verification: a suite run against a target, and what became of every clause of the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from understudy.contract import BINDING_GRADES, Clause, Contract
from understudy.errors import ContractError, GateClosed, TargetError
from understudy.verify.cases import BodySource, run_derived, run_generated
from understudy.verify.judge import Judge
from understudy.verify.observation import Observation
from understudy.verify.reading import Verdict
from understudy.verify.session import Session, Unmet
from understudy.verify.suite import Script, Suite


class Outcome(StrEnum):
    """What became of a clause. ``NOTED`` is a violation of an observed or assumed clause: it does not fail."""

    HELD = "held"
    VIOLATED = "violated"
    NOTED = "noted"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Row:
    """One clause: how often it was seen to hold, the verdicts against it, and why it was not checked if it was not."""

    clause: Clause
    outcome: Outcome
    held: int
    against: tuple[Verdict, ...]
    reason: str = ""


@dataclass(frozen=True)
class Verification:
    """The result for one service. ``observations`` are the exchanges that the verdicts' numbers count.

    ``judge`` makes a judge that is told what the one that judged was; ``target`` is the origin that was judged, empty
    for a recording. ``halted`` says what the target did that ended the calls before their time, if it did, and
    ``orphans`` what may be left of what was created there.
    """

    stem: str
    rows: tuple[Row, ...]
    observations: Sequence[Observation]
    judge: Callable[[], Judge]
    target: str = ""
    halted: str = ""
    orphans: tuple[str, ...] = ()

    def of(self, outcome: Outcome) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.outcome is outcome)

    @property
    def passed(self) -> bool:
        """Nothing documented was violated."""
        return not self.of(Outcome.VIOLATED)


def verify(
    session: Session,
    suite: Suite,
    *,
    examples: int,
    lawful_bodies: Callable[[], BodySource],
    progress: Callable[[str], None] = lambda step: None,
) -> Verification:
    """Run every script and every case of ``suite`` that the target and its gate allow, and judge all exchanges.

    What a part creates is deleted when it ends, however it ends. ``examples`` is how many generated bodies each
    operation is called with; ``progress`` is told what comes next.

    Raises:
        TargetError: the target cannot be reached at all, or takes none of the credentials.
    """
    unmet: dict[str, str] = {}
    for script in suite.scripts:
        progress(script.name)
        reason = _lacking(session, script) or _run(session, script.name, partial(script.run, session))
        if reason:
            unmet.update(dict.fromkeys(script.clauses, reason))
    progress("cases derived from the contract")
    stopped = _run(session, "derived", lambda: run_derived(session, suite))
    if examples:
        progress("generated cases")
        stopped = (
            _run(session, "generated", lambda: run_generated(session, suite, examples, lawful_bodies())) or stopped
        )
    _demand_access(session)
    found = rows(session.contract, suite, session.verdicts, unmet, stopped)
    seen, again = session.gate.observations, session.judge.again
    stem, halted, orphans = session.contract.stem, session.gate.halted, session.orphans()
    return Verification(stem, found, seen, again, session.target.url, halted, orphans)


def rows(
    contract: Contract, suite: Suite, verdicts: Sequence[Verdict], unmet: Mapping[str, str], stopped: str = ""
) -> tuple[Row, ...]:
    """One row for every clause of the contract, in its order.

    ``unmet`` are reasons why clauses were not checked; ``stopped`` is why not all cases could be tried, if they could
    not.

    Raises:
        ContractError: the suite names a clause that the contract does not have.
    """
    _check_clauses(contract, suite, verdicts)
    held: dict[str, int] = {}
    against: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.held:
            held[verdict.clause] = held.get(verdict.clause, 0) + 1
        else:
            against.setdefault(verdict.clause, []).append(verdict)
    found = []
    for clause in contract.clauses.values():
        wrong = tuple(against.get(clause.id, ()))
        times = held.get(clause.id, 0)
        if wrong:
            outcome = Outcome.VIOLATED if clause.grade in BINDING_GRADES else Outcome.NOTED
            found.append(Row(clause, outcome, times, wrong))
        elif times:
            found.append(Row(clause, Outcome.HELD, times, ()))
        else:
            found.append(
                Row(
                    clause,
                    Outcome.NOT_CHECKED,
                    0,
                    (),
                    _reason(clause, suite, unmet) or stopped or "no exchange bore on it",
                )
            )
    return tuple(found)


def _lacking(session: Session, script: Script) -> str:
    """What the script needs and the target lacks; empty when it lacks nothing."""
    roles = [role for role in script.roles if not session.target.values(role)]
    fixtures = [name for name in script.fixtures if name not in session.target.fixtures]
    if roles:
        return f"the target has no credential for the role {' and the role '.join(roles)}"
    if fixtures:
        return f"the target has no fixture {' and no fixture '.join(fixtures)}"
    return "the target's clock cannot be moved" if script.clock and not session.embedded else ""


def _run(session: Session, scope: str, run: Callable[[], None]) -> str:
    """Run a part of the suite in accounts of its own; the reason why it could not be finished, if it could not."""
    session.begin(scope.replace("_", "-").replace(" ", "-"))
    try:
        run()
    except Unmet as missing:
        return str(missing)
    except GateClosed as closed:
        return str(closed)
    finally:
        session.clean_up()
    return ""


def _demand_access(session: Session) -> None:
    """Raise `TargetError` when no call with a credential of ours was answered but by a refusal of the credential."""
    statuses = [reading.status for reading in session.readings if reading.role]
    if statuses and not set(statuses) - {401, 403}:
        raise TargetError(
            f"{session.contract.stem}: the target refused the credentials it was given in all {len(statuses)} calls "
            "that carried one: are they valid for this instance?"
        )


def _reason(clause: Clause, suite: Suite, unmet: Mapping[str, str]) -> str:
    if clause.id in suite.unobservable:
        return suite.unobservable[clause.id]
    if clause.id in unmet:
        return unmet[clause.id]
    if clause.binds == "consumer":
        return "it binds the consumer: a provider can neither keep nor break it"
    return ""


def _check_clauses(contract: Contract, suite: Suite, verdicts: Sequence[Verdict]) -> None:
    named = {verdict.clause for verdict in verdicts}.union(
        suite.unobservable, *(entry.clauses for entry in suite.scripts)
    )
    unknown = sorted(named - set(contract.clauses))
    if unknown:
        raise ContractError(
            f"the suite of {contract.stem} judges {', '.join(unknown)}, which its contract lacks: correct either"
        )
