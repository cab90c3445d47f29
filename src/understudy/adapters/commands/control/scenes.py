"""``understudy control scenarios``, ``begin``, ``trace`` and ``explain``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from understudy.adapters.commands.control.client import Client
from understudy.adapters.commands.control.common import STAGES, as_json, on_stage, show
from understudy.adapters.commands.control.pages import stage_line


@click.command()
@as_json
@click.pass_obj
def scenarios(client: Client, as_json: bool) -> None:
    """List the scenarios of the project."""
    answer = client.call("GET", "scenarios")
    show(answer, (f"{entry['name']}  {entry['says']}" for entry in answer["scenarios"]), as_json=as_json)


@click.command()
@click.argument("name")
@on_stage
@as_json
@click.pass_obj
def begin(client: Client, name: str, stage: str, as_json: bool) -> None:
    """Let a stage begin anew in the scenario NAME."""
    answer = client.call("PUT", STAGES, stage, "scenario", body={"name": name})
    show(answer, [stage_line(answer)], as_json=as_json)


@click.command()
@click.argument("switch", type=click.Choice(("on", "off")))
@on_stage
@click.pass_obj
def trace(client: Client, switch: str, stage: str) -> None:
    """Have a stage keep what its calls read and write, or no longer."""
    client.call("PUT", STAGES, stage, "tracing", body={"traced": switch == "on"})


@click.command()
@click.argument("number", type=int)
@on_stage
@as_json
@click.pass_obj
def explain(client: Client, number: int, stage: str, as_json: bool) -> None:
    """Say why exchange NUMBER was answered as it was, and what would change that."""
    answer = client.call("GET", STAGES, stage, "journal", str(number), "explanation")
    show(answer, _lines(answer), as_json=as_json)


def _lines(answer: Any) -> Iterator[str]:
    yield f"{answer['number']}  {answer['service']}  {answer['operation'] or 'no operation'}  {answer['status']}"
    yield f"  because  {answer['because']}"
    for clause in answer["clauses"]:
        yield f"  clause   {clause['id']} [{clause['grade']}; {clause['source']}]  {clause['says']}"
    for guard in answer["guards"] or ():
        counted = f"  {guard['counted']} of {guard['limit']}" if "limit" in guard else ""
        yield f"  guard    {guard['guard']}: {guard['outcome']}{counted}"
    for kind, entries in (answer["state"] or {}).items():
        if entries:
            yield f"  {kind:<8} {', '.join(entries)}"
    change = answer["change"]
    told = f" -> {change['status']} {change.get('clause', '')}".rstrip() if "status" in change else ""
    yield f"  change   {change['says']}{told}"
