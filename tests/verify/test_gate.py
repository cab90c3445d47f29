"""Every call passes the gate: it counts them, spaces them, and keeps some back."""

from __future__ import annotations

import pytest

from tests.verify.boxes import Boxes
from understudy.errors import GateClosed, TargetError
from understudy.http import Request, Response
from understudy.verify.gate import Allowance, Gate
from understudy.verify.observation import TransportFailure

LIST = Request("GET", "/boxes/", {"authorization": "Bearer boxes-test-good"})


def gate(transport: Boxes, calls: int = 100, seconds_between: float = 0.0, patience: float = 90.0) -> Gate:
    return Gate(transport, Allowance(calls, seconds_between, patience), lambda: transport.now, transport.wait)


class Silent(Boxes):
    """Answers nothing, and takes its time."""

    seconds = 10.0
    unreachable = False

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        self.now += self.seconds
        raise TransportFailure("no whole answer came in time", unreachable=self.unreachable)


def test_observations_are_kept_in_order() -> None:
    passed = gate(Boxes())
    passed.send(LIST)
    passed.send(LIST._replace(target="/boxes/box-9"))

    assert [(seen.number, seen.response and seen.response.status) for seen in passed.observations] == [
        (1, 200),
        (2, 404),
    ]


def test_the_cap_is_exact() -> None:
    boxes = Boxes()
    passed = gate(boxes, calls=2)
    passed.send(LIST)
    passed.send(LIST)

    with pytest.raises(GateClosed, match="cap of 2 calls"):
        passed.send(LIST)
    assert len(boxes.requests) == 2
    assert passed.left == 0


def test_what_is_reserved_is_kept_back() -> None:
    passed = gate(Boxes(), calls=3)
    passed.reserved = 2
    passed.send(LIST)

    with pytest.raises(GateClosed):
        passed.send(LIST)
    passed.reserved = 0
    passed.send(LIST)


def test_a_call_may_demand_that_more_can_follow() -> None:
    boxes = Boxes()

    with pytest.raises(GateClosed):
        gate(boxes, calls=1).send(LIST, after=1)
    assert boxes.requests == []


def test_calls_start_no_closer_than_allowed() -> None:
    boxes = Boxes()
    passed = gate(boxes, seconds_between=5.0)
    began = [passed.send(LIST).at for _ in range(3)]

    assert began == [0.0, 5.0, 10.0]
    assert boxes.waited == [5.0, 5.0]


def test_calls_at_once_are_not_waited_for_but_made_up_for() -> None:
    boxes = Boxes()
    passed = gate(boxes, seconds_between=5.0)
    hurried = [passed.send(LIST).at, passed.send(LIST, at_once=True).at, passed.send(LIST, at_once=True).at]
    began = passed.send(LIST).at

    assert hurried == [0.0, 0.0, 0.0]
    assert began == 15.0


def test_a_clock_that_is_moved_counts_as_time_that_passed() -> None:
    passed = gate(Boxes(), seconds_between=5.0)
    passed.send(LIST)
    passed.moved(60.0)

    assert passed.send(LIST).at == 60.0


def test_nothing_is_waited_for_where_calls_are_slow_by_themselves() -> None:
    boxes = Boxes()
    passed = gate(boxes, seconds_between=5.0)
    passed.send(LIST)
    boxes.now += 7.0
    passed.send(LIST)

    assert boxes.waited == []


def test_overlapping_calls_are_counted_and_spaced_together() -> None:
    boxes = Boxes()
    passed = gate(boxes, calls=4, seconds_between=2.0)

    assert len(passed.overlap([LIST, LIST, LIST])) == 3
    with pytest.raises(GateClosed, match="2 overlapping calls are needed and 1"):
        passed.overlap([LIST, LIST])
    passed.send(LIST)
    assert boxes.waited == [6.0]


def test_a_first_call_that_reaches_nobody_is_a_target_error() -> None:
    class Nowhere(Silent):
        unreachable = True

    with pytest.raises(TargetError, match="cannot be reached"):
        gate(Nowhere()).send(LIST)


def test_a_later_call_that_reaches_nobody_is_an_observation() -> None:
    class GoesAway(Boxes):
        def send(self, request: Request) -> Response:
            if self.requests:
                raise TransportFailure("refused", unreachable=True)
            return super().send(request)

    passed = gate(GoesAway())
    passed.send(LIST)

    assert passed.send(LIST).failure == "refused"


def test_a_failure_is_an_observation() -> None:
    observation = gate(Silent()).send(LIST)

    assert observation.response is None
    assert observation.failure == "no whole answer came in time"
    assert observation.elapsed == 10.0


def test_patience_with_a_silent_target_ends() -> None:
    silent = Silent()
    passed = gate(silent, patience=25.0)
    for _ in range(3):
        passed.send(LIST)

    with pytest.raises(GateClosed, match="not answered a call for 30 seconds"):
        passed.send(LIST)


def test_an_answer_gives_new_patience() -> None:
    class Sometimes(Silent):
        def send(self, request: Request) -> Response:
            return Boxes.send(self, request) if len(self.requests) % 2 else super().send(request)

    passed = gate(Sometimes(), patience=15.0)
    for _ in range(8):
        passed.send(LIST)


def test_waiting_is_the_gates_own() -> None:
    boxes = Boxes()
    gate(boxes).wait(3.0)

    assert boxes.waited == [3.0]


def test_a_stalled_call_is_an_observation_too() -> None:
    passed = gate(Boxes(), calls=1)

    assert passed.stall(LIST, 2.0).failure == "no answer came within 2.0 seconds"
    with pytest.raises(GateClosed):
        passed.stall(LIST, 2.0)
