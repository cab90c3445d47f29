"""A server whose clock the test moves: what is due later waits for it, and is woken by it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.server.wire import Told, request
from understudy.adapters.server import Running, serving
from understudy.clock import ManualClock
from understudy.http import Chunk, Request, Response

PLAIN = (("Content-Type", "text/plain; charset=UTF-8"),)
STREAM = [Chunk(0.0, "하나 🎭".encode()), Chunk(10.0, "둘".encode()), Chunk(3600.0, "셋".encode())]


def says(asked: Request) -> Response | tuple[Response, float]:
    if asked.path == "/stream":
        return Response(200, PLAIN, b"", STREAM)
    if asked.path == "/late":
        return Response(200, PLAIN, "늦음".encode()), 5.0
    return Response(200, PLAIN, b"now")


class Watched(ManualClock):
    """A clock that says when somebody waits for it. ``waits`` is set then."""

    def __init__(self) -> None:
        super().__init__(straight=False)
        self.waits = threading.Event()

    def watch(self, moved: Callable[[], None]) -> Callable[[], None]:
        try:
            return super().watch(moved)
        finally:
            self.waits.set()

    def move(self, seconds: float) -> None:
        """Move on, once somebody waits."""
        assert self.waits.wait(10)
        self.waits.clear()
        self.advance(seconds)


@pytest.fixture
def clock() -> Watched:
    return Watched()


@pytest.fixture
def told(clock: Watched) -> Told:
    return Told(says, clock)


@pytest.fixture
def running(told: Told) -> Iterator[Running]:
    with serving({"told": told}) as running:
        yield running


def asked(running: Running, target: str) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", running.ports["told"]), timeout=10)
    sock.sendall(request("GET", target))
    return sock


def until(sock: socket.socket, end: str) -> str:
    """What comes, up to ``end``."""
    read = b""
    while end.encode() not in read:
        piece = sock.recv(4096)
        assert piece, read
        read += piece
    return read.decode()


def test_a_stream_waits_for_the_clock(running: Running, clock: Watched) -> None:
    with asked(running, "/stream") as sock:
        assert "둘" not in until(sock, "하나 🎭")
        clock.move(9.0)
        clock.move(1.0)
        assert "셋" not in until(sock, "둘")
        clock.move(3590.0)
        assert until(sock, "0\r\n\r\n").count("셋") == 1


def test_a_late_answer_waits_for_the_clock(running: Running, clock: Watched) -> None:
    with asked(running, "/late") as sock:
        clock.move(4.9)
        assert clock.waits.wait(10), "it is still not due"
        with asked(running, "/now") as other:
            until(other, "now")
        clock.move(0.1)
        assert until(sock, "늦음").startswith("HTTP/1.1 200")


def test_what_waits_runs_straight_through_when_it_is_told_to(running: Running, clock: Watched) -> None:
    with asked(running, "/stream") as sock:
        until(sock, "하나 🎭")
        assert clock.waits.wait(10)
        clock.straight = True
        assert "셋" in until(sock, "0\r\n\r\n")
        sock.sendall(request("GET", "/late"))
        until(sock, "늦음")
        clock.straight = False
        clock.waits.clear()
        sock.sendall(request("GET", "/late"))
        clock.move(5.0)
        until(sock, "늦음")


def test_another_clock_is_looked_at_at_once(running: Running, clock: Watched, told: Told) -> None:
    with asked(running, "/stream") as sock:
        until(sock, "하나 🎭")
        assert clock.waits.wait(10)
        told.stage.use(ManualClock(clock.now() + 3600))
        assert "셋" in until(sock, "0\r\n\r\n")
