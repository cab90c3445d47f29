"""Calls to a live target over HTTP/1.1, as a verification's transport.

On h11 and plain sockets, not on a client library, because a judge has to see the wire: header names and lengths as they
were sent, when each piece of a body arrived, what a server says to a body that never ends. A connection is used for one
call. Whatever a target sends is read within bounds of size and time. Redirects are answers, never followed: a
credential goes to the origin that it was given for and nowhere else, and no target can have another address called.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import h11

from understudy.http import Chunk, Request, Response
from understudy.verify.observation import TransportFailure
from understudy.verify.reading import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_SIZE = 65_536
_FOUND = re.compile(r"[: ]*(bytearray\()?\bb['\"].*", re.DOTALL)


class Bounds(NamedTuple):
    """How much of one answer is read at most: ``seconds`` after the request, ``body_bytes`` in so many ``pieces``,
    ``header_bytes``."""

    seconds: float = 30.0
    body_bytes: int = 32 * 2**20
    header_bytes: int = 65_536
    pieces: int = 100_000


class H11Transport:
    """Carries requests to the origin (or prefix) ``url``. Every call opens a connection and closes it."""

    def __init__(self, url: str, bounds: Bounds | None = None) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._authority = parts.netloc
        self._prefix = parts.path.rstrip("/")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._bounds = bounds or Bounds()

    def send(self, request: Request) -> Response:
        """One call. Raises `TransportFailure` when no whole answer comes back within the bounds."""
        with self._connected() as call:
            call.begin(self._aimed(request))
            call.write(request.body)
            call.finish()
            return call.answer(self._bounds.seconds)

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        """Send every head and all but the last byte of every body, then finish them, the last one first.

        A server that has read the last head has read the others: to that request they are all in flight. In the order
        of sending, the first could be read and answered before the second has arrived.
        """
        calls: list[_Call | TransportFailure] = []
        try:
            for request in requests:
                calls.append(self._half(request))
            answers: list[Response | TransportFailure] = []
            for call, request in reversed([*zip(calls, requests, strict=True)]):
                answers.append(call if isinstance(call, TransportFailure) else self._other_half(call, request))
            return answers[::-1]
        finally:
            for call in calls:
                if isinstance(call, _Call):
                    call.close()

    def _half(self, request: Request) -> _Call | TransportFailure:
        """A call of which all but the last byte is sent."""
        try:
            call = _Call(self._connect(), self._bounds)
        except TransportFailure as failure:
            return failure
        try:
            call.begin(self._aimed(request))
            call.write(request.body[:-1])
        except TransportFailure as failure:
            call.close()
            return failure
        return call

    def _other_half(self, call: _Call, request: Request) -> Response | TransportFailure:
        try:
            call.write(request.body[-1:])
            call.finish()
            return call.answer(self._bounds.seconds)
        except TransportFailure as failure:
            return failure

    def stall(self, request: Request, seconds: float) -> Response:
        """Send half of the body and wait for an answer. Raises `TransportFailure` when none comes in ``seconds``."""
        with self._connected() as call:
            call.begin(self._aimed(request))
            call.write(request.body[: len(request.body) // 2])
            return call.answer(seconds)

    def _aimed(self, request: Request) -> Request:
        """The request as it is sent: under the target's prefix, with the headers HTTP/1.1 asks for."""
        headers = {"host": self._authority, "connection": "close", **request.headers}
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            headers.setdefault("content-length", str(len(request.body)))
        return request._replace(target=self._prefix + request.target, headers=headers)

    @contextmanager
    def _connected(self) -> Iterator[_Call]:
        call = _Call(self._connect(), self._bounds)
        try:
            yield call
        finally:
            call.close()

    def _connect(self) -> socket.socket:
        try:
            plain = socket.create_connection((self._host, self._port), timeout=self._bounds.seconds)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._tls.wrap_socket(plain, server_hostname=self._host) if self._tls else plain
        except OSError as error:
            where = f"{self._host}:{self._port}"
            raise TransportFailure(f"no connection to {where}: {error}", unreachable=True) from error


