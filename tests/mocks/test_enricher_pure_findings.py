"""What a model of the Entity Enricher mock finds: always valid, always the same, with what is known carried over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.mocks.conftest import PROJECT
from tests.mocks.enricher_schemas import ANY, DIALECT, KEPT, MODELS, NAMES, SAMPLES, TEXTS, VALUES, part

COMPANY, PERSON = (saved["schema_content"] for saved in part("saved_schemas").starting_schemas())
ENTITIES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)
SLOW = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def find(schema: dict[str, Any], entity: dict[str, Any], model: str = MODELS[0], **others: Any) -> dict[str, Any]:
    values: dict[str, Any] = part("enriching").enrich_entity(schema, entity, model, None, **others).values
    return values


def valid(schema: dict[str, Any], value: Any) -> bool:
    """By a validator that the mock has no part in."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value)


def one(schema: Any, name: str = "value", **known: Any) -> Any:
    """What is found for a property of that schema."""
    return find({"type": "object", "properties": {name: schema}, "required": [name]}, {"name": "Roche", **known})[name]


@SLOW
@given(KEPT, ENTITIES, st.sampled_from(MODELS))
def test_what_can_be_kept_is_kept(schema: dict[str, Any], entity: dict[str, Any], model: str) -> None:
    assert part("checking").problem_with(schema) is None
    assert valid(schema, find(schema, entity, model))


@SLOW
@given(ANY, ENTITIES)
def test_what_is_found_is_valid_or_the_model_fails(schema: dict[str, Any], entity: dict[str, Any]) -> None:
    if part("checking").problem_with(schema) is not None:
        event("refused")
        return
    try:
        found = find(schema, entity)
    except part("enriching").CannotSatisfy:
        event("cannot be kept")
    else:
        event("kept")
        assert valid(schema, found)


@SLOW
@given(SAMPLES, st.data())
def test_a_generated_schema_can_always_be_kept(samples: list[dict[str, Any]], data: st.DataObject) -> None:
    schema = part("schema_making").generate_schema(samples)
    assert valid(schema, find(schema, data.draw(st.sampled_from(samples))))


@pytest.mark.parametrize("schema", [COMPANY, PERSON], ids=["company", "person"])
@given(
    label=TEXTS.filter(str.strip),
    country=st.sampled_from(["US", "KR", "JP", "대한민국", "🇰🇷"]),
    languages=st.permutations(["ko", "en"]),
)
def test_the_starting_schemas_are_kept_for_any_entity(
    schema: dict[str, Any], label: str, country: str, languages: list[str]
) -> None:
    found = find(schema, {"name": label, "country": country}, languages=languages)
    assert valid(schema, found)
    assert found["name"] == label
    assert list(found["summary"]) == languages


@pytest.mark.parametrize(
    "schema",
    [
        {"oneOf": [{"type": "string"}, {"type": "integer", "minimum": 5}]},
        {
            "type": "object",
            "minProperties": 3,
            "patternProperties": {r"^x-\d{2}$": {"type": "boolean"}},
            "additionalProperties": False,
        },
        {"type": "object", "minProperties": 3, "propertyNames": {"pattern": "^[A-Z]{3}$"}},
        {"type": "array", "contains": {"const": 7}, "items": {"type": "integer"}, "minItems": 4, "uniqueItems": True},
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "boolean"}], "items": False, "minItems": 2},
        {"prefixItems": [{"type": "string"}], "contains": {"type": "integer"}, "minContains": 2, "maxContains": 3},
        {"type": "array", "uniqueItems": True, "items": {"type": "boolean"}, "minItems": 2},
        {"type": "array", "uniqueItems": True, "items": {"enum": ["x", "y", "z"]}, "minItems": 3},
        {"type": "number", "multipleOf": 0.01, "exclusiveMinimum": 0, "maximum": 0.05},
        {"type": "integer", "multipleOf": 7, "minimum": 100, "exclusiveMaximum": 106},
        {"allOf": [{"type": "integer", "multipleOf": 6}, {"multipleOf": 4, "minimum": 1}]},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e-9},
        {"type": "integer", "maximum": -(2**80)},
        {"type": "number", "minimum": 1e308},
        {"not": {"type": "string"}},
        {"type": "string", "not": {"enum": ["x", "y"]}, "minLength": 1, "maxLength": 1},
        {"type": "string", "pattern": "^[a-z]+$", "minLength": 200, "maxLength": 201},
        {"type": "string", "pattern": r"^(?=.*\d).{8,}$"},
        {"type": "object", "dependentRequired": {"a": ["b"], "b": ["c"]}, "required": ["a"]},
        {"type": "object", "dependentSchemas": {"a": {"properties": {"b": False}}}, "properties": {"a": {}, "b": {}}},
        {"type": "object", "not": {"required": ["a"]}, "properties": {"a": {}, "b": {"type": "string"}}},
        {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"a": {}, "b": {}}},
        {"enum": [{"x": 1}, [1], None, 2**70, "가"]},
        {"const": {"가": ["🐋"]}},
    ],
)
def test_what_is_seldom_asked_is_found_too(schema: dict[str, Any]) -> None:
    assert valid(schema, one(schema))


