"""Limits that stand in schemas too: ``x-limited-by`` says which keyword of a schema is which limit.

A contract says a number once for generators of cases (``maximum: 1000``) and once as a limit; where an instance's limit
differs, the schemas that it is called and checked by have to follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from understudy.contract.document import operations_of
from understudy.contract.values import Contract

LIMITED_BY = "x-limited-by"


def with_limits(contract: Contract, limits: Mapping[str, Any]) -> Contract:
    """The contract as it is for an instance with these limits; the same one where they are the contract's own.

    A limit of None (there is none) takes its keywords away.
    """
    other = {name: value for name, value in limits.items() if value != contract.limits[name].value}
    if not other:
        return contract
    document = _limited(contract.document, other)
    return replace(contract, document=document, operations={entry.id: entry for entry in operations_of(document)})


def _limited(node: Any, limits: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_limited(entry, limits) for entry in node]
    if not isinstance(node, Mapping):
        return node
    copied = {key: _limited(value, limits) for key, value in node.items()}
    for keyword, name in node.get(LIMITED_BY, {}).items():
        if name in limits and limits[name] is None:
            copied.pop(keyword, None)
        elif name in limits:
            copied[keyword] = limits[name]
    return copied
