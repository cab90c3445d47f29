"""Calls to an engine in the same process, as a verification's transport: no socket, no thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from email.utils import formatdate
from typing import Any, Protocol

from understudy.errors import StreamFault
from understudy.faults import Fault, Garbage, WrongLength
from understudy.faults.kinds import announced, before_head
from understudy.faults.pieces import disturbed_body
from understudy.http import Chunk, Request, Response
from understudy.journal import Exchange
from understudy.verify.observation import TransportFailure

CUT_OFF = "the connection was closed before the answer was whole"
ENDINGS = {"closed": CUT_OFF, "silent": "no whole answer came in time", "reset": "the connection broke: it was reset"}
BODILESS = frozenset((204, 304))


class Answering(Protocol):
    """The part of an engine that is called; a mutant in front of one has it too."""

    @property
    def limits(self) -> Mapping[str, Any]: ...

    def handle(self, request: Request) -> Exchange: ...

    def refuse(self, kind: str, request: Request) -> Exchange: ...


class EngineTransport:
    """Carries requests to ``engine``, and does at the wire what the contract's ``x-limits`` ask of a server."""

    def __init__(self, engine: Answering) -> None:
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
    """The answer as it comes over a connection. Raises `TransportFailure` where a fault keeps it from coming whole."""
    fault = None if exchange.fault is None else exchange.fault.fault
    if fault is None:
        return _sent(exchange)
    if before_head(fault):
        raise _failure(fault)
    bodiless = exchange.request.method == "HEAD" or exchange.response.status in BODILESS
    if isinstance(fault, WrongLength) and not bodiless:
        return _misannounced(_sent(exchange), fault.by)
    answer = _sent(exchange)
    if fault.ending == "whole":
        return answer
    if bodiless:
        raise _failure(fault)
    if answer.stream is not None:  # disturbed already
        raise _failure(fault, answer)
    pieces = disturbed_body(answer.body, fault)
    sent = answer.body if pieces is None else b"".join(piece.data for piece in pieces)
    raise _failure(fault, answer._replace(body=sent) if answer.body else None)


def _sent(exchange: Exchange) -> Response:
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


def _misannounced(answer: Response, by: int) -> Response:
    """The answer as it is read by its length, which is wrong."""
    body = answer.content
    length = announced(len(body), by)
    headers = tuple(field for field in answer.headers if field[0] != "Content-Length")
    read = Response(answer.status, (*headers, ("Content-Length", str(length))), body[:length])
    if length > len(body):
        raise TransportFailure(CUT_OFF, partial=read)
    return read


def _failure(fault: Fault, partial: Response | None = None) -> TransportFailure:
    """What a client over a connection would be told, in the words of the transport that has one."""
    if isinstance(fault, Garbage):
        return TransportFailure("the answer is not HTTP/1.1: what came is no status line")
    return TransportFailure(ENDINGS[fault.ending], partial=partial)


def _read(answer: Response, stream: Iterable[Chunk]) -> Response:
    """The answer with all of its stream, which is read here as over a connection: to its end, at once."""
    chunks: list[Chunk] = []
    try:
        for chunk in stream:
            chunks.append(chunk)
    except StreamFault as fault:
        raise TransportFailure(str(fault), partial=answer._replace(stream=tuple(chunks))) from fault
    return answer._replace(stream=tuple(chunks))
