"""A provider that differs where the document is silent, or speaks in two ways, is not failed for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.suites.flowith_defects import Minute
from tests.suites.flowith_provider import (
    ROOT,
    Block,
    Change,
    Next,
    answer,
    answers,
    blocks_of,
    cut,
    each_seed,
    framed,
    is_stream,
    listed,
    refused_when,
    seeds,
    status,
    stream,
    stream_bytes,
    stream_head,
    tagged,
    whole,
    with_body,
)
from tests.suites.flowith_verification import CREDENTIALS, session_with, verified, violated
from understudy.http import Request, Response


def framing(change: Callable[[list[Block]], bytes]) -> Change:
    return stream_bytes(lambda body: change(blocks_of(Response(200, body=body))))


def pretty(blocks: list[Block]) -> bytes:
    """JSON over several lines, each with the field's name, as Server-Sent Events have it."""
    texts = (json.dumps(block, indent=2).splitlines() for block in blocks)
    return b"".join(b"".join(b"data: " + line.encode() + b"\n" for line in lines) + b"\n" for lines in texts)


def kept_alive(blocks: list[Block]) -> bytes:
    return b": connected\n\n" + b": keep-alive\n\n".join(framed([block]) for block in blocks) + b": bye\n\n"


def named(blocks: list[Block]) -> bytes:
    return b"".join(
        b"id: %d\nevent: message\nretry: 3000\n" % place + framed([block]) for place, block in enumerate(blocks)
    )


def chunks(size: int) -> Change:
    return answers(lambda response: cut(response, size) if is_stream(response) else response)


def slower(response: Response) -> Response:
    if not is_stream(response) or response.stream is None:
        return response
    return response._replace(stream=tuple(chunk._replace(at=chunk.at * 90) for chunk in response.stream))


def refusals(change: Callable[[Response], Response]) -> Change:
    return answers(lambda response: change(response) if response.status >= 400 else response)


def bare(response: Response) -> Response:
    headers = tuple((name, text) for name, text in response.headers if name.lower() not in ("retry-after", "date"))
    return response._replace(headers=headers)


