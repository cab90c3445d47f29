"""What takes a month, or waits for a person, is stepped through on a clock that the test moves."""

from __future__ import annotations

import time

from tests.mocks.conftest import make_engine
from tests.mocks.enricher import MISMATCHING, Enricher
from tests.mocks.etri import Etri, seoul
from understudy.clock import ManualClock

DAY = 86_400


def test_a_month_of_etris_quotas() -> None:
    began = time.perf_counter()
    clock = ManualClock(seoul(2026, 3, 1))
    limits = {"etri_mrc": {"daily_calls": 4, "monthly_calls": 100}}
    etri = Etri(make_engine("etri_mrc", clock=clock, limits=limits))
    refused: list[str | None] = []
    for _ in range(31):
        refused.append(etri.reasons(5)[-1])
        clock.advance(DAY)
    refused.append(etri().reason)

    assert refused[:25] == ["Daily Limit Exceeded"] * 25
    assert refused[25:31] == ["Monthly Limit Exceeded"] * 6
    assert refused[31] is None, "on 1 April all begins anew"
    assert time.perf_counter() - began < 1.0


def test_a_paused_job_of_entity_enricher() -> None:
    began = time.perf_counter()
    clock = ManualClock()
    enricher = Enricher(make_engine("entity_enricher", clock=clock))
    job = enricher.start(MISMATCHING)
    clock.advance(10)
    paused = enricher("GET", f"/api/llm/stream/{job}").events(until=0)[-1]
    assert paused["type"] == "classification_mismatch_pause"
    assert paused["is_paused"] is True

    clock.advance(60)
    assert enricher("POST", f"/api/llm/continue/{job}").body["status"] == "running"
    begun = enricher("GET", f"/api/llm/stream/{job}").events(until=0)
    assert "model_completed" not in {event["type"] for event in begun}
    clock.advance(30)
    events = enricher("GET", f"/api/llm/stream/{job}").events(until=0)

    assert [event["type"] for event in events][-2:] == ["model_completed", "completed"]
    assert enricher("GET", f"/api/records/{events[-2]['record_id']}").status == 200
    assert time.perf_counter() - began < 1.0
