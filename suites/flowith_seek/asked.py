"""What a request claims of the contract: the clauses by which it may not be refused, and those that only suppose so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from understudy.verify.reading import Reading

SEEK_PATHS: Mapping[str, str] = {
    "/external/use/seek-knowledge/seek": "flowith.seek.path",
    "/external/use/knowledge-base/seek": "flowith.seek.sample-path",
    "/external/use/seek-knowledge": "flowith.seek.oldest-path",
}
LIST_PATHS: Mapping[str, str] = {
    "/external/use/seek-knowledge/models": "flowith.models.path",
    "/external/use/knowledge-base/models": "flowith.models.live-path",
}
OBSERVED_PATHS = ("flowith.seek.oldest-path", "flowith.models.live-path")
DOCUMENTED_MODELS: Mapping[str, str] = {
    "gpt-4o-mini": "flowith.models.gpt-4o-mini",
    "gpt-4.1-mini": "flowith.models.gpt-4-1-mini",
}
MEMBERS = frozenset(("messages", "model", "stream", "kb_list"))


class Claims(NamedTuple):
    """``sure``: documented clauses by which the request is answered. ``doubts``: what makes it lawful by supposition
    only, as the clause that supposes it, or an empty text where none does. With a doubt no refusal is a violation."""

    sure: tuple[str, ...]
    doubts: tuple[str, ...]


class Known(NamedTuple):
    """What is known of an instance: knowledge bases that exist, those that are someone else's, models, limits."""

    knowledge_bases: frozenset[str]
    foreign: frozenset[str]
    models: frozenset[str]
    limits: Mapping[str, Any]


def claims_of(reading: Reading, known: Known) -> Claims:
    """The claims of a lawful request."""
    path = reading.observation.request.path
    spelling = {**SEEK_PATHS, **LIST_PATHS}.get(path, "")
    headers = reading.observation.request.headers
    sure = list(_agent(headers.get("user-agent")))
    doubts = [spelling] if spelling in OBSERVED_PATHS or not spelling else []
    if reading.operation == "listModels":
        return Claims((*sure, *([] if doubts else [spelling])), tuple(doubts))
    body = reading.body
    streamed = body.get("stream")
    if spelling == "flowith.seek.sample-path" and streamed is not True:
        spelling = "flowith.seek.sample-path-json"
    if not doubts:
        sure.append(spelling)
    if not headers.get("content-type"):
        doubts.append("flowith.error.not-json")
    sure += ["flowith.body.stream-on"] if streamed is True else ["flowith.body.stream-off"] if streamed is False else []
    doubts += ["flowith.body.stream-default"] if "stream" not in body else []
    doubts += ["flowith.body.extra-members"] if body.keys() - MEMBERS else []
    for each in (_model(body["model"], known), _messages(body["messages"]), _scope(body["kb_list"], known)):
        sure += each.sure
        doubts += each.doubts
    doubts += [""] if _too_much(reading, known) else []
    return Claims(tuple(sure), tuple(doubts))


def _agent(value: str | None) -> Iterator[str]:
    if value is None:
        yield "flowith.header.user-agent"
    elif value == "HTTPie":
        yield "flowith.header.user-agent-value"


def _model(name: str, known: Known) -> Claims:
    """A model that is listed can be used. One that the document mentions can be, but where other models are listed."""
    named = (DOCUMENTED_MODELS[name],) if name in DOCUMENTED_MODELS else ()
    if name in known.models:
        return Claims((*named, "flowith.models.usable"), ())
    return Claims(named, () if named and not known.models else ("flowith.models.unlisted",))


def _messages(messages: list[Any]) -> Claims:
    roles = [message["role"] for message in messages]
    sure = [f"flowith.message.role-{role}" for role in ("assistant", "user") if role in roles]
    sure += ["flowith.message.assistant-first"] if roles[0] == "assistant" else []
    sure += ["flowith.message.several"] if len(roles) > 1 and roles[-1] == "user" else []
    doubts = ["flowith.message.role-system"] if "system" in roles else []
    doubts += ["flowith.message.question"] if roles[-1] != "user" else []
    unclear = any(not message["content"].strip() or message.keys() - {"role", "content"} for message in messages)
    return Claims(tuple(sure), (*doubts, *([""] if unclear else [])))


def _scope(ids: list[str], known: Known) -> Claims:
    if not ids:
        return Claims((), ("flowith.scope.empty-list",))
    doubts = ["flowith.scope.repeated-id"] if len(set(ids)) < len(ids) else []
    doubts += [""] if known.foreign & set(ids) else []
    doubts += ["flowith.scope.unknown-id"] if set(ids) - known.knowledge_bases - known.foreign else []
    return Claims(("flowith.scope.one-id",) if len(ids) == 1 else (), tuple(doubts))


def _too_much(reading: Reading, known: Known) -> bool:
    """More than a service must take: nothing documented says how much that is."""
    sizes = {
        "body_bytes": len(reading.observation.request.body),
        "messages_per_call": len(reading.body["messages"]),
        "knowledge_bases_per_call": len(set(reading.body["kb_list"])),
    }
    return any(known.limits[name] is not None and size > known.limits[name] for name, size in sizes.items())
