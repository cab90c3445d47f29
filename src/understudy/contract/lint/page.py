"""The page that lint reads: a contract's content, where each part stands, and lookups that never fail."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from understudy.contract.document import METHODS, at_pointer, contract_of, escape, resolve
from understudy.contract.lines import Lines
from understudy.contract.objects import Node, walk
from understudy.contract.values import Contract
from understudy.errors import ContractError

MISSING = object()


class Entry(NamedTuple):
    """A member of one of the extensions at the root: a limit, an error, a role, a fixture, an ambiguity, a clause."""

    kind: str
    name: str
    pointer: str
    value: Mapping[str, Any]


class Cited(NamedTuple):
    """A clause id at the place that points at it."""

    pointer: str
    id: str


@dataclass(frozen=True)
class Page:
    """A contract that could be read as YAML; nothing is known yet of its shape."""

    stem: str
    lines: Lines

    @property
    def document(self) -> dict[str, Any]:
        found = self.lines.document
        return found if isinstance(found, dict) else {}

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every OpenAPI object of the document, outermost first."""
        return tuple(walk(self.document))

    @cached_property
    def by_pointer(self) -> Mapping[str, Node]:
        return {node.pointer: node for node in self.nodes}

    @cached_property
    def contract(self) -> Contract | None:
        """The contract as the engine reads it; None where it cannot."""
        try:
            return contract_of(self.stem, self.document, Path(f"{self.stem}.yaml"))
        except ContractError:
            return None

    def of(self, *kinds: str) -> Iterator[Node]:
        """The objects of these kinds that are mappings."""
        return (node for node in self.nodes if node.kind in kinds and isinstance(node.value, dict))

    def resolved(self, node: Any) -> dict[str, Any]:
        """``node`` with its ``$ref`` followed; empty where that leads nowhere (``dangling-ref`` reports it)."""
        try:
            found = resolve(self.document, node)
        except (ContractError, TypeError, AttributeError):
            return {}
        return dict(found) if isinstance(found, Mapping) else {}

    def at(self, ref: str) -> Any:
        """What a reference points at, or `MISSING`."""
        try:
            return at_pointer(self.document, ref)
        except ContractError:
            return MISSING

    @cached_property
    def operations(self) -> tuple[Node, ...]:
        """The operations under ``paths``; those of callbacks and webhooks are the consumer's."""
        return tuple(node for node in self.of("operation") if node.pointer.split("/")[1] == "paths")

    @cached_property
    def operation_ids(self) -> Mapping[str, Node]:
        found = ((node.value.get("operationId"), node) for node in self.operations)
        return {id: node for id, node in found if isinstance(id, str)}

    def parameters(self, operation: Node) -> list[tuple[str, str]]:
        """Place and name of what an operation takes, declared by itself or by its path item."""
        return [(str(entry.get("in")), str(entry.get("name"))) for _, entry in self.declared(operation)]

    def declared(self, operation: Node) -> Iterator[tuple[str, dict[str, Any]]]:
        """What an operation takes: where each parameter stands, and the parameter."""
        item = self.by_pointer.get(operation.pointer.rpartition("/")[0], operation)
        for node in (item, operation):
            entries = node.members.get("parameters")
            for index, entry in enumerate(entries if isinstance(entries, list) else ()):
                yield self.followed(f"{node.pointer}/parameters/{index}", entry)

    def followed(self, pointer: str, value: Any) -> tuple[str, dict[str, Any]]:
        """Where ``value`` really stands, its ``$ref`` followed, and what stands there; empty where it leads nowhere."""
        seen: set[str] = set()
        while isinstance(value, dict) and isinstance(value.get("$ref"), str) and value["$ref"] not in seen:
            pointer = value["$ref"]
            seen.add(pointer)
            value = self.at(pointer)
        return pointer, value if isinstance(value, dict) else {}

    def extension(self, name: str) -> Any:
        """A mapping or list at the root; an empty mapping where it is missing or malformed."""
        found = self.document.get(name)
        return found if isinstance(found, dict | list) else {}

    def entries(self, kind: str) -> Iterator[Entry]:
        """The well-formed members of one extension: clause, error, limit, role, fixture or ambiguity."""
        pointer = _PLACES[kind]
        found = self.at(pointer)
        pairs: Iterable[tuple[Any, Any]] = ()
        if isinstance(found, dict):
            pairs = found.items()
        elif isinstance(found, list):
            pairs = enumerate(found)
        for key, value in pairs:
            if isinstance(value, dict):
                name = value.get("name", value.get("id", key)) if isinstance(found, list) else key
                yield Entry(kind, str(name), f"{pointer}/{escape(str(key))}", value)

    @cached_property
    def clauses(self) -> Mapping[str, Entry]:
        return {entry.name: entry for entry in self.entries("clause")}

    @cached_property
    def citations(self) -> tuple[Cited, ...]:
        """Every place that points at a clause."""
        return tuple(self._citations())

    def _citations(self) -> Iterator[Cited]:
        for node in self.nodes:
            if node.kind != "contract":
                yield from _cited(node.members, "x-clauses", node.pointer)
                yield from _cited(node.members.get("x-stream"), "clauses", f"{node.pointer}/x-stream")
        for kind in _PLACES:
            if kind != "clause":
                for entry in self.entries(kind):
                    yield from _cited(entry.value, "clauses", entry.pointer)


_PLACES = {
    "clause": "#/x-clauses",
    "error": "#/x-errors",
    "limit": "#/x-limits",
    "role": "#/x-credentials/roles",
    "fixture": "#/x-fixtures",
    "ambiguity": "#/x-ambiguities",
}


def _cited(holder: Any, member: str, pointer: str) -> Iterator[Cited]:
    ids = holder.get(member) if isinstance(holder, dict) else None
    for index, id in enumerate(ids if isinstance(ids, list) else ()):
        if isinstance(id, str):
            yield Cited(f"{pointer}/{member}/{index}", id)


def strings(value: Any) -> list[str]:
    """The strings of a list, or of a mapping's keys; empty for anything else."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | dict) else []


def shown(names: Iterable[str], most: int = 8) -> str:
    """Some names as a phrase: ``a, b, c and 4 more``."""
    ordered = sorted(names)
    rest = f" and {len(ordered) - most} more" if len(ordered) > most else ""
    return (", ".join(ordered[:most]) or "none") + rest


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the end of a message: the known name that is most like ``name``, or what is known at all."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are: {shown(names)}"


def method_and_path(operation: Node) -> str:
    """``GET /a/{b}`` of an operation node, for messages."""
    tokens = operation.pointer.split("/")
    if len(tokens) == 4 and tokens[3] in METHODS:
        return f"{tokens[3].upper()} {tokens[2].replace('~1', '/').replace('~0', '~')}"
    return operation.pointer
