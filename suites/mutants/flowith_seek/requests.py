"""Requests: read as others, refused, counted wrongly for the rate, or let in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from understudy.http import Request, Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import answered, edited_body, with_header

from .common import ENGLISH, GOOD, KOREAN, RARE, WHEN, Block, When, catalogue, clauses_of, question, said


def asks(request: Request, body: Any) -> Request:
    return request._replace(body=msgspec.json.encode(body))


def reads(change: Callable[[Block], Block], when: When) -> Behaviour:
    """A seek is read as another one."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does != "seek" or not isinstance(asked.body, dict):
            return forward(asked.request)
        memory["asked"] = memory.get("asked", 0) + 1
        return forward(asks(asked.request, change(asked.body)) if when(asked, memory["asked"]) else asked.request)

    return behave


def always(asked: Asked, count: int) -> bool:
    return True


READS: dict[str, tuple[str, Callable[[Block], Block], tuple[str, ...]]] = {
    "never-streams": ("is not streamed", lambda body: {**body, "stream": False}, ("body.stream-on",)),
    "always-streams": ("is streamed", lambda body: {**body, "stream": True}, ("body.stream-off",)),
}
for _name, (_what, _change, _broken) in READS.items():
    for _when in ("from-third", "several", "model", "live-path", "astral", "english"):
        _where, _test = WHEN[_when]
        catalogue.add(
            f"{_name}.{_when}",
            "value",
            f"An answer {_what} whatever was asked, {_where}.",
            clauses_of(*_broken),
            reads(_change, _test),
            rare=_when in RARE,
        )

SCOPES: dict[str, tuple[str, Callable[[list[Any]], list[Any]]]] = {
    "everything": ("everything is searched", lambda ids: [KOREAN, ENGLISH]),
    "first-always": ("the first knowledge base is searched too", lambda ids: [*ids, KOREAN]),
    "second-always": ("the second knowledge base is searched too", lambda ids: [*ids, ENGLISH]),
    "unknown-is-all": (
        "with an unknown one named everything is searched",
        lambda ids: ids if not ids or set(ids) & {KOREAN, ENGLISH} else [KOREAN, ENGLISH],
    ),
}
for _name, (_what, _scope) in SCOPES.items():

    def _scoped(body: Block, scope: Callable[[list[Any]], list[Any]] = _scope) -> Block:
        ids = body.get("kb_list")
        return {**body, "kb_list": scope(ids)} if isinstance(ids, list) else body

    _id, _says = f"scope.{_name}", f"{_what[:1].upper()}{_what[1:]}."
    catalogue.add(_id, "filter", _says, ("flowith.scope.listed",), reads(_scoped, always), rare=True)


def refuses(test: Callable[[Asked], bool], status: int = 400, error: str = "Bad request") -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        return answered(status, {"error": error}) if response.status == 200 and test(asked) else response

    return behave


REFUSED: dict[str, tuple[str, Callable[[Asked], bool], tuple[str, ...]]] = {
    "assistant": (
        "in which the assistant spoke",
        lambda asked: any(entry.get("role") == "assistant" for entry in said(asked)),
        ("message.role-assistant",),
    ),
    "assistant-first": (
        "that the assistant begins",
        lambda asked: bool(said(asked)) and said(asked)[0].get("role") == "assistant",
        ("message.assistant-first", "message.role-assistant"),
    ),
    "several": ("of several messages", lambda asked: len(said(asked)) > 1, ("message.several",)),
    "three": ("of three messages", lambda asked: len(said(asked)) > 2, ("message.several",)),
    "mini": ("by gpt-4.1-mini", lambda asked: asked.member("model") == "gpt-4.1-mini", ("models.gpt-4-1-mini",)),
    "4o": ("by gpt-4o-mini", lambda asked: asked.member("model") == "gpt-4o-mini", ("models.gpt-4o-mini",)),
    "one-base": ("in one knowledge base", lambda a: len(a.member("kb_list") or ()) == 1, ("scope.one-id",)),
    "httpie": (
        "of HTTPie",
        lambda asked: asked.request.headers.get("user-agent") == "HTTPie",
        ("header.user-agent-value",),
    ),
    "no-agent": (
        "without User-Agent",
        lambda asked: "user-agent" not in asked.request.headers,
        ("header.user-agent",),
    ),
    "live-stream": (
        "that is to be streamed by the samples' path",
        lambda asked: "/knowledge-base/" in asked.request.path and asked.member("stream") is True,
        ("seek.sample-path",),
    ),
    "live-path": (
        "by the samples' path",
        lambda asked: asked.request.path.endswith("/knowledge-base/seek"),
        ("seek.sample-path",),
    ),
    "path": (
        "by the document's path",
        lambda asked: asked.request.path.endswith("/seek-knowledge/seek"),
        ("seek.path",),
    ),
    "models-path": (
        "for the models by the document's path",
        lambda asked: asked.request.path.endswith("/seek-knowledge/models"),
        ("models.path",),
    ),
    "emoji": (
        "with an emoji of several code points",
        lambda asked: "\u200d" in question(asked),
        ("stream.status", "json.status"),
    ),
    "korean": ("in Korean", lambda asked: not question(asked).isascii(), ("stream.status", "json.status")),
    "long": ("of more than 9,000 bytes", lambda asked: len(asked.request.body) > 9_000, ("json.status",)),
    "nul": ("with NUL in it", lambda asked: "\x00" in question(asked), ("json.status",)),
}
for _name, (_what, _refused, _broken) in REFUSED.items():
    catalogue.add(
        f"refuses-{_name}",
        "refusal",
        f"A call {_what} is refused.",
        clauses_of(*_broken, "stream.status", "json.status"),
        refuses(_refused),
        rare=_name in ("three", "emoji", "long", "nul", "live-stream"),
    )


