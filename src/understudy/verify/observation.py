"""What a black-box observer has of one exchange: the request that was sent and what came back, if anything did."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from understudy.http import Request, Response


class Observation(NamedTuple):
    """One exchange as seen from outside.

    ``at`` is when the request was sent and ``elapsed`` how long the answer took, both in seconds; ``at`` counts from
    any fixed moment. ``response`` is None when there was none to read, and ``failure`` says why; ``partial`` is what
    came of an answer that did not come whole.
    """

    number: int
    at: float
    elapsed: float
    request: Request
    response: Response | None
    failure: str | None = None
    partial: Response | None = None


class Transport(Protocol):
    """Whatever carries a request to a target: a socket, or an engine in the same process.

    Raises:
        TransportFailure: no whole answer came back.
    """

    def send(self, request: Request) -> Response: ...

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        """Have all requests in flight at the same time: every head is sent before any body is finished."""
        ...

    def stall(self, request: Request, seconds: float) -> Response:
        """Send the head and half of the body, then nothing more, and wait at most ``seconds`` for an answer."""
        ...


class TransportFailure(Exception):
    """No whole answer came back. The text says what happened instead, and never holds a credential.

    ``partial`` is what could be read of an answer before it failed.
    """

    def __init__(self, what: str, *, unreachable: bool = False, partial: Response | None = None) -> None:
        super().__init__(what)
        self.unreachable = unreachable
        self.partial = partial