class _Call:
    """One request and its answer on one connection."""

    def __init__(self, connection: socket.socket, bounds: Bounds) -> None:
        self._socket = connection
        self._bounds = bounds
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=bounds.header_bytes)
        self._reads = 0

    def begin(self, request: Request) -> None:
        try:
            fields = [(_bytes(name), _bytes(value)) for name, value in request.headers.items()]
            event = h11.Request(method=request.method, target=request.target, headers=fields)
            self._send(event)
        except h11.LocalProtocolError:  # whose text may show a credential
            raise TransportFailure("the request cannot be written as HTTP/1.1: a name or value is not lawful") from None

    def write(self, data: bytes) -> None:
        if data:
            self._send(h11.Data(data=data))

    def finish(self) -> None:
        self._send(h11.EndOfMessage())

    def answer(self, seconds: float) -> Response:
        """Read the whole answer within ``seconds``."""
        began = time.monotonic()
        head: h11.Response | None = None
        body = _Body(began, self._bounds)
        while True:
            try:
                event = self._next(began + seconds)
                if isinstance(event, h11.Data):
                    body.add(bytes(event.data), self._reads)
            except TransportFailure as failure:
                raise _failure(str(failure), head, body.chunks()) from None
            if isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return _response(head, body.chunks())
            elif isinstance(event, h11.ConnectionClosed):
                raise _failure("the connection was closed before the answer was whole", head, body.chunks())

    def close(self) -> None:
        self._socket.close()

    def _send(self, event: h11.Event) -> None:
        data = self._h11.send(event)
        try:
            if data:
                self._socket.sendall(data)
        except OSError:
            return  # a server may answer and close before it has read everything: what it said is read next

    def _next(self, deadline: float) -> h11.Event | type[h11.PAUSED]:
        while True:
            try:
                event = self._h11.next_event()
                if event is not h11.NEED_DATA:
                    return event  # type: ignore[return-value]
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self._socket.settimeout(left)
                self._h11.receive_data(self._socket.recv(READ_SIZE))
                self._reads += 1
            except h11.RemoteProtocolError as error:
                raise TransportFailure(f"the answer is not HTTP/1.1: {shown(_why(error))}") from None
            except TimeoutError:
                raise TransportFailure("no whole answer came in time") from None
            except OSError as error:
                raise TransportFailure(f"the connection broke: {error.strerror or error}") from None


class _Body:
    """The pieces of a body as they came: what was read at one time is one piece, however it is framed."""

    def __init__(self, began: float, bounds: Bounds) -> None:
        self._began = began
        self._bounds = bounds
        self._pieces: list[tuple[float, bytearray]] = []
        self._read = -1
        self._size = 0

    def add(self, data: bytes, read: int) -> None:
        """More of the body, by the ``read``-th reading of the socket. Raises `TransportFailure` beyond bounds."""
        self._size += len(data)
        if self._size > self._bounds.body_bytes:
            self._pieces.clear()
            raise TransportFailure(f"the body is longer than {self._bounds.body_bytes} bytes; no more was read")
        if read != self._read or not self._pieces:
            if len(self._pieces) >= self._bounds.pieces:
                raise TransportFailure(f"the body came in more than {self._bounds.pieces} pieces; no more was read")
            self._pieces.append((time.monotonic() - self._began, bytearray()))
            self._read = read
        self._pieces[-1][1].extend(data)

    def chunks(self) -> list[Chunk]:
        return [Chunk(at, bytes(data)) for at, data in self._pieces]


def _why(error: h11.RemoteProtocolError) -> str:
    """What h11 says is wrong, without the bytes that it found: nobody knows what they hold."""
    return _FOUND.sub("", str(error))


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _response(head: h11.Response, chunks: list[Chunk]) -> Response:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items())
    if any(name.lower() == "content-length" for name, _ in headers):
        return Response(head.status_code, headers, b"".join(chunk.data for chunk in chunks))
    return Response(head.status_code, headers, b"", tuple(chunks))


def _failure(what: str, head: h11.Response | None, chunks: list[Chunk]) -> TransportFailure:
    return TransportFailure(what, partial=None if head is None else _response(head, chunks))
