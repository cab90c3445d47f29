"""Findings: what a verification has against a provider, each by a lasting name and in the fewest calls that show it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from understudy.verify.judge import Judge
from understudy.verify.observation import Observation
from understudy.verify.reading import Verdict
from understudy.verify.verification import Outcome, Row, Verification

READS = 10_000
"""How many exchanges are judged anew, at most, to find out which of them a finding needs."""
_PASSING = re.compile(r"(?=[\w.:-]*\d)[\w.:-]{5,}|\"[^\"]*\"|'[^']*'")
"""What in a place or an expectation differs from run to run: identifiers, times, quoted values."""

NewJudge = Callable[[], Judge]


class Finding(NamedTuple):
    """``story`` are the calls that show it, in order, the last being the one that was judged."""

    fingerprint: str
    row: Row
    verdict: Verdict
    operation: str | None
    story: tuple[Observation, ...]

    @property
    def fails(self) -> bool:
        """Whether it fails the verification: the clause is documented, or shown by a sample."""
        return self.row.outcome is Outcome.VIOLATED


def fingerprint(clause: str, operation: str | None, verdict: Verdict) -> str:
    """Twelve hexadecimal digits that are the same in every run: of the clause, the operation, where and what."""
    parts = (clause, operation or "", *(_PASSING.sub("#", part) for part in (verdict.where, verdict.expected)))
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=6).hexdigest()


def findings(verification: Verification, *, shorten: bool = True) -> Iterator[Finding]:
    """What was violated or noted, one finding for every fingerprint, in the order of the contract's clauses.

    Without ``shorten`` a story is its last call.
    """
    judge = verification.judge
    first = judge()
    by_number = {observation.number: observation for observation in verification.observations}
    for row in (*verification.of(Outcome.VIOLATED), *verification.of(Outcome.NOTED)):
        seen: set[str] = set()
        for verdict in row.against:
            last = by_number.get(verdict.observation)
            operation = None if last is None else first.decode(last).operation
            name = fingerprint(row.clause.id, operation, verdict)
            if name in seen:
                continue
            seen.add(name)
            story: tuple[Observation, ...] = () if last is None else (last,)
            if shorten and last is not None:
                story = shortest(verification.observations, last, row.clause.id, verdict, judge)
            yield Finding(name, row, verdict, operation, story)


def shortest(
    observations: Sequence[Observation], last: Observation, clause: str, verdict: Verdict, judge: NewJudge
) -> tuple[Observation, ...]:
    """The fewest observations up to ``last`` that the same verdict is given on, as far as `READS` allow.

    A verdict that only a script could give (it compared exchanges itself) keeps its last call alone.
    """
    left = READS

    def shows(kept: Sequence[Observation]) -> bool:
        nonlocal left
        left -= len(kept) + 1
        return left >= 0 and _given(judge(), [*kept, last], clause, verdict)

    earlier = [one for one in observations if one.number < last.number]
    first = judge()
    mine = _account(last, first)
    same = [one for one in earlier if _account(one, first) == mine]
    if shows([]):
        return (last,)
    kept = next((some for some in (same, earlier) if shows(some)), None)
    if kept is None:
        return (last,)
    size = max(len(kept) // 2, 1)
    while kept and left > 0:
        shorter = _without_a_piece(kept, size, shows)
        if size == 1 and len(shorter) == len(kept):
            break
        kept, size = shorter, max(size // 2, 1)
    return (*kept, last)


def _without_a_piece(
    kept: list[Observation],
    size: int,
    shows: Callable[[Sequence[Observation]], bool],
) -> list[Observation]:
    """What is left when pieces of ``size`` are taken out wherever the rest still shows it."""
    place = len(kept)
    while place > 0:
        begin = max(place - size, 0)
        rest = kept[:begin] + kept[place:]
        if shows(rest):
            kept = rest
        place = begin
    return kept


def _given(judge: Judge, told: Sequence[Observation], clause: str, verdict: Verdict) -> bool:
    """Whether the last of the observations gets the verdict again."""
    verdicts: Sequence[Verdict] = ()
    for observation in told:
        _, verdicts = judge.read(observation)
    return any(not one.held and one.clause == clause and one.where == verdict.where for one in verdicts)


def _account(observation: Observation, judge: Judge) -> str | None:
    return observation.request.headers.get(judge.credential_header)
