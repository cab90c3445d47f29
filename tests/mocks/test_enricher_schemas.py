"""The Entity Enricher mock's schemas: saved, generated from samples, edited by a text; outputs valid against them."""

from __future__ import annotations

import sys
from typing import Any

import jsonschema
import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.enricher import CLAUDE, GPT, MODERNA, TEXTS, Enricher, kinds, of_kind, quiet
from understudy.stage import ManualClock

PLAIN: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


@pytest.fixture
def enricher(engine_for: EngineFor) -> Enricher:
    return Enricher(engine_for("entity_enricher"))


def schema(enricher: Enricher, schema_id: str) -> dict[str, Any]:
    return dict(next(s for s in enricher("GET", "/api/schema/saved").body["schemas"] if s["id"] == schema_id))


def content(enricher: Enricher, schema_id: str) -> dict[str, Any]:
    """The schema_content as an enrichment has it: only jobs and creation show it."""
    return dict(enricher.state.schemas[schema_id].content)


def edit(enricher: Enricher, schema_id: str, prompt: str) -> str:
    answer = enricher("POST", f"/api/schema/saved/{schema_id}/prompt/stream", {"prompt": prompt})
    assert answer.status == 200, answer.body
    return str(answer.body["job_id"])


def test_the_starting_state_has_companies_and_people(enricher: Enricher) -> None:
    body = enricher("GET", "/api/schema/saved").body
    assert body["total"] == len(body["schemas"]) >= 2
    for entry in body["schemas"]:
        assert entry["property_count"] == len(content(enricher, entry["id"])["properties"])
        assert set(entry) == {
            "id", "name", "tags", "is_pinned", "property_count", "publish_state", "created_at", "updated_at",
        }  # fmt: skip
        jsonschema.Draft202012Validator.check_schema(content(enricher, entry["id"]))


def test_a_created_schema_is_whole_and_in_the_list(enricher: Enricher) -> None:
    made = enricher.create_schema(
        {**PLAIN, "properties": {"이름": {}, "😀": {"type": "null"}}}, "회사 🏢", tags=["영업"]
    )
    assert made.body["schema_content"]["properties"] == {"이름": {}, "😀": {"type": "null"}}
    assert (made.body["property_count"], made.body["tags"], made.body["is_pinned"]) == (2, ["영업"], False)
    listed = schema(enricher, made.body["id"])
    assert listed == {name: value for name, value in made.body.items() if name != "schema_content"}


def test_a_name_that_is_taken_becomes_another(enricher: Enricher) -> None:
    names = [enricher.create_schema(PLAIN, "이름").body["name"] for _ in range(3)]
    assert len(set(names)) == 3
    assert names[0] == "이름"
    assert all(name.startswith("이름") for name in names)


@pytest.mark.parametrize("name", TEXTS)
def test_a_schema_may_be_called_anything(enricher: Enricher, name: str) -> None:
    assert enricher.create_schema(PLAIN, name).body["name"] == name


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "string"},
        {"type": "object", "properties": []},
        {"type": "object", "properties": {"a": {"type": "text"}}},
        {"type": "object", "properties": {"a": {"$ref": "https://example.com/schema.json"}}},
        {"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}},
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}},
        {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"},
        {},
    ],
)
def test_what_is_no_schema_of_an_object_is_refused(enricher: Enricher, wrong: dict[str, Any]) -> None:
    answer = enricher.create_schema(wrong)
    assert (answer.status, answer.clause) == (400, "ee.error.bad-schema-content")
    deep: Any = True
    for _ in range(200):
        deep = {"not": deep}
    assert enricher.create_schema({"type": "object", "properties": {"a": deep}}).clause == "ee.error.bad-schema-content"


def test_schemas_are_kept_up_to_a_limit(engine_for: EngineFor) -> None:
    enricher = Enricher(engine_for("entity_enricher", limits={"entity_enricher": {"kept_schemas": 4}}))
    while enricher("GET", "/api/schema/saved").body["total"] < 3:
        enricher.create_schema(PLAIN)
    generate = {"entity_samples": [MODERNA]}
    assert enricher("POST", "/api/schema/generate/stream", generate).status == 200
    for answer in (enricher.create_schema(PLAIN), enricher("POST", "/api/schema/generate/stream", generate)):
        assert answer.clause == "ee.error.too-many-schemas"


