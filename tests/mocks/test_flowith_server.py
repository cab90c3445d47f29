"""The Flowith mock over real HTTP: the stream as it arrives, and clients that leave."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from tests.mocks.conftest import EngineFor
from tests.mocks.flowith import GOOD, KOREAN, MODELS, SAMPLE_SEEK, question
from tests.server.wire import Client, request
from understudy.adapters.server import serving
from understudy.engine import Engine
from understudy.stage import ScaledClock

TOKEN = f"Authorization: Bearer {GOOD}"
JSON = "Content-Type: application/json"
STREAMED = msgspec.json.encode({**question("작은 등의 배터리는 얼마나 오래 가나요? 🔋", KOREAN), "stream": True})
SEEK = request("POST", SAMPLE_SEEK, TOKEN, JSON, "User-Agent: HTTPie", body=STREAMED, host="edge.flowith.net")
BLOCK_END = b"\n\n"


@contextmanager
def served(engine: Engine) -> Iterator[int]:
    """The port of a server in real time."""
    with serving({"flowith_seek": engine}) as running:
        yield running.ports["flowith_seek"]


def in_real_time(engine_for: EngineFor, seconds: float) -> Engine:
    """An engine whose blocks are this far apart."""
    limits = {"block_seconds": seconds, "requests_per_minute": None}
    return engine_for("flowith_seek", clock=ScaledClock(time.time), limits={"flowith_seek": limits})


def test_the_stream_arrives_block_by_block_in_order(engine_for: EngineFor) -> None:
    with served(in_real_time(engine_for, 0.15)) as port, Client(port) as client:
        client.send(SEEK)
        head = client.until(b"\r\n\r\n").lower()
        assert head.startswith(b"http/1.1 200 ")
        assert b"\r\ncontent-type: text/plain; charset=utf-8\r\n" in head
        assert b"\r\ntransfer-encoding: chunked\r\n" in head
        arrived = []
        for _ in range(3):
            size = int(client.until(b"\r\n"), 16)
            arrived.append((time.monotonic(), client.exactly(size)))
            client.until(b"\r\n")
        assert client.until(b"\r\n") == b"0\r\n"
    assert all(data.endswith(BLOCK_END) and data.count(BLOCK_END) == 1 for _, data in arrived)
    blocks = [msgspec.json.decode(data.removeprefix(b"data: ")) for _, data in arrived]
    assert [block["tag"] for block in blocks] == ["searching", "seeds", "final"]
    assert "열두 시간" in blocks[2]["content"]
    assert arrived[2][0] - arrived[0][0] > 0.15, "the blocks came all at once"


def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(engine_for: EngineFor) -> None:
    engine = in_real_time(engine_for, 3.9)
    models = request("GET", MODELS, TOKEN)
    with served(engine) as port, Client(port) as other:
        for _ in range(20):
            with Client(port) as leaving:
                leaving.send(SEEK)
                assert leaving.until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
                leaving.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
        for _ in range(100_000):
            assert other.ask(models).status == 200
            *_, last = engine.stage.journal
            if last.request.in_flight == 0:
                break
        else:
            raise AssertionError(f"{last.request.in_flight} streams go on")
        assert engine.account(GOOD).state.spent == 20  # type: ignore[union-attr]


def test_a_manual_clock_has_the_whole_stream_at_once(engine_for: EngineFor) -> None:
    with served(engine_for("flowith_seek")) as port, Client(port) as client:
        for _ in range(2):
            answer = client.ask(SEEK)
            assert (answer.status, len(answer.chunks)) == (200, 3)


def test_a_body_that_is_too_large_is_refused_in_the_services_words(engine_for: EngineFor) -> None:
    with served(engine_for("flowith_seek")) as port, Client(port) as client:
        client.send(b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n" % SAMPLE_SEEK.encode())
        answer = client.answer()
        assert (answer.status, answer.json) == (413, {"error": "The body is too large."})
