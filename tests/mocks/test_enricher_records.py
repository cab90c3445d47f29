"""The Entity Enricher mock's records: pages, filters, deletion, fusion of what is there, and how many are kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.enricher import CLAUDE, FAILING, GEMINI, GPT, MODERNA, Enricher, kinds, of_kind, quiet
from understudy.stage import ManualClock


@pytest.fixture
def enricher(engine_for: EngineFor) -> Enricher:
    return Enricher(engine_for("entity_enricher"))


def filled(enricher: Enricher, count: int = 7) -> list[dict[str, Any]]:
    """Records of ``count`` entities, the newest first."""
    enricher.events(enricher.start_batch([{"name": f"회사 {number} 🏢"} for number in range(count)]))
    return enricher.records("page_size=100")


def test_a_record_that_is_read_has_all_and_in_the_list_no_output(enricher: Enricher) -> None:
    job_id = enricher.start({"name": "삼성전자", "country": "KR"}, strategy="multi_expertise")
    events = enricher.events(job_id)
    (event,) = of_kind(events, "model_completed")
    (listed,) = enricher.records()
    record = enricher.record(event["record_id"])
    assert "structured_output" not in listed
    assert listed.items() <= record.items()
    assert (record["type"], record["entity_name"], record["job_id"]) == ("enrichment", "삼성전자", job_id)
    assert (record["model_composite_key"], record["model_name"]) == (CLAUDE, "claude-sonnet-4-5-20250514")
    assert (record["saved_schema_id"], record["strategy"]) == (enricher.schema_id(), "multi_expertise")
    assert record["structured_output"] == event["result"]
    assert [prompt["sequence_order"] for prompt in record["prompts"]] == list(range(1, len(record["prompts"]) + 1))
    domains = of_kind(events, "expertise_completed")
    assert [prompt["expertise_key"] for prompt in record["prompts"]] == [domain["expertise_key"] for domain in domains]
    assert record["prompts"][0]["structured_output"] == domains[0]["expertise_result"]


def test_the_pages_hold_every_record_once(enricher: Enricher) -> None:
    everything = filled(enricher)
    for size in (1, 2, 3, 7, 100):
        pages = [enricher("GET", f"/api/records?page_size={size}&page={page}").body for page in range(1, 10)]
        assert [record for page in pages for record in page["records"]] == everything
        assert {(page["total"], page["total_pages"], page["page_size"]) for page in pages} == {(7, -(-7 // size), size)}
        assert [page["page"] for page in pages] == list(range(1, 10))
    first = enricher("GET", "/api/records").body
    assert (first["page"], first["page_size"], first["records"]) == (1, 50, everything)
    assert enricher("GET", "/api/records?page=999999999999").body["records"] == []


def test_filters_select_and_work_together(enricher: Enricher) -> None:
    filled(enricher, 3)
    job_id = enricher.start(FAILING, [GPT, GEMINI])
    enricher.events(job_id)
    entity = enricher.records("search=always")[0]["entity_id"]
    for query, count in (
        ("type=enrichment", 5),
        ("type=fusion", 0),
        ("success=true", 3),
        ("success=false", 2),
        (f"model={GPT}", 1),
        (f"job_id={job_id}", 2),
        (f"job_id={job_id}&model={GEMINI}&success=false", 1),
        (f"job_id={job_id}&success=true", 0),
        (f"entity_id={entity}", 2),
        (f"search={quote('회사 1')}", 1),
        (f"search={quote('🏢')}", 3),
        ("search=ALWAYS%20fails", 2),
        ("search=", 5),
        ("unknown=x&%ED%95%9C=1", 5),
    ):
        body = enricher("GET", f"/api/records?{query}").body
        assert (body["total"], len(body["records"])) == (count, count), query


def test_since_takes_records_from_that_moment_on(enricher: Enricher) -> None:
    filled(enricher, 2)
    clock = enricher.engine.stage.clock
    assert isinstance(clock, ManualClock)
    clock.advance(3600)
    enricher.events(enricher.start())
    newest = enricher.records()[0]
    assert enricher.records(f"since={newest['created_at']}") == [newest]
    assert len(enricher.records("since=2025-12-31T23:59:59Z")) == 3
    assert len(enricher.records("since=2026-01-01T09:30:00%2B09:00")) == 1
    assert enricher.records("since=2099-01-01t00:00:00z") == []
    for wrong in ("2026", "어제", "", "2026-01-01", "2026-13-01T00:00:00Z"):
        assert enricher("GET", f"/api/records?since={quote(wrong)}").clause == "ee.error.bad-request"


def test_records_are_sorted_as_asked(enricher: Enricher) -> None:
    enricher.events(enricher.start({"name": "나"}, [GPT, CLAUDE]))
    enricher.events(enricher.start({"name": "가"}, [GPT]))
    assert [record["entity_name"] for record in enricher.records("sort_by=entity_name&sort_order=asc")] == [
        "가",
        "나",
        "나",
    ]
    assert [record["model_name"] for record in enricher.records("sort_by=model_name")][:2] == ["gpt-4o", "gpt-4o"]
    newest_first = enricher.records()
    assert enricher.records("sort_order=asc") == newest_first[::-1]
    assert newest_first[0]["created_at"] >= newest_first[-1]["created_at"]


@pytest.mark.parametrize(
    "query",
    ["page_size=0", "page=0", "page=x", "page_size=1.5", "success=yes", "sort_by=cost", "sort_order=up", "page=%ff"],
)
def test_a_wrong_query_is_refused(enricher: Enricher, query: str) -> None:
    assert enricher("GET", f"/api/records?{query}").clause == "ee.error.bad-request"


def test_a_page_may_be_only_so_large(engine_for: EngineFor) -> None:
    enricher = Enricher(engine_for("entity_enricher"))
    assert enricher("GET", "/api/records?page_size=100").status == 200
    assert enricher("GET", "/api/records?page_size=101").clause == "ee.error.page-size"
    other = Enricher(
        engine_for("entity_enricher", limits={"entity_enricher": {"page_size_max": 5, "page_size_default": 2}})
    )
    assert other("GET", "/api/records?page_size=6").clause == "ee.error.page-size"
    assert len(filled_two := other("GET", "/api/records").body["records"]) == len(filled_two) == 0
    assert other("GET", "/api/records").body["page_size"] == 2


# Deletion


def test_what_is_deleted_is_gone_and_the_others_stay(enricher: Enricher) -> None:
    ids = [record["id"] for record in filled(enricher)]
    answer = enricher("POST", "/api/records/batch-delete", {"ids": [ids[0], "모르는 것", ids[2], ids[0]]})
    assert answer.body == {"deleted": 2, "not_found": ["모르는 것"]}
    assert enricher("GET", f"/api/records/{ids[0]}").clause == "ee.error.unknown-record"
    assert [record["id"] for record in enricher.records()] == [ids[1], *ids[3:]]
    again = enricher("POST", "/api/records/batch-delete", {"ids": [ids[0], ids[1]], "hard_delete": True})
    assert again.body == {"deleted": 1, "not_found": [ids[0]]}


def test_a_hundred_are_deleted_at_once_and_no_more(enricher: Enricher) -> None:
    ids = [record["id"] for record in filled(enricher, 100)]
    refused = enricher("POST", "/api/records/batch-delete", {"ids": [*ids, "one more"]})
    assert (refused.status, refused.clause) == (400, "ee.error.too-many-ids")
    assert len(enricher.records("page_size=100")) == 100
    assert enricher("POST", "/api/records/batch-delete", {"ids": ids}).body == {"deleted": 100, "not_found": []}
    assert enricher.records() == []


def test_the_number_that_is_deleted_at_once_is_a_limit(engine_for: EngineFor) -> None:
    for most, ids, status in ((2, 3, 400), (2, 2, 200), (150, 150, 200), (None, 500, 200)):
        enricher = Enricher(engine_for("entity_enricher", limits={"entity_enricher": {"batch_delete_ids": most}}))
        assert enricher("POST", "/api/records/batch-delete", {"ids": list(map(str, range(ids)))}).status == status


# Fusion


def test_records_are_fused_and_stay(enricher: Enricher) -> None:
    enricher.events(enricher.start(MODERNA, [CLAUDE, GPT, GEMINI]))
    before = enricher.records()
    ids = [record["id"] for record in before]
    for arbiter in (None, GPT):
        answer = enricher("POST", "/api/fusion/merge", {"result_ids": ids, "arbitration_model": arbiter})
        assert (answer.status, answer.body["success"]) == (200, True)
        record = enricher.record(answer.body["record_id"])
        assert (record["type"], record["structured_output"]) == ("fusion", answer.body["merged_result"])
        assert record["conflict_report"] == answer.body["conflict_report"]
        assert (answer.body["cost_usd"] is None) == (arbiter is None)
        events = quiet(enricher.events(answer.body["job_id"]))
        assert kinds(events) == ["fusion_started", "fusion_completed", "completed"]
        assert events[0]["source_record_ids"] == ids
        assert events[1]["merged_result"] == answer.body["merged_result"]
    assert [record for record in enricher.records() if record["type"] == "enrichment"] == before


def test_what_cannot_be_fused_is_refused(enricher: Enricher) -> None:
    enricher.events(enricher.start(MODERNA, [CLAUDE, GPT]))
    good = [record["id"] for record in enricher.records()]
    enricher.events(enricher.start(FAILING))
    failed = enricher.records("success=false")[0]["id"]
    other = enricher.create_schema({"type": "object", "properties": {"name": {"type": "string"}}}).body["id"]
    enricher.events(enricher.start(MODERNA, schema_id=other))
    foreign = enricher.records()[0]["id"]
    for ids, clause in (
        ([good[0], failed], "ee.error.cannot-merge"),
        ([good[0], foreign], "ee.error.cannot-merge"),
        ([good[0], "모르는 것"], "ee.error.unknown-record"),
        ([failed, "unknown"], "ee.error.unknown-record"),
        ([good[0]], "ee.error.too-few-results"),
        ([good[0], good[0]], "ee.error.too-few-results"),
        ([], "ee.error.too-few-results"),
    ):
        assert enricher("POST", "/api/fusion/merge", {"result_ids": ids}).clause == clause
    body = {"result_ids": good, "arbitration_model": "openai::gpt-9"}
    assert enricher("POST", "/api/fusion/merge", body).clause == "ee.error.bad-model-key"


# What is kept


def test_the_oldest_jobs_and_records_are_forgotten(engine_for: EngineFor) -> None:
    limits = {"entity_enricher": {"kept_jobs": 3, "kept_records": 5}}
    enricher = Enricher(engine_for("entity_enricher", limits=limits))
    jobs = []
    for number in range(8):
        jobs.append(enricher.start({"name": f"{number}"}))
        enricher.events(jobs[-1])
    assert [enricher.stream(job_id).status for job_id in jobs] == [404] * 5 + [200] * 3
    assert [record["entity_name"] for record in enricher.records()] == list("76543")
    assert len(enricher.state.jobs) == len(enricher.state.ended) == 3
    assert len(enricher.state.due) <= 100


def test_jobs_that_go_on_are_not_forgotten(engine_for: EngineFor) -> None:
    enricher = Enricher(engine_for("entity_enricher", limits={"entity_enricher": {"kept_jobs": 0}}))
    running = [enricher.start() for _ in range(5)]
    assert all(enricher.stream(job_id).status == 200 for job_id in running)
    clock = enricher.engine.stage.clock
    assert isinstance(clock, ManualClock)
    clock.advance(1000)
    assert all(enricher.stream(job_id).status == 404 for job_id in running)
    assert len(enricher.records()) == 5
