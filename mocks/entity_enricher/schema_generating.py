"""A schema that describes samples: what is in all of them is required, what has two types has two types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .checking import DIALECT, is_valid
from .concepts import concept_entry, has_hangul, title_of
from .subjects import subject_of

DEEPEST = 12
"""From this depth on samples are described by their type alone."""
MOST_VALUES, LEAST_REPEATED, LONGEST_VALUE = 6, 4, 40
LONGEST_TITLE = 80
FORMATS = ("date", "date-time", "email", "uuid", "ipv4", "uri")
_ENTITY = {
    "company": ("Company", "회사"),
    "person": ("Person", "인물"),
    "place": ("Place", "장소"),
    "": ("Entity", "대상"),
}
_DOMAINS = {
    "identity": ("Identity", "기본 정보"),
    "location": ("Location", "위치"),
    "contact": ("Contact", "연락처"),
    "business": ("Business", "사업"),
    "finance": ("Finance", "재무"),
    "people": ("People", "인물"),
    "biography": ("Biography", "생애"),
    "career": ("Career", "경력"),
    "general": ("General", "일반"),
}


def generate_schema(samples: list[dict[str, Any]], name_hint: str = "") -> dict[str, Any]:
    """A JSON Schema 2020-12 of an object that every one of ``samples`` (one or more objects) is valid against.

    It has each member of the samples as a property, grouped in domains of expertise. ``name_hint`` is its title;
    without it the title is the kind of thing that the samples are. Clause ee.generate-schema.describes.
    """
    korean = _is_korean(samples)
    title = name_hint.strip()[:LONGEST_TITLE] or _entity(samples)[korean]
    described = _of_objects(samples, 0)
    properties = described["properties"]
    for name, part in properties.items():
        part["description"] = (
            f"{title}의 {title_of(name)}" if korean else f"{title_of(name) or 'A member'} of the {title.lower()}"
        )
        part["expertise"] = concept_entry(name).get("domain", "general")
    used = {part["expertise"] for part in properties.values()}
    domains = {key: {"name": names[korean]} for key, names in _DOMAINS.items() if key in used}
    return {"$schema": DIALECT, "title": title, "type": "object", "x-expertiseDomains": domains, **described}


def _is_korean(samples: Sequence[dict[str, Any]]) -> bool:
    names = {name for sample in samples for name in sample}
    return sum(map(has_hangul, names)) * 2 > len(names)


def _entity(samples: Sequence[dict[str, Any]]) -> tuple[str, str]:
    kinds = [subject_of(sample).kind for sample in samples]
    told = [kind for kind in kinds if kind] or [""]
    return _ENTITY[max(dict.fromkeys(told), key=told.count)]


def _of_objects(objects: Sequence[dict[str, Any]], depth: int) -> dict[str, Any]:
    names = dict.fromkeys(name for value in objects for name in value)
    properties = {}
    for name in names:
        described = _of_values([value[name] for value in objects if name in value], name, depth + 1)
        properties[name] = {**({"title": title_of(name)} if title_of(name) else {}), **described}
    required = [name for name in names if all(name in value for value in objects)]
    return {"properties": properties, **({"required": required} if required else {})}


def _of_values(values: Sequence[Any], name: str, depth: int) -> dict[str, Any]:
    kinds = _kinds(values)
    described: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds}
    if depth >= DEEPEST:
        return described
    objects = [value for value in values if isinstance(value, dict)]
    items = [item for value in values if isinstance(value, list) for item in value]
    if any(objects):
        described.update(_of_objects(objects, depth))
    if items:
        described["items"] = _of_values(items, name, depth + 1)
    texts = [value for value in values if isinstance(value, str)]
    described.update(_format_of(texts) or _listed(texts, name, kinds))
    described.update(_of_numbers([value for value in values if _type(value) in {"integer", "number"}], name))
    return described


def _kinds(values: Sequence[Any]) -> list[str]:
    """The types of the values as they come; what was only ever null may be a text one day."""
    kinds = list(dict.fromkeys(map(_type, values)))
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")
    if kinds == ["null"]:
        kinds = ["string", "null"]
    return sorted(kinds, key=lambda kind: kind == "null")


def _type(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


def _format_of(texts: Sequence[str]) -> dict[str, Any]:
    """A format that all texts have."""
    found = (name for name in FORMATS if texts and all(_has_format(text, name) for text in texts))
    return {"format": name} if (name := next(found, "")) else {}


def _listed(texts: Sequence[str], name: str, kinds: Sequence[str]) -> dict[str, Any]:
    """The few texts that come again and again; what a thing is called is no such text, however often it comes."""
    distinct = list(dict.fromkeys(texts))
    few = 1 < len(distinct) <= MOST_VALUES and len(texts) >= max(LEAST_REPEATED, 2 * len(distinct))
    free = "shape" in concept_entry(name) or any(len(text) > LONGEST_VALUE for text in distinct)
    if not few or free or {*kinds} - {"string", "null"}:
        return {}
    return {"enum": [*distinct, *([None] if "null" in kinds else [])]}


def _has_format(text: str, name: str) -> bool:
    """A uri with a place (https://...), since any word with a colon is one too."""
    return (name != "uri" or "://" in text) and is_valid({"format": name}, text)


def _of_numbers(numbers: Sequence[Any], name: str) -> dict[str, Any]:
    """What counts or costs something is not below zero, unless a sample is."""
    least = concept_entry(name).get("range", [-1])[0]
    return {"minimum": 0} if numbers and least >= 0 and min(numbers) >= 0 else {}
