"""The command line: ``understudy COMMAND``.

Commands are imported when they are called, so that ``understudy --help`` costs no more than click.
Exit codes: 0 well · 1 something was found wrong · 2 wrong usage, project, contract or mock · 3 a target that
could not be reached or judged.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import click

from understudy import __version__
from understudy.adapters.commands import Chosen
from understudy.errors import TargetError, UnderstudyError, UsageError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "cleanup": ("understudy.adapters.commands.cleanup:cleanup", "Delete what a verification left behind."),
    "contract": ("understudy.adapters.commands.contract:contract", "Check, read and export contracts."),
    "judge": ("understudy.adapters.commands.judge:judge", "Judge recorded traffic (HAR) against contracts."),
    "serve": ("understudy.adapters.commands.serve:serve", "Serve mocks over HTTP."),
    "control": ("understudy.adapters.commands.control:control", "Move the mocks of a running server."),
    "strength": ("understudy.adapters.commands.strength:strength", "Measure suites by how many mutants they find."),
    "verify": ("understudy.adapters.commands.verify:verify", "Judge a target against its contract."),
}
"""Every command: where it is imported from, and what ``--help`` says of it."""


class Failure(click.ClickException):
    """One of our errors on its way out: one line on standard error, and an exit code."""

    def __init__(self, error: UnderstudyError) -> None:
        super().__init__(" ".join(str(error).split()))
        self.blames_target = isinstance(error, TargetError)

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        return 3 if self.blames_target else 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"understudy: {self.message}", file=file, err=True)


class Commands(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UnderstudyError as error:
            raise Failure(error) from error


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="understudy")
@click.option("--shipped", is_flag=True, help="Use the contracts, mocks and suites that come with understudy.")
@click.option(
    "--project",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Use the project in DIR (or above it) instead of the one around the working directory.",
)
@click.pass_context
def main(ctx: click.Context, shipped: bool, project: Path | None) -> None:
    """Contracts, stateful mocks and suites for HTTP services that you integrate with but do not own."""
    if shipped and project is not None:
        raise UsageError("--shipped and --project name two projects: give one of them")
    ctx.obj = Chosen(shipped, project)


if __name__ == "__main__":
    main()
