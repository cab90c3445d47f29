"""What the mock holds after very many jobs is what it held after some: the oldest go, as the contract's limits say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.memory import SLACK, held_after
from tests.mocks.conftest import EngineFor
from tests.mocks.enricher import CLAUDE, FAILING, GPT, MISMATCHING, MODERNA, Enricher
from understudy.contract import routes
from understudy.stage import ManualClock

STEM = "entity_enricher"
KEPT = {"kept_jobs": 30, "kept_records": 50, "kept_schemas": 5}
JOURNAL = 30
JOBS = 60
"""More than any limit keeps, so that something goes for whatever comes."""
LONG = 400.0
"""Seconds after which no job is left running or paused."""
ENTITIES = ({"name": "삼성전자 🏢", "country": "KR"}, MODERNA, {"name": "Roche e\u0301", "country": "CH"}, FAILING)


def entity(number: int) -> dict[str, str]:
    return ENTITIES[number % len(ENTITIES)]


def read(enricher: Enricher, number: int) -> None:
    assert enricher.events(enricher.start(entity(number)))[-1]["type"] == "completed"


def unread(enricher: Enricher, number: int) -> None:
    enricher.start(entity(number))


def left(enricher: Enricher, number: int) -> None:
    """Two clients come in the middle of a job, and go before it has ended."""
    job_id = enricher.start(entity(number))
    for _ in range(2):
        live = enricher.stream(job_id).live
        unwatch = live.watch(lambda: None)
        assert live[0].data
        unwatch()


def blocking(enricher: Enricher, number: int) -> None:
    assert enricher("POST", "/api/single/enrich/sync", enricher.order(entity(number))).status == 200


def batch(enricher: Enricher, number: int) -> None:
    enricher.events(enricher.start_batch(ENTITIES[:2], (CLAUDE, GPT), arbitration_model=CLAUDE))


def merged(enricher: Enricher, number: int) -> None:
    for model in (CLAUDE, GPT):
        enricher("POST", "/api/single/enrich/sync", enricher.order(MODERNA, (model,)))
    ids = [record["id"] for record in enricher.records("type=enrichment&page_size=2")]
    assert enricher("POST", "/api/fusion/merge", {"result_ids": ids}).status == 200


def cancelled(enricher: Enricher, number: int) -> None:
    assert enricher("POST", f"/api/llm/cancel/{enricher.start(MISMATCHING)}").status == 200


def forgotten(enricher: Enricher, number: int) -> None:
    """A job that is paused and waits until it is given up."""
    enricher.start(MISMATCHING)


def continued(enricher: Enricher, number: int) -> None:
    job_id = enricher.start(MISMATCHING)
    assert enricher("POST", f"/api/llm/continue/{job_id}").status == 200
    assert enricher.events(job_id)[-1]["type"] == "completed"


def generated(enricher: Enricher, number: int) -> None:
    """Once there are as many schemas as are kept, no more are generated."""
    answer = enricher("POST", "/api/schema/generate/stream", {"entity_data": entity(number)})
    if answer.status == 200:
        enricher.events(answer.body["job_id"])


def edited(enricher: Enricher, number: int) -> None:
    prompt = ("Add a field founder_name", "Remove the field founder_name")[number % 2]
    path = f"/api/schema/saved/{enricher.schema_id()}/prompt/stream"
    answer = enricher("POST", path, {"prompt": prompt})
    assert enricher.events(answer.body["job_id"])[-1]["status"] == "completed"


PLAYS = (read, unread, left, blocking, batch, merged, cancelled, forgotten, continued, generated, edited)


@pytest.mark.parametrize("play", PLAYS)
def test_what_is_held_does_not_grow_with_the_jobs(
    play: Callable[[Enricher, int], None], engine_for: EngineFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MAX_RECENT", 1)  # else it remembers more paths than a test has
    clock = ManualClock()
    enricher = Enricher(engine_for(STEM, clock=clock, limits={STEM: KEPT}, journal_size=JOURNAL))

    def turn(number: int) -> None:
        play(enricher, number)
        clock.advance(LONG)

    def settle() -> None:
        for _ in range(JOURNAL):
            enricher("GET", "/api/enrichment/options")

    some, more = held_after(turn, (JOBS, 3 * JOBS), settle)
    assert abs(more - some) < SLACK * some, f"{some} bytes after {JOBS} jobs, {more} after three times as many"
