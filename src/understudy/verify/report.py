"""What comes out of a verification: a table by clause for a person, JSON for a machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from understudy.verify.findings import Finding, findings
from understudy.verify.judge import Judge
from understudy.verify.observation import Observation
from understudy.verify.reading import Verdict
from understudy.verify.retelling import as_curl
from understudy.verify.verification import Outcome, Row, Verification

MARKS = {Outcome.HELD: "✓", Outcome.VIOLATED: "✗", Outcome.NOTED: "!", Outcome.NOT_CHECKED: "·"}
ORDER = (Outcome.VIOLATED, Outcome.NOTED, Outcome.HELD, Outcome.NOT_CHECKED)


def summary(verification: Verification, *, passed: bool | None = None) -> str:
    """One line: how many clauses were held, violated, noted and not checked, in how many calls.

    ``passed`` is given where a baseline accepts what was violated.
    """
    counts = ", ".join(f"{len(verification.of(outcome))} {outcome}" for outcome in ORDER)
    verdict = "passed" if (verification.passed if passed is None else passed) else "FAILED"
    return f"{verification.stem}: {verdict}: {counts} ({len(verification.observations)} calls)"


def table(verification: Verification) -> Iterator[tuple[str, str, str, str, str]]:
    """Rows for people: outcome, clause, grade, source, and what was seen or why nothing was."""
    for row in sorted(verification.rows, key=lambda row: ORDER.index(row.outcome)):
        mark = f"{MARKS[row.outcome]} {row.outcome}"
        yield mark, row.clause.id, row.clause.grade, str(row.clause.source), _remark(row)


def told(finding: Finding, judge: Judge, accepted: bool = False) -> str:
    """A finding for people: what its clause says, what was seen, and the calls that show it."""
    row, verdict = finding.row, finding.verdict
    about = "; accepted by the baseline" if accepted else ""
    lines = [
        f"{MARKS[row.outcome]} {row.clause.id} [{row.clause.grade}; {row.clause.source}]  {finding.fingerprint}{about}",
        f"    {row.clause.says}",
        f"    expected {verdict.expected or 'the clause to hold'}",
        f"    seen     {verdict.seen or 'otherwise'} in {verdict.where or 'the answer'}",
    ]
    if finding.story:
        lines += [f"    {line}" for line in as_curl(finding.story, judge).splitlines()]
    return "\n".join(lines)


def violations(verification: Verification) -> Iterator[str]:
    """Every finding of a verification for people."""
    judge = verification.judge()
    return (told(finding, judge) for finding in findings(verification))


def as_json(verification: Verification) -> dict[str, Any]:
    """The whole verification as a JSON object, clause by clause."""
    return {
        "stem": verification.stem,
        "passed": verification.passed,
        "calls": len(verification.observations),
        "halted": verification.halted or None,
        "orphans": list(verification.orphans),
        "counts": {str(outcome): len(verification.of(outcome)) for outcome in ORDER},
        "clauses": [
            {
                "id": row.clause.id,
                "says": row.clause.says,
                "grade": row.clause.grade,
                "source": {"document": row.clause.source.document, "section": row.clause.source.heading},
                "outcome": str(row.outcome),
                "held": row.held,
                "reason": row.reason or None,
                "against": [_against(verification.observations, verdict) for verdict in row.against],
            }
            for row in verification.rows
        ],
    }


def _remark(row: Row) -> str:
    if row.outcome is Outcome.NOT_CHECKED:
        return row.reason
    if row.outcome is Outcome.HELD:
        return f"{row.held} times" if row.held > 1 else "once"
    first = row.against[0]
    return f"expected {first.expected}; seen {first.seen or 'otherwise'}"


def _story(observations: Iterable[Observation], verdict: Verdict) -> Iterator[str]:
    for observation in observations:
        if observation.number == verdict.observation:
            request, response = observation.request, observation.response
            answer = f"{response.status}" if response is not None else f"no answer ({observation.failure})"
            yield f"call {observation.number}: {request.method} {request.target} -> {answer}"


def _against(observations: Iterable[Observation], verdict: Verdict) -> dict[str, Any]:
    return {
        "call": verdict.observation,
        "where": verdict.where,
        "expected": verdict.expected,
        "seen": verdict.seen,
        "story": list(_story(observations, verdict)),
    }