def test_a_condition_is_kept() -> None:
    schema = {
        "type": "object",
        "properties": {"kind": {"enum": ["a", "b"]}},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"required": ["x"], "properties": {"x": {"type": "integer"}}},
        "else": {"required": ["y"], "properties": {"x": False}},
    }
    for kind in ("a", "b"):
        found = find(schema, {"kind": kind})
        assert found["kind"] == kind
        assert valid(schema, found)


def test_a_schema_that_contains_itself_comes_to_an_end() -> None:
    tree = {
        "type": "object",
        "required": ["kids"],
        "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
    }
    schema = {
        "type": "object",
        "properties": {"tree": {"$ref": "#/$defs/tree"}, "parent": {"$ref": "#"}},
        "$defs": {"tree": tree},
    }
    found = find(schema, {"name": "Roche"})
    assert valid(schema, found)
    assert found["tree"]["kids"]
    assert found["parent"] == {}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (False, "false"),
        ({"type": "string", "minLength": 10**9}, "10000 characters"),
        ({"type": "array", "minItems": 10**9}, "2000 items"),
        ({"type": "array", "minItems": 1500, "items": {"type": "array", "minItems": 1500}}, "steps"),
        ({"type": "string", "pattern": r"^(a)\1$"}, "pattern"),
        ({"type": "string", "format": "date", "maxLength": 5}, "date"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "minimum"),
        ({"allOf": [{"const": 1}, {"const": 2}]}, "enum and const"),
        ({"anyOf": [{"anyOf": [False] * 30}] * 30}, "false"),
        ({"$ref": "#/$defs/endless"}, "without end"),
    ],
)
def test_what_cannot_be_kept_is_said(schema: Any, said: str) -> None:
    endless = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/$defs/endless"}}}
    whole = {"type": "object", "required": ["value"], "properties": {"value": schema}, "$defs": {"endless": endless}}
    assert part("checking").problem_with(whole) is None
    with pytest.raises(part("enriching").CannotSatisfy) as caught:
        find(whole, {"name": "Roche"})
    assert said in caught.value.message
    optional = {**whole, "required": []}
    assert find(optional, {"name": "Roche"}) == {}


def test_what_is_known_is_carried_over() -> None:
    known = {
        "이름": "로슈",
        "국가": "CH",
        "employees": "88,000",
        "Founded Year": 1896,
        "tags": "제약",
        "ceo": {"name": "가나다"},
    }
    properties = {
        "name": {"type": "string"},
        "country": {"type": "string"},
        "employees": {"type": "integer"},
        "founded_year": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "ceo": {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}},
    }
    for model in MODELS:
        found = find({"type": "object", "properties": properties}, known, model)
        assert found["ceo"]["name"] == "가나다"
        assert {name: value for name, value in found.items() if name != "ceo"} == {
            "name": "로슈",
            "country": "CH",
            "employees": 88000,
            "founded_year": 1896,
            "tags": ["제약"],
        }


def test_what_is_known_but_not_allowed_is_not_carried_over() -> None:
    assert one({"type": "integer", "maximum": 10}, "employees", employees=88000) <= 10
    assert one({"enum": ["a", "b"]}, "status", status="c") in {"a", "b"}


