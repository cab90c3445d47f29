"""Faults of answers that have no body, of HTTP/1.0, of several requests on one connection, and of huge answers."""

from __future__ import annotations

import socket

import pytest

from tests.faults.clients import Raw
from tests.faults.conftest import HEADERS, Serve, Served, engine_on, right_body, right_events
from tests.mocks.etri import GOOD as ETRI_KEY
from tests.mocks.etri import PATH, READING
from tests.mocks.flowith import MODELS
from tests.server.wire import Client, Told, request
from understudy.adapters.inprocess import EngineTransport
from understudy.adapters.server import serving
from understudy.faults import (
    Answer,
    Cut,
    Delay,
    Drip,
    Due,
    EmptyReply,
    Fault,
    Planned,
    Reset,
    Split,
    Stall,
    TruncatedChunk,
    WrongLength,
)
from understudy.http import Request, Response
from understudy.journal import Exchange
from understudy.stage import ManualClock
from understudy.verify.observation import TransportFailure

HUGE = "가나다라 🎈".encode() * 300_000


def read_to_the_end(connection: socket.socket) -> bytes:
    data = b""
    try:
        while piece := connection.recv(1 << 20):
            data += piece
    except ConnectionResetError:
        data += b"(reset)"
    return data


@pytest.mark.parametrize(
    "fault", [Cut(after_bytes=0), Cut(after_bytes=9), TruncatedChunk(), Reset(after_bytes=3)], ids=repr
)
def test_where_there_is_no_body_the_head_is_cut(serve: Serve, fault: Fault) -> None:
    served = serve()
    served.add(fault)
    raw = served.connect()
    raw.send(served.asked(False, method="HEAD", path=MODELS, body=None))
    came = read_to_the_end(raw.socket).removesuffix(b"(reset)")
    assert came.startswith(b"HTTP/1.1 200 OK\r\n")
    assert came.endswith(b"\r\n\r")


@pytest.mark.parametrize("fault", [Drip(1, 1.0), Split("character"), WrongLength(5), Delay(1)], ids=repr)
def test_what_concerns_a_body_leaves_an_answer_without_one_alone(serve: Serve, fault: Fault) -> None:
    served = serve()
    served.add(fault)
    raw = served.connect()
    for _ in range(2):
        raw.send(served.asked(False, method="HEAD", path=MODELS, body=None))
        came = b""
        while not came.endswith(b"\r\n\r\n"):
            came += raw.socket.recv(65536)
        assert came.startswith(b"HTTP/1.1 200 OK\r\n")


def test_an_empty_body_is_announced_as_longer(serve: Serve) -> None:
    served = serve()
    served.add(Answer(503), unlawful=True, calls=(1,))
    served.add(WrongLength(-3), calls=(2,))
    assert served.connect().ask(served.asked(False)).headers["content-length"] == "0"
    assert served.connect().ask(served.asked(False)).headers["content-length"] == str(len(right_body()) - 3)


@pytest.mark.parametrize(
    ("fault", "streamed", "expected"),
    [
        (TruncatedChunk(4), False, right_body),
        (TruncatedChunk(4), True, lambda: right_events()[0]),
        (Cut(after_bytes=7), False, lambda: right_body()[:7]),
        (Drip(9, 1.0), True, lambda: b"".join(right_events())),
        (EmptyReply(), True, None),
    ],
    ids=["chunk", "chunk of a stream", "cut", "drip", "empty"],
)
def test_a_client_that_speaks_http_1_0(serve: Serve, fault: Fault, streamed: bool, expected: object) -> None:
    served = serve()
    served.add(fault)
    raw = served.connect()
    asked = served.asked(streamed)
    fields = "".join(f"{name}: {value}\r\n" for name, value in asked.headers.items())
    head = f"POST {asked.path} HTTP/1.0\r\nContent-Length: {len(asked.content)}\r\n{fields}\r\n"
    raw.socket.sendall(head.encode() + asked.content)
    came = read_to_the_end(raw.socket)
    assert b"chunked" not in came
    assert came.partition(b"\r\n\r\n")[2] == (expected() if callable(expected) else b"")


