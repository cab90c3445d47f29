"""Every call passes the gate: it counts them, spaces them, and keeps some back."""

from __future__ import annotations

import pytest

from tests.verify.boxes import CONTRACT, Boxes
from understudy.errors import GateClosed, TargetError
from understudy.http import Request, Response
from understudy.verify.effects import Effects
from understudy.verify.gate import Allowance, Gate, Unmet
from understudy.verify.observation import Observation, TransportFailure

MAKE = Request("POST", "/boxes/", {"authorization": "Bearer boxes-test-good"}, b"{}")
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


def test_what_came_of_an_answer_is_kept_though_it_is_no_answer() -> None:
    came = Response(200, (("Content-Type", "text/event-stream"),), "data: 반쪽".encode())

    class CutOff(Boxes):
        def send(self, request: Request) -> Response:
            raise TransportFailure("no whole answer came in time", partial=came)

    seen = gate(CutOff()).send(LIST)

    assert (seen.response, seen.partial) == (None, came)


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
    assert len(passed.observations) == 8


def test_waiting_is_the_gates_own() -> None:
    boxes = Boxes()
    gate(boxes).wait(3.0)

    assert boxes.waited == [3.0]


def test_a_stalled_call_is_an_observation_too() -> None:
    passed = gate(Boxes(), calls=1)

    assert passed.stall(LIST, 2.0).failure == "no answer came within 2.0 seconds"
    with pytest.raises(GateClosed):
        passed.stall(LIST, 2.0)


def test_what_is_forbidden_is_not_called_and_not_counted() -> None:
    boxes = Boxes()
    passed = Gate(boxes, Allowance(2), lambda: boxes.now, boxes.wait, forbids=Effects(CONTRACT).unless_safe)
    passed.send(LIST)

    with pytest.raises(Unmet, match="makeBox is no safe operation and writes are not allowed: --writes"):
        passed.send(MAKE)
    with pytest.raises(Unmet, match="PATCH /boxes/ is no safe operation"):
        passed.overlap([LIST._replace(method="PATCH")])
    with pytest.raises(Unmet):
        passed.stall(MAKE, 1.0)
    assert [request.method for request in boxes.requests] == ["GET"]
    assert passed.left == 1


class Busy(Boxes):
    """Refuses every call, and says how long it wants to be left alone."""

    status, wanted = 429, "7"

    def answer(self, request: Request) -> Response:
        return Response(self.status, (("Retry-After", self.wanted), ("Date", "Fri, 20 Nov 2026 10:00:00 GMT")))


def busy(status: int, wanted: str) -> Busy:
    boxes = Busy()
    boxes.status, boxes.wanted = status, wanted
    return boxes


@pytest.mark.parametrize(
    ("status", "wanted", "waited"),
    [
        (429, "7", [7.0]),
        (503, " 12 ", [12.0]),
        (429, "Fri, 20 Nov 2026 10:00:30 GMT", [30.0]),
        (429, "Fri, 20 Nov 2026 09:00:00 GMT", []),
        (429, "-5", []),
        (429, "곧", []),
        (429, "1" * 400, []),
        (429, "Fri, 99 Nov 99999 10:00:30 GMT", []),
        (200, "7", []),
        (403, "7", []),
    ],
)
def test_retry_after_is_honoured(status: int, wanted: str, waited: list[float]) -> None:
    boxes = busy(status, wanted)
    passed = Gate(boxes, Allowance(9, retry_seconds=100), lambda: boxes.now, boxes.wait)
    passed.send(LIST)
    passed.send(LIST, at_once=True)

    assert boxes.waited == waited


def test_retry_after_and_the_pace_are_waited_for_together() -> None:
    boxes = busy(429, "7")
    passed = Gate(boxes, Allowance(9, 10.0, retry_seconds=100), lambda: boxes.now, boxes.wait)
    for _ in range(3):
        passed.send(LIST)

    assert boxes.waited == [10.0, 10.0]
    assert passed.waited_for_retry == 0


