"""Calls to an engine in the same process, as a verification's transport: no socket, no thread."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import formatdate

from understudy.engine import Engine
from understudy.errors import StreamFault
from understudy.http import Chunk, Request, Response
from understudy.journal import Exchange
from understudy.verify.observation import TransportFailure


class EngineTransport:
    """Carries requests to ``engine``, and does at the wire what the contract's ``x-limits`` ask of a server."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def send(self, request: Request) -> Response:
        most = self._engine.limits.get("body_bytes")
        if most is not None and len(request.body) > most:
            return _as_sent(self._engine.refuse("body_too_large", request))
        return _as_sent(self._engine.handle(request))

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        return [self.send(request._replace(in_flight=number)) for number, request in enumerate(requests)]

    def stall(self, request: Request, seconds: float) -> Response:
        wait = self._engine.limits.get("wait_seconds")
        if wait is None or wait > seconds:
            raise TransportFailure(f"no answer came within {seconds} seconds")
        return _as_sent(self._engine.refuse("request_timeout", request))


def _as_sent(exchange: Exchange) -> Response:
    """The answer with what a server adds to its head: the length of a whole body, and the time of the stage."""
    response = exchange.response
    added: tuple[tuple[str, str], ...] = (("Date", formatdate(exchange.at, usegmt=True)),)
    if response.stream is None:
        added += (("Content-Length", str(len(response.body))),)
    bodiless = exchange.request.method == "HEAD"
    answer = response._replace(headers=response.headers + added, body=b"" if bodiless else response.body)
    if response.stream is None:
        return answer
    return answer._replace(stream=()) if bodiless else _read(answer, response.stream)


def _read(answer: Response, stream: Iterable[Chunk]) -> Response:
    """The answer with all of its stream, which is read here as over a connection: to its end, at once."""
    chunks: list[Chunk] = []
    try:
        for chunk in stream:
            chunks.append(chunk)
    except StreamFault as fault:
        raise TransportFailure(str(fault), partial=answer._replace(stream=tuple(chunks))) from fault
    return answer._replace(stream=tuple(chunks))
