"""Quotas, rates and calls in flight, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.engine.conftest import GOOD, ask
from understudy.engine import Engine
from understudy.periods import period_end
from understudy.stage import ManualClock, ScaledClock

SEOUL = ZoneInfo("Asia/Seoul")
MakeEngine = Callable[..., Engine]


def status(engine: Engine, token: str = GOOD, in_flight: int = 0) -> int:
    return ask(engine, "GET", "/notes/", token=token, in_flight=in_flight).response.status


def seoul(*parts: int) -> float:
    return datetime(*parts, tzinfo=SEOUL).timestamp()  # type: ignore[misc,arg-type]


def test_a_quota_is_exact_and_begins_anew_at_midnight_in_its_calendar(engine_with: MakeEngine) -> None:
    clock = ManualClock(seoul(2026, 2, 28, 12))
    engine = engine_with(clock=clock, limits={"notes": {"calls_per_day": 3}})
    assert [status(engine) for _ in range(4)] == [200, 200, 200, 429]
    clock.set(seoul(2026, 2, 28, 23, 59, 59))
    assert status(engine) == 429
    clock.set(seoul(2026, 3, 1))
    assert [status(engine) for _ in range(4)] == [200, 200, 200, 429]


def test_a_quota_belongs_to_an_account_and_refused_calls_do_not_use_it_up(engine_with: MakeEngine) -> None:
    engine = engine_with(limits={"notes": {"calls_per_day": 1}})
    assert ask(engine, "GET", "/notes/?limit=0").response.status == 400
    assert [status(engine), status(engine)] == [200, 429]
    assert status(engine, f"{GOOD}-other") == 200


def test_a_sliding_rate_lets_a_call_pass_when_one_leaves_the_window(engine_with: MakeEngine) -> None:
    clock = ManualClock(0.0)
    engine = engine_with(clock=clock, limits={"notes": {"calls_per_minute": 2}})
    assert status(engine) == 200
    clock.advance(30)
    assert [status(engine), status(engine)] == [200, 429]
    assert ask(engine, "GET", "/notes/").response.header("retry-after") == "30"
    clock.set(59.9)
    assert status(engine) == 429
    assert ask(engine, "GET", "/notes/").response.header("retry-after") == "1"
    clock.set(60.0)
    assert [status(engine), status(engine)] == [200, 429]


def test_the_dialect_makes_the_minute_a_fixed_one(engine_with: MakeEngine) -> None:
    clock = ManualClock(45.0)
    limits = {"notes": {"calls_per_minute": 2}}
    engine = engine_with(clock=clock, limits=limits, dialects=frozenset(("fixed-minute",)))
    assert [status(engine) for _ in range(3)] == [200, 200, 429]
    assert ask(engine, "GET", "/notes/").response.header("retry-after") == "15"
    clock.set(60.0)
    assert [status(engine) for _ in range(3)] == [200, 200, 429]


def test_a_rate_of_none_lets_nothing_pass_and_null_everything(engine_with: MakeEngine) -> None:
    assert status(engine_with(limits={"notes": {"calls_per_minute": 0}})) == 429
    assert status(engine_with(limits={"notes": {"calls_per_minute": None}})) == 200


def test_calls_in_flight_are_those_the_adapter_counted(engine_with: MakeEngine) -> None:
    engine = engine_with(limits={"notes": {"in_flight": 2}})
    assert [status(engine, in_flight=others) for others in (0, 1, 2)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("now", "per", "end"),
    [
        (seoul(2026, 1, 31, 23, 59), "day", seoul(2026, 2, 1)),
        (seoul(2026, 1, 31), "month", seoul(2026, 2, 1)),
        (seoul(2024, 2, 29, 12), "month", seoul(2024, 3, 1)),
        (seoul(2024, 2, 29, 12), "year", seoul(2025, 1, 1)),
        (seoul(2026, 12, 31, 23), "month", seoul(2027, 1, 1)),
        (seoul(2026, 12, 31, 23), "day", seoul(2027, 1, 1)),
    ],
)
def test_a_calendar_period_ends_at_midnight_in_seoul(now: float, per: str, end: float) -> None:
    assert period_end(now, per, "Asia/Seoul") == end


def test_a_clock_does_not_run_backwards() -> None:
    clock = ManualClock(10.0)
    for wrong in (9.0, float("nan")):
        with pytest.raises(ValueError, match="does not run backwards"):
            clock.set(wrong)
    with pytest.raises(ValueError, match="runs forward"):
        ScaledClock(lambda: 0.0, factor=0)


def test_a_scaled_clock_runs_as_many_times_as_fast() -> None:
    source = ManualClock(100.0)
    clock = ScaledClock(source.now, factor=60, start=5.0)
    source.advance(2)
    assert clock.now() == 125.0
