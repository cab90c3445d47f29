"""``understudy control accounts``, ``preparations`` and ``prepare``."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from understudy.adapters.commands.control.client import Client
from understudy.adapters.commands.control.common import STAGES, as_json, on_stage, show
from understudy.adapters.commands.control.pages import preparation_page
from understudy.adapters.commands.control.values import items


@click.command()
@on_stage
@click.option("--service", help="Only those of this service.")
@click.option("--limit", type=int, help="So many.  [default: 100]")
@click.option("--offset", type=int, help="After so many.")
@as_json
@click.pass_obj
def accounts(
    client: Client, stage: str, service: str | None, limit: int | None, offset: int | None, as_json: bool
) -> None:
    """List the accounts that a stage has met."""
    query = {"service": service, "limit": limit, "offset": offset}
    answer = client.call("GET", STAGES, stage, "accounts", query=query)
    lines = (f"{found['service']}  {found['credential']}  {found['role']}" for found in answer["accounts"])
    show(answer, lines, as_json=as_json)


@click.command()
@as_json
@click.pass_obj
def preparations(client: Client, as_json: bool) -> None:
    """List what the services offer for loading data that no operation can."""
    answer = client.call("GET", "preparations")
    lines = (line for found in answer["preparations"] for line in preparation_page(found))
    show(answer, lines, as_json=as_json)


@click.command()
@on_stage
@click.argument("service")
@click.argument("name")
@click.argument("values", nargs=-1, metavar="[VALUE]...")
@click.option("--credential", help="The account's test credential.  [default: that of the first role]")
@as_json
@click.pass_obj
def prepare(
    client: Client,
    stage: str,
    service: str,
    name: str,
    values: tuple[str, ...],
    credential: str | None,
    as_json: bool,
) -> None:
    """Load data by the preparation NAME of SERVICE. Values: NAME=TEXT, NAME:=JSON, NAME=@FILE.

    For example: prepare flowith_seek load_text kb_id=rules title=Leave text=@leave.txt
    """
    asked: dict[str, Any] = {"service": service, "name": name, "values": items(values)}
    if credential is not None:
        asked["credential"] = credential
    answer = client.call("POST", STAGES, stage, "preparations", body=asked)
    told = [] if answer["result"] is None else [msgspec.json.encode(answer["result"]).decode()]
    show(answer, told, as_json=as_json)
