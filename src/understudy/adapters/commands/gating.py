"""What ``verify`` may do to an instance that is not ours, and what goes with it: a ledger, a recording, signals."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from understudy import __version__

if TYPE_CHECKING:
    from understudy.adapters.interrupts import Interruptions
    from understudy.adapters.judging import Beside, Progress
    from understudy.adapters.keeping import LedgerFile
    from understudy.verify.ledger import Page
    from understudy.verify.recorder import Tape

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path, dir_okay=False)


class Permitted(NamedTuple):
    """What the command line allows of the gate."""

    writes: bool
    plan: bool
    timeout: float | None
    max_wait: float
    ledger: Path | None
    record: Path | None


def gating(command: F) -> F:
    """The options of a command that calls instances which are not ours."""
    options = (
        click.option("--record", type=FILE, metavar="FILE.har", help="Record every exchange there, without secrets."),
        click.option(
            "--ledger",
            type=FILE,
            metavar="FILE",
            help="Where it is written what is created. One of a new name in this directory, if something is left.",
        ),
        click.option(
            "--max-wait",
            type=click.FloatRange(min=0),
            default=600.0,
            show_default=True,
            help="Seconds in all that are waited where an instance asks for it (Retry-After).",
        ),
        click.option("--timeout", type=click.FloatRange(min=0, min_open=True), help="Seconds that an answer may take."),
        click.option("--plan", is_flag=True, help="Tell what would be called, created and checked, and call nothing."),
        click.option(
            "--writes",
            is_flag=True,
            help="Let the instance be changed: things of the suite's own are created and deleted.",
        ),
    )
    for option in options:
        command = option(command)
    return command


class Run:
    """One run: what it writes beside it, and how it is ended."""

    def __init__(
        self, permitted: Permitted, interruptions: Interruptions, ledger: LedgerFile, tape: Tape | None
    ) -> None:
        self._own_ledger = permitted.ledger is not None
        self._interruptions = interruptions
        self._ledger = ledger
        self._tape = tape

    @property
    def stopped(self) -> int:
        """The number of the signal that stopped the run, 0 if none did."""
        return self._interruptions.number

    def beside(self, progress: Progress) -> Beside:
        """What goes on beside the next verification."""
        from understudy.adapters.judging import Beside

        return Beside(progress, self._tape, self._ledger.append, self._interruptions.watch)

    def settle(self) -> None:
        """Tell what may be left, and keep the ledger if anything is."""
        from understudy.verify.ledger import read_ledger

        if not self._ledger.written:
            return
        with self._ledger.path.open("rb") as lines:
            pages = [page for page in read_ledger(lines) if page.orphans()]
        tell(pages)
        if any(page.left for page in pages):
            click.echo(f"understudy: `understudy cleanup {self._ledger.path}` deletes what can be deleted", err=True)
        self._ledger.close(remove=not pages and not self._own_ledger)


def tell(pages: list[Page]) -> None:
    """Tell what may be left at instances."""
    for page in pages:
        click.echo(f"understudy: {page.stem}: left at {page.url}:", err=True)
        for orphan in page.orphans():
            click.echo(f"    {orphan}", err=True)


@contextmanager
def conducted(permitted: Permitted) -> Iterator[Run]:
    """A run with its files open and signals taken. However it ends, it is told what may be left."""
    from understudy.adapters.interrupts import Interruptions
    from understudy.adapters.keeping import LedgerFile, new_file
    from understudy.verify.recorder import Tape

    interruptions = Interruptions()
    ledger = LedgerFile(permitted.ledger or Path(f"understudy-{secrets.token_hex(4)}.ledger"))
    file = new_file(permitted.record) if permitted.record is not None else None
    run = Run(permitted, interruptions, ledger, Tape(file, __version__) if file is not None else None)
    try:
        with interruptions.installed():
            yield run
    except KeyboardInterrupt:
        raise SystemExit(128 + (run.stopped or 2)) from None
    finally:
        if file is not None:
            file.close()
        run.settle()
