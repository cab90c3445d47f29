"""An engine as an ASGI 3 application: for HTTP/2, for TLS, or beside an application that is there already.

::

    uvicorn --factory my_module:app                 # where app() returns asgi_app(engine)
    httpx.AsyncClient(transport=httpx.ASGITransport(asgi_app(engine)), base_url="http://mock")

The server in front decides what the wire decides: Host, timeouts, header caps and connections are its own. So of the
faults of a stage those can be performed that need no connection; one that cuts an answer off raises `CutOff`, by which
the server in front closes. It needs asyncio.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any
from urllib.parse import quote

from understudy.adapters.wire.delivery import due_times
from understudy.adapters.wire.lane import Lane
from understudy.adapters.wire.limits import WireLimits
from understudy.adapters.wire.pace import Pace
from understudy.adapters.wire.provider import BODY_TOO_LARGE, REQUEST_TIMEOUT, Provider, refusal
from understudy.adapters.wire.response_head import BODILESS, field
from understudy.faults import EmptyReply, Fault, Garbage, Reset, Split, TruncatedChunk, WrongLength
from understudy.faults.kinds import before_head
from understudy.faults.pieces import Pieces, disturbed_body
from understudy.http import Chunk, LiveStream, Request, Response
from understudy.journal import Exchange

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

FRONT = frozenset(("connection", "content-length", "transfer-encoding"))
"""Fields that are the business of the server in front."""


class Disconnected(Exception):
    """The client is gone."""


class CutOff(Exception):
    """A fault of the stage ends an answer before its end. There is nothing to mend."""


def asgi_app(engine: Provider) -> App:
    """An application that answers as ``engine`` does, delays and streams included."""
    return _App(engine)


class _App:
    def __init__(self, engine: Provider) -> None:
        self._engine = engine
        self._lanes: dict[Provider, Lane] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        else:
            raise ValueError(f"ASGI scope {scope['type']!r} is not known here: expected http, lifespan or websocket")

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, loop = _headers(scope), asyncio.get_running_loop()
        lane = self._lane(headers, loop)
        others = lane.others(headers)
        credential = lane.enter(headers)
        try:
            exchange = await _exchange(lane, scope, headers, others, receive)
            if exchange.fault is not None and not exchange.fault.fault.replaces:
                await _perform(
                    _performable(exchange, exchange.fault.fault), Pace(lane.engine.stage, loop), receive, send
                )
            elif exchange.response.stream is None and not exchange.latency:
                await _begin(exchange, send)
                await _end(b"" if _bodiless(exchange) else exchange.response.body, send)
            else:
                await _perform(exchange, Pace(lane.engine.stage, loop), receive, send)
        except Disconnected:
            return
        finally:
            lane.leave(credential)

    def _lane(self, headers: Mapping[str, str], loop: asyncio.AbstractEventLoop) -> Lane:
        """The lane of the stage that a request with these headers is for."""
        engine = self._engine.choose(headers)
        lane = self._lanes.get(engine)
        if lane is None:
            self._lanes = {one: lane for one, lane in self._lanes.items() if not one.stage.closed}
            lane = self._lanes[engine] = Lane(engine, loop, WireLimits())
        return lane


async def _exchange(lane: Lane, scope: Scope, headers: Mapping[str, str], others: int, receive: Receive) -> Exchange:
    peer = str(scope["client"][0]) if scope.get("client") else ""
    request = Request(scope["method"], _target(scope), headers, b"", peer, others)
    if _declared(headers) > lane.body_bytes:
        return _refuse(lane.engine, BODY_TOO_LARGE, request)
    body = bytearray()
    try:
        async with asyncio.timeout(lane.wait_seconds):
            whole = await _read(receive, body, lane.body_bytes)
    except TimeoutError:
        return _refuse(lane.engine, REQUEST_TIMEOUT, request._replace(body=bytes(body)))
    request = request._replace(body=bytes(body))
    return lane.engine.handle(request) if whole else _refuse(lane.engine, BODY_TOO_LARGE, request)


def _refuse(engine: Provider, kind: str, request: Request) -> Exchange:
    exchange = refusal(engine, kind, request)
    if exchange is not None:
        return exchange
    status, text = (413, "too long") if kind == BODY_TOO_LARGE else (408, "too slow to arrive")
    answer = Response(status, (("Content-Type", "text/plain"),), f"understudy: the body is {text}\n".encode())
    return Exchange(0, engine.stage.clock.now(), engine.stem, None, request, answer)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        phase = (await receive())["type"]
        await send({"type": f"{phase}.complete"})
        if phase == "lifespan.shutdown":
            return


def _headers(scope: Scope) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _declared(headers: Mapping[str, str]) -> float:
    """What Content-Length says, 0 when it says nothing that is a number."""
    text = headers.get("content-length", "")
    return float(text) if text.isascii() and text.isdigit() else 0


def _target(scope: Scope) -> str:
    """The origin form, still percent-encoded: ``raw_path`` has it where the server gives one."""
    raw = scope.get("raw_path")
    path = raw.decode("latin-1").partition("?")[0] if raw else quote(scope["path"], safe="/:@!$&'()*+,;=~-._")
    query = scope.get("query_string", b"")
    return f"{path}?{query.decode('latin-1')}" if query else path


async def _read(receive: Receive, body: bytearray, most: int) -> bool:
    """Read a body into ``body``. False when it is longer than ``most`` bytes. Raises `Disconnected`."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            return False
    return True


