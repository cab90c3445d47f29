"""The changes that a prompt can ask for, each made on a schema_content that is the caller's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import schema_members, schema_rules
from .edit_requests import Request

_CHANGES: dict[str, Callable[[dict[str, Any], Request], str]] = {
    "add": schema_members.add,
    "remove": schema_members.remove,
    "rename": schema_members.rename,
    "required": schema_rules.set_required,
    "nullable": schema_rules.set_null,
    "type": schema_rules.retype,
    "values": schema_rules.set_values,
    "drop_values": schema_rules.drop_values,
    "description": schema_rules.describe,
}


def change(content: dict[str, Any], request: Request) -> str:
    """Makes the change in ``content``; says in a sentence what was changed. Raises `CannotEdit`."""
    return _CHANGES[request.action](content, request)
