"""Streams that are still being decided: sent when they are due, as they are by then, or cut off."""

from __future__ import annotations

import asyncio

import pytest

from tests.server.conftest import Serve
from tests.server.live import Script
from tests.server.test_asgi import Front
from tests.server.wire import Client, Told, request
from understudy.http import Chunk, Response
from understudy.stage import ManualClock

NEVER = Chunk(600.0, b"never")
FIRST = Chunk(0.0, "하나".encode())


def telling(script: Script, **options: object) -> Told:
    return Told(lambda asked: Response(200, (), b"", script), **options)  # type: ignore[arg-type]


def begun(client: Client) -> bytes:
    """Ask, and read the first chunk."""
    client.send(request()).until(b"\r\n\r\n")
    return next_chunk(client)


def next_chunk(client: Client) -> bytes:
    data = client.exactly(int(client.until(b"\r\n"), 16))
    assert client.until(b"\r\n") == b"\r\n"
    return data


def test_a_stream_that_is_changed_is_sent_as_it_is_then(serve: Serve) -> None:
    script = Script(FIRST, NEVER)
    client = serve(telling(script))()
    assert begun(client) == FIRST.data
    script.change(1, Chunk(0.0, "둘".encode()), Chunk(0.02, b""), Chunk(0.05, "셋 🏁".encode()), NEVER)
    assert [next_chunk(client), next_chunk(client)] == ["둘".encode(), "셋 🏁".encode()]
    script.change(4)
    assert client.until(b"0\r\n\r\n") == b"0\r\n\r\n"
    assert script.watching == []
    assert script.read == [0, 1, 2, 3]


def test_what_is_not_due_is_not_read(serve: Serve) -> None:
    script = Script(FIRST, NEVER)
    client = serve(telling(script))()
    begun(client)
    for _ in range(5):
        script.change(1, NEVER)
    assert serve(telling(Script(FIRST)))().ask(request()).body == FIRST.data
    assert script.read == [0]


def test_a_stream_whose_turn_has_not_come_may_change_too(serve: Serve) -> None:
    first, second = Script(FIRST, NEVER), Script(FIRST, NEVER)
    scripts = iter((first, second))
    client = serve(Told(lambda asked: Response(200, (), b"", next(scripts))))()
    client.send(request() + request()).until(b"\r\n\r\n")
    assert next_chunk(client) == FIRST.data
    second.change(1, Chunk(0.0, b"2"))
    first.change(1)
    client.until(b"0\r\n\r\n")
    client.until(b"\r\n\r\n")
    assert [next_chunk(client), next_chunk(client)] == [FIRST.data, b"2"]


def test_a_fault_while_sending_cuts_the_connection(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    script = Script(FIRST, Chunk(0.01, b"wrong"), NEVER)
    script.fault_at = 1
    serving = serve(telling(script))
    client = serving()
    assert begun(client) == FIRST.data
    with pytest.raises((EOFError, ConnectionResetError)):
        client.until(b"0\r\n")
    assert "RuntimeError while sending" in caplog.text
    assert "비밀" not in caplog.text
    assert script.watching == []


def test_on_a_clock_that_stands_still_a_stream_runs_straight_through(serve: Serve) -> None:
    script = Script(FIRST, Chunk(3.0, b"2"), NEVER)
    answer = serve(telling(script, clock=ManualClock()))().ask(request())
    assert answer.chunks == (FIRST.data, b"2", b"never")


def test_an_asgi_server_is_woken_too() -> None:
    async def play() -> list[bytes]:
        script = Script(FIRST, NEVER)
        front = Front()

        def after(message: dict[str, object]) -> None:
            if message.get("body") == FIRST.data:
                loop.call_later(0.01, script.change, 1, Chunk(0.0, "둘".encode()), Chunk(0.02, b"3"))

        loop = asyncio.get_running_loop()
        front.after = after
        await asyncio.wait_for(front.run(telling(script)), 10)
        assert script.watching == []
        return [message["body"] for message in front.sent[1:]]

    assert asyncio.run(play()) == [FIRST.data, "둘".encode(), b"3", b""]


def test_an_asgi_client_that_leaves_ends_the_watching() -> None:
    async def play() -> None:
        script = Script(FIRST, NEVER)
        front = Front()
        front.after = lambda message: front.gone.set() if message.get("body") else None
        await asyncio.wait_for(front.run(telling(script)), 10)
        assert (script.watching, script.read) == ([], [0])

    asyncio.run(play())
