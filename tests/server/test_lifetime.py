"""Servers start and stop in a thread, leave nothing behind, share a loop, and say why a port cannot be had."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.server.wire import Client, Told, request, seen
from understudy.adapters.server import Running, _LoopThread, serving
from understudy.adapters.wire.limits import WireLimits
from understudy.errors import UsageError
from understudy.http import Chunk, Request, Response

DESCRIPTORS = Path("/proc/self/fd")

pytestmark = pytest.mark.usefixtures("loop_kind")


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    with serving({"first": Told()}):
        pass  # what the event loop's library opens once for the whole process
    threads, descriptors = threading.enumerate(), _open_descriptors()
    yield
    assert threading.enumerate() == threads
    assert _open_descriptors() == descriptors


def _open_descriptors() -> int:
    return len(os.listdir(DESCRIPTORS)) if DESCRIPTORS.exists() else 0  # noqa: PTH208 - fewer open while it counts


def ask(running: Running, stem: str) -> int:
    with Client(running.ports[stem]) as client:
        return client.ask(request()).status


def test_several_services_listen_on_ports_of_their_own() -> None:
    engines = {"one": Told(lambda _: Response(201)), "two": Told(lambda _: Response(202))}
    with nothing_left_behind(), serving(engines) as running:
        assert (ask(running, "one"), ask(running, "two")) == (201, 202)
        assert running.urls == {stem: f"http://127.0.0.1:{port}" for stem, port in running.ports.items()}
        assert not running.exposed


def test_servers_come_and_go_in_one_thread_and_leave_nothing() -> None:
    with nothing_left_behind():
        with serving({"outer": Told()}) as outer:
            threads = threading.active_count()
            for _ in range(20):
                with serving({"inner": Told()}) as inner:
                    assert ask(inner, "inner") == ask(outer, "outer") == 200
                    assert threading.active_count() == threads
        socket.create_server(("127.0.0.1", outer.ports["outer"])).close()  # nobody listens there any more


def test_a_port_is_free_again_at_once() -> None:
    with nothing_left_behind():
        port = 0
        for _ in range(5):
            with serving({"a": Told()}, ports={"a": port}) as running:
                assert port in {0, running.ports["a"]}
                port = running.ports["a"]
                client = Client(port)
                assert client.ask(request()).status == 200
            with client:  # the server ended it first: the system remembers its port for a while
                assert client.rest() == b""


def test_a_start_that_is_interrupted_leaves_nothing() -> None:
    begun, undone = threading.Event(), threading.Event()

    async def start() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            undone.set()

    with nothing_left_behind():
        thread = _LoopThread.share()
        asyncio.run_coroutine_threadsafe(start(), thread._loop)
        begun.wait()
        thread.release()
        assert undone.is_set()


def test_starting_and_stopping_takes_milliseconds() -> None:
    with serving({"keeps the loop": Told()}):
        took = []
        for _ in range(20):
            begun = time.perf_counter()
            with serving({"a": Told()}):
                pass
            took.append(time.perf_counter() - begun)
    assert min(took) < 0.005


def test_stopping_ends_connections_in_whatever_state() -> None:
    def says(asked: Request) -> Response | tuple[Response, float]:
        if asked.target == "/late":
            return seen(asked), 3600.0
        return Response(200, (), b"", tuple(Chunk(n * 60.0, b"x") for n in range(100)))

    with nothing_left_behind():
        with serving({"a": Told(says)}) as running:
            clients = [Client(running.ports["a"]) for _ in range(5)]
            clients[1].send(b"GET / HT")
            clients[2].send(request("GET", "/late"))
            clients[3].send(request("GET", "/stream")).until(b"x\r\n")
            assert clients[4].ask(b"nonsense\r\n\r\n").status == 400
        for client in clients:
            client.socket.settimeout(1.0)
            with suppress(ConnectionResetError):
                assert client.rest() == b""
            client.socket.close()


def test_what_was_answered_before_the_stop_is_still_sent() -> None:
    with nothing_left_behind():
        with serving({"a": Told(lambda _: Response(200, (), bytes(300_000)))}) as running:
            client = Client(running.ports["a"])
            client.send(request()).until(b"\r\n\r\n")
        assert len(client.rest()) == 300_000
        client.socket.close()


def test_a_client_that_reads_nothing_does_not_keep_the_server_from_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("understudy.adapters.server.GRACE", 0.02)
    with nothing_left_behind():
        with serving({"a": Told(lambda _: Response(200, (), bytes(30_000_000)))}) as running:
            client = Client(running.ports["a"], buffer=4096)
            assert b"200" in client.send(request()).until(b"\r\n\r\n")
        socket.create_server(("127.0.0.1", running.ports["a"])).close()  # nobody listens there any more
        client.socket.close()


def test_servers_may_be_used_from_several_threads() -> None:
    def one(_: int) -> int:
        with serving({"a": Told()}) as running:
            return ask(running, "a")

    with nothing_left_behind(), ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(64))) == {200}


def test_an_error_in_the_block_stops_the_server_too() -> None:
    with nothing_left_behind(), pytest.raises(ZeroDivisionError), serving({"a": Told()}):
        raise ZeroDivisionError


def test_an_engine_that_cannot_be_served_leaves_nothing() -> None:
    broken = Told()
    del broken.stage
    with nothing_left_behind(), pytest.raises(AttributeError), serving({"fine": Told(), "broken": broken}):
        pass


def test_a_port_in_use_is_a_usage_error_that_leaves_nothing() -> None:
    with nothing_left_behind(), socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} for b is in use"):  # noqa: SIM117
            with serving({"a": Told(), "b": Told()}, ports={"b": port}):
                pass


def test_two_servers_cannot_share_a_port() -> None:
    with serving({"a": Told()}) as running, pytest.raises(UsageError, match="in use"):  # noqa: SIM117
        with serving({"b": Told()}, ports={"b": running.ports["a"]}):
            pass


def test_connections_do_not_wait_for_more_to_send() -> None:
    with serving({"a": Told()}) as running:
        listening = [fd for fd in os.listdir(DESCRIPTORS) if _port_of(int(fd)) == running.ports["a"]]  # noqa: PTH208
        assert listening
        for descriptor in listening:
            with socket.socket(fileno=os.dup(int(descriptor))) as sock:
                assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def _port_of(descriptor: int) -> int:
    try:
        with socket.socket(fileno=os.dup(descriptor)) as sock:
            return int(sock.getsockname()[1]) if sock.family == socket.AF_INET else 0
    except OSError:
        return 0


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_ipv6_is_served() -> None:
    try:
        served = serving({"a": Told()}, host="::1")
        running = served.__enter__()
    except UsageError:
        pytest.skip("this machine has no IPv6 loopback")
    try:
        assert running.urls["a"] == f"http://[::1]:{running.ports['a']}"
        with socket.create_connection(("::1", running.ports["a"])) as sock:
            sock.sendall(request())
            assert b'"peer": "::1"' in sock.recv(65536)
    finally:
        served.__exit__(None, None, None)


def test_clients_on_other_loopback_addresses_are_told_apart() -> None:
    with serving({"a": Told()}, host="0.0.0.0", wire=WireLimits()) as running:
        assert running.exposed
        assert running.urls["a"].startswith("http://127.0.0.1:")
        for source in ("127.0.0.1", "127.0.0.2"):
            with Client(running.ports["a"], source=source) as client:
                assert client.ask(request()).json["peer"] == source