class Counting:
    """Every answer is in other words, and each of them goes on where the one before ended."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, request: Request, send: Next) -> Response:
        self.count += 1
        text = "답변 😀 " * self.count
        changed = tagged("final", lambda block: {**block, "content": text})(request, send)
        return whole(lambda value: {**value, "content": text})(request, lambda _: changed)


def says_done(request: Request, send: Next) -> Response:
    def change(value: Block) -> Block:
        return {**value, "content": "data: [DONE]\n\n" + value["content"]}

    return whole(change)(request, lambda _: tagged("final", change)(request, send))


def other_models(request: Request, send: Next) -> Response:
    """Other models than the document mentions, and no seek with one that is not listed."""
    response = listed(lambda value: {"models": ["claude-소네트", "로컬-7b"]})(request, send)
    return refused_when(lambda request, body: body["model"] not in ("claude-소네트", "로컬-7b"), 400)(
        request, lambda _: response
    )


def only_documented(request: Request, send: Next) -> Response:
    """Nothing is served that only others tell of: no oldest path, no live path of the list, no system."""
    if request.path in (f"{ROOT}seek-knowledge", f"{ROOT}knowledge-base/models"):
        return answer(404, {"message": "없음"})

    def odd(request: Request, body: Mapping[str, Any]) -> bool:
        roles = [said["role"] for said in body["messages"]]
        fixtures = ("c0ffee00-0000-4000-8000-000000000001", "c0ffee00-0000-4000-8000-000000000002")
        known = bool(body["kb_list"]) and all(id in fixtures for id in body["kb_list"])
        return (
            "system" in roles
            or roles[-1] != "user"
            or set(body) != {"messages", "model", "stream", "kb_list"}
            or not known
        )

    return refused_when(odd, 422)(request, send)


def every_role_and_member(request: Request, send: Next) -> Response:
    """Whatever is wrong with a seek, it is answered."""
    response = send(request)
    if response.status in (400, 403):
        return answer(200, {"tag": "final", "content": "알겠습니다."})
    return response


class ByAddress:
    """Twelve requests a minute for an address, whatever their token: one account for all."""

    def __call__(self, request: Request, send: Next) -> Response:
        token = request.headers.get("authorization", "")
        if "flowith-test-more" in token:
            token = "Bearer flowith-test-good"
        return send(request._replace(headers={**request.headers, "authorization": token} if token else request.headers))


def only_seeks_count(request: Request, send: Next) -> Response:
    if request.method != "GET" or not request.path.endswith("/models"):
        return send(request)
    token = request.headers.get("authorization", "")
    fresh = f"{token}-{id(request):x}" if token.startswith("Bearer flowith-test-") else token
    return send(request._replace(headers={**request.headers, "authorization": fresh} if token else request.headers))


VARIANTS: Mapping[str, Change] = {
    # framing
    "CRLF": framing(lambda blocks: framed(blocks, end=b"\r\n\r\n")),
    "CR": framing(lambda blocks: framed(blocks, end=b"\r\r")),
    "no space behind data": framing(lambda blocks: framed(blocks, prefix=b"data:")),
    "a line for each block": framing(lambda blocks: framed(blocks, end=b"\n")),
    "no line end at the end": framing(lambda blocks: framed(blocks)[:-2]),
    "more empty lines": framing(lambda blocks: b"\n\n" + framed(blocks, end=b"\n\n\n\n")),
    "comments and keep-alives": framing(kept_alive),
    "event, id and retry": framing(named),
    "blocks of several lines": framing(pretty),
    "a byte order mark": stream_bytes(lambda body: b"\xef\xbb\xbf" + body),
    "escapes": framing(lambda blocks: b"".join(b"data: " + json.dumps(block).encode() + b"\n\n" for block in blocks)),
    **{f"chunks of {size} bytes": chunks(size) for size in (1, 2, 7, 64)},
    # heads
    "charset in small letters": stream_head(content_type="text/plain;charset=utf-8"),
    "charset in quotes": stream_head(content_type='Text/Plain; charset="UTF-8"; format=flowed'),
    "JSON with a charset": whole(lambda value: value, content_type="application/json; charset=utf-8"),
    "more headers": answers(lambda response: response._replace(headers=(*response.headers, ("X-Request-Id", "가")))),
    # blocks
    "several searching blocks": stream(lambda blocks: [*blocks[:1] * 5, *blocks[1:]]),
    "no searching": stream(lambda blocks: [block for block in blocks if block["tag"] != "searching"]),
    "no seeds": stream(lambda blocks: [block for block in blocks if block["tag"] != "seeds"]),
    "final alone": stream(lambda blocks: blocks[-1:]),
    "several seeds blocks": stream(lambda blocks: [*blocks[:-1], {"tag": "seeds", "content": []}, blocks[-1]]),
    "nothing found": seeds(lambda pieces: []),
    "seeds within a string": seeds(lambda pieces: json.dumps(pieces, ensure_ascii=False)),
    "progress as an object": tagged("searching", lambda block: {**block, "content": {"done": 1, "of": 3}}),
    "progress as a number": tagged("searching", lambda block: {**block, "content": 0.5}),
    "more members": stream(lambda blocks: [{"id": 7, **block, "여분": [None, {"😀": 1}]} for block in blocks]),
    "more members of pieces": each_seed(lambda piece: {**piece, "score": 0.9, "url": None}),
    "numbers as text": each_seed(lambda piece: {**piece, "tokens": "17", "order": "0", "nip": "0.5"}),
    "ids as numbers": each_seed(lambda piece: {**piece, "id": hash(piece["id"]) % 2**31, "source_id": 12}),
    "the same text in two places": seeds(
        lambda pieces: [*pieces, *({**piece, "id": piece["id"] + "-2"} for piece in pieces[:1])]
    ),
    # answers
    "other words every time": Counting(),
    "text that says DONE": says_done,
    "more members of a whole answer": whole(lambda value: {"usage": {"tokens": 3}, **value}),
    "a whole answer on many lines": answers(
        lambda response: (
            with_body(response, json.dumps(json.loads(response.content), indent=1).encode())
            if response.status == 200 and not is_stream(response)
            else response
        )
    ),
    "slower": answers(slower),
    # models
    "other models": other_models,
    "more models": listed(lambda value: {"models": [*value["models"], "더-큰-모델"]}),
    "models as objects": listed(lambda value: {"data": [{"id": name, "owner": "x"} for name in value["models"]]}),
    "models as an array": listed(lambda value: value["models"]),
    "a list as text": answers(
        lambda response: (
            with_body(response, b"gpt-4o-mini\ngpt-4.1-mini\n", content_type="text/plain")
            if response.content.startswith(b'{"models"')
            else response
        )
    ),
    # refusals
    "422 for what is wrong": status((400, 422)),
    "403 for a wrong token": status((401, 403)),
    "404 for a wrong token": status((401, 404)),
    "500 for what is wrong": status((400, 500)),
    "refusals without a body": refusals(lambda response: with_body(response, b"")),
    "refusals as HTML": refusals(lambda response: with_body(response, b"<h1>no</h1>", content_type="text/html")),
    "refusals in other words": refusals(
        lambda response: with_body(response, json.dumps({"detail": [{"msg": "안 됩니다"}]}).encode())
    ),
    "no Retry-After": answers(bare),
    "Retry-After as a date": refusals(
        lambda response: response._replace(
            headers=(*bare(response).headers, ("Retry-After", "Fri, 31 Dec 2027 23:59:59 GMT"))
        )
    ),
    "only what is documented": only_documented,
    "everything is answered": every_role_and_member,
    # the rate
    "a rate for an address": ByAddress(),
    "only seeks count": only_seeks_count,
}


@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "elsewhere"])
@pytest.mark.parametrize("name", VARIANTS)
def test_variant_is_not_failed(name: str, embedded: bool) -> None:
    assert not violated(verified(VARIANTS[name], embedded=embedded))


@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "elsewhere"])
def test_minutes_of_the_clock_are_lawful(embedded: bool) -> None:
    assert not violated(verified(embedded=embedded, served_dialects=frozenset({"fixed-window"})))


@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "elsewhere"])
def test_many_finals_are_lawful_under_their_dialect_alone(embedded: bool) -> None:
    observed = frozenset({"observed"})
    assert not violated(verified(embedded=embedded, dialects=observed))
    once = violated(verified(embedded=embedded, served_dialects=observed))
    assert set(once) == {"flowith.stream.final-once", "flowith.models.path"}


@pytest.mark.parametrize(
    "change",
    [
        stream_bytes(lambda body: body + b"data: [DONE]\n\n"),
        stream(lambda blocks: [*blocks, {"tag": "final", "content": "[DONE]"}]),
        None,
    ],
    ids=["bare", "in a final", "none"],
)
def test_one_final_is_lawful_under_the_dialect_of_many(change: Change | None) -> None:
    found = verified(change, dialects=frozenset({"observed"}), served_dialects=frozenset())
    assert not violated(found)


def test_a_burst_over_the_turn_of_a_minute_is_lawful() -> None:
    """Five before the clock's minute turns and twelve after it: only a second trial can tell whether that was so."""
    assert not violated(verified(Bursts(17, 12), limits={"requests_per_minute": None}, told=TWELVE))
    assert "flowith.rate.refused" in violated(
        verified(Bursts(17, 13), limits={"requests_per_minute": None}, told=TWELVE)
    )


