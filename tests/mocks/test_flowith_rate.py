"""The Flowith mock's rate and Credits: what counts, until when, and whose."""

from __future__ import annotations

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.flowith import (
    EXHAUSTED,
    FOREIGN,
    GOOD,
    KOREAN,
    LIVE_MODELS,
    MODELS,
    OLDEST_SEEK,
    SAMPLE_SEEK,
    SEEK,
    Answer,
    Flowith,
    question,
)
from understudy.stage import ManualClock

MINUTE = 1_767_225_600.0
"""The beginning of a minute of the clock."""
FIXED = frozenset({"fixed-window"})


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MINUTE + 30)


@pytest.fixture
def flowith(engine_for: EngineFor, clock: ManualClock) -> Flowith:
    return Flowith(engine_for("flowith_seek", clock=clock))


def statuses(flowith: Flowith, count: int) -> list[int]:
    return [flowith("GET", MODELS).status for _ in range(count)]


def wait(answer: Answer) -> int:
    """The seconds that a 429 asks to wait for."""
    assert (answer.status, answer.clause) == (429, "flowith.rate.refused")
    assert answer.body == {"error": "Too Many Requests"}
    return int(str(answer.exchange.response.header("retry-after")))


def test_twelve_pass_and_the_thirteenth_does_not(flowith: Flowith) -> None:
    assert statuses(flowith, 12) == [200] * 12
    assert wait(flowith("GET", MODELS)) == 60


def test_the_window_slides(flowith: Flowith, clock: ManualClock) -> None:
    for _ in range(12):
        assert flowith("GET", MODELS).status == 200
        clock.advance(4)  # the first at 0, the last at 44
    assert wait(flowith("GET", MODELS)) == 12
    clock.advance(11.5)
    assert wait(flowith("GET", MODELS)) == 1
    clock.advance(0.5)
    assert statuses(flowith, 2) == [200, 429]
    assert wait(flowith("GET", MODELS)) == 4


def test_no_sixty_seconds_hold_more_than_twelve(flowith: Flowith, clock: ManualClock) -> None:
    passed = []
    for step in range(600):
        if flowith("GET", MODELS).status == 200:
            passed.append(clock.now())
        clock.advance((0.25, 1.75, 0.5, 3)[step % 4])
    for first, thirteenth in zip(passed, passed[12:], strict=False):
        assert thirteenth - first >= 60
    assert len(passed) >= 12 * 12


def test_who_waits_as_long_as_told_is_let_in(flowith: Flowith, clock: ManualClock) -> None:
    for seconds in (0, 0.3, 0.1, 7.77, 0, 59.9, 12.3456, 0, 1 / 3, 0.7, 2, 0) * 4:
        clock.advance(seconds)
        answer = flowith("GET", MODELS)
        if answer.status == 429:
            clock.advance(wait(answer))
            assert flowith("GET", MODELS).status == 200


def test_under_the_dialect_a_minute_is_that_of_the_clock(engine_for: EngineFor, clock: ManualClock) -> None:
    flowith = Flowith(engine_for("flowith_seek", clock=clock, dialects=FIXED))
    clock.set(MINUTE + 59.5)
    assert statuses(flowith, 12) == [200] * 12
    assert wait(flowith("GET", MODELS)) == 1
    clock.set(MINUTE + 60)
    assert statuses(flowith, 13) == [200] * 12 + [429]
    clock.set(MINUTE + 75.25)
    assert wait(flowith("GET", MODELS)) == 45


def test_every_operation_on_every_path_counts(flowith: Flowith) -> None:
    for path in (SEEK, SAMPLE_SEEK, OLDEST_SEEK):
        for stream in (True, False):
            assert flowith.seek("배터리", stream=stream, path=path).status == 200
    for path in (MODELS, LIVE_MODELS, MODELS):
        assert flowith("GET", path).status == 200
        assert flowith("HEAD", path).status == 200
    assert wait(flowith.seek("배터리", stream=True)) == 60


