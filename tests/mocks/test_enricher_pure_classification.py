"""Whether an entity fits a schema of the Entity Enricher mock, and on which entities every model fails."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mocks.conftest import contract_of
from tests.mocks.enricher_schemas import KEPT, NAMES, STEM, VALUES, part

COMPANY, PERSON = (saved["schema_content"] for saved in part("saved_schemas").starting_schemas())


def fits(schema: dict[str, Any], entity: dict[str, Any]) -> Any:
    return part("enriching").fits(schema, entity)


def fails(name: str) -> bool:
    found: bool = part("enriching").fails({"name": name, "country": "US"})
    return found


def test_the_fixtures_do_what_the_contract_says() -> None:
    fixtures = contract_of(STEM).fixtures
    assert part("enriching").fails(fixtures["failing_entity"].value)
    for schema in (COMPANY, PERSON):
        assert not fits(schema, fixtures["mismatching_entity"].value).matches
    assert fits(COMPANY, fixtures["failing_entity"].value).matches


@pytest.mark.parametrize(
    ("entity", "company", "person"),
    [
        ({"name": "Moderna Inc", "country": "US"}, True, False),
        ({"name": "Roche", "country": "CH"}, True, False),
        ({"name": "㈜가나다"}, True, False),
        ({"이름": "주식회사 마바사"}, True, False),
        ({"name": "Marie Curie"}, False, True),
        ({"name": "김하나 박사"}, False, True),
        ({"name": "Ada", "birth_date": "1815-12-10"}, False, True),
        ({"name": "Lake Placid"}, False, False),
        ({"name": "천지호수"}, False, False),
        ({"name": "Zoë 🐋"}, True, True),
        ({"x": 1}, True, True),
    ],
)
def test_plain_marks_tell_the_kind(entity: dict[str, Any], company: bool, person: bool) -> None:
    assert (fits(COMPANY, entity).matches, fits(PERSON, entity).matches) == (company, person)


def test_a_schema_of_no_kind_fits_everything() -> None:
    assert fits({"type": "object", "properties": {"x": {}}}, {"name": "Mount Fuji"}).matches


def test_a_mismatch_says_what_was_expected_and_why() -> None:
    told = fits(COMPANY, {"name": "Mount Fuji", "country": "JP"}).payload("openai::gpt-4o")
    assert told == {
        "status": "mismatch",
        "expected_type": "Company",
        "entity_description": "A place called Mount Fuji in JP",
        "reasoning": "A place is not a company.",
        "confidence": 0.97,
        "classification_model": "openai::gpt-4o",
    }


@given(KEPT, st.dictionaries(NAMES, VALUES, max_size=4))
def test_anything_is_classified(schema: dict[str, Any], entity: dict[str, Any]) -> None:
    told = fits(schema, entity)
    assert (told.status == "match") == told.matches
    assert 0 <= told.confidence <= 1
    assert told.reasoning
    assert told.expected_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Always Fails Inc", True),
        ("  ALWAYS   FAILS", True),
        ("항상 실패 주식회사", True),
        ("항상 실패", True),
        ("It Always Fails", False),
    ],
)
def test_a_name_that_begins_so_fails(name: str, expected: bool) -> None:
    assert fails(name) is expected


@pytest.mark.parametrize(
    ("entity", "label"),
    [
        ({"country": "US", "name": " Roche "}, "Roche"),
        ({"회사명": "로슈", "국가": "CH"}, "로슈"),
        ({"country": "US", "companyName": "Acme"}, "Acme"),
        ({"code": "X-1"}, "X-1"),
        ({"n": 7}, "7"),
        ({"name": "", "list": []}, "entity"),
    ],
)
def test_what_an_entity_is_called(entity: dict[str, Any], label: str) -> None:
    assert part("enriching").entity_label(entity) == label
