"""Limits that stand in schemas too: ``x-limited-by`` says which keyword of a schema is which limit.

A contract says a number once for generators of cases (``maximum: 1000``) and once as a limit; where an instance's limit
differs, the schemas that it is called and checked by have to follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from understudy.contract.document import operations_of
from understudy.contract.values import Contract
from understudy.errors import UsageError

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


def check_limits(contracts: Mapping[str, Contract], limits: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise UsageError unless ``limits``, by stem and name, may override those of the contracts.

    A value is null for no limit, else of the kind that the contract has.
    """
    for stem, values in limits.items():
        if stem not in contracts:
            raise UsageError(f"{stem!r} is not served; served are {', '.join(contracts)}")
        for name, value in values.items():
            if name not in contracts[stem].limits:
                known = ", ".join(sorted(contracts[stem].limits))
                raise UsageError(f"{stem} has no limit {name!r}; it has {known}")
            _check(f"{stem}.{name}", contracts[stem].limits[name].value, value)


def _check(place: str, usual: Any, value: Any) -> None:
    if isinstance(usual, str | list):
        fits, expected = isinstance(value, type(usual)), "a string" if isinstance(usual, str) else "a list"
    else:
        fits, expected = type(value) in (int, float) and value >= 0, "a number from 0 up"
    if value is not None and not fits:
        raise UsageError(f"{place}: expected {expected}, or null for no limit; got {value!r}")


def check_dialects(contracts: Mapping[str, Contract], dialects: Iterable[str]) -> None:
    """Raise UsageError unless some contract has each of ``dialects``."""
    known = {dialect for contract in contracts.values() for dialect in contract.dialects}
    unknown = sorted(set(dialects) - known)
    if unknown:
        there_are = ", ".join(sorted(known)) or "none"
        raise UsageError(f"no service that is served has the dialect {', '.join(unknown)}; there are {there_are}")


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