TWELVE = {"requests_per_minute": 12}


class Bursts:
    """A provider that answers so many seeks of each burst, whatever the time, and refuses one."""

    def __init__(self, *answered: int) -> None:
        self.left = [*answered, 10_000]
        self.minute = Minute(60)

    def __call__(self, request: Request, send: Next) -> Response:
        if not request.headers.get("authorization", "").endswith("-burst"):
            return self.minute(request, send)
        response = send(request)
        if response.status != 200:
            return response
        self.left[0] -= 1
        if self.left[0] >= 0:
            return response
        del self.left[0]
        return answer(429, {"error": "Too Many Requests"})


def test_a_target_with_one_token_and_no_fixtures_is_not_failed() -> None:
    one = {"good": CREDENTIALS["good"]}
    assert not violated(verified(embedded=False, credentials=one, fixtures={}))


def test_what_an_account_did_before_it_was_observed_is_not_held_against_its_provider() -> None:
    """A verification right after another one: the first calls are refused for what the other has called."""
    session = session_with(lambda inner: inner, embedded=False)
    request = session.request(
        "seek", body={"messages": [{"role": "user", "content": "?"}], "model": "m", "kb_list": []}
    )
    for _ in range(12):
        session.gate.send(request, at_once=True)
    first = session.gate.send(session.request("listModels"), at_once=True)
    assert first.response is not None
    assert first.response.status == 429
    _, verdicts = session.judge.read(first)
    assert not [verdict for verdict in verdicts if not verdict.held]
