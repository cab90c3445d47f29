"""What ``verify`` and ``judge`` have in common: reports, baselines, what is printed, and the exit code."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from understudy.errors import UsageError

if TYPE_CHECKING:
    from understudy.contract import Contract
    from understudy.verify.reports import Judged
    from understudy.verify.verification import Verification

F = TypeVar("F", bound=Callable[..., Any])
KINDS = ("junit", "json", "html", "sarif", "har")


class Wanted(NamedTuple):
    """What is to come out: files by kind, the baseline, and how it is printed."""

    reports: tuple[tuple[str, Path], ...]
    baseline: Path | None
    new_baseline: Path | None
    as_json: bool
    quiet: bool


def reporting(command: F) -> F:
    """The options of a command that judges."""
    options = (
        click.option("-q", "--quiet", is_flag=True, help="Print one line for each service, and what was violated."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables."),
        click.option(
            "--write-baseline",
            "new_baseline",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="Write a baseline that accepts what was violated, for you to give reasons.",
        ),
        click.option(
            "--baseline",
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            metavar="FILE",
            help="Violations that are accepted, with a reason and a last day (TOML).",
        ),
        click.option(
            "--report",
            "reports",
            multiple=True,
            metavar="KIND=PATH",
            help=f"Write a report: {', '.join(KINDS)}. Repeatable.",
        ),
    )
    for option in options:
        command = option(command)
    return command


def wanted(
    reports: Sequence[str], baseline: Path | None, new_baseline: Path | None, as_json: bool, quiet: bool
) -> Wanted:
    """Raises `UsageError` for a report that there is none of."""
    files = []
    for text in reports:
        kind, _, path = text.partition("=")
        if kind not in KINDS or not path:
            raise UsageError(f"--report {text}: expected KIND=PATH with a kind of {', '.join(KINDS)}")
        files.append((kind, Path(path)))
    return Wanted(tuple(files), baseline, new_baseline, as_json, quiet)


def finish(done: Sequence[tuple[Verification, Contract]], asked: Wanted) -> None:
    """Print and write what came out, and exit with 1 where something documented was violated that is not accepted.

    Raises:
        UsageError: the baseline is none, or a file cannot be written.
    """
    from understudy.verify.baseline import read_baseline, weigh, written
    from understudy.verify.findings import findings
    from understudy.verify.reports import Judged, render

    accepted = read_baseline(asked.baseline) if asked.baseline is not None else ()
    found = [(verification, contract, tuple(findings(verification))) for verification, contract in done]
    every = [finding for *_, found_here in found for finding in found_here]
    weighed = weigh(every, accepted, datetime.date.today())
    names = frozenset(finding.fingerprint for finding in weighed.accepted)
    judged = [Judged(verification, contract, own, names) for verification, contract, own in found]
    for kind, path in asked.reports:
        _write(path, render(kind, judged))
    if asked.new_baseline is not None:
        _write(asked.new_baseline, written(every, "to be said").encode())
    if asked.as_json:
        click.echo(render("json", judged), nl=False)
    else:
        for one in judged:
            _print(one, quiet=asked.quiet)
    for remark in weighed.remarks:
        click.echo(f"understudy: the baseline: {remark}", err=True)
    if weighed.failing:
        raise SystemExit(1)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _print(one: Judged, *, quiet: bool) -> None:
    from understudy.verify import report

    if not quiet:
        _print_table(one.verification.stem, report.table(one.verification))
    for finding in one.findings:
        click.echo(report.told(finding, one.judge, finding.fingerprint in one.accepted) + "\n")
    click.echo(report.summary(one.verification, passed=one.passed))


def _print_table(stem: str, rows: Iterator[tuple[str, str, str, str, str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    columns = ("outcome", "clause", "grade", "source", "what was seen")
    table = Table(*columns, title=stem, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(table)
