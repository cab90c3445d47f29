"""Secret members of JSON bodies: those that a schema marks with ``x-secret`` (docs/contract-format.md, Operations)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from understudy.contract.document import resolve
from understudy.contract.schemas import inline
from understudy.contract.values import Contract, OperationNode

Path = tuple[str, ...]
"""Names of members from the outermost value inwards; `EACH` stands for every element of an array, or every member."""

EACH = "*"
REDACTED = "[redacted]"
"""What is shown in place of a secret."""
SECRET_HEADERS = frozenset(("authorization", "proxy-authorization", "x-api-key", "cookie", "set-cookie"))
"""Fields, in lower case, whose values are secret whatever a contract says."""


class Secrets:
    """Where one operation's JSON bodies hold secrets: ``asked`` in requests, ``told`` in answers of any status."""

    def __init__(self, contract: Contract, operation: OperationNode) -> None:
        document = contract.document
        body = resolve(document, operation.node.get("requestBody", {}))
        answers = [resolve(document, node) for node in operation.node.get("responses", {}).values()]
        self.asked = tuple(_of_contents(document, [body]))
        self.told = tuple(_of_contents(document, answers))

    def __bool__(self) -> bool:
        return bool(self.asked or self.told)


def without(body: bytes, paths: Sequence[Path], instead: str) -> bytes:
    """A JSON body with what stands at ``paths`` replaced by ``instead``, as is the whole of one that cannot be read."""
    if not body or not paths:
        return body
    try:
        value = msgspec.json.decode(body)
        for path in paths:
            value = _hidden(value, path, instead)
        return msgspec.json.encode(value)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return instead.encode()


def _hidden(value: Any, path: Path, instead: str) -> Any:
    if not path:
        return instead
    first, rest = path[0], path[1:]
    if isinstance(value, list) and first == EACH:
        return [_hidden(entry, rest, instead) for entry in value]
    if isinstance(value, dict):
        return {
            name: _hidden(entry, rest, instead) if first in (name, EACH) else entry for name, entry in value.items()
        }
    return value


def _of_contents(document: Mapping[str, Any], holders: Sequence[Mapping[str, Any]]) -> Iterator[Path]:
    for holder in holders:
        for name, entry in holder.get("content", {}).items():
            content = resolve(document, entry)
            if "json" in name and "schema" in content:
                yield from _paths(inline(document, content["schema"]))


def _paths(schema: Any) -> Iterator[Path]:
    if not isinstance(schema, Mapping):
        return
    if schema.get("x-secret") is True:
        yield ()
        return
    for name, entry in schema.get("properties", {}).items():
        yield from ((name, *path) for path in _paths(entry))
    for keyword in ("items", "additionalProperties"):
        yield from ((EACH, *path) for path in _paths(schema.get(keyword)))
    for keyword in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(keyword, ()):
            yield from _paths(branch)
