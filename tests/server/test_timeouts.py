"""What takes too long is ended: heads, bodies, silence, clients that do not read on."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.server.conftest import Serve
from tests.server.wire import JSON, PATIENCE, Client, Kept, Told, request, seen
from understudy.adapters.wire.connection import Connection
from understudy.adapters.wire.limits import WireLimits
from understudy.adapters.wire.listener import Listener
from understudy.http import Chunk, Request, Response

SOON = 0.05
TOO_SLOW = {"request_timeout": Response(408, JSON, '{"reason": "요청 시간 초과"}'.encode())}
PARTIAL = b"POST /slow HTTP/1.1\r\nHost: a\r\nAuthorization: k\r\nContent-Length: 3\r\n\r\nab"


def test_a_head_that_does_not_end_is_answered_408(serve: Serve) -> None:
    engine = Told()
    client = serve(engine, head_seconds=SOON)()
    answer = client.ask(b"GET / HTTP/1.1\r\nHost: a\r\n")
    assert (answer.status, "head of the request" in answer.body.decode()) == (408, True)
    assert client.rest() == b""
    assert engine.asked == []


def test_a_head_that_trickles_does_not_win_time(serve: Serve) -> None:
    client = serve(head_seconds=SOON)()
    client.send(b"GET / HTTP/1.1\r\nX: ")
    client.socket.settimeout(0.002)
    answered = b""
    for _ in range(5000):
        try:
            client.socket.sendall(b"a")
            answered += client.socket.recv(4096)
        except TimeoutError:
            continue
        except ConnectionError:
            break
        break
    assert answered.startswith(b"HTTP/1.1 408 ")


def test_a_body_that_does_not_come_gets_the_service_s_own_answer(serve: Serve) -> None:
    engine = Told(refusals=TOO_SLOW)
    client = serve(engine, body_seconds=SOON)()
    answer = client.ask(PARTIAL)
    assert (answer.status, answer.json) == (408, {"reason": "요청 시간 초과"})
    assert answer.headers["connection"] == "close"
    assert client.rest() == b""
    assert (engine.asked[0].target, engine.asked[0].body) == ("/slow", b"ab")


def test_a_service_without_words_for_it_is_helped_out(serve: Serve) -> None:
    assert serve(body_seconds=SOON)().ask(PARTIAL).status == 408


@pytest.mark.parametrize("sent", [b"P", PARTIAL])
def test_the_service_s_own_wait_is_for_the_whole_request(serve: Serve, sent: bytes) -> None:
    client = serve(Told(refusals=TOO_SLOW, wait_seconds=SOON))()
    assert client.ask(sent).json == {"reason": "요청 시간 초과"}


def test_a_request_that_never_came_is_not_confused_with_the_one_before(serve: Serve) -> None:
    engine = Told(refusals=TOO_SLOW, wait_seconds=SOON)
    client = serve(engine)()
    client.ask(request("GET", "/before", "Authorization: k"))
    assert client.ask(b"GET /never HTTP/1.1\r\n").status == 408
    assert engine.asked[1] == Request("", "", {}, peer="127.0.0.1")


def test_an_idle_connection_is_closed_without_a_word(serve: Serve) -> None:
    connect = serve(idle_seconds=SOON)
    assert connect().rest() == b"", "before a first request"
    used = connect()
    used.ask(request())
    assert used.rest() == b"", "after one"


class Stopwatch(asyncio.SelectorEventLoop):
    """A loop whose time is told."""

    now = 0.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def loop() -> Iterator[Stopwatch]:
    with closing(Stopwatch()) as stopwatch:
        yield stopwatch


def opened(loop: Stopwatch, engine: Told, **limits: float) -> tuple[Connection, Kept]:
    connection, transport = Connection(Listener(engine, loop, WireLimits(**limits))), Kept()  # type: ignore[arg-type]
    connection.connection_made(transport)
    return connection, transport


def test_idleness_is_counted_from_the_last_answer(loop: Stopwatch) -> None:
    connection, transport = opened(loop, Told(), idle_seconds=10.0)
    for loop.now in (9.0, 18.0):
        connection.data_received(request())
    connection.expire(27.9)
    assert not transport.closed
    connection.expire(28.0)
    assert transport.closed


@pytest.mark.parametrize("at", [9.9, 10.0])
def test_the_service_s_own_wait_is_counted_from_the_first_byte(loop: Stopwatch, at: float) -> None:
    connection, transport = opened(loop, Told(refusals=TOO_SLOW, wait_seconds=10.0))
    for loop.now, piece in ((0.0, PARTIAL[:9]), (4.0, PARTIAL[9:-1]), (8.0, PARTIAL[-1:])):
        connection.data_received(piece)
    connection.expire(at)
    assert transport.written.startswith(b"HTTP/1.1 408 ") == (at == 10.0)


def test_a_second_request_has_a_wait_of_its_own(loop: Stopwatch) -> None:
    connection, transport = opened(loop, Told(refusals=TOO_SLOW, wait_seconds=10.0))
    for loop.now, piece in ((0.0, PARTIAL), (9.0, b"c"), (9.5, PARTIAL[:9])):
        connection.data_received(piece)
    connection.expire(19.4)
    assert transport.written.count(b"HTTP/1.1") == 1
    connection.expire(19.5)
    assert b"HTTP/1.1 408 " in transport.written


def test_a_connection_that_waits_for_an_answer_is_not_idle(serve: Serve) -> None:
    client = serve(Told(lambda asked: (seen(asked), SOON * 6)), idle_seconds=SOON, head_seconds=SOON)()
    assert client.ask(request()).status == 200


def test_a_stream_with_a_long_pause_is_not_idle(serve: Serve) -> None:
    stream = (Chunk(0, b"a"), Chunk(SOON * 6, b"b"))
    client = serve(Told(lambda _: Response(200, (), b"", stream)), idle_seconds=SOON, body_seconds=SOON)()
    assert client.ask(request()).chunks == (b"a", b"b")


def test_a_client_that_stops_reading_is_cut_off(serve: Serve) -> None:
    flood = tuple(Chunk(0, bytes(50_000)) for _ in range(1000))
    client = serve(Told(lambda _: Response(200, (), b"", flood)), stall_seconds=SOON)(buffer=4096)
    client.send(request())
    client.until(b"\r\n\r\n")
    poller = select.poll()
    poller.register(client.socket, select.POLLHUP | select.POLLERR)
    assert poller.poll(PATIENCE * 1000), "the server bears the client longer than it said"
    with pytest.raises(ConnectionResetError):
        client.rest()


def test_lingering_ends(serve: Serve) -> None:
    client = serve(linger_seconds=SOON)()
    assert client.ask(b"no request\r\n\r\n").status == 400
    assert client.rest() == b"", "the server ends its side at once"
    with pytest.raises(ConnectionError):
        _send_for_ever(client)


def _send_for_ever(client: Client) -> None:
    while True:
        client.send(bytes(1000))
