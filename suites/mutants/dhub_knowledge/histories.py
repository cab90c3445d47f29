"""Versions that are missing, told wrongly, or read as others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import edited_body, value_of, with_value

from .common import again, asks, catalogue, succeeded

History = list[Any]
READ, ADDS = "dhub.get-knowledge.version-read", "dhub.update-knowledge.adds-version"


def tells(change: Callable[[History], History], operation: str = "listKnowledgeVersions") -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        value = value_of(response)
        if asked.does != operation or not isinstance(value, list):
            return response
        return with_value(response, change(value))

    return behave


def renamed(change: Callable[[str, int], str]) -> Callable[[History], History]:
    return lambda told: [
        {**entry, "version_id": change(str(entry.get("version_id")), place)} for place, entry in enumerate(told)
    ]


HISTORIES: dict[str, tuple[str, tuple[str, ...], Callable[[History], History]]] = {
    "no-newest": ("leaves out the newest version", (ADDS,), lambda told: told[1:] if len(told) > 1 else told),
    "no-oldest": ("leaves out the first version", (ADDS,), lambda told: told[:-1] if len(told) > 1 else told),
    "only-two": ("tells of two versions at most", (ADDS,), lambda told: told[:2]),
    "only-newest": ("tells of the newest version alone", (ADDS,), lambda told: told[:1]),
    "doubled": (
        "tells of the newest version twice",
        ("dhub.list-knowledge-versions.version-id-unique", ADDS),
        lambda told: [*told[:1], *told] if len(told) > 1 else told,
    ),
    "same-ids": (
        "calls all versions alike",
        ("dhub.list-knowledge-versions.version-id-unique",),
        renamed(lambda id, place: "v1"),
    ),
    "unknown-ids": (
        "names versions that cannot be read",
        ("dhub.get-knowledge.version-from-history",),
        renamed(lambda id, place: f"{id}-x"),
    ),
    "unknown-first": (
        "names the first version so that it cannot be read",
        ("dhub.get-knowledge.version-from-history",),
        lambda told: [*told[:-1], {**told[-1], "version_id": "v0"}] if len(told) > 1 else told,
    ),
    "moving-ids": (
        "names versions by their place, so that an update renames them",
        (ADDS, READ, "dhub.list-knowledge-versions.last-modified"),
        renamed(lambda id, place: f"v{place + 1}"),
    ),
    "no-zone": (
        "tells moments without an offset",
        ("dhub.list-knowledge-versions.last-modified",),
        lambda told: [{**entry, "last_modified": entry["last_modified"].rstrip("Z")} for entry in told],
    ),
    "no-time": (
        "tells days for moments",
        ("dhub.list-knowledge-versions.last-modified",),
        lambda told: [{**entry, "last_modified": entry["last_modified"][:10]} for entry in told],
    ),
    "negative-size": (
        "tells sizes below zero",
        ("dhub.list-knowledge-versions.size",),
        lambda told: [{**entry, "size": -entry["size"]} for entry in told],
    ),
    "size-text": (
        "tells the size of old versions as text",
        ("dhub.list-knowledge-versions.size",),
        lambda told: [*told[:1], *({**entry, "size": str(entry["size"])} for entry in told[1:])],
    ),
}

for _name, (_what, _clauses, _change) in HISTORIES.items():
    _says = f"The history of a Knowledge {_what}."
    _rare = _name not in ("unknown-ids", "no-zone", "no-time", "negative-size")
    catalogue.add(f"history.{_name}", "version", _says, _clauses, tells(_change), rare=_rare)


def newest(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Whatever version is asked for, the newest is read."""
    if asked.does == "getKnowledge" and "knowledge_version" in asked.query:
        response = forward(asked.request)
        return forward(again(asked, knowledge_version=None)) if succeeded(response) else response
    return forward(asked.request)


def before(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The version before the one that is asked for is read."""
    version = asked.query.get("knowledge_version", "")
    if asked.does == "getKnowledge" and version[1:].isdigit() and int(version[1:]) > 1:
        return forward(again(asked, knowledge_version=f"v{int(version[1:]) - 1}"))
    return forward(asked.request)


def first(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Whatever version is asked for, the first is read."""
    if asked.does == "getKnowledge" and "knowledge_version" in asked.query:
        return forward(again(asked, knowledge_version="v1"))
    return forward(asked.request)


for _behave in (newest, before, first):
    _says = " ".join((_behave.__doc__ or "").split())
    catalogue.add(f"reads-{_behave.__name__}", "version", _says, (READ,), _behave, rare=True)


def mixes(field: str) -> Behaviour:
    """A version is read with the newest value of one field."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if asked.does != "getKnowledge" or "knowledge_version" not in asked.query or not succeeded(response):
            return response
        value = value_of(forward(again(asked, knowledge_version=None)))
        return edited_body(response, (field,), lambda old: value[field]) if isinstance(value, dict) else response

    return behave


for _field in ("name", "groups", "tags", "options", "comment"):
    _says = f"A version is read with the newest {_field}."
    catalogue.add(f"newest-{_field}", "version", _says, (READ,), mixes(_field), rare=True)


@catalogue.mutant("version", "dhub.get-knowledge.version-from-history", rare=True)
def cannot_read_the_first(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The first version of a Knowledge cannot be read any more once there is a third."""
    if asked.query.get("knowledge_version") == "v1" and asked.does == "getKnowledge":
        told = value_of(forward(asks(asked, "GET", f"{asked.request.path}/versions")))
        if isinstance(told, list) and len(told) > 2:
            return forward(again(asked, knowledge_version="v0"))
    return forward(asked.request)


@catalogue.mutant("version", ADDS, rare=True)
def updates_make_two(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """An update makes two versions."""
    response = forward(asked.request)
    if asked.does == "updateKnowledge" and succeeded(response):
        forward(asked.request)
    return response


@catalogue.mutant("version", READ, rare=True)
def updates_change_the_past(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """An update's name is read in all versions before it."""
    response = forward(asked.request)
    if asked.does == "updateKnowledge" and succeeded(response) and asked.member("name"):
        memory[asked.request.path] = asked.member("name")
    if asked.does == "getKnowledge" and "knowledge_version" in asked.query and asked.request.path in memory:
        return edited_body(response, ("name",), lambda old: memory[asked.request.path])
    return response
