"""Schemas and samples that hypothesis makes for the Entity Enricher: some that can be kept, and some of any kind."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.mocks.conftest import PROJECT

STEM = "entity_enricher"
MODELS = (
    "anthropic::claude-sonnet-4-5-20250514",
    "openai::gpt-4o",
    "google::gemini-2.5-pro",
    "deepseek::deepseek-chat",
)
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def part(name: str) -> ModuleType:
    """A module of the mock, which is loaded by its path."""
    PROJECT.load_mock(STEM)
    return importlib.import_module(f"understudy_mocks.{STEM}.{name}")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "삼성전자",
        "🐋🏳️‍🌈",
        "e\u0301",
        "\u1112\u1161\u11ab글",
        "a\x00b",
        "2020-02-30",
        "2020-02-29",
        "a@b.co",
        "https://x.y/",
        "{label}",
    ]
)
NAMES = TEXTS | st.sampled_from(
    [
        "name",
        "foundedYear",
        "birth_date",
        "email",
        "직원수",
        "주소",
        "revenue",
        "country",
        "$ref",
        "properties",
        "",
        "tags",
        "is_public",
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
SAMPLES = st.lists(st.dictionaries(NAMES, VALUES, min_size=1, max_size=5), min_size=1, max_size=5)
PATTERNS = st.sampled_from(
    [
        r"^[A-Z]{1,5}$",
        r"^\d{3}-\d{4}$",
        r"^[가-힣]{2,4}$",
        r"\p{L}+",
        r"^(foo|바|)$",
        r"^[^a-z]+$",
        r"^x*y+z?$",
        r"^\S+@\S+$",
    ]
)
FORMATS = st.sampled_from(
    [
        "date",
        "date-time",
        "time",
        "duration",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "uuid",
        "iri",
        "json-pointer",
        "regex",
        "unheard-of",
    ]
)


def _kept_texts() -> st.SearchStrategy[dict[str, Any]]:
    sized = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(
        lambda ends: {"type": "string", "minLength": min(ends), "maxLength": max(ends)}
    )
    patterned = PATTERNS.map(lambda pattern: {"type": "string", "pattern": pattern})
    return sized | patterned | FORMATS.map(lambda name: {"type": "string", "format": name})


def _kept_numbers() -> st.SearchStrategy[dict[str, Any]]:
    ranges = st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 1000)).map(
        lambda ends: {"type": "integer", "minimum": ends[0], "maximum": ends[0] + ends[1]}
    )
    steps = st.tuples(st.sampled_from(["integer", "number"]), st.integers(1, 60), st.integers(-1000, 1000)).map(
        lambda drawn: {"type": drawn[0], "multipleOf": drawn[1], "minimum": drawn[2], "maximum": drawn[2] + drawn[1]}
    )
    parts = st.tuples(st.floats(-1e9, 1e9), st.floats(0.001, 1e6)).map(
        lambda ends: {"type": "number", "exclusiveMinimum": ends[0], "exclusiveMaximum": ends[0] + ends[1]}
    )
    return ranges | steps | parts


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    @st.composite
    def draw_object(draw: st.DrawFn) -> dict[str, Any]:
        properties = draw(st.dictionaries(NAMES, inner, max_size=4))
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        schema["required"] = draw(st.lists(st.sampled_from(sorted(properties)), unique=True)) if properties else []
        if draw(st.booleans()):
            schema["additionalProperties"] = draw(st.just(False) | inner)
        return schema

    return draw_object()


def _arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    counts = st.tuples(st.integers(0, 3), st.integers(0, 3))
    return st.tuples(inner, counts).map(
        lambda drawn: {"type": "array", "items": drawn[0], "minItems": min(drawn[1]), "maxItems": max(drawn[1])}
    )


def _combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Alternatives of which only one can hold, so that each can."""
    return st.one_of(
        inner.map(lambda one: {"anyOf": [one, {"type": "null"}]}),
        inner.map(lambda one: {"anyOf": [False, one]}),
        inner.map(lambda one: {"allOf": [one, {"description": "설명"}]}),
        _kept_texts().map(lambda one: {"oneOf": [{"type": "integer"}, one]}),
    )


KEPT_VALUES: st.SearchStrategy[Any] = st.recursive(
    _kept_texts()
    | _kept_numbers()
    | st.sampled_from([{"type": "boolean"}, {"type": "null"}, {}, True, {"type": ["integer", "null"]}])
    | st.lists(SCALARS, min_size=1, max_size=4, unique_by=repr).map(lambda values: {"enum": values})
    | VALUES.map(lambda value: {"const": value}),
    lambda inner: _objects(inner) | _arrays(inner) | _combined(inner),
    max_leaves=8,
)
KEPT = _objects(KEPT_VALUES)
"""Schemas of objects that some value is valid against, by how they are made."""

_ANY_KEYWORDS: dict[str, st.SearchStrategy[Any]] = {
    "type": st.sampled_from(["object", "array", "string", "integer", "number", "boolean", "null", ["string", "null"]]),
    "enum": st.lists(VALUES, min_size=1, max_size=3, unique_by=repr),
    "const": VALUES,
    "minimum": st.integers(-100, 100),
    "exclusiveMaximum": st.floats(-100, 100),
    "multipleOf": st.sampled_from([0.01, 0.5, 3, 7]),
    "minLength": st.integers(0, 30),
    "maxLength": st.integers(0, 30),
    "pattern": PATTERNS | st.sampled_from([r"^(a)\1$", r"^(?!x)\w+$", r"^(?=.*\d)[a-z\d]{8,}$", r"(?<=a)b"]),
    "format": FORMATS,
    "required": st.lists(NAMES, max_size=3, unique=True),
    "minProperties": st.integers(0, 4),
    "maxProperties": st.integers(0, 4),
    "propertyNames": st.sampled_from([{"pattern": "^[a-z]+$"}, {"maxLength": 4}, False]),
    "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=2),
    "minItems": st.integers(0, 4),
    "maxItems": st.integers(0, 4),
    "uniqueItems": st.booleans(),
    "minContains": st.integers(0, 2),
    "multilingual": st.booleans(),
    "$ref": st.sampled_from(["#", "#/properties/name", "#/$defs/one"]),
}


def _any_schema(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    applied: dict[str, st.SearchStrategy[Any]] = {
        "properties": st.dictionaries(NAMES, inner, max_size=3),
        "patternProperties": st.dictionaries(PATTERNS, inner, max_size=1),
        "$defs": st.fixed_dictionaries({"one": inner}),
        "dependentSchemas": st.dictionaries(NAMES, inner, max_size=1),
        "prefixItems": st.lists(inner, min_size=1, max_size=2),
    }
    applied |= {name: st.lists(inner, min_size=1, max_size=3) for name in ("allOf", "anyOf", "oneOf")}
    applied |= dict.fromkeys(
        (
            "additionalProperties",
            "items",
            "contains",
            "not",
            "if",
            "then",
            "else",
            "unevaluatedProperties",
            "unevaluatedItems",
        ),
        inner,
    )
    return st.fixed_dictionaries({}, optional={**_ANY_KEYWORDS, **applied})


ANY = st.recursive(st.booleans(), _any_schema, max_leaves=6).map(
    lambda schema: {**(schema if isinstance(schema, dict) else {}), "type": "object"}
)
"""Schemas of objects of any kind: many contradict themselves, some are refused."""
