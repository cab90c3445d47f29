"""A plan: what a verification would call, create and leave unchecked. Nobody is called to make one.

It is the verification itself, played against the mock of the same service with the roles, fixtures, limits and
permissions of the target, and with a clock that stands for the time it would take. So its counts are those of a target
that answers as the mock does; another one may need more calls, up to the cap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from understudy.contract import Contract
from understudy.verify.effects import Effects
from understudy.verify.gate import Allowance
from understudy.verify.judge import Judge
from understudy.verify.ledger import Left
from understudy.verify.target import Target
from understudy.verify.verification import Outcome, Verification


@dataclass(frozen=True)
class Plan:
    """``calls`` in all and ``by_operation`` ("" for those of none), at most ``cap``; ``seconds`` from first to last,
    and at most ``retry_seconds`` more where the target asks for that.

    ``created`` and ``deleted`` count calls by operation; ``lasting`` are those of ``created`` that nothing deletes.
    ``unchecked`` are clauses and why they would stay so; ``checked`` is how many would not.
    """

    stem: str
    url: str
    calls: int
    cap: int
    seconds: float
    seconds_between: float
    retry_seconds: float
    by_operation: Mapping[str, int]
    created: Mapping[str, int]
    deleted: Mapping[str, int]
    lasting: Mapping[str, int]
    checked: int
    unchecked: Mapping[str, str]


def planned(
    verification: Verification, contract: Contract, judge: Judge, lines: Iterable[bytes], of: Target, cap: Allowance
) -> Plan:
    """What a verification of the mock in the place of a target comes to. ``lines`` are those of its ledger."""
    deleting = frozenset(left.operation for line in lines for left in _left(line))
    effects = Effects(contract, judge.creating, judge.lasting)
    made: list[tuple[str, str, bool]] = []
    for each in verification.observations:
        operation = effects.operation(each.request)
        done = each.response is not None and 200 <= each.response.status < 300 and not effects.safe(each.request)
        made.append(("", "", done) if operation is None else (operation.id, operation.behaves_as, done))
    created = judge.creating | judge.lasting
    times = [each.at + each.elapsed for each in verification.observations]
    unchecked = {row.clause.id: row.reason for row in verification.of(Outcome.NOT_CHECKED)}
    return Plan(
        stem=contract.stem,
        url=of.url,
        calls=len(made),
        cap=cap.calls,
        seconds=round(max(times) - verification.observations[0].at, 1) if times else 0.0,
        seconds_between=cap.seconds_between,
        retry_seconds=cap.retry_seconds or 0.0,
        by_operation=_counted(id for id, *_ in made),
        created=_counted(id for id, name, done in made if done and name in created),
        deleted=_counted(id for id, name, done in made if done and name in deleting),
        lasting=_counted(id for id, name, done in made if done and name in judge.lasting),
        checked=len(verification.rows) - len(unchecked),
        unchecked=unchecked,
    )


def told(plan: Plan) -> Iterator[str]:
    """The plan for a person, line by line."""
    yield f"{plan.stem} at {plan.url}"
    pace = f", {plan.seconds_between:.1f} s apart" if plan.seconds_between else ""
    yield f"  {plan.calls} calls (at most {plan.cap}){pace}"
    more = f"{_duration(plan.retry_seconds)} more at most for Retry-After"
    yield f"  {_duration(plan.seconds)}, and as long as answers take; {more}"
    for what, counts in (("calls", plan.by_operation), ("creates", plan.created), ("deletes", plan.deleted)):
        if counts:
            yield f"  {what}: {_listed(counts)}"
    if plan.lasting:
        yield f"  stays there, as no operation deletes it: {_listed(plan.lasting)}"
    yield f"  {plan.checked} clauses would be checked, {len(plan.unchecked)} would not:"
    reasons: dict[str, list[str]] = {}
    for clause, reason in plan.unchecked.items():
        reasons.setdefault(reason, []).append(clause)
    for reason, clauses in reasons.items():
        yield f"    {reason}: {', '.join(clauses)}"


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan for a machine."""
    return asdict(plan)


def _left(line: bytes) -> tuple[Left, ...]:
    entry = msgspec.json.decode(line)
    return msgspec.convert(entry.get("left", ()), tuple[Left, ...])


def _counted(ids: Iterable[str]) -> dict[str, int]:
    return dict(Counter(ids))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {id or 'of no operation'}" for id, count in counts.items())


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
