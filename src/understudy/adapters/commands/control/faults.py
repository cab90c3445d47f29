"""``understudy control fault``."""

from __future__ import annotations

from typing import Any, NamedTuple

import click

from understudy.adapters.commands.control.client import Client
from understudy.adapters.commands.control.common import STAGES, as_json, on_stage, show
from understudy.adapters.commands.control.pages import fault_line
from understudy.adapters.commands.control.values import items
from understudy.errors import UsageError

FAULTS = "faults"


class Faults(NamedTuple):
    """The faults of one stage."""

    client: Client
    stage: str


@click.group()
@on_stage
@click.pass_context
def fault(ctx: click.Context, stage: str) -> None:
    """Plan, list and remove faults of a stage."""
    ctx.obj = Faults(ctx.obj, stage)


@fault.command("list")
@as_json
@click.pass_obj
def list_faults(faults: Faults, as_json: bool) -> None:
    """List all plans as they stand."""
    answer = faults.client.call("GET", STAGES, faults.stage, FAULTS)
    show(answer, map(fault_line, answer["faults"]), as_json=as_json)


@fault.command()
@click.argument("service")
@click.argument("kind")
@click.argument("members", nargs=-1, metavar="[MEMBER]...")
@click.option("--operation", help="Its calls only, as deleteKnowledge.")
@click.option("--calls", help="Only these of the matching calls, counted from 1, as 1,3.")
@click.option("--times", type=int, help="At most so often.")
@click.option("--probability", type=float, help="With this chance, from 0 to 1, which the stage's seed decides.")
@click.option("--unlawful", is_flag=True, help="Though it breaks the contract.")
@as_json
@click.pass_obj
def add(
    faults: Faults,
    service: str,
    kind: str,
    members: tuple[str, ...],
    operation: str | None,
    calls: str | None,
    times: int | None,
    probability: float | None,
    unlawful: bool,
    as_json: bool,
) -> None:
    """Plan a fault KIND of SERVICE. Its members: NAME=TEXT, NAME:=JSON.

    For example: add flowith_seek refuse error=rate_exceeded, or: add entity_enricher cut after_events:=3
    """
    asked: dict[str, Any] = {
        "service": service,
        "fault": {"kind": kind, **items(members)},
        "operation": operation,
        "calls": None if calls is None else _numbers(calls),
        "times": times,
        "unlawful": unlawful,
    }
    if probability is not None:
        asked["probability"] = probability
    answer = faults.client.call("POST", STAGES, faults.stage, FAULTS, body=asked)
    show(answer, [fault_line(answer)], as_json=as_json)


@fault.command()
@click.argument("id")
@click.pass_obj
def remove(faults: Faults, id: str) -> None:
    """Remove the fault ID."""
    faults.client.call("DELETE", STAGES, faults.stage, FAULTS, id)


@fault.command()
@click.pass_obj
def clear(faults: Faults) -> None:
    """Remove all faults of the stage."""
    faults.client.call("DELETE", STAGES, faults.stage, FAULTS)


def _numbers(text: str) -> list[int]:
    try:
        return [int(number) for number in text.split(",")]
    except ValueError as error:
        raise UsageError(f"--calls {text!r}: expected numbers parted by commas, as 1,3") from error
