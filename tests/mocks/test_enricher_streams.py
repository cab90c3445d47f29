"""The Entity Enricher mock's jobs: what their streams tell, and when."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.enricher import (
    CLAUDE,
    DEEPSEEK,
    FAILING,
    GEMINI,
    GPT,
    MISMATCHING,
    MODERNA,
    Enricher,
    kinds,
    of_kind,
    quiet,
)
from understudy.contract.events import read_events
from understudy.stage import ManualClock

ALL = [CLAUDE, GPT, GEMINI, DEEPSEEK]
STRATEGIES = ["auto", "single_pass", "expert_domains", "multi_expertise"]


@pytest.fixture
def enricher(engine_for: EngineFor) -> Enricher:
    return Enricher(engine_for("entity_enricher"))


@pytest.fixture
def observed(engine_for: EngineFor) -> Enricher:
    return Enricher(engine_for("entity_enricher", dialects=frozenset({"observed"})))


def clock_of(enricher: Enricher) -> ManualClock:
    clock = enricher.engine.stage.clock
    assert isinstance(clock, ManualClock)
    return clock


# What a stream tells


def test_one_model_tells_its_start_its_domains_and_its_result(enricher: Enricher) -> None:
    events = enricher.events(enricher.start(strategy="multi_expertise"))
    domains = of_kind(events, "expertise_completed")
    told = ["model_started", *["expertise_completed"] * len(domains), "model_completed", "completed"]
    assert kinds(quiet(events)) == told
    assert len(domains) > 1
    assert [event["completed_expertises"] for event in domains] == list(range(1, len(domains) + 1))
    assert {event["total_expertises"] for event in domains} == {len(domains)}
    so_far: dict[str, Any] = {}
    for event in domains:
        so_far |= event["expertise_result"]
        assert event["partial_result"] == so_far
    (completed,) = of_kind(events, "model_completed")
    assert completed["result"] == so_far
    assert completed["cost"] == completed["cost_usd"] > 0
    assert [entry["key"] for entry in completed["expertise_breakdown"]] == [event["expertise_key"] for event in domains]
    assert events[-1]["status"] == "completed"
    assert events[-1]["result"][0]["record_id"] == completed["record_id"]


@pytest.mark.parametrize("strategy", [None, "single_pass"])
def test_a_single_pass_tells_no_domain(enricher: Enricher, strategy: str | None) -> None:
    more = {} if strategy is None else {"strategy": strategy}
    events = enricher.events(enricher.start(MODERNA, [CLAUDE], **more))
    assert kinds(quiet(events)) == ["model_started", "model_completed", "completed"]
    (record,) = enricher.records()
    assert record["strategy"] == "single_pass"


def test_every_event_says_how_far_the_job_is(enricher: Enricher) -> None:
    job_id = enricher.start(models=[CLAUDE, GPT])
    seen = []
    for event in enricher.events(job_id):
        assert event["type"] == event["event"]
        assert (event["job_id"], event["job_type"], event["total_models"]) == (job_id, "single_enrichment", 2)
        assert (event["current_attempt"], event["max_attempts"], event["is_paused"]) == (1, 1, False)
        seen.append((event["completed_models"], len(event["running_models"])))
    assert seen[0] == (0, 1)
    assert seen[1] == (0, 2)
    assert seen[-1] == (2, 0)


def test_auto_is_told_and_resolved(enricher: Enricher) -> None:
    events = enricher.events(enricher.start(models=["auto", GPT], strategy="auto"))
    assert kinds(events)[:2] == ["strategy_selected", "model_auto_selected"]
    assert events[0]["strategy"] == "multi_expertise"
    assert events[1]["model"] == CLAUDE
    assert {event["model"] for event in of_kind(events, "model_completed")} == {CLAUDE, GPT}


def test_a_model_that_is_named_twice_works_once(enricher: Enricher) -> None:
    events = enricher.events(enricher.start(models=[GPT, GPT]))
    assert len(of_kind(events, "model_started")) == 1


def test_several_models_are_fused_when_an_arbiter_is_named(enricher: Enricher) -> None:
    events = enricher.events(enricher.start(models=[GPT, GEMINI], arbitration_model=GPT))
    assert kinds(quiet(events))[-3:] == ["fusion_started", "fusion_completed", "completed"]
    (began,), (fused,) = of_kind(events, "fusion_started"), of_kind(events, "fusion_completed")
    models = of_kind(events, "model_completed")
    assert set(began["source_record_ids"]) == {event["record_id"] for event in models}
    report = fused["conflict_report"]
    assert report["agreed_fields"] + report["conflicted_fields"] == report["total_fields"]
    record = enricher.record(fused["record_id"])
    assert (record["type"], record["structured_output"]) == ("fusion", fused["merged_result"])
    assert record["conflict_report"] == report


def test_nothing_is_fused_without_an_arbiter_or_of_one_result(enricher: Enricher) -> None:
    for models, more in ([[GPT, GEMINI], {}], [[GPT], {"arbitration_model": GPT}]):
        assert not of_kind(enricher.events(enricher.start(models=models, **more)), "fusion_started")  # type: ignore[arg-type]


def test_a_job_that_brings_nothing_has_an_error_before_its_end(enricher: Enricher) -> None:
    events = enricher.events(enricher.start(FAILING, [CLAUDE, GPT], strategy="multi_expertise", arbitration_model=GPT))
    assert kinds(quiet(events))[-2:] == ["error", "completed"]
    assert events[-2]["detail"] == events[-2]["error_message"] != ""
    assert events[-1]["status"] == "failed"
    for event in of_kind(events, "model_completed"):
        assert (event["success"], event["result"], event["record_id"]) == (False, None, None)
        assert event["error_message"]
    assert not any(event["success"] for event in of_kind(events, "expertise_completed"))
    records = enricher.records()
    assert [record["success"] for record in records] == [False, False]
    assert enricher.record(records[0]["id"])["structured_output"] == {}


# When it tells it


def test_the_clock_steps_through_a_job(enricher: Enricher) -> None:
    job_id = enricher.start(strategy="multi_expertise")
    whole = [enricher.stream(job_id).live.at(index) for index in range(len(enricher.stream(job_id).live))]
    assert whole[0] == 0
    assert whole == sorted(whole)
    assert 0.2 < whole[-1] < 60
    before = clock_of(enricher).now()
    assert enricher.records() == []
    clock_of(enricher).advance(whole[-1] - 0.001)
    assert enricher.records() == []
    clock_of(enricher).advance(0.001)
    (record,) = enricher.records()
    assert record["created_at"] > "2026-01-01T00:00:00"
    assert clock_of(enricher).now() - before == pytest.approx(whole[-1])
    late = enricher.stream(job_id).live
    assert {late.at(index) for index in range(len(late))} == {0.0}, "all has happened: all is due at once"


def test_what_a_stream_has_told_has_happened(enricher: Enricher) -> None:
    job_id = enricher.start()
    stream = enricher.stream(job_id)
    assert kinds(stream.events(until=0)) == ["model_started"]
    assert enricher.records() == []
    record_id = of_kind(stream.events(), "model_completed")[0]["record_id"]
    assert enricher.record(record_id)["id"] == record_id
    assert enricher("POST", f"/api/llm/cancel/{job_id}").clause == "ee.error.job-ended"


def test_two_streams_and_a_late_one_tell_the_same(enricher: Enricher) -> None:
    job_id = enricher.start(models=ALL, strategy="multi_expertise", arbitration_model=GPT)
    first, second = enricher.stream(job_id), enricher.stream(job_id)
    begun = first.events(until=0.5)
    clock_of(enricher).advance(0.7)
    late = enricher.stream(job_id)
    assert quiet(second.events()) == quiet(first.events()) == quiet(late.events())
    assert begun == first.events()[: len(begun)]
    clock_of(enricher).advance(10_000)
    assert quiet(enricher.events(job_id)) == quiet(first.events())


def test_a_stream_is_never_silent_for_long(engine_for: EngineFor) -> None:
    for limits in ({}, {"silence_seconds": 1}, {"silence_seconds": None}, {"silence_seconds": 100}):
        enricher = Enricher(engine_for("entity_enricher", limits={"entity_enricher": limits}))
        live = enricher.stream(enricher.start(MISMATCHING)).live
        times = [0.0, *(live.at(index) for index in range(len(live)))]
        longest = max(later - earlier for earlier, later in pairwise(times))
        assert longest <= (limits.get("silence_seconds") or 4) * 0.75 or longest == 3


def test_events_are_framed_as_seen(enricher: Enricher) -> None:
    for chunk in enricher.stream(enricher.start({"name": "\n\r\n data: \u2028 삼성 🏢"})).live:
        assert chunk.data.startswith(b'data: {"type":')
        assert chunk.data.endswith(b"}\r\n\r\n")
        assert chunk.data.count(b"\n") == 2
        assert len(read_events([chunk])[0]) == 1


def test_jobs_do_not_share_an_id_and_unknown_ones_are_refused(enricher: Enricher) -> None:
    assert len({enricher.start() for _ in range(50)}) == 50
    for job_id in ("unknown", "%2E", "..%2f", "한글", "%00"):
        for method, path in (("GET", "stream"), ("POST", "cancel"), ("POST", "continue")):
            answer = enricher(method, f"/api/llm/{path}/{job_id}")
            assert (answer.status, answer.body) == (404, {"detail": answer.body["detail"]})
    other = Enricher(enricher.engine, "ent_test_good-다른".replace("다른", "other"))
    assert other.stream(enricher.start()).status == 404
