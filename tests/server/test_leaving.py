"""Clients that leave, half or whole, early or late; clients that only hold on."""

from __future__ import annotations

import asyncio
import logging
import select
import socket
import struct
from collections.abc import Callable
from typing import Any, cast

import pytest

from tests.server.conftest import Serve
from tests.server.wire import Client, Kept, Told, request, seen
from understudy.adapters.wire.connection import Connection
from understudy.adapters.wire.limits import WireLimits
from understudy.adapters.wire.listener import Listener
from understudy.http import Chunk, Request, Response

KEY = "Authorization: k"
ENDLESS = tuple(Chunk(n * 0.005, b"data: x\n\n") for n in range(100_000))


def scripted(asked: Request) -> Response | tuple[Response, float]:
    if asked.target == "/late":
        return seen(asked), 0.05
    if asked.target == "/endless":
        return Response(200, (), b"", ENDLESS)
    return seen(asked)


@pytest.mark.parametrize("target", ["/", "/late"])
def test_a_client_that_shuts_its_sending_side_still_gets_its_answers(serve: Serve, target: str) -> None:
    client = serve(Told(scripted))()
    client.send(request("GET", target) + request("POST", target, body="안녕".encode()))
    client.socket.shutdown(socket.SHUT_WR)
    assert client.answer().json["method"] == "GET"
    assert client.answer().json["method"] == "POST"
    assert client.rest() == b""


@pytest.mark.parametrize("cut", [b"GET / HTTP/1.1\r\nHo", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab"])
def test_a_request_that_is_cut_short_is_told_so(serve: Serve, cut: bytes) -> None:
    engine = Told()
    client = serve(engine)().send(cut)
    client.socket.shutdown(socket.SHUT_WR)
    answer = client.answer()
    assert (answer.status, "before the request was complete" in answer.body.decode()) == (400, True)
    assert client.rest() == b""
    assert engine.asked == []


def test_a_client_that_leaves_without_a_request_leaves_nothing(serve: Serve) -> None:
    connect = serve()
    for _ in range(20):
        gone = connect()
        gone.socket.shutdown(socket.SHUT_WR)
        assert gone.rest() == b""
    assert connect().ask(request()).status == 200


def leave(client: Client, *, reset: bool) -> None:
    if reset:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.socket.close()


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("target", ["/endless", "/late"])
def test_a_client_that_is_gone_is_no_longer_in_flight(
    serve: Serve, target: str, reset: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    connect = serve(Told(scripted))
    client = connect().send(request("GET", target, KEY))
    if target == "/endless":
        client.until(b"data: x\n\n")
    leave(client, reset=reset)
    other = connect()
    for _ in range(100_000):
        if other.ask(request("GET", "/", KEY)).json["in_flight"] == 0:
            break
    else:
        pytest.fail("its stream goes on")
    assert caplog.text == ""


def test_a_client_gone_in_the_middle_of_a_body_is_no_longer_in_flight(serve: Serve) -> None:
    connect = serve(Told(scripted))
    partial = b"POST / HTTP/1.1\r\nHost: a\r\nAuthorization: k\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    client = connect()
    assert client.ask(partial).status == 100
    leave(client, reset=True)
    other = connect()
    assert any(other.ask(request("GET", "/", KEY)).json["in_flight"] == 0 for _ in range(100_000))


def test_nothing_is_left_waiting_for_a_client_that_is_gone() -> None:
    loop = asyncio.new_event_loop()
    try:
        engine = Told(scripted)
        listener = Listener(engine, loop, WireLimits())
        connection = Connection(listener)
        connection.connection_made(Kept())
        connection.data_received(request("GET", "/endless", KEY) + request("GET", "/late", KEY) + b"GET")
        assert listener.lane.in_flight == {"k": 2}
        timers = cast("list[asyncio.TimerHandle]", loop._scheduled)  # type: ignore[attr-defined]
        assert any(not timer.cancelled() for timer in timers)
        connection.connection_lost(None)
        assert (listener.lane.in_flight, listener.connections) == ({}, set())
        assert all(timer.cancelled() for timer in timers)
        assert engine.asked[0].peer == "10.0.0.7", "a mapped IPv4 address is the IPv4 address"
    finally:
        loop.close()


def test_a_slow_reader_holds_the_stream_back_instead_of_filling_the_memory() -> None:
    handed_out = 0

    class Counting(tuple[Chunk, ...]):
        def __getitem__(self, place: Any) -> Any:
            nonlocal handed_out
            handed_out = max(handed_out, place)
            return super().__getitem__(place)

    loop = asyncio.new_event_loop()
    try:
        flood = Counting(Chunk(0, bytes(1000)) for _ in range(10_000))
        connection = Connection(Listener(Told(lambda _: Response(200, (), b"", flood)), loop, WireLimits()))
        transport = Kept()
        write = transport.write

        def full(data: bytes) -> None:
            write(data)
            connection.pause_writing()

        transport.write = full  # type: ignore[method-assign]
        connection.connection_made(transport)
        connection.data_received(request() + request("GET", "/next"))
        assert handed_out <= 100, "one burst, then it waits"
        assert not transport.reading, "and so does the next request"
        connection.resume_writing()
        assert 100 < handed_out <= 200, "the next burst when the client has read"
        connection.connection_lost(None)
    finally:
        loop.close()


def test_a_slow_reader_gets_everything_in_the_end(serve: Serve) -> None:
    flood = tuple(Chunk(0, bytes((n % 256,)) * 20_000) for n in range(300))
    client = serve(Told(lambda _: Response(200, (), b"", flood)))(buffer=4096)
    client.send(request() + request())
    for _ in range(2):
        assert client.answer().body == b"".join(chunk.data for chunk in flood)


def test_answers_nobody_reads_keep_further_requests_unread(serve: Serve) -> None:
    engine = Told(lambda _: Response(200, (), bytes(100_000)))
    connect: Callable[..., Client] = serve(engine)
    client = connect(buffer=4096)
    client.send(request() * 200)
    assert connect().ask(request()).status == 200
    assert len(engine.asked) < 100, "the client has read nothing: most requests wait"
    assert sum(len(client.answer().body) for _ in range(200)) == 200 * 100_000


def test_a_thousand_idle_connections_cost_the_others_nothing(serve: Serve) -> None:
    connect = serve(Told(scripted))
    idle = [connect() for _ in range(1000)]
    assert connect().ask(request()).status == 200
    for client in idle[::100]:
        assert client.ask(request()).status == 200
    readable, _, _ = select.select([client.socket for client in idle[:100]], [], [], 0)
    assert readable == []
