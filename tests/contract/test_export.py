"""Exports to OpenAPI 3.1: other tools load them, and nothing that the contract says is lost."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from understudy.contract import Contract, contract_of, read_contract
from understudy.contract.export import export_openapi_31
from understudy.project import find_project

PROJECT = find_project(Path(__file__).parent)
PATHS = {"small": Path(__file__).with_name("small.yaml")} | {
    stem: PROJECT.contract_path(stem) for stem in PROJECT.stems
}
EVENTS = "/notes", "post", "responses", "200", "content", "text/event-stream"


@pytest.fixture(params=list(PATHS.values()), ids=list(PATHS))
def contract(request: pytest.FixtureRequest) -> Contract:
    return read_contract(request.param)


def _exported(document: dict[str, Any]) -> dict[str, Any]:
    return export_openapi_31(contract_of("small", document, Path("small.yaml")))


def _at(document: Any, *path: str) -> Any:
    for token in path:
        document = document[token]
    return document


def _members(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner)


def test_exports_are_openapi_31(contract: Contract) -> None:
    document = export_openapi_31(contract)
    assert document["openapi"] == "3.1.1"
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_exports_leave_the_contract_as_it_is(contract: Contract) -> None:
    before = copy.deepcopy(contract.document)
    export_openapi_31(contract)
    assert contract.document == before


def test_exports_keep_every_extension(contract: Contract) -> None:
    def extensions(document: Any) -> list[str]:
        return sorted(name for name in _members(document) if name.startswith("x-") and name != "x-item-schema")

    document = export_openapi_31(contract)
    assert extensions(document) == extensions(contract.document)
    assert document["x-clauses"] == contract.document["x-clauses"]


def test_exports_load_in_schemathesis_without_a_warning(contract: Contract) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    schema = schemathesis.openapi.from_dict(export_openapi_31(contract))
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == len(contract.operations)


def test_streams_become_text_beside_the_schema_of_their_items(small: dict[str, Any]) -> None:
    media_type = _at(_exported(small)["paths"], *EVENTS)
    assert media_type["schema"] == {"type": "string"}
    assert media_type["x-item-schema"] == {"$ref": "#/components/schemas/Event"}
    assert "itemSchema" not in media_type
    assert media_type["x-stream"] == _at(small["paths"], *EVENTS)["x-stream"]


@pytest.mark.parametrize("member", ["value", "dataValue"])
def test_examples_of_streams_are_framed(small: dict[str, Any], member: str) -> None:
    items = [{"event": "begun", "by": "가 🙂"}, {"event": "done", "by": "가 🙂"}]
    _at(small["paths"], *EVENTS)["examples"] = {"korean": {member: items}}
    example = _at(_exported(small)["paths"], *EVENTS)["examples"]["korean"]
    framed = 'data: {"event": "begun", "by": "가 🙂"}\n\ndata: {"event": "done", "by": "가 🙂"}\n\n'
    assert example == {"value": framed}


def test_examples_are_spelt_as_before(small: dict[str, Any]) -> None:
    path = "/notes/{id}", "get", "responses", "200", "content", "application/json"
    _at(small["paths"], *path)["examples"] = {
        "data": {"dataValue": {"text": "안녕"}},
        "written": {"serializedValue": '{"text": "안녕"}'},
        "both": {"dataValue": {"text": "a"}, "serializedValue": '{"text":"a"}'},
    }
    examples = _at(_exported(small)["paths"], *path)["examples"]
    assert examples == {
        "data": {"value": {"text": "안녕"}},
        "written": {"value": {"text": "안녕"}},
        "both": {"value": {"text": "a"}},
    }


def test_what_only_openapi_32_has_is_kept_under_another_name(small: dict[str, Any]) -> None:
    small["$self"] = "https://example.com/small"
    small["servers"][0]["name"] = "live"
    small["tags"] = [{"name": "notes", "summary": "Notes", "kind": "nav"}]
    read = small["paths"]["/notes/{id}"]["get"]
    small["paths"]["/notes/{id}"]["query"] = {**read, "operationId": "queryNote"}
    del read["responses"]["200"]["description"]
    whole = {"name": "q", "in": "querystring", "content": {"application/json": {"schema": {"type": "object"}}}}
    read["parameters"] = [whole]
    small["components"]["mediaTypes"] = {"Note": {"schema": {"$ref": "#/components/schemas/Note"}}}
    small["paths"]["/notes"]["post"]["requestBody"]["content"]["application/json"] = {
        "$ref": "#/components/mediaTypes/Note"
    }
    document = _exported(small)
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    item = document["paths"]["/notes/{id}"]
    assert document["x-self"] == "https://example.com/small"
    assert document["servers"][0]["x-name"] == "live"
    assert document["tags"] == [{"name": "notes", "x-summary": "Notes", "x-kind": "nav"}]
    assert item["x-query"]["operationId"] == "queryNote"
    assert item["get"]["responses"]["200"]["description"] == "OK"
    assert (item["get"]["parameters"], item["get"]["x-querystring"]) == ([], [whole])
    body = document["paths"]["/notes"]["post"]["requestBody"]["content"]["application/json"]
    assert body == {"schema": {"$ref": "#/components/schemas/Note"}}
