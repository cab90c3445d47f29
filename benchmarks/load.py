"""A client that costs little: requests written as bytes, answers counted, one in flight on each connection."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import cast


def request(method: str, target: str, body: bytes = b"") -> bytes:
    """A request as bytes, with a test credential of D.Hub."""
    head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer dhub-test-good\r\n"
    head += "Accept: */*\r\nUser-Agent: load\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class _Connection(asyncio.Protocol):
    """Writes the next request when the answer to the last is whole."""

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None], answers: list[bytes]) -> None:
        self._requests = requests
        self._done = done
        self._answers = answers
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        place = self._buffer.lower().find(b"content-length:", 0, end)
        length = int(self._buffer[place + 15 : self._buffer.find(b"\r\n", place)])
        if len(self._buffer) >= end + 4 + length:
            self._answers[0] = self._buffer
            self._buffer = b""
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def _next(self) -> None:
        following = next(self._requests, None)
        if following is not None:
            self._transport.write(following)
        elif not self._done.done():
            self._done.set_result(None)
            self._transport.close()


async def _drive(port: int, each: bytes, count: int, connections: int) -> bytes:
    loop = asyncio.get_running_loop()
    requests = iter([each] * count)
    answers = [b""]
    done = [loop.create_future() for _ in range(connections)]
    for future in done:
        await loop.create_connection(lambda future=future: _Connection(requests, future, answers), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*done)
    return answers[0]


def drive(port: int, each: bytes, *, count: int, connections: int) -> bytes:
    """Make ``count`` requests on ``connections`` connections; the last answer, head and body."""
    return asyncio.run(_drive(port, each, count, connections))
