"""``understudy control clock``."""

from __future__ import annotations

from typing import Any, NamedTuple

import click

from understudy.adapters.commands.control.client import Client
from understudy.adapters.commands.control.common import STAGES, as_json, on_stage, show
from understudy.adapters.commands.control.pages import clock_line
from understudy.adapters.commands.control.values import moment, seconds


class Clock(NamedTuple):
    """The clock of one stage."""

    client: Client
    stage: str

    def call(self, method: str, *segments: str, json: bool, **body: Any) -> None:
        """Call the plane with what of ``body`` is given, and print the clock."""
        given = {name: value for name, value in body.items() if value is not None}
        named = {"body": given} if method != "GET" else {}
        answer = self.client.call(method, STAGES, self.stage, "clock", *segments, **named)
        show(answer, [clock_line(self.stage, answer)], as_json=json)


@click.group()
@on_stage
@click.pass_context
def clock(ctx: click.Context, stage: str) -> None:
    """Show, set and advance the clock of a stage, or use another kind of clock."""
    ctx.obj = Clock(ctx.obj, stage)


@clock.command("show")
@as_json
@click.pass_obj
def show_clock(clock: Clock, as_json: bool) -> None:
    """Show the clock."""
    clock.call("GET", json=as_json)


@clock.command()
@click.argument("time")
@as_json
@click.pass_obj
def advance(clock: Clock, time: str, as_json: bool) -> None:
    """Move the clock forward by TIME: seconds, or a number with s, m, h, d or w."""
    clock.call("POST", "advance", json=as_json, seconds=seconds(time))


@clock.command("set")
@click.argument("at", metavar="MOMENT")
@as_json
@click.pass_obj
def set_clock(clock: Clock, at: str, as_json: bool) -> None:
    """Move the clock forward to MOMENT: RFC 3339, or epoch seconds."""
    clock.call("PATCH", json=as_json, now=moment(at))


@clock.command()
@click.argument("kind", type=click.Choice(("real", "scaled", "manual")))
@click.option("--factor", type=float, help="How many times as fast a scaled clock runs.")
@click.option("--straight/--waited-for", default=None, help="Whether nothing waits for a manual clock.")
@as_json
@click.pass_obj
def use(clock: Clock, kind: str, factor: float | None, straight: bool | None, as_json: bool) -> None:
    """Go on by a clock of another kind."""
    clock.call("PATCH", json=as_json, kind=kind, factor=factor, straight=straight)
