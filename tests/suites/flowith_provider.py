"""A provider of Flowith's contract that can be made to differ: the mock, and what is changed of its answers on the way.

Answers are taken to pieces and put together again here, so what a variant sends owes nothing to the mock's own writing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from understudy.adapters.inprocess import EngineTransport
from understudy.http import Chunk, Request, Response
from understudy.verify.observation import TransportFailure

Block = dict[str, Any]
Next = Callable[[Request], Response]
Change = Callable[[Request, Next], Response]

ROOT = "/external/use/"
SAMPLE_SEEK = f"{ROOT}knowledge-base/seek"


class Provider:
    """Passes requests to ``engine`` through ``change``."""

    def __init__(self, inner: EngineTransport, change: Change | None = None) -> None:
        self._inner = inner
        self._change = change

    def send(self, request: Request) -> Response:
        return self._change(request, self._inner.send) if self._change is not None else self._inner.send(request)

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        return [self.send(request) for request in requests]

    def stall(self, request: Request, seconds: float) -> Response:
        raise TransportFailure(f"no answer came within {seconds} seconds")


# -- what is changed


def blocks_of(response: Response) -> list[Block]:
    return [json.loads(text[6:]) for text in response.content.split(b"\n\n") if text]


def framed(blocks: list[Any], *, prefix: bytes = b"data: ", end: bytes = b"\n\n") -> bytes:
    return b"".join(prefix + json.dumps(block, ensure_ascii=False).encode() + end for block in blocks)


def with_body(response: Response, body: bytes, **headers: str) -> Response:
    """The response with another body, in one piece, and headers replaced or, if empty, left out."""
    named = {name.replace("_", "-").lower(): text for name, text in headers.items()}
    kept = [(name, text) for name, text in response.headers if name.lower() not in {*named, "content-length"}]
    kept += [(name, text) for name, text in named.items() if text]
    return response._replace(headers=(*kept, ("Content-Length", str(len(body)))), body=body, stream=None)


def answer(status: int, value: Any, **headers: str) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return with_body(Response(status), body, **{"content_type": "application/json", **headers})


def is_stream(response: Response) -> bool:
    return response.status == 200 and response.content.startswith(b"data:")


def is_whole(response: Response) -> bool:
    return response.status == 200 and response.content.startswith(b'{"tag"')


def is_list(response: Response) -> bool:
    return response.status == 200 and response.content.startswith(b'{"models"')


def stream(change: Callable[[list[Block]], list[Any]]) -> Change:
    """The blocks of every streamed answer changed."""
    return stream_bytes(lambda body: framed(change(blocks_of(Response(200, body=body)))))


def stream_bytes(change: Callable[[bytes], bytes]) -> Change:
    return answers(lambda response: with_body(response, change(response.content)) if is_stream(response) else response)


def stream_head(**headers: str) -> Change:
    return answers(
        lambda response: with_body(response, response.content, **headers) if is_stream(response) else response
    )


def whole(change: Callable[[Block], Any], **headers: str) -> Change:
    """Every answer that is not streamed changed."""

    def changed(response: Response) -> Response:
        if not is_whole(response):
            return response
        body = json.dumps(change(json.loads(response.content)), ensure_ascii=False).encode()
        return with_body(response, body, **headers)

    return answers(changed)


def listed(change: Callable[[Any], Any], **headers: str) -> Change:
    """Every list of models changed."""

    def changed(response: Response) -> Response:
        if not is_list(response):
            return response
        return with_body(response, json.dumps(change(json.loads(response.content))).encode(), **headers)

    return answers(changed)


def answers(change: Callable[[Response], Response]) -> Change:
    return lambda request, send: change(send(request))


def requests(change: Callable[[Request], Request]) -> Change:
    return lambda request, send: send(change(request))


def status(*pairs: tuple[int, int]) -> Change:
    other = dict(pairs)
    return answers(lambda response: response._replace(status=other.get(response.status, response.status)))


def seeds(change: Callable[[list[Any]], Any]) -> Change:
    """The content of every seeds block changed."""

    def changed(blocks: list[Block]) -> list[Any]:
        return [
            {**block, "content": change(block["content"])} if block["tag"] == "seeds" else block for block in blocks
        ]

    return stream(changed)


def each_seed(change: Callable[[Block], Any]) -> Change:
    return seeds(lambda pieces: [change(piece) for piece in pieces])


def tagged(tag: str, change: Callable[[Block], Block]) -> Change:
    """Every block of a tag changed."""
    return stream(lambda blocks: [change(block) if block["tag"] == tag else block for block in blocks])


def cut(response: Response, size: int) -> Response:
    """A streamed answer in chunks of ``size`` bytes, which end inside of characters."""
    body = response.content
    pieces = [Chunk(0.01 * place, body[place : place + size]) for place in range(0, len(body), size)]
    return response._replace(body=b"", stream=tuple(pieces))


def refused_when(condition: Callable[[Request, Mapping[str, Any]], bool], code: int) -> Change:
    """Refuse lawful seeks for which ``condition`` holds of the request and its body."""

    def changed(request: Request, send: Next) -> Response:
        response = send(request)
        if response.status != 200 or not request.body or not condition(request, json.loads(request.body)):
            return response
        return answer(code, {"error": "no"})

    return changed
