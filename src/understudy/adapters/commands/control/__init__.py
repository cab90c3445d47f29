"""``understudy control``: the control plane of a running ``understudy serve``, from the shell."""

from __future__ import annotations

import os
from pathlib import Path

import click

from understudy.adapters.commands.control.client import Client, find_place
from understudy.adapters.commands.control.clocks import clock
from understudy.adapters.commands.control.faults import fault
from understudy.adapters.commands.control.journals import exchange, journal
from understudy.adapters.commands.control.preparations import accounts, preparations, prepare
from understudy.adapters.commands.control.scenes import begin, explain, scenarios, trace
from understudy.adapters.commands.control.stages import stage, stages


@click.group()
@click.option(
    "--ready-file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The ready file of the server.",
)
@click.option("--url", help="The plane's URL as serve printed it.  [default: UNDERSTUDY_CONTROL_URL]")
@click.option("--token", help="Its token.  [default: UNDERSTUDY_CONTROL_TOKEN, which no list of processes shows]")
@click.pass_context
def control(ctx: click.Context, ready_file: Path | None, url: str | None, token: str | None) -> None:
    """Move the mocks of a running server: stages, clocks, faults, data, and the journal (docs/control.md)."""
    ctx.obj = Client(lambda: find_place(ready_file, url, token, os.environ))


COMMANDS = (
    *(stages, stage, clock, fault, journal, exchange, explain, trace),
    *(accounts, preparations, prepare, scenarios, begin),
)

for command in COMMANDS:
    control.add_command(command)
