"""Schemas that the Entity Enricher mock generates from samples: they describe every sample, and more than its types."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.mocks.enricher_schemas import SAMPLES, part


def generate(*samples: dict[str, Any], name_hint: str = "") -> dict[str, Any]:
    schema: dict[str, Any] = part("schema_making").generate_schema([*samples], name_hint)
    return schema


def described(*values: Any, name: str = "detail") -> dict[str, Any]:
    """What is said of a member that has these values, without what people read."""
    schema: dict[str, Any] = generate(*({name: value} for value in values))["properties"][name]
    return {keyword: value for keyword, value in schema.items() if keyword not in {"title", "description", "expertise"}}


@given(SAMPLES)
def test_every_sample_is_valid_and_every_member_described(samples: list[dict[str, Any]]) -> None:
    schema = generate(*samples)
    assert part("checking").problem_with(schema) is None
    assert list(schema["properties"]) == list(dict.fromkeys(name for sample in samples for name in sample))
    for sample in samples:
        assert part("checking").is_valid(schema, sample)
    required = [name for name in schema["properties"] if all(name in sample for sample in samples)]
    assert schema.get("required", []) == required
    domains = schema["x-expertiseDomains"]
    assert {part["expertise"] for part in schema["properties"].values()} == {*domains}


@pytest.mark.parametrize(
    ("values", "schema"),
    [
        ([1, 2], {"type": "integer"}),
        ([1, 2.5], {"type": "number"}),
        ([True, 1], {"type": ["boolean", "integer"]}),
        ([None, "가"], {"type": ["string", "null"]}),
        ([None], {"type": ["string", "null"]}),
        (["a", 1, None], {"type": ["string", "integer", "null"]}),
        ([[1], ["a"], []], {"type": "array", "items": {"type": ["integer", "string"]}}),
        ([[]], {"type": "array"}),
        ([{}], {"type": "object"}),
        (["2024-02-29"], {"type": "string", "format": "date"}),
        (["2024-02-30"], {"type": "string"}),
        (["2024-01-02T03:04:05Z", None], {"type": ["string", "null"], "format": "date-time"}),
        (["a@b.co", "가@b.co"], {"type": "string"}),
        (["a@b.co"], {"type": "string", "format": "email"}),
        (["https://x.example/가"], {"type": "string"}),
        (["https://x.example/"], {"type": "string", "format": "uri"}),
        (["note: this"], {"type": "string"}),
        (["상장", "비상장"] * 2, {"type": "string", "enum": ["상장", "비상장"]}),
        (["a", "b", None] * 2, {"type": ["string", "null"], "enum": ["a", "b", None]}),
        (["a", "b", "c", "d"], {"type": "string"}),
        (["a"] * 9, {"type": "string"}),
    ],
)
def test_what_is_said_of_values(values: list[Any], schema: dict[str, Any]) -> None:
    assert described(*values) == schema


def test_names_are_not_a_list_to_choose_from() -> None:
    assert "enum" not in described("Roche", "Pfizer", "Roche", "Pfizer", name="name")


def test_what_counts_something_is_not_below_zero() -> None:
    assert described(3, name="employees") == {"type": "integer", "minimum": 0}
    assert described(-3, name="employees") == {"type": "integer"}


def test_members_of_members_are_described_over_all_samples() -> None:
    schema = described({"a": 1, "b": [{"c": "x"}]}, {"a": None, "b": [{"c": "y", "d": True}]})
    assert schema["required"] == ["a", "b"]
    assert schema["properties"]["a"]["type"] == ["integer", "null"]
    assert schema["properties"]["b"]["items"]["required"] == ["c"]
    assert list(schema["properties"]["b"]["items"]["properties"]) == ["c", "d"]


def test_titles_and_domains_come_from_the_names() -> None:
    schema = generate({"name": "Moderna Inc", "foundedYear": 2010, "annual_revenue": 1, "x": 1})
    assert schema["title"] == "Company"
    assert schema["properties"]["foundedYear"]["title"] == "Founded year"
    assert [part["expertise"] for part in schema["properties"].values()] == [
        "identity",
        "identity",
        "finance",
        "general",
    ]
    assert generate({"name": "Marie Curie"})["title"] == "Person"
    assert generate({"name": "x"}, name_hint="  거래처 ")["title"] == "거래처"


def test_korean_samples_make_a_korean_schema() -> None:
    schema = generate({"이름": "삼성전자", "매출액": 1.5, "주소": {"도시": "수원"}})
    assert schema["title"] == "회사"
    assert schema["properties"]["매출액"]["description"] == "회사의 매출액"
    assert schema["x-expertiseDomains"]["finance"] == {"name": "재무"}


def test_deep_samples_are_described_as_far_as_schemas_go() -> None:
    deep: dict[str, Any] = {"a": 1}
    for _ in range(200):
        deep = {"a": deep, "b": [deep]} if len(str(deep)) < 2000 else {"a": deep}
    assert part("checking").problem_with(generate(deep)) is None
    assert part("checking").is_valid(generate(deep), deep)