# Outputs


def asking(required: str, entry: Any, **more: Any) -> dict[str, Any]:
    """A schema that requires one property."""
    return {"type": "object", "properties": {required: entry}, "required": [required], **more}


NESTED = {"type": "object", "properties": {"안": {"$ref": "#/$defs/nested"}}}
HARD = [
    PLAIN,
    asking("n", {"type": "integer", "minimum": 10, "maximum": 12}),
    asking("e", {"enum": ["가", "나"]}),
    asking("c", {"const": {"깊은": [7]}}),
    asking("a", {"type": "array", "items": {"type": "string"}, "minItems": 3}),
    asking("o", {"$ref": "#/$defs/nested"}, **{"$defs": {"nested": NESTED}}),
    asking("d", {"type": "string", "format": "date"}, additionalProperties=False),
    asking("p", {"type": "string", "pattern": "^[가-힣]{2}$"}),
    asking("name", {"type": "integer"}),
    asking("x", False),
    {"type": "object", "not": {}},
]


@pytest.mark.parametrize("strategy", ["single_pass", "multi_expertise"])
@pytest.mark.parametrize("asked", HARD, ids=range(len(HARD)))
def test_an_output_is_valid_against_its_schema_or_there_is_none(
    enricher: Enricher, asked: dict[str, Any], strategy: str
) -> None:
    made = enricher.create_schema(asked)
    assert made.status == 200, made.body
    more = {"schema_id": made.body["id"], "strategy": strategy, "arbitration_model": GPT}
    enricher.events(enricher.start({"name": "삼성전자 🏢", "x": 1}, [CLAUDE, GPT], **more))
    records = enricher.records()
    for record in records:
        output = enricher.record(record["id"])["structured_output"]
        if record["success"]:
            jsonschema.Draft202012Validator(asked).validate(output)
        else:
            assert output == {}
    assert all(record["success"] for record in records) is (asked not in HARD[-2:])


def test_a_finding_that_is_not_valid_is_a_failure(enricher: Enricher, monkeypatch: pytest.MonkeyPatch) -> None:
    planning = sys.modules["understudy_mocks.entity_enricher.planning"]
    finding = sys.modules["understudy_mocks.entity_enricher.enriching"].Finding({"name": 7}, 1, 1, 0.1, 10)
    monkeypatch.setattr(planning, "enrich_entity", lambda *_: finding)
    events = enricher.events(enricher.start(MODERNA))
    assert [event["success"] for event in of_kind(events, "model_completed")] == [False]
    assert events[-1]["status"] == "failed"


@pytest.mark.parametrize(("asked", "languages"), [({}, {"en"}), ({"languages": ["ko", "ja", "ko"]}, {"ko", "ja"})])
def test_a_multilingual_property_has_a_value_in_each_language(
    enricher: Enricher, asked: dict[str, Any], languages: set[str]
) -> None:
    described = content(enricher, enricher.schema_id())["properties"]
    multilingual = [name for name, entry in described.items() if entry.get("multilingual")]
    assert multilingual
    (event,) = of_kind(enricher.events(enricher.start({"name": "삼성전자"}, **asked)), "model_completed")
    for name in multilingual:
        assert set(event["result"][name]) == languages


# Generated


def test_a_generated_schema_describes_its_samples_and_is_saved(enricher: Enricher) -> None:
    samples = [{"이름": "세종", "born": 1397, "tags": ["임금"]}, {"이름": "장영실", "😀": None, "born": "?"}]
    answer = enricher("POST", "/api/schema/generate/stream", {"entity_samples": samples, "model": GPT})
    before = enricher("GET", "/api/schema/saved").body["total"]
    events = quiet(enricher.events(answer.body["job_id"]))
    assert kinds(events) == ["model_started", "model_completed", "completed"]
    (event,) = of_kind(events, "model_completed")
    for sample in samples:
        jsonschema.Draft202012Validator(event["result"]).validate(sample)
    assert set(event["result"]["properties"]) == {"이름", "born", "tags", "😀"}
    assert enricher("GET", "/api/schema/saved").body["total"] == before + 1
    assert schema(enricher, event["schema_id"])["property_count"] == 4
    record = enricher.record(event["record_id"])
    assert (record["type"], record["saved_schema_id"]) == ("schema_generation", event["schema_id"])
    assert record["structured_output"] == event["result"]
    enriched = enricher.events(enricher.start({"이름": "정약용"}, schema_id=event["schema_id"]))
    assert of_kind(enriched, "model_completed")[0]["success"]


