"""``understudy cleanup``: delete what a verification left behind at an instance."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from understudy.adapters.commands import Chosen, needs_verify, pass_chosen
from understudy.adapters.commands.gating import FILE, tell
from understudy.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.adapters.interrupts import Interruptions
    from understudy.adapters.judging import Effort
    from understudy.adapters.keeping import LedgerFile
    from understudy.verify.cleaning import Kept
    from understudy.verify.ledger import Page
    from understudy.verify.target import Target


@click.command("cleanup")
@click.argument("ledger", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="LEDGER")
@click.option("--target", "target_file", type=FILE, help="The target file of the run, for its credentials.")
@click.option("--seconds-between", type=click.FloatRange(min=0), help="Seconds between the starts of two calls.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), help="Seconds that an answer may take.")
@pass_chosen
def cleanup(
    chosen: Chosen, ledger: Path, target_file: Path | None, seconds_between: float | None, timeout: float | None
) -> None:
    """Delete what LEDGER lists as left behind, at the instance that it names.

    Exit code 0: all of that is gone. 1: something could not be deleted. 2: wrong usage. 3: nothing answered.

    Credentials come from the target file or from UNDERSTUDY_<STEM>_<ROLE>, as for the run itself.
    """
    needs_verify()
    from understudy.adapters.interrupts import Interruptions
    from understudy.adapters.judging import Effort
    from understudy.adapters.keeping import reopened
    from understudy.verify.ledger import read_ledger
    from understudy.verify.target import read_targets

    with ledger.open("rb") as lines:
        pages = read_ledger(lines)
    targets = read_targets(target_file) if target_file is not None else {}
    effort = Effort(seconds_between=seconds_between, writes=True, timeout=timeout)
    interruptions = Interruptions()
    kept: list[Kept] = []
    with interruptions.installed(), reopened(ledger) as file:
        for page in pages:
            if page.left:
                kept += _clean(chosen, page, _target(page, targets), effort, interruptions, file)
    for each in kept:
        click.echo(f"understudy: {each.left}: not deleted: {each.why}", err=True)
    doubtful = [page._replace(left=()) for page in pages if page.sent]
    tell(doubtful)
    count = sum(len(page.left) for page in pages)
    click.echo(f"{count - len(kept)} of {count} deleted" if count else "nothing is left that could be deleted")
    if interruptions.number:
        raise SystemExit(128 + interruptions.number)
    if kept:
        raise SystemExit(1)


def _target(page: Page, targets: Mapping[str, Target]) -> Target:
    """The instance that the ledger names, with what the target file has of it."""
    from understudy.verify.target import Target

    target = targets.get(page.stem)
    if target is None:
        return Target(url=page.url)
    if target.url != page.url:
        raise UsageError(
            f"{page.stem}: the ledger is of {page.url} and the target of {target.url}: name the target of that run"
        )
    return target


def _clean(
    chosen: Chosen, page: Page, target: Target, effort: Effort, interruptions: Interruptions, file: LedgerFile
) -> tuple[Kept, ...]:
    from understudy.adapters.judging import session_with
    from understudy.verify.cleaning import clean

    session = session_with(chosen.project, page.stem, target, effort, environment=os.environ)
    interruptions.watch(session.gate)
    return clean(session, page, file.append)
