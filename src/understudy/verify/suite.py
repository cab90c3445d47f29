"""A suite: the judge of one service, and the scripts that make the calls it judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from understudy.verify.judge import Judge
    from understudy.verify.reading import Reading
    from understudy.verify.session import Session


class Arranged(NamedTuple):
    """A lawful call of an operation: what its path, query and body may be on this target, now."""

    path: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    body: Any = None


class Script(NamedTuple):
    """A sequence of calls. ``roles`` and ``fixtures`` are what it needs of a target, ``clauses`` what it is for.

    ``clock``: it moves the clock of the target, which only an embedded mock allows.
    """

    name: str
    run: Callable[[Session], None]
    clauses: tuple[str, ...]
    roles: tuple[str, ...]
    fixtures: tuple[str, ...]
    clock: bool


@dataclass
class Suite:
    """What `suites/<stem>.py` defines under the name ``suite``.

    ``arrange`` makes a lawful call of an operation possible and returns it, None when it cannot; generated cases vary
    what it returns. ``fitted`` makes a generated body one that this call may carry. ``unobservable`` gives, for each
    clause that no black-box observer can decide, the reason. ``embedded_limits`` override the contract's for an
    embedded mock, so that its ends are reached in few calls. ``rate`` names the limit that says how many calls a
    minute may have. ``reread`` reads back, after the derived cases, what none of them may have changed;
    ``followed`` reads back what a generated call that succeeded has changed. ``refuses_unlawful`` says whether the
    document states that requests which break its tables are refused; where it does not, instances that are not ours
    are spared them, but for members that the document requires.
    """

    stem: str
    judge: type[Judge]
    arrange: Callable[[Session, str], Arranged | None]
    unobservable: Mapping[str, str] = field(default_factory=dict)
    fitted: Callable[[Arranged, Any], Any] = lambda lawful, body: body
    embedded_limits: Mapping[str, Any] = field(default_factory=dict)
    rate: str | None = None
    refuses_unlawful: bool = True
    reread: Callable[[Session], None] = lambda session: None
    followed: Callable[[Session, Reading], None] = lambda session, reading: None
    scripts: list[Script] = field(default_factory=list)

    def seconds_between(self, limits: Mapping[str, Any]) -> float:
        """How far apart calls must start. As not all travel equally fast, a second is added to the minute."""
        return 61.0 / limits[self.rate] if self.rate is not None and limits.get(self.rate) else 0.0

    def script(
        self, *clauses: str, roles: tuple[str, ...] = ("good",), fixtures: tuple[str, ...] = (), clock: bool = False
    ) -> Callable[[Callable[[Session], None]], Callable[[Session], None]]:
        """Add a script. Its function's name and docstring say what it shows."""

        def add(run: Callable[[Session], None]) -> Callable[[Session], None]:
            self.scripts.append(Script(run.__name__, run, clauses, roles, fixtures, clock))
            return run

        return add
