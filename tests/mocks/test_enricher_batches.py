"""The Entity Enricher mock's batches, fetched entities and blocking enrichments."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.enricher import CLAUDE, FAILING, GPT, MISMATCHING, MODERNA, Enricher, kinds, of_kind, quiet
from understudy.stage import ManualClock

ENTITIES = [{"name": "Pfizer Inc", "country": "US"}, {"name": "Roche", "country": "CH"}, {"name": "삼성전자 🏢"}]


@pytest.fixture
def enricher(engine_for: EngineFor) -> Enricher:
    return Enricher(engine_for("entity_enricher"))


def of_entity(events: list[dict[str, Any]], index: int) -> list[dict[str, Any]]:
    return [event for event in events if event.get("entity_index") == index]


def test_what_is_done_for_an_entity_comes_between_its_start_and_its_end(enricher: Enricher) -> None:
    models = [CLAUDE, GPT]
    events = quiet(
        enricher.events(enricher.start_batch(ENTITIES, models, strategy="multi_expertise", arbitration_model=CLAUDE))
    )
    assert kinds(events)[0] == "batch_started"
    assert kinds(events)[-2:] == ["batch_completed", "completed"]
    assert events[-1]["job_type"] == "batch_enrichment"
    assert {event["total_models"] for event in events} == {6}
    for index, entity in enumerate(ENTITIES):
        own = of_entity(events, index)
        assert kinds(own)[0] == "entity_started"
        assert kinds(own)[-3:] == ["fusion_started", "fusion_completed", "entity_completed"]
        assert {event["model"] for event in of_kind(own, "model_completed")} == set(models)
        assert own[0]["entity_label"] == own[-1]["entity_label"] == entity["name"]
        completed = of_kind(own, "model_completed")
        assert own[-1]["total_cost_usd"] == pytest.approx(sum(event["cost_usd"] for event in completed))
        assert {result["record_id"] for result in own[-1]["results"]} == {event["record_id"] for event in completed}
    records = enricher.records("type=enrichment&page_size=10")
    assert len(records) == 6
    assert len({(record["entity_id"], record["entity_name"]) for record in records}) == 3


def test_an_entity_that_fails_or_does_not_fit_does_not_stop_the_others(enricher: Enricher) -> None:
    entities = [ENTITIES[0], FAILING, MISMATCHING, ENTITIES[1]]
    events = enricher.events(enricher.start_batch(entities, [CLAUDE, GPT]))
    completed = {event["entity_index"]: event for event in of_kind(events, "entity_completed")}
    assert {index: event["success"] for index, event in completed.items()} == {0: True, 1: False, 2: False, 3: True}
    assert completed[1]["error"] != completed[2]["error"]
    assert completed[0]["error"] is None
    assert not {"error", "classification_mismatch_pause"} & set(kinds(events))
    (done,) = of_kind(events, "batch_completed")
    counts = [done[f"{name}_entities"] for name in ("total", "completed", "failed", "skipped")]
    assert counts == [4, 2, 2, 0]
    assert events[-1]["status"] == "completed"
    assert Counter(record["success"] for record in enricher.records()) == {True: 4, False: 4}


def test_a_batch_of_which_nothing_comes_fails(enricher: Enricher) -> None:
    events = enricher.events(enricher.start_batch([FAILING, MISMATCHING]))
    assert kinds(quiet(events))[-3:] == ["batch_completed", "error", "completed"]
    assert events[-1]["status"] == "failed"


def test_the_largest_batch_is_worked_on_in_lanes(enricher: Enricher) -> None:
    entities = [{"name": f"회사 {number}"} for number in range(100)]
    stream = enricher.stream(enricher.start_batch(entities))
    events = stream.events()
    assert [event["entity_index"] for event in of_kind(events, "entity_started")] == list(range(100))
    assert max(len(event["running_models"]) for event in events) == 1, "the keys of the models, each once"
    open_entities = most = 0
    for event in events:
        open_entities += (event["type"] == "entity_started") - (event["type"] == "entity_completed")
        most = max(most, open_entities)
    assert 1 < most <= 8
    one_more = {"entities": [*entities, MODERNA], "schema_id": enricher.schema_id(), "models": [GPT]}
    assert enricher("POST", "/api/batch/start", one_more).clause == "ee.error.too-many-entities"


def test_a_cancelled_batch_skips_what_it_has_not_begun(enricher: Enricher) -> None:
    clock = enricher.engine.stage.clock
    assert isinstance(clock, ManualClock)
    entities = [{"name": f"회사 {number}"} for number in range(30)]
    job_id = enricher.start_batch(entities, [CLAUDE, GPT])
    stream = enricher.stream(job_id)
    count = len(stream.live)
    clock.advance(stream.live.at(count // 2))
    enricher("POST", f"/api/llm/cancel/{job_id}")
    events = quiet(stream.events())
    assert events[-1]["status"] == "cancelled"
    met = {event["entity_index"] for event in of_kind(events, "entity_started")}
    skipped = {event["entity_index"] for event in of_kind(events, "entity_skipped")}
    assert met & skipped == set()
    assert met | skipped == set(range(30))
    assert len(met) > 1 < len(skipped)
    (done,) = of_kind(events, "batch_completed")
    assert done["skipped_entities"] == len(skipped)
    assert done["completed_entities"] + done["failed_entities"] == len(met)
    for event in of_kind(events, "entity_completed"):
        assert event["success"] == any(result["success"] for result in event["results"])
        assert len(event["results"]) == 2


def test_both_spellings_of_the_paths_do_the_same(enricher: Enricher) -> None:
    body = {"entities": ENTITIES, "schema_id": enricher.schema_id(), "models": [GPT]}
    for path in ("/api/enrichment/batch/start", "/api/batch/start"):
        answer = enricher("POST", path, body)
        assert (answer.status, answer.body["total"]) == (200, 3)
        assert len(of_kind(enricher.events(answer.body["job_id"]), "entity_completed")) == 3
    urls = ("/api/enrichment/batch/fetch", "/api/batch/fetch")
    found = [enricher("POST", path, {"url": "https://data.example.com/companies.json"}).body for path in urls]
    assert found[0] == found[1]


# Fetching


def test_entities_are_fetched_from_what_is_published_only(enricher: Enricher) -> None:
    found = enricher("POST", "/api/enrichment/batch/fetch", {"url": "https://data.example.com/companies.json"}).body
    assert found["total"] == len(found["entities"]) > 0
    assert isinstance(found["fetch_time_ms"], int)
    enricher.start_batch(found["entities"])
    for url in ("https://example.com/", "http://127.0.0.1:1/", "http://169.254.169.254/a", "https://data.example.com"):
        answer = enricher("POST", "/api/batch/fetch", {"url": url})
        assert (answer.status, answer.clause) == (400, "ee.error.unreachable-url")
    for wrong in ("ftp://data.example.com/", "companies.json", "file:///etc/passwd", "", 7, None):
        assert enricher("POST", "/api/batch/fetch", {"url": wrong}).status == 400
    enricher.state.publish("https://example.com/", [{"이름": "세종 👑"}])
    assert enricher("POST", "/api/batch/fetch", {"url": "https://example.com/"}).body["entities"] == [
        {"이름": "세종 👑"}
    ]
    other = Enricher(enricher.engine, "ent_test_good-other")
    assert other("POST", "/api/batch/fetch", {"url": "https://example.com/"}).status == 400
    with pytest.raises(ValueError, match=r"entities\[1\]"):
        enricher.state.publish("https://example.com/2", [{"a": 1}, {}])


# Blocking


def test_a_blocking_enrichment_answers_what_the_stream_would_have_told(engine_for: EngineFor) -> None:
    for models, more in (([CLAUDE], {}), ([CLAUDE, GPT], {"arbitration_model": GPT, "strategy": "multi_expertise"})):
        one, two = Enricher(engine_for("entity_enricher")), Enricher(engine_for("entity_enricher"))
        answer = one("POST", "/api/single/enrich/sync", one.order(ENTITIES[2], models, **more))
        events = quiet(two.events(two.start(ENTITIES[2], models, **more)))
        assert answer.body["per_model_results"] == events[-1]["result"]
        assert answer.body["is_fused"] is (len(models) > 1)
        assert one.record(answer.body["record_id"])["structured_output"] == answer.body["result"]
        assert one.records() == two.records()
        assert quiet(one.events(answer.body["job_id"])) == events


def test_a_blocking_enrichment_takes_as_long_as_its_job(enricher: Enricher) -> None:
    answer = enricher("POST", "/api/single/enrich/sync", enricher.order())
    other = enricher.stream(enricher.start()).live
    assert answer.exchange.latency == pytest.approx(other.at(len(other) - 1))


def test_a_blocking_enrichment_tells_why_it_brought_nothing(enricher: Enricher) -> None:
    failed = enricher("POST", "/api/single/enrich/sync", enricher.order(FAILING))
    assert (failed.status, failed.body["success"], failed.body["result"]) == (200, False, None)
    assert failed.body["error_message"]
    cancelled = enricher("POST", "/api/single/enrich/sync", enricher.order(MISMATCHING))
    assert (cancelled.status, cancelled.body["success"]) == (200, False)
    assert cancelled.body["classification"]["status"] == "mismatch"
    assert cancelled.exchange.latency == 0
    events = enricher.events(cancelled.body["job_id"])
    assert kinds(events) == ["classification_mismatch_pause", "completed"]
    assert events[-1]["status"] == "cancelled"