def test_a_generation_takes_one_sample_too_and_says_what_auto_chose(enricher: Enricher) -> None:
    answer = enricher("POST", "/api/schema/generate/stream", {"entity_data": {"이름": "세종 👑"}})
    assert kinds(enricher.events(answer.body["job_id"]))[:2] == ["model_auto_selected", "model_started"]
    assert enricher("POST", "/api/schema/generate/stream", {}).clause == "ee.error.missing-field"
    too_many = {"entity_samples": [MODERNA] * 101}
    assert enricher("POST", "/api/schema/generate/stream", too_many).clause == "ee.error.too-many-samples"


def test_a_cancelled_generation_saves_nothing(enricher: Enricher) -> None:
    before = enricher("GET", "/api/schema/saved").body
    job_id = enricher("POST", "/api/schema/generate/stream", {"entity_data": MODERNA}).body["job_id"]
    enricher("POST", f"/api/llm/cancel/{job_id}")
    assert enricher.events(job_id)[-1]["status"] == "cancelled"
    assert enricher("GET", "/api/schema/saved").body == before


# Edited


def test_an_edit_changes_what_the_prompt_names(enricher: Enricher) -> None:
    made = enricher.create_schema(PLAIN).body
    clock = enricher.engine.stage.clock
    assert isinstance(clock, ManualClock)
    clock.advance(60)
    (event,) = of_kind(
        enricher.events(edit(enricher, made["id"], "Add a property founded_year of type integer.")), "model_completed"
    )
    assert event["success"], event
    assert event["result"]["properties"]["founded_year"]["type"] == "integer"
    assert event["schema_id"] == made["id"]
    after = schema(enricher, made["id"])
    assert (after["property_count"], after["created_at"]) == (2, made["created_at"])
    assert after["updated_at"] > made["updated_at"]
    assert enricher.record(event["record_id"])["type"] == "schema_edit"


def test_an_edit_that_cannot_be_made_leaves_the_schema(enricher: Enricher) -> None:
    made = enricher.create_schema(PLAIN).body
    events = enricher.events(edit(enricher, made["id"], "🤷"))
    (event,) = of_kind(events, "model_completed")
    assert (event["success"], event["result"], event["schema_id"]) == (False, None, made["id"])
    assert event["error_message"]
    assert kinds(events)[-2:] == ["error", "completed"]
    assert content(enricher, made["id"]) == PLAIN
    assert schema(enricher, made["id"])["updated_at"] == made["updated_at"]


def test_two_edits_at_a_time_lose_nothing(enricher: Enricher) -> None:
    made = enricher.create_schema(PLAIN).body
    clock = enricher.engine.stage.clock
    assert isinstance(clock, ManualClock)
    first = edit(enricher, made["id"], "Add a property founded_year of type integer.")
    clock.advance(0.1)
    second = edit(enricher, made["id"], "Add a property homepage of type string.")
    cancelled = edit(enricher, made["id"], "Add a property nothing of type string.")
    enricher("POST", f"/api/llm/cancel/{cancelled}")
    watching = enricher.stream(second)
    clock.advance(100)
    (event,) = of_kind(watching.events(), "model_completed")
    assert set(event["result"]["properties"]) == {"name", "founded_year", "homepage"}
    assert content(enricher, made["id"]) == event["result"]
    (event,) = of_kind(enricher.events(first), "model_completed")
    assert set(event["result"]["properties"]) == {"name", "founded_year"}


def test_an_unknown_schema_is_neither_edited_nor_enriched_by(enricher: Enricher) -> None:
    for schema_id in ("unknown", "한글", "%2E%2E", "%00"):
        answer = enricher("POST", f"/api/schema/saved/{schema_id}/prompt/stream", {"prompt": "x"})
        assert (answer.status, answer.clause) == (404, "ee.error.unknown-schema")
    refused = enricher("POST", "/api/single/enrich/stream", enricher.order(schema_id="모름"))
    assert refused.clause == "ee.error.unknown-schema"
