"""``understudy control journal`` and ``exchange``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import msgspec

from understudy.adapters.commands.control.client import Client
from understudy.adapters.commands.control.common import STAGES, as_json, on_stage, show
from understudy.adapters.commands.control.pages import exchange_page
from understudy.errors import UsageError


@click.command()
@on_stage
@click.option("--service", help="Only those of this service.")
@click.option("--operation", help="Only those of this operation.")
@click.option("--status", help="Only those with this status, as 404 or 4xx.")
@click.option("--violations", is_flag=True, help="Only those that break the contract.")
@click.option("--faults", is_flag=True, help="Only those that a fault struck.")
@click.option("--since", type=int, metavar="NUMBER", help="Only those after this number, the first ones of them.")
@click.option("--limit", type=int, help="So many.  [default: 100]")
@click.option("--follow", is_flag=True, help="Go on with exchanges as they are answered, until Ctrl-C.")
@click.option("--clear", is_flag=True, help="Forget them all instead.")
@as_json
@click.pass_obj
def journal(
    client: Client,
    stage: str,
    service: str | None,
    operation: str | None,
    status: str | None,
    violations: bool,
    faults: bool,
    since: int | None,
    limit: int | None,
    follow: bool,
    clear: bool,
    as_json: bool,
) -> None:
    """List what a stage was asked and how it answered, oldest first."""
    query = {
        "service": service,
        "operation": operation,
        "status": status,
        "violations": violations or None,
        "fault": faults or None,
        "since": since,
        "limit": limit,
    }
    if clear:
        if follow or any(value is not None for value in query.values()):
            raise UsageError("--clear forgets the whole journal: give it alone, or with --stage")
        client.call("DELETE", STAGES, stage, "journal")
    elif follow:
        if limit is not None:
            raise UsageError("--follow has no end, and --limit is one: give one of them")
        _follow(client, stage, query, as_json)
    else:
        answer = client.call("GET", STAGES, stage, "journal", query=query)
        lines = (line for found in answer["exchanges"] for line in exchange_page(found))
        show(answer, lines, as_json=as_json)


@click.command()
@on_stage
@click.argument("number", type=int)
@click.pass_obj
def exchange(client: Client, stage: str, number: int) -> None:
    """Print one exchange whole, as JSON; credentials and secrets are redacted."""
    answer = client.call("GET", STAGES, stage, "journal", str(number))
    show(answer, (), as_json=True)


def _follow(client: Client, stage: str, query: Mapping[str, Any], as_json: bool) -> None:
    """Print exchanges as they come; as JSON, one to a line."""
    for event in client.follow(STAGES, stage, "journal", "follow", query=query):
        if as_json:
            click.echo(msgspec.json.encode(event))
        elif event["kind"] == "exchange":
            for line in exchange_page(event["exchange"]):
                click.echo(line)
        else:
            click.echo(f"{stage}: nothing follows: {event['reason']}", err=True)
