"""``understudy control stages`` and ``stage``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from understudy.adapters.commands.control.client import Client
from understudy.adapters.commands.control.common import STAGES, as_json, show
from understudy.adapters.commands.control.pages import stage_line, stage_page
from understudy.adapters.commands.control.values import moment
from understudy.adapters.commands.serve.options import read_limit
from understudy.errors import UsageError

SNAPSHOT = click.Path(dir_okay=False, path_type=Path)


@click.command()
@as_json
@click.pass_obj
def stages(client: Client, as_json: bool) -> None:
    """List all stages."""
    answer = client.call("GET", STAGES)
    show(answer, map(stage_line, answer["stages"]), as_json=as_json)


@click.group()
def stage() -> None:
    """Create, show, reset, delete a stage; take and restore snapshots."""


@stage.command("show")
@click.argument("name", default="default")
@as_json
@click.pass_obj
def show_stage(client: Client, name: str, as_json: bool) -> None:
    """Show a stage and its credentials."""
    answer = client.call("GET", STAGES, name)
    show(answer, stage_page(answer), as_json=as_json)


@stage.command()
@click.argument("name", required=False)
@click.option("--seed", type=int, help="What identifiers and chance are made from.")
@click.option("--limit", "limits", multiple=True, metavar="SERVICE.NAME=JSON", help="Override a limit. Repeatable.")
@click.option("--dialect", "dialects", multiple=True, metavar="NAME", help="Switch a dialect on. Repeatable.")
@click.option("--clock", "kind", type=click.Choice(("real", "scaled", "manual")), help="The kind of clock.")
@click.option("--factor", type=float, help="How many times as fast a scaled clock runs.")
@click.option("--straight/--waited-for", default=None, help="Whether nothing waits for a manual clock.")
@click.option("--at", metavar="MOMENT", help="When the clock begins: RFC 3339, or epoch seconds.")
@click.option("--snapshot", type=SNAPSHOT, metavar="FILE", help="Make the stage from a snapshot.")
@as_json
@click.pass_obj
def create(
    client: Client,
    name: str | None,
    seed: int | None,
    limits: tuple[str, ...],
    dialects: tuple[str, ...],
    kind: str | None,
    factor: float | None,
    straight: bool | None,
    at: str | None,
    snapshot: Path | None,
    as_json: bool,
) -> None:
    """Create a stage, NAME or one that is free. What is not given is as on the default stage."""
    overrides: dict[str, dict[str, Any]] = {}
    for text in limits:
        service, limit, value = read_limit(text)
        overrides.setdefault(service, {})[limit] = value
    asked_clock = _given(kind=kind, factor=factor, straight=straight, now=None if at is None else moment(at))
    asked = _given(
        name=name,
        seed=seed,
        limits=overrides or None,
        dialects=dialects or None,
        clock=asked_clock or None,
        snapshot=None if snapshot is None else msgspec.Raw(_read(snapshot)),
    )
    answer = client.call("POST", STAGES, body=asked)
    show(answer, stage_page(answer), as_json=as_json)


@stage.command()
@click.argument("name")
@click.pass_obj
def delete(client: Client, name: str) -> None:
    """Delete a stage with all that it holds."""
    client.call("DELETE", STAGES, name)


@stage.command()
@click.argument("name", default="default")
@as_json
@click.pass_obj
def reset(client: Client, name: str, as_json: bool) -> None:
    """Let a stage begin anew."""
    answer = client.call("POST", STAGES, name, "reset")
    show(answer, [stage_line(answer)], as_json=as_json)


@stage.command()
@click.argument("name", default="default")
@click.option("--output", type=SNAPSHOT, metavar="FILE", help="Where to write it. Without it, it is printed.")
@click.pass_obj
def snapshot(client: Client, name: str, output: Path | None) -> None:
    """Take a snapshot of a stage: one JSON document."""
    document = msgspec.json.encode(client.call("GET", STAGES, name, "snapshot"))
    if output is None:
        click.echo(document)
        return
    try:
        output.write_bytes(document)
    except OSError as error:
        raise UsageError(f"--output {output} cannot be written: {error.strerror}") from error
    click.echo(f"{name}: written to {output}")


@stage.command()
@click.argument("name")
@click.argument("file", type=SNAPSHOT)
@as_json
@click.pass_obj
def restore(client: Client, name: str, file: Path, as_json: bool) -> None:
    """Let stage NAME be as it was in the snapshot FILE."""
    answer = client.call("PUT", STAGES, name, "snapshot", body=_read(file))
    show(answer, [stage_line(answer)], as_json=as_json)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _given(**asked: Any) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}
