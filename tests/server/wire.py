"""The two ends of a wire under test: an engine that says what it is told, and a client that speaks raw sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from understudy.http import Headers, Request, Response
from understudy.journal import Exchange
from understudy.stage import Clock, ScaledClock, Stage

PATIENCE = 10.0
"""Seconds after which a test that waits for bytes fails. Only a broken server lets it pass."""
JSON: Headers = (("Content-Type", "application/json"),)


def seen(request: Request) -> Response:
    """What arrived, as JSON."""
    told = request._asdict() | {"body": request.body.decode("latin-1")}
    return Response(200, JSON, json.dumps(told).encode())


class Told:
    """An engine that answers as ``says`` does: with a response, or with a response and seconds of latency."""

    stem = "told"
    credential_header = "authorization"

    def __init__(
        self,
        says: Callable[[Request], Response | tuple[Response, float]] = seen,
        clock: Clock | None = None,
        refusals: Mapping[str, Response] | None = None,
        **limits: Any,
    ) -> None:
        self.says = says
        self.stage = Stage(clock or ScaledClock(time.time))
        self.limits = limits
        self.refusals = refusals or {}
        self.asked: list[Request] = []

    def handle(self, request: Request) -> Exchange:
        self.asked.append(request)
        said = self.says(request)
        response, latency = (said, 0.0) if isinstance(said, Response) else said
        return Exchange(len(self.asked), self.stage.clock.now(), self.stem, None, request, response, latency=latency)

    def choose(self, headers: Mapping[str, str]) -> Told:
        return self

    def refuse(self, kind: str, request: Request) -> Exchange:
        self.asked.append(request)
        return Exchange(len(self.asked), self.stage.clock.now(), self.stem, None, request, self.refusals[kind])


class Answer(NamedTuple):
    """A response off the wire. ``headers`` by lower-case name; ``chunks`` of a chunked body as they were framed."""

    status: int
    headers: dict[str, str]
    body: bytes
    chunks: tuple[bytes, ...] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One connection. What is read is kept until it is asked for."""

    def __init__(self, port: int, *, buffer: int | None = None, source: str | None = None) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._read = b""
        try:
            if source is not None:
                self.socket.bind((source, 0))
            self.socket.connect(("127.0.0.1", port))
        except OSError:
            self.socket.close()
            raise

    def send(self, data: bytes) -> Client:
        self.socket.sendall(data)
        return self

    def ask(self, data: bytes, *, head: bool = False) -> Answer:
        return self.send(data).answer(head=head)

    def answer(self, *, head: bool = False) -> Answer:
        """The next answer. ``head``: it is one to HEAD, which ends with its head."""
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
        if head or status in {100, 204, 304}:
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            chunks = tuple(self._chunks())
            return Answer(status, headers, b"".join(chunks), chunks)
        if "content-length" in headers:
            return Answer(status, headers, self.exactly(int(headers["content-length"])))
        return Answer(status, headers, self.rest())

    def until(self, end: bytes) -> bytes:
        while end not in self._read:
            self._more()
        found, _, self._read = self._read.partition(end)
        return found + end

    def exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        found, self._read = self._read[:size], self._read[size:]
        return found

    def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        while data := self.socket.recv(65536):
            self._read += data
        found, self._read = self._read, b""
        return found

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the server closed the connection after {self._read!r}")
        self._read += data

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.until(b"\r\n"), 16):
            yield self.exactly(size)
            assert self.until(b"\r\n") == b"\r\n"
        assert self.until(b"\r\n") == b"\r\n"

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


class Kept(asyncio.Transport):
    """A transport that keeps what is written until it is closed."""

    def __init__(self) -> None:
        super().__init__({"peername": ("::ffff:10.0.0.7", 4711)})
        self.written = b""
        self.closed = False
        self.reading = True

    def write(self, data: Any) -> None:
        assert not self.closed, "nothing is written after the end"
        self.written += data

    def write_eof(self) -> None:
        self.closed = True

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def request(
    method: str = "GET", target: str = "/", *fields: str, body: bytes | None = None, host: str | None = "mock"
) -> bytes:
    """A request as a correct client writes it."""
    lines = [f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host is not None else []), *fields]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")
