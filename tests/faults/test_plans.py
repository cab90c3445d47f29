"""When a planned fault is due: by operation, number of the call, how often, and by a chance that is no chance."""

from __future__ import annotations

import json

import msgspec
import pytest

from tests.faults.conftest import HEADERS, STEM, engine_on, request_of
from tests.mocks.flowith import MODELS
from understudy.engine import Engine
from understudy.errors import UsageError
from understudy.faults import Answer, Cut, Delay, DropEvent, Fault, Garbage, Planned, Refuse, Standing
from understudy.http import Request
from understudy.stage import ManualClock

UNKNOWN = Request("GET", "/없음", HEADERS)
MODELS_ASKED = Request("GET", MODELS, HEADERS)


@pytest.fixture
def engine() -> Engine:
    return engine_on(ManualClock())


def plan(engine: Engine, fault: Fault, **plan: object) -> str:
    return engine.stage.faults.add(Planned(fault, STEM, **plan))  # type: ignore[arg-type]


def statuses(engine: Engine, *asked: Request) -> list[int]:
    return [engine.handle(request).response.status for request in asked]


def struck(engine: Engine, count: int, request: Request | None = None) -> list[int]:
    """The numbers, from 1, of the calls that had a fault."""
    exchanges = [engine.handle(request or request_of(False)) for _ in range(count)]
    return [number for number, exchange in enumerate(exchanges, 1) if exchange.fault is not None]


def test_the_calls_that_are_numbered_are_struck(engine: Engine) -> None:
    plan(engine, Refuse("rate_exceeded"), calls=(2, 4))
    assert struck(engine, 6) == [2, 4]
    assert engine.stage.faults.active == ()


def test_a_plan_strikes_as_often_as_it_says(engine: Engine) -> None:
    plan(engine, Refuse("rate_exceeded"), times=2)
    assert struck(engine, 5) == [1, 2]
    assert [(entry.matched, entry.struck, entry.spent) for entry in engine.stage.faults.list()] == [(2, 2, True)]


def test_only_calls_of_the_operation_count(engine: Engine) -> None:
    plan(engine, Refuse("rate_exceeded"), operation="seek", calls=(2,))
    asked = (request_of(False), MODELS_ASKED, UNKNOWN, request_of(True))
    assert statuses(engine, *asked) == [200, 200, 404, 429]


def test_without_an_operation_an_error_strikes_where_the_contract_lists_it(engine: Engine) -> None:
    plan(engine, Refuse("credits_used_up"))
    assert statuses(engine, MODELS_ASKED, UNKNOWN, request_of(False)) == [200, 404, 402]
    engine.stage.faults.clear()
    plan(engine, Refuse("method_not_allowed"))
    assert statuses(engine, request_of(False), UNKNOWN) == [200, 405]


def test_a_fault_of_streams_strikes_streams_alone(engine: Engine) -> None:
    plan(engine, DropEvent(), times=1, unlawful=True)
    assert struck(engine, 3, request_of(False)) == []
    assert struck(engine, 2, request_of(True)) == [1]


def test_the_first_that_is_due_strikes_and_the_others_count_on(engine: Engine) -> None:
    first = plan(engine, Refuse("rate_exceeded"), calls=(1, 3))
    second = plan(engine, Delay(1), calls=(3, 4))
    faults = [engine.handle(request_of(False)).fault for _ in range(4)]
    assert [fault and fault.id for fault in faults] == [first, None, first, second]


def test_chance_is_the_seeds(engine: Engine) -> None:
    plan(engine, Refuse("rate_exceeded"), probability=0.5)
    other = engine_on(ManualClock(), seed=1)
    again = engine_on(ManualClock())
    for each in (other, again):
        plan(each, Refuse("rate_exceeded"), probability=0.5)
    numbers = struck(engine, 200)
    assert numbers == struck(again, 200)
    assert numbers != struck(other, 200)
    assert 70 < len(numbers) < 130


@pytest.mark.parametrize(("probability", "expected"), [(0.0, 0), (1.0, 20)])
def test_chance_may_be_none_or_certain(engine: Engine, probability: float, expected: int) -> None:
    plan(engine, Refuse("rate_exceeded"), probability=probability)
    assert len(struck(engine, 20)) == expected


def test_plans_are_removed_one_by_one_by_service_or_all(engine: Engine) -> None:
    faults = engine.stage.faults
    first, second = plan(engine, Refuse("rate_exceeded")), plan(engine, Delay(1))
    faults.remove(first)
    assert [entry.id for entry in faults.list()] == [second]
    faults.clear("etri_mrc")
    assert len(faults.list()) == 1
    faults.clear(STEM)
    assert (faults.list(), struck(engine, 1)) == ((), [])
    with pytest.raises(UsageError, match=f"no fault '{first}'"):
        faults.remove(first)


def test_a_stage_that_is_reset_has_no_faults_and_begins_its_chances_anew(engine: Engine) -> None:
    plan(engine, Refuse("rate_exceeded"), probability=0.5)
    before = struck(engine, 50)
    engine.stage.reset()
    assert struck(engine, 5) == []
    plan(engine, Refuse("rate_exceeded"), probability=0.5)
    assert struck(engine, 50) == before


def test_plans_go_to_json_and_back_as_they_stand(engine: Engine) -> None:
    plan(engine, Refuse("rate_exceeded"), calls=(1, 3))
    plan(engine, Answer(503, {"오류": "👩‍🔬"}, headers=(("Retry-After", "1"),)), unlawful=True, times=2)
    plan(engine, Garbage(b"\x00\xff"), operation="seek", probability=0.25)
    struck(engine, 2)
    standing = engine.stage.faults.list()
    text = msgspec.json.encode(standing)
    assert msgspec.json.decode(text, type=tuple[Standing, ...]) == standing
    assert [entry["struck"] for entry in json.loads(text)] == [1, 1, 0]


def test_the_faults_of_one_stage_are_not_felt_on_another(engine: Engine) -> None:
    other = engine_on(ManualClock(), name="t1")
    plan(engine, Refuse("rate_exceeded"))
    assert (struck(other, 3), struck(engine, 1)) == ([], [1])


def test_an_answer_in_the_services_place_leaves_its_state_and_its_counters_as_they_were() -> None:
    engine = engine_on(ManualClock(), limits={STEM: {"requests_per_minute": 1}})
    plan(engine, Refuse("rate_exceeded"), times=3)
    plan(engine, Answer(500, {"error": "알 수 없음 🤷"}), times=3, unlawful=True)
    assert statuses(engine, *[request_of(False)] * 8) == [429] * 3 + [500] * 3 + [200, 429]


def test_a_disturbed_answer_is_of_a_call_that_was_made() -> None:
    engine = engine_on(ManualClock(), limits={STEM: {"requests_per_minute": 1}})
    plan(engine, Cut(after_bytes=0), times=1)
    assert statuses(engine, *[request_of(False)] * 2) == [200, 429]


def test_the_journal_says_which_fault_it_was_and_the_answer_does_not(engine: Engine) -> None:
    id = plan(engine, Answer(503, {"error": "x"}), unlawful=True)
    exchange = engine.handle(request_of(False))
    (kept,) = engine.stage.journal
    assert kept.fault is not None
    assert (kept.fault.id, type(kept.fault.fault)) == (id, Answer)
    assert exchange.response.headers == (("Content-Type", "application/json"),)
    assert json.loads(kept.response.body) == {"error": "x"}
