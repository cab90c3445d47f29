"""Edits of a schema by a text in English or Korean: what is asked is done, or refused as a whole and said."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mocks.enricher_schemas import KEPT, TEXTS, part

BASE: dict[str, Any] = {
    "type": "object",
    "title": "Company",
    "x-expertiseDomains": {"identity": {"name": "Identity"}, "contact": {"name": "Contact"}},
    "properties": {
        "name": {"type": "string", "expertise": "identity"},
        "foundedYear": {"title": "Founded year", "type": "integer", "minimum": 1000},
        "status": {"type": "string", "enum": ["active"]},
        "level": {"type": ["integer", "null"], "enum": [1, 2, None]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "ceo": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
            "required": ["age"],
        },
        "주소": {"type": "object", "properties": {"도시": {"type": "string"}}},
        "직원수": {"type": "integer"},
    },
    "required": ["name", "직원수"],
}


def edit(prompt: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """The edited schema; the one that was given stays as it was."""
    schema = BASE if schema is None else schema
    before = copy.deepcopy(schema)
    changed, said = part("schema_making").edit_schema(schema, prompt)
    assert schema == before
    assert said
    assert changed != before
    found: dict[str, Any] = changed
    return found


def at(schema: dict[str, Any], path: str) -> Any:
    """The property at a path with dots; None where there is none."""
    for name in path.split("."):
        schema = schema.get("properties", {}).get(name)
        if schema is None:
            return None
    return schema


@pytest.mark.parametrize(
    ("prompt", "path", "expected"),
    [
        ("Add a field called motto of type string", "motto", {"type": "string"}),
        ("Please add an optional integer field `rank`.", "rank", {"type": "integer"}),
        ("add a list of strings called mottos", "mottos", {"type": "array", "items": {"type": "string"}}),
        ("Add 'scores' as an array of numbers", "scores", {"type": "array", "items": {"type": "number"}}),
        ("Could you add an is_public boolean?", "is_public", {"type": "boolean"}),
        ("add an email field", "email", {"type": "string", "format": "email", "expertise": "contact"}),
        ("add incorporation day as a date", "incorporationDay", {"type": "string", "format": "date"}),
        (
            'Add a field nick with description "Call it; so, and so"',
            "nick",
            {"type": "string", "description": "Call it; so, and so"},
        ),
        ("Add a priority field with values low and high", "priority", {"type": "string", "enum": ["low", "high"]}),
        ("add a field phone to the ceo", "ceo.phone", {"type": "string"}),
        ("add a nullable number field ratio", "ratio", {"type": ["number", "null"]}),
        ("motto 필드를 추가해 주세요", "motto", {"type": "string"}),
        ("정수형 순위 필드를 추가해줘", "순위", {"type": "integer"}),
        ("비고 (문자열) 항목을 추가", "비고", {"type": "string", "expertise": "identity"}),
        ("좌우명이라는 텍스트 필드를 넣어 주세요", "좌우명", {"type": "string"}),
        ("인증일을 날짜 타입으로 추가해줘", "인증일", {"type": "string", "format": "date"}),
        ("설명이 '짧은 글'인 좌우명 필드를 추가해 주세요", "좌우명", {"type": "string", "description": "짧은 글"}),
        (
            "별명 문자열 배열 필드를 추가",
            "별명",
            {"type": "array", "items": {"type": "string"}, "expertise": "identity"},
        ),
        ("주소에 우편번호 필드를 추가해 주세요", "주소.우편번호", {"type": "string"}),
    ],
)
def test_a_property_is_added(prompt: str, path: str, expected: dict[str, Any]) -> None:
    assert at(edit(prompt), path) == expected


@pytest.mark.parametrize(
    ("prompt", "gone"),
    [
        ("Remove the foundedYear field", ["foundedYear"]),
        ("delete the founded year and tags", ["foundedYear", "tags"]),
        ("drop ceo.age", ["ceo.age"]),
        ("remove the age from the ceo", ["ceo.age"]),
        ("직원수 필드를 삭제해 주세요", ["직원수"]),
        ("직원수와 주소를 제거해줘", ["직원수", "주소"]),
        ("주소의 도시를 빼 주세요", ["주소.도시"]),
    ],
)
def test_a_property_is_removed(prompt: str, gone: list[str]) -> None:
    changed = edit(prompt)
    assert [path for path in gone if at(changed, path) is not None] == []
    assert "직원수" not in gone or changed["required"] == ["name"]
    assert "ceo.age" not in gone or "required" not in at(changed, "ceo")


@pytest.mark.parametrize(
    ("prompt", "before", "after"),
    [
        ("rename name to `legal name`", "name", "legalName"),
        ("Change the name of foundedYear to year", "foundedYear", "year"),
        ("rename age in ceo to years", "ceo.age", "ceo.years"),
        ("직원수를 임직원수로 변경해 주세요", "직원수", "임직원수"),
        ("주소 필드의 이름을 '소재지'로 바꿔 주세요", "주소", "소재지"),
    ],
)
def test_a_property_is_renamed_in_its_place(prompt: str, before: str, after: str) -> None:
    changed = edit(prompt)
    assert at(changed, before) is None
    assert {**at(changed, after), "title": 0} == {**at(BASE, before), "title": 0}
    if "." not in before:
        assert list(changed["properties"]).index(after) == list(BASE["properties"]).index(before)
        assert [after if name == before else name for name in BASE["required"]] == changed["required"]


@pytest.mark.parametrize(
    ("prompt", "required"),
    [
        ("Make foundedYear required", ["name", "직원수", "foundedYear"]),
        ("name should be optional", ["직원수"]),
        ("mark tags and status as mandatory", ["name", "직원수", "tags", "status"]),
        ("require tags", ["name", "직원수", "tags"]),
        ("add a required field motto", ["name", "직원수", "motto"]),
        ("직원수를 선택 항목으로 변경해 주세요", ["name"]),
        ("주소를 필수로 해줘", ["name", "직원수", "주소"]),
        ("필수 항목으로 업종을 추가해줘", ["name", "직원수", "업종"]),
    ],
)
def test_a_property_becomes_required_or_optional(prompt: str, required: list[str]) -> None:
    assert edit(prompt)["required"] == required


@pytest.mark.parametrize(
    ("prompt", "path", "expected"),
    [
        ("change foundedYear to string", "foundedYear", {"title": "Founded year", "type": "string"}),
        (
            "Convert the type of foundedYear from integer to number",
            "foundedYear",
            {"title": "Founded year", "type": "number", "minimum": 1000},
        ),
        ("the level field should be a string", "level", {"type": ["string", "null"]}),
        ("make tags an array of integers", "tags", {"type": "array", "items": {"type": "integer"}}),
        (
            "make foundedYear nullable",
            "foundedYear",
            {"title": "Founded year", "type": ["integer", "null"], "minimum": 1000},
        ),
        ("level must be not nullable", "level", {"type": "integer", "enum": [1, 2]}),
        ("직원수를 문자열로 변경", "직원수", {"type": "string"}),
        ("직원수 타입을 실수로 바꿔줘", "직원수", {"type": "number"}),
        ("add values pending, closed to status", "status", {"type": "string", "enum": ["active", "pending", "closed"]}),
        ("status must be one of 'on hold', closed", "status", {"type": "string", "enum": ["on hold", "closed"]}),
        ("add the values 3 and 4 to level", "level", {"type": ["integer", "null"], "enum": [1, 2, None, 3, 4]}),
        ("remove the value 1 from level", "level", {"type": ["integer", "null"], "enum": [2, None]}),
        ("restrict tags to a, b", "tags", {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}),
        ("status에 값 휴업, 폐업 추가", "status", {"type": "string", "enum": ["active", "휴업", "폐업"]}),
        ("status는 영업, 폐업 중 하나여야 합니다", "status", {"type": "string", "enum": ["영업", "폐업"]}),
        (
            "set the description of name to Its name",
            "name",
            {"type": "string", "expertise": "identity", "description": "Its name"},
        ),
        (
            '직원수의 설명을 "일하는 사람, 그리고 수"로 변경해줘',
            "직원수",
            {"type": "integer", "description": "일하는 사람, 그리고 수"},
        ),
    ],
)
def test_what_is_asked_of_a_property_changes(prompt: str, path: str, expected: dict[str, Any]) -> None:
    assert at(edit(prompt), path) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "1. Add a string field motto.\n2. Remove tags; make motto required",
        "add motto, then remove tags and make motto required",
        "motto 필드를 추가하고 tags를 삭제한 후 motto를 필수로 변경해 주세요",
    ],
)
def test_several_changes_are_made_in_order(prompt: str) -> None:
    changed = edit(prompt)
    assert at(changed, "motto") == {"type": "string"}
    assert at(changed, "tags") is None
    assert changed["required"][-1] == "motto"


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("make it nicer", "not understood"),
        ("Add more fields", "which property"),
        ("Add a motto. Translate everything to French.", "Translate everything to French"),
        ("remove tags and remove the altitude", "altitude"),
        ("예쁘게 만들어 주세요", "not understood"),
        ("고도 필드를 삭제해 주세요", "고도"),
        ("🐋", "not understood"),
        (" \n. ", "asks for nothing"),
        ("Add", "not understood"),
        ("add a field name", "already"),
        ("make name required", "required already"),
        ("change foundedYear to integer", "already"),
        ("add value active to status", "already"),
        ("add values high to level", "'high' is no integer"),
        ("add a field x to tags", "no members of its own"),
        ("remove the value gone from status", "gone"),
        ("add a property for how much was earned last year", "not understood as the name"),
        ("x" * 5000, "4000"),
    ],
)
def test_what_cannot_be_done_is_said(prompt: str, said: str) -> None:
    with pytest.raises(part("schema_making").CannotEdit) as caught:
        edit(prompt)
    assert said in caught.value.message
    assert len(caught.value.message) < 5500


def test_a_name_that_is_there_twice_is_asked_for() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "object", "properties": {"city": {}}},
            "b": {"type": "object", "properties": {"city": {}}},
        },
    }
    with pytest.raises(part("schema_making").CannotEdit, match=r"a\.city, b\.city"):
        edit("remove city", schema)
    assert at(edit("remove city from b", schema), "b.city") is None


def test_an_edit_that_would_break_a_reference_is_refused() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"$ref": "#/properties/a"}}}
    with pytest.raises(part("schema_making").CannotEdit, match="no longer"):
        edit("remove a", schema)


@given(
    KEPT,
    TEXTS
    | st.sampled_from(
        ["add x", "remove name", "make email optional", "'‹0›' 필드를 추가", "add ‹9›", "a" * 50 + " and " * 50]
    ),
)
def test_any_prompt_for_any_schema_is_done_or_refused(schema: dict[str, Any], prompt: str) -> None:
    with contextlib.suppress(part("schema_making").CannotEdit):
        assert part("checking").problem_with(edit(prompt, schema)) is None