def fresh(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The call made for an account that has made none."""
    memory["fresh"] = memory.get("fresh", 0) + 1
    value = f"Bearer {GOOD}-uncounted{memory['fresh']}"
    return forward(asked.request._replace(headers={**asked.request.headers, "authorization": value}))


UNCOUNTED: dict[str, tuple[str, Callable[[Asked], bool]]] = {
    "streams": ("that is to be streamed", lambda asked: asked.member("stream") is True),
    "wholes": ("that is not to be streamed", lambda asked: asked.member("stream") is not True),
    "documents-path": ("by the document's paths", lambda asked: "/seek-knowledge" in asked.request.path),
    "all": ("at all", lambda asked: True),
}
for _name, (_what, _free) in UNCOUNTED.items():

    def _uncounted(asked: Asked, forward: Forward, memory: Memory, free: Callable[[Asked], bool] = _free) -> Response:
        response = forward(asked.request)
        return fresh(asked, forward, memory) if response.status == 429 and free(asked) else response

    _says = f"No request {_what} is refused for its rate."
    catalogue.add(f"unlimited.{_name}", "rate", _says, ("flowith.rate.refused",), _uncounted, rare=True)


def early(count: int, refused: int = 1) -> Behaviour:
    """Every ``count``-th request is refused for its rate, and so are those right after it."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if asked.operation is None or response.status == 401:
            return response
        memory["made"] = made = memory.get("made", 0) + 1
        if made >= count and (made - count) % (count + refused) < refused:
            return with_header(answered(429, {"error": "Too Many Requests"}), "Retry-After", "1")
        return response

    return behave


for _count, _refused_in_row in ((4, 1), (7, 3)):
    _says = f"A request is refused for its rate after {_count - 1}, and {_refused_in_row} of them in a row."
    catalogue.add(
        f"refuses-early.{_count}", "rate", _says, ("flowith.rate.limit",), early(_count, _refused_in_row), rare=True
    )


@catalogue.mutant("rate", "flowith.rate.limit", rare=True)
def never_again(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """An account that was refused once for its rate is refused for ever."""
    if asked.credential in memory:
        refused: Response = memory[asked.credential]
        return refused
    response = forward(asked.request)
    if response.status == 429:
        memory[asked.credential] = response
    return response


@catalogue.mutant("rate", "flowith.rate.refused", rare=True)
def refuses_once(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """After one refusal for its rate an account is let in at once."""
    response = forward(asked.request)
    if response.status != 429:
        return response
    memory[asked.credential] = memory.get(asked.credential, 0) + 1
    return fresh(asked, forward, memory) if memory[asked.credential] % 2 == 0 else response


@catalogue.mutant("rate", "flowith.rate.refused", rare=True)
def answers_in_part(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A request beyond the rate is answered with status 200 and the refusal's body."""
    response = forward(asked.request)
    return response._replace(status=200) if response.status == 429 else response


@catalogue.mutant("auth", "flowith.auth.token-known", rare=True)
def knows_beginnings(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A token is known when it begins as a known one does."""
    response = forward(asked.request)
    credential = (asked.credential or "").strip()
    if response.status == 401 and len(credential) > 8 and GOOD.startswith(credential):
        return fresh(asked, forward, memory)
    return response


@catalogue.mutant("auth", "flowith.auth.token-needed", rare=True)
def needs_no_scheme(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A token without the word Bearer before it is accepted."""
    response = forward(asked.request)
    if response.status == 401 and (asked.request.headers.get("authorization") or "").startswith(GOOD):
        return fresh(asked, forward, memory)
    return response


@catalogue.mutant("auth", "flowith.auth.token-known", rare=True)
def remembers_strangers(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A token that nobody has is refused twice, and then let in."""
    response = forward(asked.request)
    if response.status != 401 or not asked.credential or asked.credential.startswith(" "):
        return response
    memory[asked.credential] = memory.get(asked.credential, 0) + 1
    return fresh(asked, forward, memory) if memory[asked.credential] > 2 else response


MODELS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "empty": ("is empty", lambda value: [] if isinstance(value, list) else {name: [] for name in value}),
    "null": ("is null", lambda value: None),
    "nothing": ("is an empty object", lambda value: {}),
}
for _name, (_what, _change_all) in MODELS.items():

    def _listed(asked: Asked, forward: Forward, memory: Memory, change: Callable[[Any], Any] = _change_all) -> Response:
        response = forward(asked.request)
        lists = asked.does == "listModels" and response.status == 200
        return edited_body(response, (), change) if lists else response

    _says = f"The list of models {_what}."
    catalogue.add(f"models.{_name}", "list", _says, ("flowith.models.purpose",), _listed)


@catalogue.mutant("list", "flowith.models.usable", rare=True)
def lists_an_unusable_model(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The list begins with a model that no seek may name."""
    if asked.member("model") == "gpt-5-none":
        return answered(400, {"error": "unknown model"})
    response = forward(asked.request)
    if asked.does != "listModels" or response.status != 200:
        return response

    def begin(value: Any) -> Any:
        if isinstance(value, list):
            entry = {**value[0], "id": "gpt-5-none"} if value and isinstance(value[0], dict) else "gpt-5-none"
            return [entry, *value]
        return {name: begin(inner) if isinstance(inner, list) else inner for name, inner in value.items()}

    return edited_body(response, (), begin)