def test_retry_after_is_waited_for_within_bounds() -> None:
    boxes = busy(503, "60")
    passed = Gate(boxes, Allowance(9, retry_seconds=100), lambda: boxes.now, boxes.wait)
    passed.send(LIST)
    passed.send(LIST)

    with pytest.raises(GateClosed, match=r"no call for 60 seconds \(Retry-After\); 100 are waited for in all"):
        passed.send(LIST)
    assert passed.halted
    assert len(boxes.requests) == 2


def test_a_mock_of_ours_is_not_spared() -> None:
    boxes = busy(429, "60")
    passed = gate(boxes)
    passed.send(LIST)
    passed.send(LIST)

    assert boxes.waited == []


def test_no_window_has_more_calls_than_one_by_one_whatever_overlaps() -> None:
    boxes = Boxes()
    passed = gate(boxes, seconds_between=5.0)
    for _ in range(13):
        passed.send(LIST)
    passed.overlap([LIST] * 4)
    for _ in range(5):
        passed.send(LIST)
    passed.overlap([LIST] * 2)
    for _ in range(13):
        passed.send(LIST)
    began = [seen.at for seen in passed.observations]

    assert max(sum(start <= at < start + 60 for at in began) for start in began) == 12


def test_a_gate_that_is_stopped_lets_only_cleaning_through() -> None:
    boxes = Boxes()
    passed = gate(boxes)
    passed.send(LIST)
    passed.stop("stopped by SIGINT")

    for call in (lambda: passed.send(LIST), lambda: passed.overlap([LIST]), lambda: passed.wait(1.0)):
        with pytest.raises(GateClosed, match="stopped by SIGINT"):
            call()
    assert passed.send(LIST, cleaning=True).number == 2
    assert not passed.halted


def test_a_pause_ends_when_the_gate_is_stopped() -> None:
    boxes = Boxes()

    def wait(seconds: float) -> None:
        boxes.wait(1.0)
        passed.stop("stopped by SIGTERM")

    passed = Gate(boxes, Allowance(9, 5.0), lambda: boxes.now, wait)
    passed.send(LIST)
    with pytest.raises(GateClosed, match="SIGTERM"):
        passed.send(LIST)

    assert len(boxes.requests) == 1


def test_a_pause_before_cleaning_is_made_in_full() -> None:
    boxes = Boxes()

    def wait(seconds: float) -> None:
        boxes.wait(seconds if passed.stopped else 1.0)
        passed.stop("stopped by SIGTERM")

    passed = Gate(boxes, Allowance(9, 5.0), lambda: boxes.now, wait)
    passed.send(LIST)

    assert passed.send(LIST, cleaning=True).at == 5.0


def test_watchers_are_told_before_a_call_and_after_it() -> None:
    told: list[str] = []

    class Told:
        def sending(self, number: int, request: Request) -> None:
            told.append(f"{number} {request.method} sent={len(boxes.requests)}")

        def came(self, observation: Observation) -> None:
            told.append(f"{observation.number} {observation.response and observation.response.status}")

    boxes = Boxes()
    passed = Gate(boxes, Allowance(9), lambda: boxes.now, boxes.wait, watchers=(Told(),))
    passed.send(LIST)
    passed.overlap([LIST, LIST])

    assert told == ["1 GET sent=0", "1 200", "2 GET sent=1", "3 GET sent=1", "2 200", "3 200"]


def test_answers_are_kept_up_to_so_many_bytes() -> None:
    class Long(Boxes):
        def answer(self, request: Request) -> Response:
            return Response(200, (), b"x" * 1000)

    boxes = Long()
    passed = Gate(boxes, Allowance(9, answer_bytes=2500), lambda: boxes.now, boxes.wait)
    for _ in range(3):
        passed.send(LIST)

    with pytest.raises(GateClosed, match="more than 2500 bytes in all"):
        passed.send(LIST)
    assert passed.halted


def test_overlapping_calls_that_are_not_answered_cost_patience_once() -> None:
    class SilentTogether(Silent):
        def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
            self.now += self.seconds
            return [TransportFailure("no whole answer came in time") for _ in requests]

    passed = gate(SilentTogether(), patience=15.0)
    passed.overlap([LIST, LIST, LIST])
    passed.overlap([LIST, LIST, LIST])

    with pytest.raises(GateClosed, match="for 20 seconds"):
        passed.overlap([LIST])
