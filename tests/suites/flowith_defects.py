"""Ways to be wrong in one respect, each with the clause that it breaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from tests.suites.flowith_provider import (
    ROOT,
    SAMPLE_SEEK,
    Block,
    Change,
    Next,
    answer,
    answers,
    blocks_of,
    each_seed,
    framed,
    is_stream,
    is_whole,
    listed,
    refused_when,
    requests,
    seeds,
    status,
    stream,
    stream_bytes,
    stream_head,
    tagged,
    whole,
    with_body,
)
from understudy.http import Request, Response
from understudy.verify.observation import TransportFailure

GOOD = "Bearer flowith-test-good"
SEED_MEMBERS = ("id", "tokens", "content", "order", "source_id", "source_title", "nip")


def without(name: str) -> Callable[[Block], Block]:
    return lambda value: {key: entry for key, entry in value.items() if key != name}


def renamed(name: str, other: str) -> Callable[[Block], Block]:
    return lambda value: {other if key == name else key: entry for key, entry in value.items()}


def changed(**members: Any) -> Callable[[Block], Block]:
    """Members replaced; a function is given the lawful value."""
    return lambda value: {
        **value,
        **{name: new(value.get(name)) if callable(new) else new for name, new in members.items()},
    }


def let_in(condition: Callable[[str | None], bool], path: str = "") -> Change:
    """Requests whose Authorization header is a certain one are answered, by paths that end in a certain way."""

    def change(request: Request) -> Request:
        if condition(request.headers.get("authorization")) and request.path.endswith(path):
            return request._replace(headers={**request.headers, "authorization": f"{GOOD}-let-in-{id(request):x}"})
        return request

    return requests(change)


def as_stream(request: Request, send: Next) -> Response:
    """A seek that is not to be streamed is streamed all the same."""
    return send(request._replace(body=request.body.replace(b'"stream":false', b'"stream":true')))


def as_json(request: Request, send: Next) -> Response:
    return send(request._replace(body=request.body.replace(b'"stream":true', b'"stream":false')))


def ignores_scope(request: Request, send: Next) -> Response:
    """Whatever is named, the same knowledge base is searched."""
    if not request.body or b"kb_list" not in request.body:
        return send(request)
    try:
        body = json.loads(request.body)
        body["kb_list"] = ["c0ffee00-0000-4000-8000-000000000001"]
    except (ValueError, TypeError, RecursionError):
        return send(request)
    return send(request._replace(body=json.dumps(body).encode()))


def too_many(code: int) -> Change:
    return status((429, code))


def never_again() -> Change:
    """An account that was refused once for its rate is refused for ever."""
    gone: set[str] = set()

    def change(request: Request, send: Next) -> Response:
        token = request.headers.get("authorization", "")
        if token in gone:
            return answer(429, {"error": "Too Many Requests"})
        response = send(request)
        if response.status == 429:
            gone.add(token)
        return response

    return change


def by_path() -> Change:
    """Every path has a rate of its own."""

    def change(request: Request) -> Request:
        token = request.headers.get("authorization", "")
        if not token.startswith(GOOD) and "more" not in token:
            return request
        return request._replace(
            headers={**request.headers, "authorization": f"{token}-{request.path.split('/')[3][0]}"}
        )

    return requests(change)


def cut_off(request: Request, send: Next) -> Response:
    response = send(request)
    if is_stream(response):
        raise TransportFailure("the connection was closed before the answer was whole")
    return response


def said_before(blocks: list[Block]) -> list[Block]:
    """The final text in pieces, under no dialect."""
    final = blocks[-1]
    text = final["content"]
    return [*blocks[:-1], {**final, "content": text[:10]}, {**final, "content": text[10:]}]


def unusable(request: Request, send: Next) -> Response:
    """A model is listed that no seek may name."""
    response = listed(changed(models=["gpt-5-none", "gpt-4o-mini"]))(request, send)
    return refused_when(lambda request, body: body["model"] == "gpt-5-none", 400)(request, lambda _: response)


class Minute:
    """Twelve requests in as many seconds as this provider takes for a minute, by its own Date."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.made: dict[str, list[float]] = {}

    def __call__(self, request: Request, send: Next) -> Response:
        response = send(request)
        if response.status != 200:
            return response
        now = parsedate_to_datetime(response.header("date") or "").timestamp()
        made = self.made.setdefault(request.headers["authorization"], [])
        made[:] = [at for at in made if at > now - self.seconds]
        if len(made) >= 12:
            return answer(429, {"error": "Too Many Requests"})
        made.append(now)
        return response