async def _perform(exchange: Exchange, pace: Pace, receive: Receive, send: Send) -> None:
    """Send an answer that takes time, when it is due. Ends early when the client is gone, or as a fault has it."""
    fault = None if exchange.fault is None else exchange.fault.fault
    stream, body = exchange.response.stream, exchange.response.body
    if _bodiless(exchange):
        stream, body = None, b""
    elif fault is not None and stream is None and (pieces := disturbed_body(body, fault)) is not None:
        stream, body = pieces, b""
    gone = asyncio.ensure_future(_disconnect(receive))
    try:
        begin = pace.now() + exchange.latency
        while begin > pace.now():
            await _until(begin, pace, gone)
        if gone.done():
            raise Disconnected
        if fault is None or not before_head(fault):
            await _begin(exchange, send)
        await _stream(stream or (), max(begin, pace.now()), pace, gone, send)
        if fault is not None and fault.ending == "silent":
            await gone
            raise Disconnected
        if fault is not None and fault.ending == "closed":
            raise CutOff(f"the fault {type(fault).__name__} of this stage closes the connection here")
        await _end(body, send)
    finally:
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)


def _performable(exchange: Exchange, fault: Fault) -> Exchange:
    """The exchange, or one that says that the fault it has cannot be performed here."""
    whole = exchange.response.stream is None
    if not isinstance(fault, Reset | TruncatedChunk | WrongLength | EmptyReply | Garbage) and not (
        whole and isinstance(fault, Split) and fault.inside == "line_end"
    ):
        return exchange
    told = (
        f"understudy: the fault {type(fault).__name__} cannot be performed over ASGI, where the connection is the "
        f"server's in front; serve this service with `understudy serve`\n"
    )
    answer = Response(500, (("Content-Type", "text/plain; charset=utf-8"),), told.encode())
    return exchange._replace(response=answer, fault=None)


async def _stream(
    stream: Sequence[Chunk] | LiveStream, begin: float, pace: Pace, gone: asyncio.Future[None], send: Send
) -> None:
    """Send the chunks of a stream when they are due; of a live one, as it is by then."""
    loop, changed, index, at = asyncio.get_running_loop(), asyncio.Event(), 0, due_times(stream)
    unwatch = None

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)

    if isinstance(stream, LiveStream):
        unwatch = stream.watch(wake)
    try:
        while index < len(stream):
            changed.clear()
            if begin + at(index) > pace.now():
                await _until(begin + at(index), pace, gone, changed)
                continue
            data = stream[index].data
            if data:
                await send({"type": "http.response.body", "body": data, "more_body": True})
            if isinstance(stream, Pieces) and (pause := stream.pause(index)):
                await asyncio.wait((gone,), timeout=pause)
            index += 1
            if gone.done():
                raise Disconnected
    finally:
        if unwatch is not None:
            unwatch()


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _until(when: float, pace: Pace, gone: asyncio.Future[None], changed: asyncio.Event | None = None) -> None:
    """Wait until ``when`` of the pace, or until ``changed``. Raises `Disconnected` when the client is gone before."""
    if when > pace.now():
        due = changed or asyncio.Event()
        woken = asyncio.ensure_future(due.wait())
        waiting = pace.call_at(when, due.set)
        try:
            await asyncio.wait((woken, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            woken.cancel()
            await asyncio.gather(woken, return_exceptions=True)
    if gone.done():
        raise Disconnected


async def _begin(exchange: Exchange, send: Send) -> None:
    response = exchange.response
    headers = [field(name.lower(), value) for name, value in response.headers if name.lower() not in FRONT]
    if response.stream is None and response.status not in BODILESS:
        headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})


async def _end(body: bytes, send: Send) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _bodiless(exchange: Exchange) -> bool:
    return exchange.request.method == "HEAD" or exchange.response.status in BODILESS
