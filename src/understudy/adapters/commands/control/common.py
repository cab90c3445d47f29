"""What the commands have in common: the stage that they are for, and how they print."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click
import msgspec

F = TypeVar("F", bound=Callable[..., Any])
STAGES = "stages"


def on_stage(command: F) -> F:
    """``--stage NAME``, as the argument ``stage``."""
    help = "The stage."
    return click.option("--stage", default="default", show_default=True, metavar="NAME", help=help)(command)


def as_json(command: F) -> F:
    """``--json``, as the argument ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print the plane's answer as JSON.")(command)


def show(answer: Any, lines: Iterable[str], *, as_json: bool) -> None:
    """Print an answer as JSON, or in lines."""
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))
        return
    for line in lines:
        click.echo(line)
