"""The Entity Enricher mock's jobs: paused, continued and cancelled, under a dialect, restarted, and all lawful ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mocks.conftest import EngineFor, make_engine
from tests.mocks.enricher import (
    CLAUDE,
    DEEPSEEK,
    FAILING,
    GEMINI,
    GPT,
    MISMATCHING,
    MODERNA,
    TEXTS,
    Enricher,
    kinds,
    of_kind,
    quiet,
)
from tests.saved import reopened
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


# Pause, continue, cancel


def test_a_mismatch_pauses_before_any_model_works(enricher: Enricher) -> None:
    job_id = enricher.start(MISMATCHING, classification_model=GEMINI)
    events = enricher.stream(job_id).events(until=0)
    assert kinds(events) == ["classification_mismatch_pause"]
    classification = events[0]["classification"]
    assert (events[0]["status"], events[0]["is_paused"], events[0]["timeout_seconds"]) == ("paused", True, 300)
    assert (classification["status"], classification["classification_model"]) == ("mismatch", GEMINI)
    assert 0 <= classification["confidence"] <= 1


def test_a_paused_job_is_silent_but_for_heartbeats_and_then_given_up(enricher: Enricher) -> None:
    stream = enricher.stream(enricher.start(MISMATCHING))
    events = stream.events()
    assert set(kinds(events[1:-1])) == {"heartbeat"}
    assert all(event["is_paused"] for event in events[:-1])
    assert (events[-1]["type"], events[-1]["status"]) == ("completed", "cancelled")
    assert stream.live.at(len(events) - 1) == 300
    assert not of_kind(events, "error")
    assert enricher.records() == []


@pytest.mark.parametrize(("seconds", "waited"), [(10, 10), (0, 0), (None, 86_400)])
def test_how_long_a_pause_lasts_is_a_limit(engine_for: EngineFor, seconds: float | None, waited: float) -> None:
    enricher = Enricher(engine_for("entity_enricher", limits={"entity_enricher": {"pause_seconds": seconds}}))
    live = enricher.stream(enricher.start(MISMATCHING)).live
    assert live.at(len(live) - 1) == waited


def test_a_paused_job_goes_on_when_it_is_continued(enricher: Enricher) -> None:
    job_id = enricher.start(MISMATCHING, strategy="multi_expertise")
    watching = enricher.stream(job_id)
    assert kinds(watching.events(until=0)) == ["classification_mismatch_pause"]
    clock_of(enricher).advance(7)
    before = watching.events(until=7)
    answer = enricher("POST", f"/api/llm/continue/{job_id}", raw="아무거나".encode())
    assert answer.body == {"job_id": job_id, "status": "running", "message": answer.body["message"]}
    events = watching.events()
    assert events[: len(before)] == before, "what has been sent stays"
    assert kinds(quiet(events))[:2] == ["classification_mismatch_pause", "model_started"]
    assert events[-1]["status"] == "completed"
    assert watching.live.at(len(before)) == pytest.approx(7)
    assert quiet(enricher.events(job_id)) == quiet(events)
    assert enricher("POST", f"/api/llm/continue/{job_id}").clause == "ee.error.job-not-paused"


def test_a_running_job_cannot_be_continued(enricher: Enricher) -> None:
    assert enricher("POST", f"/api/llm/continue/{enricher.start()}").clause == "ee.error.job-not-paused"


@pytest.mark.parametrize("entity", [MODERNA, MISMATCHING])
def test_a_cancelled_job_ends_at_once(enricher: Enricher, entity: dict[str, Any]) -> None:
    job_id = enricher.start(entity, [CLAUDE, GPT], strategy="multi_expertise", arbitration_model=GPT)
    watching = enricher.stream(job_id)
    watching.events(until=0)
    clock_of(enricher).advance(0.1)
    answer = enricher("POST", f"/api/llm/cancel/{job_id}")
    assert (answer.status, answer.body["status"]) == (200, "cancelled")
    events = watching.events()
    assert (events[-1]["type"], events[-1]["status"]) == ("completed", "cancelled")
    assert watching.live.at(len(events) - 1) == pytest.approx(0.1)
    assert not of_kind(events, "error")
    started = {event["model"] for event in of_kind(events, "model_started")}
    stopped = of_kind(events, "model_completed")
    assert {event["model"] for event in stopped} == started
    assert all(event["cancelled"] and not event["success"] for event in stopped)
    clock_of(enricher).advance(1000)
    assert enricher.records() == [], "a model that was stopped leaves no record"
    assert enricher("POST", f"/api/llm/cancel/{job_id}").clause == "ee.error.job-ended"


def test_records_from_before_a_cancellation_are_kept(enricher: Enricher) -> None:
    job_id = enricher.start(models=ALL)
    stream = enricher.stream(job_id)
    index = 0
    while '"type":"model_completed"' not in stream.live[index].data.decode():
        index += 1
    (kept,) = enricher.records()
    enricher("POST", f"/api/llm/cancel/{job_id}")
    events = stream.events()
    assert sorted(event["cancelled"] for event in of_kind(events, "model_completed")) == [False, True, True, True]
    assert enricher.records() == [kept]


# The dialect


def test_under_the_dialect_observed_the_outcome_ends_the_stream(observed: Enricher) -> None:
    assert kinds(observed.events(observed.start()))[-1] == "completed"
    failed = observed.events(observed.start(FAILING))
    assert (kinds(failed)[-1], failed[-1]["status"], "error" in kinds(failed)) == ("failed", "failed", False)
    assert failed[-1]["error_message"]
    assert kinds(observed.events(observed.start(MISMATCHING)))[-1] == "cancelled"
    job_id = observed.start()
    observed("POST", f"/api/llm/cancel/{job_id}")
    assert kinds(observed.events(job_id)) == ["model_started", "model_completed", "cancelled"]


# All lawful enrichments


ENTITIES = st.one_of(
    st.sampled_from([MODERNA, FAILING, MISMATCHING]),
    st.dictionaries(
        st.sampled_from(["name", "country", "이름", "😀"]), st.sampled_from(TEXTS) | st.integers(), min_size=1
    ),
)


@given(
    entity=ENTITIES,
    models=st.lists(st.sampled_from([*ALL, "auto"]), min_size=1, max_size=5),
    strategy=st.sampled_from(STRATEGIES),
    arbiter=st.none() | st.sampled_from(ALL),
    steps=st.lists(st.floats(0, 20), max_size=3),
    then=st.sampled_from(["wait", "cancel", "continue"]),
    dialects=st.sampled_from([frozenset(), frozenset({"observed"})]),
)
def test_the_events_of_any_enrichment_are_lawful_and_agree_with_the_records(
    entity: dict[str, Any],
    models: list[str],
    strategy: str,
    arbiter: str | None,
    steps: list[float],
    then: str,
    dialects: frozenset[str],
) -> None:
    enricher = Enricher(make_engine("entity_enricher", dialects=dialects))
    job_id = enricher.start(entity, models, strategy=strategy, arbitration_model=arbiter, languages=["ko", "en"])
    early = enricher.stream(job_id)
    for seconds in steps:
        early.events(until=clock_of(enricher).now() - early.exchange.at)
        clock_of(enricher).advance(seconds)
    if then != "wait":
        enricher("POST", f"/api/llm/{then}/{job_id}")
    events = early.events()  # reading it checks it against the contract
    assert quiet(enricher.events(job_id)) == quiet(events)
    told = {event["record_id"]: event for event in events if event.get("record_id")}
    kept = {record["id"]: enricher.record(record["id"]) for record in enricher.records("success=true")}
    assert set(told) == set(kept)
    for record_id, event in told.items():
        result = event["merged_result"] if event["type"] == "fusion_completed" else event["result"]
        assert kept[record_id]["structured_output"] == result
        assert kept[record_id]["cost_usd"] == event["cost_usd"]
        assert kept[record_id]["job_id"] == job_id


def test_it_works_without_any_limit(engine_for: EngineFor) -> None:
    limits = dict.fromkeys(engine_for("entity_enricher").limits)
    enricher = Enricher(engine_for("entity_enricher", limits={"entity_enricher": limits}))
    enricher.events(enricher.start(models=[GPT] * 20 + [CLAUDE]))
    enricher.events(enricher.start_batch([MODERNA] * 101))
    assert enricher.events(enricher.start(MISMATCHING))[-1]["status"] == "cancelled"
    ids = [record["id"] for record in enricher.records()]
    assert len(ids) == 103
    assert enricher("GET", "/api/records?page_size=1000").body["page_size"] == 1000
    assert enricher("POST", "/api/fusion/merge", {"result_ids": ids[-2:]}).status == 200
    assert enricher("POST", "/api/fusion/merge", {"result_ids": []}).clause == "ee.error.too-few-results"
    assert enricher("POST", "/api/records/batch-delete", {"ids": ids}).body["deleted"] == 103
    samples = {"entity_samples": [MODERNA] * 101}
    assert enricher("POST", "/api/schema/generate/stream", samples).status == 200


def test_a_job_survives_a_restart(enricher: Enricher) -> None:
    paused, running = enricher.start(MISMATCHING), enricher.start({"name": "삼성전자 🏢"}, ALL, arbitration_model=GPT)
    clock_of(enricher).advance(0.2)
    enricher.records()
    told = quiet(enricher.stream(running).events(until=0))
    other = Enricher(reopened(enricher.engine))
    assert quiet(other.events(running))[: len(told)] == told
    assert quiet(other.events(running)) == quiet(enricher.events(running))
    assert other("POST", f"/api/llm/continue/{paused}").status == 200
    assert other.events(paused)[-1]["status"] == "completed"