def test_an_attachment_tells_what_is_not_known_otherwise() -> None:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in ("name", "ceo", "motto")}}
    files = [
        '{"ceo": "김하나", "name": "다른 이름"}'.encode(),
        "motto: 언제나 처음처럼\r\nceo: X",
        b"\xff\xd8\xff\x00",
        b"{",
        "[" * 9000,
    ]
    found = find(schema, {"name": "한빛"}, attachments=files)
    assert found == {"name": "한빛", "ceo": "김하나", "motto": "언제나 처음처럼"}
    assert find(schema, {"name": "한빛"})["ceo"] != "김하나"


def test_texts_are_in_the_language_of_the_entity() -> None:
    korean, english = find(COMPANY, {"name": "한빛전자"}), find(COMPANY, {"name": "Bright Electronics"})
    spoken = [name for name in ("industry", "ceo") if any("가" <= letter <= "힣" for letter in korean[name])]
    assert spoken == ["industry", "ceo"]
    assert english["industry"].isascii()
    assert korean["revenue"]["currency"] == "KRW"


def test_a_multilingual_text_has_a_value_for_each_language() -> None:
    schema = {
        "type": "object",
        "properties": {
            "summary": {"type": "object", "multilingual": True},
            "about": {"type": "string", "multilingual": True},
        },
    }
    found = find(schema, {"name": "삼성전자"}, languages=["ko", "en", "de"])
    assert list(found["summary"]) == ["ko", "en", "de"]
    assert "소개" in found["about"] + "소개"
    assert list(find(schema, {"name": "삼성전자"})["summary"]) == ["en"]


def test_models_agree_about_much_and_differ_about_some() -> None:
    found = [find(COMPANY, {"name": "Acme Corp", "country": "US"}, model) for model in MODELS]
    same = [name for name in COMPANY["properties"] if len({json.dumps(one[name]) for one in found}) == 1]
    assert {"name", "country"} <= {*same}
    assert 3 <= len(same) < len(COMPANY["properties"])


def test_another_seed_finds_something_else() -> None:
    assert find(COMPANY, {"name": "Acme"}, seed=1) != find(COMPANY, {"name": "Acme"}, seed=2)


@pytest.mark.parametrize("schema", [COMPANY, PERSON], ids=["company", "person"])
def test_the_domains_bring_together_what_the_whole_is(schema: dict[str, Any]) -> None:
    enriching = part("enriching")
    domains = enriching.expertise_domains(schema, "multi_expertise")
    assert [domain.key for domain in domains] == list(schema["x-expertiseDomains"])
    findings = [enriching.enrich_entity(schema, {"name": "Zoë"}, MODELS[1], domain) for domain in domains]
    together = {name: value for finding in findings for name, value in finding.values.items()}
    assert together == find(schema, {"name": "Zoë"}, MODELS[1])
    assert sum(len(finding.values) for finding in findings) == len(together)
    for domain, finding in zip(domains, findings, strict=True):
        assert {*finding.values} <= {*domain.properties}


@given(ANY | KEPT, st.lists(NAMES, min_size=1, max_size=3, unique=True))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_the_domains_of_any_schema_lose_nothing(schema: dict[str, Any], keys: list[str]) -> None:
    enriching = part("enriching")
    whole = {**schema, "x-expertiseDomains": {key: {} for key in keys}}
    if part("checking").problem_with(whole) is not None:
        return
    try:
        found = find(whole, {"name": "Zoë"})
    except enriching.CannotSatisfy:
        return
    together: dict[str, Any] = {}
    for domain in enriching.expertise_domains(whole, "expert_domains"):
        together |= enriching.enrich_entity(whole, {"name": "Zoë"}, MODELS[0], domain).values
    assert together == found


def test_what_belongs_to_no_domain_comes_with_the_first() -> None:
    enriching = part("enriching")
    properties = {
        "a": {"type": "integer", "expertise": "y"},
        "b": {"type": "integer"},
        "c": {"expertise": "unheard of"},
    }
    schema = {
        "type": "object",
        "x-expertiseDomains": {"x": {}, "y": {"name": "와이"}},
        "properties": properties,
        "required": ["d"],
    }
    first, second = enriching.expertise_domains(schema, "multi_expertise")
    assert (first.name, second.name) == ("X", "와이")
    found = [enriching.enrich_entity(schema, {"name": "가"}, MODELS[0], domain).values for domain in (first, second)]
    assert [list(values) for values in found] == [["b", "c", "d"], ["a"]]


