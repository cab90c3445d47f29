"""Contracts for tools that do not read OpenAPI 3.2: the same description as OpenAPI 3.1.1.

What only 3.2 has is kept under an ``x-`` name, so nothing is lost; what has an older spelling is written that way.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from understudy.contract.document import resolve
from understudy.contract.objects import Node, walk
from understudy.contract.values import Contract

VERSION = "3.1.1"

_RENAMED: Mapping[str, Mapping[str, str]] = {
    "contract": {"$self": "x-self"},
    "server": {"name": "x-name"},
    "tag": {"summary": "x-summary", "parent": "x-parent", "kind": "x-kind"},
    "path item": {"query": "x-query", "additionalOperations": "x-additional-operations"},
    "response": {"summary": "x-summary"},
    "media type": {
        "itemSchema": "x-item-schema",
        "prefixEncoding": "x-prefix-encoding",
        "itemEncoding": "x-item-encoding",
        "description": "x-description",
    },
    "encoding": {"encoding": "x-encoding", "prefixEncoding": "x-prefix-encoding", "itemEncoding": "x-item-encoding"},
    "security scheme": {"oauth2MetadataUrl": "x-oauth2-metadata-url", "deprecated": "x-deprecated"},
}
"""Members that OpenAPI 3.1 does not have, by the object they stand in, and the names that keep them."""


def export_openapi_31(contract: Contract) -> dict[str, Any]:
    """The contract as an OpenAPI 3.1.1 description; the contract's own document is left as it is.

    An ``itemSchema`` becomes ``x-item-schema`` beside a schema that says the body is a string, and the examples of such
    a stream become the text that its ``x-stream`` frames them to. References to ``components.mediaTypes`` are replaced
    by what they lead to. Operations of the method QUERY and parameters in ``querystring`` are kept under ``x-`` names,
    where older tools do not see them.

    Raises:
        ContractError: a reference dangles.
    """
    document: dict[str, Any] = copy.deepcopy(dict(contract.document))
    _inline_media_types(document)
    # Listed before anything is renamed: what moves under an x- name is still converted.
    for node in list(walk(document)):
        if isinstance(node.value, dict):
            _convert(node)
    return {**document, "openapi": VERSION}


def _convert(node: Node) -> None:
    value = node.value
    if node.kind == "media type":
        _examples(value)
        if "itemSchema" in value:
            value.setdefault("schema", {"type": "string"})
    elif node.kind in ("parameter", "header"):
        _examples(value)
    elif node.kind == "response":
        if "$ref" not in value:
            value.setdefault("description", value.get("summary") or _phrase(node.name))
    elif node.kind in ("operation", "path item"):
        _querystring(value)
    elif node.kind in ("schema", "property"):
        _rename(value.get("discriminator"), {"defaultMapping": "x-default-mapping"})
        _rename(value.get("xml"), {"nodeType": "x-node-type"})
    elif node.kind == "security scheme":
        _rename(value.get("flows"), {"deviceAuthorization": "x-device-authorization"})
    _rename(value, _RENAMED.get(node.kind, {}))


def _rename(value: Any, names: Mapping[str, str]) -> None:
    for name in names if isinstance(value, dict) else ():
        if name in value:
            value[names[name]] = value.pop(name)


def _phrase(status: str) -> str:
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return f"Status {status}"


def _querystring(value: dict[str, Any]) -> None:
    """3.1 has no place for a parameter that is the whole query."""
    parameters = value.get("parameters", [])
    whole = [entry for entry in parameters if entry.get("in") == "querystring"]
    if whole:
        value["parameters"] = [entry for entry in parameters if entry not in whole]
        value["x-querystring"] = whole


def _examples(holder: dict[str, Any]) -> None:
    stream = holder.get("x-stream") if "itemSchema" in holder and "schema" not in holder else None
    for example in holder.get("examples", {}).values():
        written, data = example.pop("serializedValue", None), example.pop("dataValue", None)
        if data is not None:
            example["value"] = data
        elif written is not None:
            example["value"] = _read(written)
        if stream and isinstance(example.get("value"), list):
            example["value"] = "".join(_framed(example["value"], stream["framing"]))


def _read(written: str) -> Any:
    try:
        return json.loads(written)
    except ValueError:
        return written


def _framed(items: list[Any], framing: Mapping[str, str]) -> Iterator[str]:
    for item in items:
        text = json.dumps(item, ensure_ascii=False)
        yield f"{framing['line_prefix']}{text}{framing['event_end']}"


def _inline_media_types(document: dict[str, Any]) -> None:
    for node in list(walk(document)):
        content: Any = node.members.get("content")
        for name, media_type in content.items() if isinstance(content, dict) else ():
            if isinstance(media_type, dict) and "$ref" in media_type:
                content[name] = copy.deepcopy(resolve(document, media_type))
    if isinstance(document.get("components"), dict):
        document["components"].pop("mediaTypes", None)