def test_a_disturbed_answer_keeps_its_place_among_others(serve: Serve) -> None:
    served = serve()
    served.add(Delay(5), calls=(1,))
    served.add(Split("character"), calls=(2,))
    served.add(WrongLength(-9), calls=(4,))
    raw = pipelined(served, 4)
    bodies = [raw.answer().body for _ in range(4)]
    assert bodies == [right_body()] * 3 + [right_body()[:-9]]


def pipelined(served: Served, count: int) -> Raw:
    raw = served.connect()
    for _ in range(count):
        raw.send(served.asked(False))
    return raw


def test_what_is_asked_after_an_answer_that_is_cut_is_not_answered(serve: Serve) -> None:
    served = serve()
    served.add(Cut(after_bytes=4), calls=(2,))
    came = read_to_the_end(pipelined(served, 4).socket)
    assert came.count(b"HTTP/1.1 200 OK") == 2
    assert came.endswith(right_body()[:4])


class Wronged(Told):
    """Answers something huge, which goes wrong."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(lambda asked: Response(200, (("Content-Type", "text/plain"),), HUGE), ManualClock())
        self.fault = fault

    def handle(self, request: Request) -> Exchange:
        return super().handle(request)._replace(fault=Due("fault-1", self.fault))


@pytest.mark.parametrize(
    "fault", [Drip(2_000_000, 1.0), Cut(after_bytes=3_000_000), Reset(after_bytes=3_000_000)], ids=repr
)
def test_a_huge_answer_to_a_client_with_a_small_buffer(loop_kind: str, fault: Fault) -> None:
    with serving({"told": Wronged(fault)}) as running, Client(running.ports["told"], buffer=4096) as client:
        client.send(request("GET", "/", "Connection: close"))
        body = read_to_the_end(client.socket).partition(b"\r\n\r\n")[2].removesuffix(b"(reset)")
    assert HUGE.startswith(body)
    if not isinstance(fault, Reset):  # by which is lost what has not arrived
        assert len(body) == (len(HUGE) if isinstance(fault, Drip) else 3_000_000)


def test_a_stalled_answer_is_in_flight_until_its_client_leaves(serve: Serve) -> None:
    served = serve(stem="etri_mrc", limits={"etri_mrc": {"concurrent_calls": 1}})
    served.add(Stall(after_bytes=0), times=1)
    headers = {"Authorization": ETRI_KEY, "Content-Type": "application/json"}
    asked = served.asked(False, path=PATH, body=READING, headers=headers)
    stalled = served.connect()
    stalled.send(asked)
    assert b"200 OK" in stalled.socket.recv(65536)
    assert served.connect().ask(asked).status == 429
    stalled.socket.shutdown(socket.SHUT_WR)
    assert stalled.socket.recv(1) == b""
    assert served.connect().ask(asked).status == 200


def test_the_last_chunk_is_the_truncated_one_where_there_are_too_few(serve: Serve) -> None:
    served = serve()
    served.add(TruncatedChunk(2, after_events=99))
    raw = served.connect()
    raw.send(served.asked(True))
    last = right_events()[-1]
    assert read_to_the_end(raw.socket).endswith(b"\r\n%x\r\n%b" % (len(last) + 2, last))


@pytest.mark.parametrize("fault", [Cut(after_bytes=4), Stall(after_bytes=0)], ids=repr)
def test_nothing_can_be_read_of_a_cut_head_in_the_same_process(fault: Fault) -> None:
    engine = engine_on(ManualClock())
    engine.stage.faults.add(Planned(fault, engine.stem))
    with pytest.raises(TransportFailure) as failed:
        EngineTransport(engine).send(Request("HEAD", MODELS, HEADERS))
    assert failed.value.partial is None