def test_refusals_count_unless_they_are_for_the_rate(flowith: Flowith, clock: ManualClock) -> None:
    refused = [
        flowith("POST", SEEK, raw=b"{").status,
        flowith.seek("배터리", FOREIGN).status,
        flowith("POST", SEEK, {**question("배터리", KOREAN), "stream": "yes"}).status,
        flowith("GET", SEEK).status,
        flowith("GET", "/elsewhere").status,
    ]
    assert refused == [400, 403, 400, 405, 404]
    assert statuses(flowith, 8) == [200] * 7 + [429]
    clock.advance(59)
    assert statuses(flowith, 3) == [429] * 3
    clock.advance(1)
    assert statuses(flowith, 13) == [200] * 12 + [429]


def test_requests_without_an_account_count_for_nobody(flowith: Flowith) -> None:
    for credential in (None, "stranger", "flowith-test-goo") * 5:
        assert Flowith(flowith.engine, credential)("GET", MODELS).status == 401
    assert statuses(flowith, 13) == [200] * 12 + [429]


def test_every_account_has_a_rate_of_its_own(flowith: Flowith) -> None:
    more = flowith.engine.contract.roles["more"].values
    assert len(more) == 3
    for credential in (GOOD, *more, f"{GOOD}-b", f"{more[0]}-b"):
        assert statuses(Flowith(flowith.engine, credential), 13) == [200] * 12 + [429]


def test_the_rate_is_that_of_the_limit(engine_for: EngineFor) -> None:
    for most, expected in ((1, [200, 429, 429]), (0, [429] * 3), (None, [200] * 3)):
        limited = Flowith(engine_for("flowith_seek", limits={"flowith_seek": {"requests_per_minute": most}}))
        assert statuses(limited, 3) == expected


# Credits


def limited(engine_for: EngineFor, **limits: float | None) -> Flowith:
    return Flowith(engine_for("flowith_seek", limits={"flowith_seek": {"requests_per_minute": None, **limits}}))


def test_an_answered_seek_costs_the_same_streamed_or_not(engine_for: EngineFor) -> None:
    flowith = limited(engine_for, credits_balance=7, credits_per_call=2)
    spent = []
    for stream in (True, False, True):
        assert flowith.seek("배터리", stream=stream).status == 200
        spent.append(flowith.state.spent)
    assert spent == [2, 4, 6]
    answer = flowith.seek("배터리")
    assert (answer.status, answer.clause) == (402, "flowith.error.credits-used-up")
    assert flowith.state.spent == 6


def test_refusals_and_models_cost_nothing(engine_for: EngineFor) -> None:
    flowith = limited(engine_for, credits_balance=1)
    flowith("POST", SEEK, raw=b"{")
    flowith.seek("배터리", FOREIGN)
    flowith("POST", SEEK, {**question("배터리", KOREAN), "stream": "yes"})
    assert flowith.seek("배터리", kb_list=[str(number) for number in range(51)]).status == 400
    assert statuses(flowith, 5) == [200] * 5
    assert [flowith.seek("배터리").status for _ in range(2)] == [200, 402]
    assert statuses(flowith, 1) == [200]


def test_the_balance_of_the_contract_lasts_for_as_many_seeks(engine_for: EngineFor) -> None:
    flowith = limited(engine_for)
    flowith.state.spent = 9_999
    assert [flowith.seek("배터리", KOREAN).status for _ in range(2)] == [200, 402]


def test_an_account_of_the_role_begins_with_none(flowith: Flowith) -> None:
    for credential in (EXHAUSTED, f"{EXHAUSTED}-1"):
        exhausted = Flowith(flowith.engine, credential)
        for path in (SEEK, SAMPLE_SEEK, OLDEST_SEEK):
            answer = exhausted.seek("배터리", path=path, stream=True)
            assert (answer.status, answer.clause) == (402, "flowith.error.credits-used-up")
        assert statuses(exhausted, 1) == [200]


def test_no_limit_and_no_price(engine_for: EngineFor) -> None:
    for flowith in (limited(engine_for, credits_balance=None), limited(engine_for, credits_per_call=None)):
        flowith.state.spent = 10**9
    assert limited(engine_for, credits_balance=None).seek("배터리").status == 200
    free = limited(engine_for, credits_per_call=0, credits_balance=0)
    assert [free.seek("배터리").status for _ in range(3)] == [200] * 3
    assert free.state.spent == 0
