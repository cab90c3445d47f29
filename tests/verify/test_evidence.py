"""What an answer bears witness to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.verify.boxes import CONTRACT, reply
from understudy.contract.evidence import clauses_met, clauses_of_value
from understudy.contract.responses import ResponseChecker
from understudy.http import Response


def met(operation: str, response: Response) -> set[str]:
    return set(clauses_met(ResponseChecker(CONTRACT, CONTRACT.operations[operation], closed=False), response))


def test_an_answer_bears_witness_to_what_it_has() -> None:
    assert met("readBox", reply(200, {"id": "box-1"})) == {
        "boxes.read.status",
        "boxes.json",
        "boxes.make.id",
        "boxes.read.id-form",
    }


def test_a_refusal_does_not_say_that_it_was_due() -> None:
    assert met("readBox", reply(404, {"reason": "없음"})) == {"boxes.error.reason"}


def test_an_unreadable_body_bears_witness_to_nothing_in_it() -> None:
    assert met("readBox", Response(200, (("Content-Type", "application/json"),), b"{")) == {"boxes.read.status"}
    assert met("readBox", reply(200, {"id": "box-1"}, "text/plain")) == {"boxes.read.status"}
    assert met("readBox", Response(418)) == set()


def test_json_inside_strings_counts() -> None:
    text = json.dumps({"id": "box-1", "label": "한글"})

    assert "boxes.read.label" in met("listBoxes", reply(200, {"box-1": text}))
    assert "boxes.read.label" not in met("listBoxes", reply(200, {"box-1": "{"}))


SCHEMA: dict[str, Any] = {
    "x-clauses": ["root"],
    "propertyNames": {"x-clauses": ["names"]},
    "properties": {"list": {"items": {"x-clauses": ["entry"]}}},
    "additionalProperties": {"x-clauses": ["other"]},
    "oneOf": [
        {"required": ["a"], "x-clauses": ["with a"]},
        {"required": ["b"], "x-clauses": ["with b"]},
    ],
    "allOf": [{"x-clauses": ["always"]}],
}


@pytest.mark.parametrize(
    ("value", "clauses"),
    [
        ({}, {"root", "always"}),
        ({"a": 1}, {"root", "always", "names", "other", "with a"}),
        ({"list": [], "b": 1}, {"root", "always", "names", "other", "with b"}),
        ({"list": [1, 2]}, {"root", "always", "names", "entry"}),
        ([1], {"root", "always", "with a", "with b"}),
        ("글", {"root", "always", "with a", "with b"}),
    ],
)
def test_clauses_of_the_parts_that_a_value_has(value: Any, clauses: set[str]) -> None:
    assert set(clauses_of_value(SCHEMA, value)) == clauses
    assert set(clauses_of_value(SCHEMA, value)) == clauses


def test_a_schema_may_be_true() -> None:
    assert list(clauses_of_value(True, {"a": 1})) == []
