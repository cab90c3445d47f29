"""``understudy strength``: run suites over mutants, which are broken mocks, and tell how many of them they find."""

from __future__ import annotations

import fnmatch
import multiprocessing
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import msgspec

from understudy.adapters.commands import Chosen, pass_chosen, strength_page
from understudy.errors import UsageError
from understudy.mutants.values import KINDS

if TYPE_CHECKING:
    from understudy.adapters.commands.strength_page import Strength
    from understudy.adapters.measuring import Measured, Measuring
    from understudy.project import Project

PORTION = 8
"""How many mutants a process is handed at a time."""
DEPTHS = ("suite",)
"""The names of `understudy.adapters.measuring.DEPTHS`, which takes long to import."""


class Wanted(NamedTuple):
    """Which mutants are measured, and how."""

    depth: str
    kinds: tuple[str, ...]
    only: tuple[str, ...]
    jobs: int

    def chosen(self, measuring: Measuring) -> list[str]:
        """The ids of the mutants that are wanted, in order."""
        return [
            mutant.id
            for mutant in measuring.mutants.values()
            if (not self.kinds or mutant.kind in self.kinds)
            and (not self.only or any(fnmatch.fnmatchcase(mutant.id, pattern) for pattern in self.only))
        ]


@click.command("strength")
@click.argument("stems", nargs=-1, metavar="[STEM]...")
@click.option("--depth", type=click.Choice(DEPTHS), default="suite", show_default=True, help="What judges the mutants.")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(tuple(KINDS)), help="Mutants of this kind. Repeatable."
)
@click.option("--only", multiple=True, metavar="ID", help="This mutant; * stands for any text. Repeatable.")
@click.option("--jobs", type=click.IntRange(min=1), help="How many processes measure. [default: one for each core]")
@click.option(
    "--at-least", type=click.FloatRange(0, 100), help="Exit with 1 where fewer percent of a service are found."
)
@click.option(
    "--write", type=click.Path(path_type=Path, dir_okay=False), help="Write the result to this Markdown file."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@pass_chosen
def strength(
    chosen: Chosen,
    stems: tuple[str, ...],
    depth: str,
    kinds: tuple[str, ...],
    only: tuple[str, ...],
    jobs: int | None,
    at_least: float | None,
    write: Path | None,
    as_json: bool,
) -> None:
    """Run the suites over mutants: mocks that are broken in one respect each. What a suite does not find, survives.

    Exit code 0: measured. 1: a suite finds fault with the mock itself, fails at a mutant, or finds fewer than
    --at-least. 2: wrong usage.
    """
    _needs_extra()
    wanted = Wanted(depth, kinds, only, jobs or os.cpu_count() or 1)
    done = [_measured(chosen.project, stem, wanted) for stem in _stems(chosen, stems)]
    if not any(each.mutants for each in done):
        raise UsageError("no mutant is of these kinds and has such an id: leave out --kind or --only")
    if write is not None:
        write.write_text(
            strength_page.markdown(done, depth, shlex.join(("understudy", *sys.argv[1:]))), encoding="utf-8"
        )
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(strength_page.as_json(done, depth)), indent=2))
    else:
        _print(done)
    if not all(each.sound and each.score >= (at_least or 0) for each in done if each.mutants):
        raise SystemExit(1)


def _needs_extra() -> None:
    missing = [name for name in ("h11", "hypothesis", "pydantic", "schemathesis") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"strength needs {', '.join(missing)}, which the core install leaves out: pip install 'understudy[verify]'"
        )


def _stems(chosen: Chosen, named: tuple[str, ...]) -> tuple[str, ...]:
    """The services to measure: those named, else those of the project that have a mock and a suite."""
    project, stems = chosen.project, chosen.stems(named)
    found = tuple(stem for stem in stems if stem in named or (project.has_suite(stem) and project.has_mock(stem)))
    if not found:
        raise UsageError(f"none of {', '.join(stems)} has a mock and a suite")
    return found


def _measured(project: Project, stem: str, wanted: Wanted) -> Strength:
    measuring = _measuring(project, stem)
    ids = wanted.chosen(measuring)
    unbroken = [measuring.judged(None, embedded=embedded) for embedded in (False, True)]
    found: list[Measured] = []
    with _progress(stem, len(ids)) as progress:
        for each in _in_processes(project, stem, ids, wanted):
            found.append(each)
            progress(len(found))
    calls = unbroken[0].calls, unbroken[1].calls
    wrong = tuple(sorted(unbroken[0].violated | unbroken[1].violated))
    return strength_page.Strength(stem, tuple(found), wrong, calls)


def _in_processes(project: Project, stem: str, ids: Sequence[str], wanted: Wanted) -> Iterator[Measured]:
    portions = [ids[begin : begin + PORTION] for begin in range(0, len(ids), PORTION)]
    if wanted.jobs == 1 or len(portions) < 2:
        for portion in portions:
            yield from _portion(project, stem, portion, wanted.depth)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(wanted.jobs, len(portions)), mp_context=context) as pool:
        for done in [pool.submit(_portion, project, stem, portion, wanted.depth) for portion in portions]:
            yield from done.result()


def _portion(project: Project, stem: str, ids: Sequence[str], depth: str) -> list[Measured]:
    """Measure some mutants. Runs in a process of its own, which keeps what it has loaded."""
    from understudy.adapters.measuring import DEPTHS as MEASURES

    measuring = _measuring(project, stem)
    return [MEASURES[depth](measuring, measuring.mutants[id]) for id in ids]


def _measuring(project: Project, stem: str) -> Measuring:
    from understudy.adapters.measuring import Measuring

    known = _LOADED.get((project, stem))
    if known is None:
        known = _LOADED[project, stem] = Measuring(project, stem)
    return known


_LOADED: dict[tuple[Project, str], Measuring] = {}


@contextmanager
def _progress(stem: str, count: int) -> Iterator[Callable[[int], None]]:
    """A line on standard error that says how far it is, for a person who watches."""
    shown = sys.stderr.isatty()

    def show(done: int) -> None:
        if shown:
            click.echo(f"\r\x1b[2K{stem}: {done} of {count} mutants", nl=False, err=True)

    try:
        yield show
    finally:
        if shown:
            click.echo("\r\x1b[2K", nl=False, err=True)


def _print(done: Sequence[Strength]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200)
    for each in done:
        table = Table(*strength_page.COLUMNS, title=each.stem, box=None, pad_edge=False)
        for row in strength_page.rows(each):
            table.add_row(*(Text(cell, overflow="fold") for cell in row))
        console.print(table)
        for line in strength_page.remarks(each):
            click.echo(line)
        click.echo(strength_page.summary(each) + "\n")
