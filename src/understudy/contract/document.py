"""Reading a contract file: the document as it is written, and its parts as values.

The format is described in docs/contract-format.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from understudy.contract.values import (
    Ambiguity,
    Clause,
    Contract,
    ErrorCase,
    Fixture,
    Limit,
    OperationNode,
    Role,
    Source,
)
from understudy.errors import ContractError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


def read_contract(path: Path, stem: str | None = None) -> Contract:
    """Read ``contracts/<stem>.yaml``, or a file of another name as the contract of ``stem``.

    Raises:
        ContractError: the file is missing, is not YAML, or lacks what every contract has. (``lint`` says everything
            that is wrong at once; this says the first thing that keeps the contract from being used.)
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"{path}: cannot be read: {error}") from error
    try:
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ContractError(f"{path}: is not YAML: {error}") from error
    if not isinstance(document, Mapping):
        raise ContractError(f"{path}: expected a mapping at the top, found {type(document).__name__}")
    return contract_of(stem or path.stem, document, path)


def contract_of(stem: str, document: Mapping[str, Any], path: Path) -> Contract:
    """A contract from a document that is already parsed. Raises `ContractError` like `read_contract`."""
    try:
        ambiguities = {entry["id"]: _ambiguity(entry) for entry in document.get("x-ambiguities", ())}
        return Contract(
            stem=stem,
            path=path,
            document=document,
            clauses=dict(_clauses(document)),
            errors=tuple(_error(entry, rank) for rank, entry in enumerate(document.get("x-errors", ()))),
            limits={name: _limit(name, entry) for name, entry in document.get("x-limits", {}).items()},
            roles={name: _role(name, entry) for name, entry in document["x-credentials"]["roles"].items()},
            fixtures={
                name: Fixture(name, entry["value"], entry["says"], tuple(entry["clauses"]))
                for name, entry in document.get("x-fixtures", {}).items()
            },
            ambiguities=ambiguities,
            operations={operation.id: operation for operation in operations_of(document)},
            dialects=frozenset(name for entry in ambiguities.values() for name in entry.dialects),
        )
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ContractError(
            f"{path}: {type(error).__name__} {error}: a part that every contract has is missing or is misshapen; "
            f"`understudy contract lint {stem}` says which"
        ) from error


def resolve(document: Mapping[str, Any], node: Any) -> Any:
    """``node``, or what its local ``$ref`` points at. Members beside a ``$ref`` win over those it points at.

    Raises:
        ContractError: the reference is remote or dangling.
    """
    seen: list[str] = []
    while isinstance(node, Mapping) and "$ref" in node:
        ref = node["$ref"]
        if ref in seen:
            raise ContractError(f"$ref {ref} points at itself by way of {' -> '.join(seen)}")
        seen.append(ref)
        target = at_pointer(document, ref)
        beside = {key: value for key, value in node.items() if key != "$ref"}
        node = {**target, **beside} if beside and isinstance(target, Mapping) else target
    return node


def at_pointer(document: Mapping[str, Any], ref: str) -> Any:
    """What a local reference such as ``#/components/schemas/Job`` points at (RFC 6901). Raises `ContractError`."""
    if not ref.startswith("#/"):
        raise ContractError(f"$ref {ref!r} is remote; a contract is one file, so write a reference that begins with #/")
    found: Any = document
    for token in ref[1:].split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        try:
            found = found[int(key)] if isinstance(found, Sequence) and not isinstance(found, str) else found[key]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ContractError(f"$ref {ref} dangles: there is no {key!r} at that place") from error
    return found


def escape(token: str) -> str:
    """A member name as one token of a JSON pointer (RFC 6901 section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def _clauses(document: Mapping[str, Any]) -> Iterator[tuple[str, Clause]]:
    sources = document["x-sources"]
    for id, entry in document["x-clauses"].items():
        document_id, section = entry["source"]["document"], entry["source"]["section"]
        known = sources[document_id]
        source = Source(document_id, section, known["title"], known["sections"][section])
        yield id, Clause(id, entry["grade"], source, entry["says"], entry.get("binds", "provider"))


def _error(entry: Mapping[str, Any], rank: int) -> ErrorCase:
    return ErrorCase(
        name=entry["name"],
        status=entry["status"],
        reason=entry.get("reason"),
        cause=entry["cause"],
        operations=None if entry.get("operations") is None else tuple(entry["operations"]),
        role=entry.get("role"),
        clauses=tuple(entry["clauses"]),
        rank=rank,
    )


def _limit(name: str, entry: Mapping[str, Any]) -> Limit:
    window = entry.get("window") or {}
    return Limit(
        name,
        entry["value"],
        entry["unit"],
        entry["says"],
        tuple(entry["clauses"]),
        per=window.get("per"),
        calendar=window.get("calendar"),
    )


def _role(name: str, entry: Mapping[str, Any]) -> Role:
    value = entry["value"]
    many = isinstance(value, list)
    return Role(name, tuple(value) if many else (value,), entry["says"], many, tuple(entry["clauses"]))


def _ambiguity(entry: Mapping[str, Any]) -> Ambiguity:
    return Ambiguity(
        id=entry["id"],
        question=entry["question"],
        readings=entry["readings"],
        default=entry["default"],
        dialects=entry.get("dialects") or {},
        clauses=tuple(entry.get("clauses") or ()),
    )


def operations_of(document: Mapping[str, Any]) -> Iterator[OperationNode]:
    """The operations under ``paths``, each with the parameters of its path item."""
    for path, item in document["paths"].items():
        shared = item.get("parameters", ())
        for method in METHODS:
            if method not in item:
                continue
            node = item[method]
            merged = {_parameter_key(document, entry): entry for entry in (*shared, *node.get("parameters", ()))}
            yield OperationNode(
                id=node["operationId"],
                method=method.upper(),
                path=path,
                pointer=f"#/paths/{escape(path)}/{method}",
                node=node,
                parameters=tuple(merged.values()),
                behaves_as=node.get("x-behaves-as", node["operationId"]),
            )


def _parameter_key(document: Mapping[str, Any], entry: Mapping[str, Any]) -> tuple[str, str]:
    parameter = resolve(document, entry)
    return parameter["in"], parameter["name"]