def test_a_strategy_decides_whether_domains_are_asked() -> None:
    enriching = part("enriching")
    assert enriching.expertise_domains(COMPANY, "single_pass") == []
    assert enriching.expertise_domains({"type": "object"}, "multi_expertise") == []
    assert enriching.chosen_strategy(COMPANY, "auto") == "multi_expertise"
    assert enriching.chosen_strategy({"type": "object"}, "auto") == "single_pass"
    assert enriching.expertise_domains(COMPANY, "auto") == enriching.expertise_domains(COMPANY, "expert_domains")


def test_it_costs_what_the_model_costs() -> None:
    enriching = part("enriching")
    cheap, dear = (enriching.enrich_entity(COMPANY, {"name": "Roche"}, model, None) for model in (MODELS[3], MODELS[0]))
    more = enriching.enrich_entity(COMPANY, {"name": "Roche"}, MODELS[0], None, [b"x" * 4000])
    assert 0 < cheap.cost_usd < dear.cost_usd < more.cost_usd
    price = part("prices").price_of(MODELS[0])
    assert price.cost(0, 1000) > price.cost(1000, 0) > 0
    assert more.input_tokens == dear.input_tokens + 1000
    assert all(finding.processing_time_ms > 0 and finding.output_tokens > 0 for finding in (cheap, dear, more))


def test_nothing_depends_on_the_hash_seed() -> None:
    code = (
        "import json; from pathlib import Path; from understudy.project import find_project; import importlib\n"
        f"find_project(Path({str(PROJECT.root)!r})).load_mock('entity_enricher')\n"
        "load = lambda name: importlib.import_module('understudy_mocks.entity_enricher.' + name)\n"
        "schemas = [saved['schema_content'] for saved in load('saved_schemas').starting_schemas()]\n"
        "entity = {'name': '가나 Zoë 🐋', 'tags': ['a', 'b']}\n"
        "made = [load('enriching').enrich_entity(schema, entity, 'openai::gpt-4o', None) for schema in schemas]\n"
        "made += [load('schema_making').generate_schema([entity]), load('enriching').fits(schemas[0], entity)]\n"
        "print(json.dumps(made))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


@pytest.mark.parametrize(
    "entity",
    [
        {"name": "\ud800"},
        {"\ud800": "x"},
        {"name": ["deep"], "deep": json.loads("[" * 500 + "]" * 500)},
        {"name": {"a": 1}},
        {"name": "{} {label} %s \\"},
        {"name": "x" * 100_000},
        {"name": 10**400, "revenue": 10**400},
        {"": ""},
    ],
    ids=lambda entity: repr(entity)[:30],
)
def test_odd_entities_are_no_fault_of_the_mock(entity: dict[str, Any]) -> None:
    found = find(COMPANY, entity)
    assert valid(COMPANY, found)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("text", "not an object"),
        ({"type": "array"}, "/type"),
        ({}, "does not describe an object"),
        ({"type": "object", "properties": []}, "/properties"),
        ({"type": "object", "properties": {"a": {"pattern": "("}}}, "pattern"),
        ({"type": "object", "$ref": "https://example.com/other.json"}, "example.com"),
        ({"type": "object", "properties": {"a": {"$ref": DIALECT}}}, "$defs"),
        ({"type": "object", "properties": {"a": {"$ref": "#/nowhere"}}}, "nowhere"),
        ({"type": "object", "$ref": "#"}, "leads back"),
        ({"type": "object", "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}}, "leads back"),
        ({"type": "object", "$schema": "http://json-schema.org/draft-07/schema#"}, "$schema"),
        ({"type": "object", "enum": ["\ud800"]}, "no JSON Schema"),
        ({"type": "object", "const": json.loads("[" * 900 + "]" * 900)}, "deeper"),
    ],
)
def test_a_schema_content_that_is_none_is_refused(schema: Any, said: str) -> None:
    assert said in part("checking").problem_with(schema)


def test_a_reference_within_the_schema_is_no_reference_outside() -> None:
    text = {"$anchor": "text", "type": "string"}
    properties = {
        "a": {"$ref": "#/$defs/t~1x"},
        "b": {"$ref": "#text"},
        "c": {"enum": [{"$ref": "https://example.com"}]},
    }
    schema = {"$schema": DIALECT, "type": "object", "$defs": {"t/x": text}, "properties": properties}
    assert part("checking").problem_with(schema) is None
    assert valid(schema, find(schema, {"name": "가"}))
