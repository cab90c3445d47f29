"""Answers, streamed and whole, that are otherwise now and then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import value_of, with_value
from understudy.mutants.streams import Alter, altered

from .common import FRAMING, RARE, WHEN, Block, When, catalogue, clauses_of, numbered


def streams(make: Callable[[], Alter], when: When) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        count = numbered(asked, response, memory)
        return altered(response, make()) if count and when(asked, count) else response

    return behave


def blocks(tag: str, change: Callable[[Block], Block]) -> Callable[[], Alter]:
    """Blocks with this tag, each changed."""

    def alter(event: bytes, number: int, last: bool) -> bytes:
        value = FRAMING.value(event)
        return FRAMING.event(change(value)) if isinstance(value, dict) and value.get("tag") == tag else event

    return lambda: alter


def bytes_of(change: Callable[[bytes], bytes]) -> Callable[[], Alter]:
    return lambda: lambda event, number, last: change(event)


def content(change: Callable[[Any], Any]) -> Callable[[Block], Block]:
    return lambda block: {**block, "content": change(block.get("content"))}


def pieces(change: Callable[[list[Any]], Any]) -> Callable[[], Alter]:
    return blocks("seeds", content(lambda found: change(found) if isinstance(found, list) and found else found))


def each(change: Callable[[Block], Any]) -> Callable[[], Alter]:
    return pieces(lambda found: [change(piece) for piece in found])


def split(event: bytes) -> bytes:
    """A final block as two, each with half of the text."""
    value = FRAMING.value(event)
    if not isinstance(value, dict) or value.get("tag") != "final":
        return event
    text = str(value["content"])
    halves = text[: len(text) // 2], text[len(text) // 2 :]
    return b"".join(FRAMING.event({**value, "content": half}) for half in halves)


STREAMS: dict[str, tuple[str, Callable[[], Alter], tuple[str, ...]]] = {
    "final-cut": (
        "the final text is cut off",
        blocks("final", content(lambda t: t[: len(t) // 2])),
        ("final.content",),
    ),
    "final-empty": ("the final text is empty", blocks("final", content(lambda t: "")), ("final.content",)),
    "final-object": (
        "the final text is an object",
        blocks("final", content(lambda t: {"text": t})),
        ("final.content",),
    ),
    "final-list": ("the final text is an array", blocks("final", content(lambda t: [t])), ("final.content",)),
    "final-halved": ("final comes in two halves", bytes_of(split), ("stream.final-once", "final.content")),
    "final-no-astral": (
        "the final text is in EUC-KR",
        bytes_of(lambda e: e if e.isascii() else e.decode().encode("euc-kr", "replace")),
        ("stream.utf-8", "stream.json"),
    ),
    "single-quotes": ("blocks have single quotes", bytes_of(lambda e: e.replace(b'"', b"'")), ("stream.json",)),
    "arrays": (
        "blocks are arrays",
        bytes_of(lambda e: FRAMING.event([FRAMING.value(e)])),
        ("stream.json", "stream.tag"),
    ),
    "capitals": ("tags are in capitals", bytes_of(lambda e: e.replace(b'"final"', b'"FINAL"')), ("stream.tag",)),
    "prefix-other": ("blocks begin with event:", bytes_of(lambda e: e.replace(b"data:", b"event:")), ("stream.data",)),
    "seeds-null": ("pieces are null", pieces(lambda found: None), ("seeds.content",)),
    "seeds-object": ("pieces are in an object", pieces(lambda found: {"items": found}), ("seeds.content",)),
    "seeds-doubled": ("a piece comes twice", pieces(lambda found: [*found, found[0]]), ("seeds.distinct",)),
    "seeds-texts": ("pieces are their texts", each(lambda piece: piece.get("content")), ("seeds.pieces",)),
    "seeds-last-bare": ("the last piece is empty", pieces(lambda f: [*f[:-1], {}]), ("seed.id", "seed.content")),
    "seeds-camel": (
        "pieces have sourceId",
        each(lambda p: {("sourceId" if name == "source_id" else name): value for name, value in p.items()}),
        ("seed.source-id",),
    ),
    "seeds-late": (
        "seeds come after final",
        lambda: held("seeds"),
        ("stream.seeds-before-final", "stream.final-last"),
    ),
    "searching-late": (
        "searching comes after seeds",
        lambda: held("searching"),
        ("stream.searching-first", "stream.final-last"),
    ),
    "done": (
        "a block [DONE] follows final",
        lambda: lambda event, number, last: event + b"data: [DONE]\n\n" if last else event,
        ("stream.json", "stream.final-last"),
    ),
    "progress-null": ("searching tells null", blocks("searching", content(lambda t: None)), ("searching.content",)),
}


def held(tag: str) -> Alter:
    """Blocks with this tag, all of them at the end."""
    kept: list[bytes] = []

    def alter(event: bytes, number: int, last: bool) -> bytes:
        if FRAMING.kind_of(event) == tag:
            kept.append(event)
            return b"".join(kept) if last else b""
        return event + b"".join(kept) if last else event

    return alter


for _place, (_name, (_what, _make, _broken)) in enumerate(STREAMS.items()):
    for _when in ("from-third", ("several", "astral", "live-path", "model")[_place % 4]):
        _where, _test = WHEN[_when]
        catalogue.add(
            f"seek.{_name}.{_when}",
            "stream",
            f"In a stream {_what}, {_where}.",
            clauses_of(*_broken),
            streams(_make, _test),
            rare=_when in RARE,
        )


def wholes(change: Callable[[Block], Any], when: When) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        value = value_of(response)
        count = numbered(asked, response, memory)
        if not count or not isinstance(value, dict) or not when(asked, count):
            return response
        return with_value(response, change(value))

    return behave


WHOLES: dict[str, tuple[str, Callable[[Block], Any], tuple[str, ...]]] = {
    "within-data": ("within data", lambda value: {"data": value}, ("json.object",)),
    "in-array": ("in an array", lambda value: [value], ("json.object",)),
    "text-only": ("as its text alone", lambda value: value["content"], ("json.object",)),
    "other-tag": ("with the tag answer", lambda value: {**value, "tag": "answer"}, ("json.tag",)),
    "content-list": ("with an array for its content", content(lambda text: [text]), ("json.content",)),
    "content-blank": ("with a blank content", content(lambda text: " \n"), ("json.content",)),
    "content-cut": ("with half of its content", content(lambda text: text[: len(text) // 2]), ("json.content",)),
}

for _place, (_name, (_what, _change, _broken)) in enumerate(WHOLES.items()):
    for _when in ("from-third", ("several", "astral", "model", "live-path")[_place % 4]):
        _where, _test = WHEN[_when]
        catalogue.add(
            f"whole.{_name}.{_when}",
            "reply-field",
            f"A whole answer comes {_what}, {_where}.",
            clauses_of(*_broken, "json.object"),
            wholes(_change, _test),
            rare=_when in RARE,
        )
