"""When the pieces of a disturbed answer come: on the stage's clock, whichever it is."""

from __future__ import annotations

import time

import pytest

from tests.faults.clients import through_a_socket, unchunked
from tests.faults.conftest import Serve, engine_on, request_of, right_body, right_events
from understudy.clock import ManualClock, ScaledClock
from understudy.faults import Cut, Delay, Drip, Stall, WrongLength


def test_a_delay_waits_for_a_clock_that_is_moved_by_hand(serve: Serve) -> None:
    clock = ManualClock(straight=False)
    served = serve(clock)
    served.add(Delay(3600.0), operation="seek")
    raw = served.connect()
    raw.send(served.asked(False))
    served.settle()
    clock.advance(3599.9)
    served.settle()
    assert raw.waiting() == b""
    clock.advance(0.1)
    assert raw.answer().body == right_body()


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_drip_gives_a_piece_whenever_the_clock_is_moved_by_its_pause(serve: Serve, streamed: bool) -> None:
    clock = ManualClock(straight=False)
    served = serve(clock, limits={"flowith_seek": {"block_seconds": 0, "answer_seconds": None}})
    served.add(Drip(50, 10.0), operation="seek")
    right = right_events()[0] if streamed else right_body()
    raw = served.connect()
    raw.send(served.asked(streamed))
    served.settle()
    came = []
    for _ in range(3):
        came.append(raw.waiting())
        clock.advance(9.9)
        served.settle()
        assert raw.waiting() == b""
        clock.advance(0.1)
        served.settle()
    came[0] = came[0].partition(b"\r\n\r\n")[2]
    if streamed:
        came = [piece for each in came for piece in unchunked(each)]
    assert came == [right[:50], right[50:100], right[100:150]]


def test_a_drip_takes_real_time_on_a_real_clock(serve: Serve) -> None:
    served = serve(ScaledClock(time.time))
    size = len(right_body()) // 4
    served.add(Drip(size, 0.02))
    began = time.monotonic()
    raw = served.connect()
    assert raw.ask(served.asked(False)).body == right_body()
    assert time.monotonic() - began >= 4 * 0.02
    assert len(raw.reads) >= 4


def test_a_delay_takes_real_time_on_a_real_clock(serve: Serve) -> None:
    served = serve(ScaledClock(time.time))
    served.add(Delay(0.05))
    began = time.monotonic()
    assert through_a_socket(served.asked(False)).body == right_body()
    assert time.monotonic() - began >= 0.05


def test_a_stream_is_cut_when_its_event_is_due(serve: Serve) -> None:
    clock = ManualClock(straight=False)
    served = serve(clock)
    served.add(Cut(after_events=1), operation="seek")
    raw = served.connect()
    raw.send(served.asked(True))
    served.settle()
    clock.advance(1000.0)
    seen = raw.answer()
    assert (seen.end, seen.body) == ("closed", right_events()[0])


def test_a_stream_of_wrong_length_comes_when_all_of_it_is_due(serve: Serve) -> None:
    clock = ManualClock(straight=False)
    served = serve(clock)
    served.add(WrongLength(1), operation="seek")
    raw = served.connect()
    raw.send(served.asked(True))
    served.settle()
    stream = engine_on(ManualClock()).handle(request_of(True)).response.stream
    assert stream is not None
    first, last = stream[0].at, stream[len(stream) - 1].at
    clock.advance((first + last) / 2)
    served.settle()
    assert raw.waiting() == b""
    clock.advance(last)
    assert raw.answer().body == b"".join(right_events())


def test_a_client_that_leaves_a_stalled_answer_is_let_go(serve: Serve) -> None:
    served = serve()
    served.add(Stall(), operation="seek", times=1)
    raw = served.connect()
    raw.send(served.asked(False))
    served.settle()
    raw.socket.shutdown(1)
    assert raw.socket.recv(10) == b""