def in_halves(value: Block) -> Block:
    return {**value, "content": value["content"].encode().decode("ascii", "replace")}


def unprefixed(body: bytes) -> bytes:
    return body.replace(b"data: ", b"", 1)


def euc_kr(body: bytes) -> bytes:
    blocks = blocks_of(Response(200, body=body))
    return b"".join(
        b"data: " + json.dumps(block, ensure_ascii=False).encode("euc-kr", "replace") + b"\n\n" for block in blocks
    )


def content_says(text: str) -> Callable[[Request, Mapping[str, Any]], bool]:
    return lambda request, body: text in body["messages"][-1]["content"]


def swapped(response: Response) -> Response:
    """Whole answers in the manner of a stream."""
    if not is_whole(response):
        return response
    return with_body(response, framed([json.loads(response.content)]))


Defect = tuple[str, Change]
DEFECTS: Mapping[str, Defect] = {
    # the head of a stream
    "a stream as event-stream": ("stream.media-type", stream_head(content_type="text/event-stream; charset=UTF-8")),
    "a stream without charset": ("stream.media-type", stream_head(content_type="text/plain")),
    "a stream in another charset": ("stream.media-type", stream_head(content_type="text/plain; charset=EUC-KR")),
    "a stream as JSON": ("stream.media-type", stream_head(content_type="application/json")),
    "a stream without a media type": ("stream.media-type", stream_head(content_type="")),
    "a stream with 201": (
        "stream.status",
        answers(lambda response: response._replace(status=201) if is_stream(response) else response),
    ),
    "EUC-KR": ("stream.utf-8", stream_bytes(euc_kr)),
    # framing
    "no data prefix": ("stream.data", stream_bytes(lambda body: body.replace(b"data: ", b""))),
    "one block without its prefix": ("stream.data", stream_bytes(unprefixed)),
    "another prefix": ("stream.data", stream_bytes(lambda body: body.replace(b"data: ", b"chunk: "))),
    "an empty stream": ("stream.data", stream_bytes(lambda body: b"")),
    "text that is no block": ("stream.data", stream_bytes(lambda body: body + b"done\n\n")),
    "cut-off JSON": ("stream.json", stream_bytes(lambda body: body[:-20])),
    "an array in a block": ("stream.json", stream(lambda blocks: [[block] for block in blocks])),
    "a bare DONE": ("stream.json", stream_bytes(lambda body: body + b"data: [DONE]\n\n")),
    "single quotes": ("stream.json", stream_bytes(lambda body: body.replace(b'"', b"'"))),
    "a stream that breaks off": ("service.http", cut_off),
    # blocks
    "another tag": ("stream.tag", tagged("searching", changed(tag="progress"))),
    "a tag in capitals": ("stream.tag", tagged("final", changed(tag="FINAL"))),
    "no tag": ("stream.tag", tagged("seeds", without("tag"))),
    "tag as type": ("stream.tag", stream(lambda blocks: [renamed("tag", "type")(block) for block in blocks])),
    "a tag of null": ("stream.tag", tagged("searching", changed(tag=None))),
    "no content": ("stream.content", tagged("searching", without("content"))),
    "content as text": ("stream.content", tagged("final", renamed("content", "text"))),
    "no progress": ("searching.content", tagged("searching", changed(content=None))),
    "seeds as an object": ("seeds.content", seeds(lambda pieces: {"items": pieces})),
    "seeds of null": ("seeds.content", seeds(lambda pieces: None)),
    "seeds as plain text": ("seeds.content", seeds(lambda pieces: "three pieces")),
    "pieces that are texts": ("seeds.pieces", each_seed(lambda piece: piece["content"])),
    "a piece twice": ("seeds.distinct", seeds(lambda pieces: [*pieces, *pieces[:1]])),
    **{f"pieces without {name}": (f"seed.{name.replace('_', '-')}", each_seed(without(name))) for name in SEED_MEMBERS},
    "pieces in camel case": ("seed.source-id", each_seed(renamed("source_id", "sourceId"))),
    "a title of null": ("seed.source-title", each_seed(changed(source_title=None))),
    "the last piece without order": (
        "seed.order",
        seeds(lambda pieces: [*pieces[:-1], *map(without("order"), pieces[-1:])]),
    ),
    # order
    "searching after seeds": ("stream.searching-first", stream(lambda blocks: [*blocks[:-1], blocks[0], blocks[-1]])),
    "seeds first": ("stream.searching-first", stream(lambda blocks: [*reversed(blocks[:-1]), blocks[-1]])),
    "seeds after final": ("stream.seeds-before-final", stream(lambda blocks: [*blocks, blocks[-2]])),
    "searching at the end": ("stream.final-last", stream(lambda blocks: [*blocks, blocks[0]])),
    "no final": ("stream.final-last", stream(lambda blocks: blocks[:-1])),
    "final first": ("stream.final-last", stream(lambda blocks: [blocks[-1], *blocks[:-1]])),
    "final twice": ("stream.final-once", stream(lambda blocks: [*blocks, blocks[-1]])),
    "final in pieces": ("stream.final-once", stream(said_before)),
    # the text
    "an empty final": ("final.content", tagged("final", changed(content=""))),
    "final as an object": ("final.content", tagged("final", changed(content=lambda text: {"text": text}))),
    "final as a list": ("final.content", tagged("final", changed(content=lambda text: [text]))),
    "a final that is cut off": ("final.content", tagged("final", changed(content=lambda text: text[:20]))),
    "a final without its last character": ("final.content", tagged("final", changed(content=lambda text: text[:-1]))),
    "characters that are lost": ("final.content", tagged("final", in_halves)),
    "a whole answer that is cut off": ("json.content", whole(changed(content=lambda text: text[:20]))),
    # answers that are not streamed
    "a whole answer with 201": (
        "json.status",
        answers(lambda response: response._replace(status=201) if is_whole(response) else response),
    ),
    "a whole answer as text": ("json.media-type", whole(lambda value: value, content_type="text/plain; charset=UTF-8")),
    "an array": ("json.object", whole(lambda value: [value])),
    "a whole answer within data": ("json.object", whole(lambda value: {"data": value})),
    "a whole answer in a block": ("body.stream-off", answers(swapped)),
    "another tag of a whole answer": ("json.tag", whole(changed(tag="answer"))),
    "no tag of a whole answer": ("json.object", whole(without("tag"))),
    "no content of a whole answer": ("json.object", whole(without("content"))),
    "a content of null": ("json.content", whole(changed(content=None))),
    "an empty content": ("json.content", whole(changed(content=" \n"))),
    "a content that is a list": ("json.content", whole(changed(content=lambda text: [text]))),
    "always streamed": ("body.stream-off", as_stream),
    "never streamed": ("body.stream-on", as_json),
    # what is refused
    "no sample path": (
        "seek.sample-path",
        lambda request, send: answer(404, {}) if request.path == SAMPLE_SEEK else send(request),
    ),
    "no documented path": (
        "seek.path",
        lambda request, send: answer(404, {}) if request.path == f"{ROOT}seek-knowledge/seek" else send(request),
    ),
    "no list": (
        "models.path",
        lambda request, send: answer(404, {}) if request.path == f"{ROOT}seek-knowledge/models" else send(request),
    ),
    "the sample path does not stream": (
        "seek.sample-path",
        refused_when(lambda request, body: request.path == SAMPLE_SEEK and body["stream"] is True, 400),
    ),
    "no assistant": (
        "message.role-assistant",
        refused_when(lambda request, body: any(said["role"] == "assistant" for said in body["messages"]), 400),
    ),
    "one message only": ("message.several", refused_when(lambda request, body: len(body["messages"]) > 1, 422)),
    "a listed model is refused": (
        "models.gpt-4-1-mini",
        refused_when(lambda request, body: body["model"] == "gpt-4.1-mini", 400),
    ),
    "User-Agent is required": (
        "header.user-agent",
        lambda request, send: send(request) if "user-agent" in request.headers else answer(403, {"error": "agent"}),
    ),
    "HTTPie is refused": (
        "header.user-agent-value",
        lambda request, send: answer(403, {}) if request.headers.get("user-agent") == "HTTPie" else send(request),
    ),
    "emoji break it": ("stream.status", refused_when(content_says("👩🏽‍💻"), 500)),
    "long questions break it": ("json.status", refused_when(lambda request, body: len(request.body) > 9_000, 500)),
    "NUL breaks it": ("json.status", refused_when(content_says("\x00"), 500)),
    # the list of models
    "an empty list": ("models.purpose", listed(lambda value: {"models": []})),
    "a list of nothing": ("models.purpose", listed(lambda value: {})),
    "a list of null": ("models.purpose", listed(lambda value: None)),
    "a list that cannot be asked": ("models.usable", unusable),
    # access
    "no token needed": ("auth.token-needed", let_in(lambda value: value is None)),
    "no token needed for lists": ("auth.models-token", let_in(lambda value: value is None, "/models")),
    "no token needed by the sample path": ("auth.token-needed", let_in(lambda value: value is None, "base/seek")),
    "no token needed by the oldest path": ("auth.token-needed", let_in(lambda value: value is None, "seek-knowledge")),
    "any token will do": ("auth.token-known", let_in(lambda value: "unknown" in (value or ""))),
    "any token will do for lists": (
        "auth.models-token",
        let_in(lambda value: "unknown" in (value or ""), "knowledge-base/models"),
    ),
    "a part of a token will do": (
        "auth.token-known",
        let_in(lambda value: value is not None and value.startswith("Bearer ") and f"{GOOD}".startswith(value)),
    ),
    "a token without its scheme will do": (
        "auth.token-needed",
        let_in(lambda value: value is not None and value.startswith("flowith-test-good")),
    ),
    "an empty header will do": ("auth.token-needed", let_in(lambda value: value == "")),
    # what is searched
    "everything is searched": ("scope.listed", ignores_scope),
    # the rate
    "another status for the rate": ("rate.refused", too_many(403)),
    "503 for the rate": ("rate.refused", too_many(503)),
    "success for the rate": ("rate.refused", status((429, 200))),
    "a rate for each path": ("rate.refused", by_path()),
    "never let in again": ("rate.limit", never_again()),
}
RATES: Mapping[str, tuple[str, int | None]] = {
    "no rate": ("rate.refused", None),
    "one request more": ("rate.refused", 13),
    "twice as many requests": ("rate.refused", 24),
    "one request less": ("rate.limit", 11),
    "half as many requests": ("rate.limit", 6),
}
FOUND_EMBEDDED_ONLY = frozenset(
    (
        "emoji break it",
        "long questions break it",
        "NUL breaks it",
        "an empty header will do",
        "a token without its scheme will do",
        "a part of a token will do",
        "no token needed by the oldest path",
    )
)
"""Those that need more calls than a target that is not ours is asked for."""
