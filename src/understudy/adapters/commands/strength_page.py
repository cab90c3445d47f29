"""How many mutants a suite found: a table by kind for a person, Markdown to keep, JSON for a machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from understudy.adapters.measuring import Measured

COLUMNS = ("kind", "mutants", "rare", "found in few calls", "found", "by their clause")


class Strength(NamedTuple):
    """What was measured of one service. ``wrong`` are clauses that the suite says the mock itself breaks; ``calls`` is
    how many a verification of the mock takes, as a target that is not ours and as an embedded one.
    """

    stem: str
    mutants: tuple[Measured, ...]
    wrong: tuple[str, ...]
    calls: tuple[int, int]

    @property
    def score(self) -> float:
        """How many of a hundred mutants were found."""
        return percent(sum(each.killed for each in self.mutants), len(self.mutants))

    @property
    def survivors(self) -> tuple[Measured, ...]:
        return tuple(each for each in self.mutants if not each.killed)

    @property
    def sound(self) -> bool:
        """The suite holds the mock for sound, and judged every mutant to the end."""
        return not self.wrong and not any(each.crash for each in self.mutants)


def percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 100.0


def rows(strength: Strength) -> Iterator[tuple[str, ...]]:
    """A row for each kind, in the order in which they come, and one for all."""
    for kind in dict.fromkeys(each.kind for each in strength.mutants):
        yield _row(kind, [each for each in strength.mutants if each.kind == kind])
    yield _row("all", strength.mutants)


def _row(kind: str, mutants: Sequence[Measured]) -> tuple[str, ...]:
    def share(count: int) -> str:
        return f"{count} ({percent(count, len(mutants)):.1f} %)"

    return (
        kind,
        str(len(mutants)),
        str(sum(each.rare for each in mutants)),
        share(sum(each.in_few_calls for each in mutants)),
        share(sum(each.killed for each in mutants)),
        share(sum(each.for_the_right_reason for each in mutants)),
    )


def summary(strength: Strength) -> str:
    """One line: how much was found, and in how many calls."""
    found = len(strength.mutants) - len(strength.survivors)
    elsewhere, embedded = strength.calls
    return (
        f"{strength.stem}: {found} of {len(strength.mutants)} mutants found ({strength.score:.1f} %); a verification "
        f"takes {elsewhere} calls of a target that is not ours, {embedded} of the embedded mock"
    )


def remarks(strength: Strength) -> Iterator[str]:
    """What survived, what the suite failed at, and what it says against the mock itself."""
    for clause in strength.wrong:
        yield f"  against the mock itself: {clause}"
    for each in strength.mutants:
        if each.crash:
            yield f"  the suite failed at {each.id}: {each.crash}"
    for each in strength.survivors:
        yield f"  survives: {each.id}: {each.says}"


def markdown(done: Sequence[Strength], depth: str, command: str) -> str:
    """The whole result as a page."""
    mutants = [each for strength in done for each in strength.mutants]
    killed = sum(each.killed for each in mutants)
    lines = [
        "# How much the suites find",
        "",
        "A mutant is a mock that is broken in one respect. This page says how many of them a verification finds. It",
        "was written by",
        "",
        f"    {command}",
        "",
        "- **rare**: it shows only after three or more calls, or for rare input.",
        "- **found in few calls**: by a verification of a target that is not ours, within its call budget.",
        "- **found**: by that, or by a verification of the embedded mock, which has fresh accounts and moves time.",
        "- **by their clause**: the violated clauses are among those that the mutant is known to break.",
        "",
        f"Depth `{depth}`: {killed} of {len(mutants)} mutants found ({percent(killed, len(mutants)):.1f} %), "
        f"{sum(each.rare for each in mutants)} of them rare.",
    ]
    for strength in done:
        lines += ["", f"## {strength.stem}", "", *_table(strength), "", f"{summary(strength)}."]
        left = [*remarks(strength)]
        lines += ["", *(f"- {line.strip()}" for line in left)] if left else []
    return "\n".join(lines) + "\n"


def _table(strength: Strength) -> Iterator[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"| --- |{' ---: |' * (len(COLUMNS) - 1)}"
    for row in rows(strength):
        yield f"| {' | '.join(row)} |"


def as_json(done: Sequence[Strength], depth: str) -> dict[str, Any]:
    """The whole result as a JSON object, mutant by mutant."""
    return {
        "depth": depth,
        "services": [
            {
                "stem": strength.stem,
                "score": round(strength.score, 2),
                "calls": {"elsewhere": strength.calls[0], "embedded": strength.calls[1]},
                "against_the_mock": list(strength.wrong),
                "mutants": [_mutant(each) for each in strength.mutants],
            }
            for strength in done
        ],
    }


def _mutant(each: Measured) -> dict[str, Any]:
    embedded = each.embedded
    return {
        "id": each.id,
        "kind": each.kind,
        "says": each.says,
        "rare": each.rare,
        "clauses": list(each.clauses),
        "found": each.killed,
        "found_in_few_calls": each.in_few_calls,
        "by_its_clause": each.for_the_right_reason,
        "violated": sorted(each.elsewhere.violated | (embedded.violated if embedded is not None else frozenset())),
        "crash": each.crash or None,
    }
