"""What the models of an instance find: values that fit a schema, the same ones for the same question."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

COMPANY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "회사",
    "type": "object",
    "x-expertiseDomains": {
        "business": {"name": "사업", "description": "무엇을 하는 회사인가"},
        "people": {"name": "사람 👥", "description": "누가 일하는가"},
    },
    "properties": {
        "name": {"type": "string"},
        "country": {"type": "string"},
        "industry": {"type": "string", "expertise": "business"},
        "founded_year": {"type": "integer", "minimum": 1800, "maximum": 2025, "expertise": "business"},
        "대표": {"type": "string", "expertise": "people"},
        "employees": {"type": ["integer", "null"], "minimum": 1, "expertise": "people"},
    },
    "required": ["name"],
}
PERSON: dict[str, Any] = {
    "title": "인물",
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "occupation": {"type": "string"},
        "works": {"type": "array", "items": {"type": "object", "properties": {"title": {"type": "string"}}}},
    },
    "required": ["name", "occupation"],
}
WORDS = ("바이오 기술 🧬", "제약", "반도체", "Café société", "은행\r\n금융", "e\u0301lan", "물류 🚚")


def chance(*of: Any) -> int:
    """A number that looks like any other, and is the same for the same things."""
    return zlib.crc32(json.dumps(of, ensure_ascii=False, sort_keys=True).encode())


def found(content: Mapping[str, Any], known: Mapping[str, Any], model: str, root: Mapping[str, Any]) -> dict[str, Any]:
    """An object that is valid against a schema of an object: what is known of it, and what this model makes up."""
    properties = content.get("properties", {})
    names = [*properties, *(name for name in content.get("required", ()) if name not in properties)]
    return {name: value(properties.get(name, {}), known.get(name), [name, known, model], root) for name in names}


def value(node: Any, known: Any, seed: list[Any], root: Mapping[str, Any]) -> Any:
    """A value that is valid against a schema; the known one where it is."""
    if not isinstance(node, dict):
        return None
    if isinstance(node.get("$ref"), str):
        return value(target(root, node["$ref"]), known, seed, root)
    if "const" in node:
        return node["const"]
    if node.get("enum"):
        return node["enum"][chance(*seed) % len(node["enum"])]
    kinds = node.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if fits(kind, known) and "format" not in node and "pattern" not in node:
        return known
    return made(kind, node, seed, root)


def made(kind: str, node: Mapping[str, Any], seed: list[Any], root: Mapping[str, Any]) -> Any:
    number = chance(*seed)
    if kind in ("integer", "number"):
        low, high = node.get("minimum", 1), node.get("maximum", 90_000)
        return low if high <= low else low + number % int(high - low + 1)
    if kind == "boolean":
        return number % 2 == 0
    if kind == "array":
        count = max(node.get("minItems", 0), min(2, node.get("maxItems", 2)))
        return [value(node.get("items", {}), None, [*seed, place], root) for place in range(count)]
    if kind == "object":
        return found(node, {}, str(number), root)
    if kind == "null":
        return None
    dated = {
        "date": "1999-01-02",
        "date-time": "1999-01-02T03:04:05Z",
        "uri": "https://example.com/",
        "email": "a@b.kr",
    }
    return dated.get(node.get("format", ""), WORDS[number % len(WORDS)])


def fits(kind: str, known: Any) -> bool:
    if kind == "string":
        return isinstance(known, str)
    if kind in ("integer", "number"):
        return isinstance(known, (int, float) if kind == "number" else int) and not isinstance(known, bool)
    return kind == "boolean" and isinstance(known, bool)


def target(root: Mapping[str, Any], reference: str) -> Any:
    """What a reference inside of a schema leads to."""
    node: Any = root
    for part in reference.removeprefix("#").split("/")[1:]:
        node = node.get(part, {}) if isinstance(node, dict) else {}
    return node


def described(samples: list[Mapping[str, Any]]) -> dict[str, Any]:
    """A schema that each of the samples is valid against, with each of their members."""
    properties: dict[str, Any] = {}
    for name in dict.fromkeys(name for sample in samples for name in sample):
        kinds = [kind_of(sample[name]) for sample in samples if name in sample]
        properties[name] = {"type": kinds[0]} if len(set(kinds)) == 1 else {"type": list(dict.fromkeys(kinds))}
    everywhere = [name for name in properties if all(name in sample for sample in samples)]
    return {"title": "표본에서 만든 것", "type": "object", "properties": properties, "required": everywhere}


def kind_of(sample: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(sample), "null")
