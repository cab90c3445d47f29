"""Reads that are stale, somebody else's, or not what was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import Step, edited_body, value_of

from .common import catalogue, item_of, succeeded

READ = {"getKnowledge": (), "listKnowledges": ("items", Step.EACH, Step.TEXT)}


def cached(operation: str, times: int) -> Behaviour:
    """An answer is given ``times`` times more before it is made anew, whatever was written."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does != operation:
            return forward(asked.request)
        key = (asked.credential, asked.request.target)
        if key in memory and memory[key][1]:
            kept: Response = memory[key][0]
            memory[key] = (kept, memory[key][1] - 1)
            return kept
        response = forward(asked.request)
        if succeeded(response):
            memory[key] = (response, times)
        return response

    return behave


for _operation, _clauses in {
    "getKnowledge": ("dhub.update-knowledge.applied", "dhub.delete-knowledge.gone", "dhub.get-knowledge.version-read"),
    "listKnowledges": (
        "dhub.list-knowledges.complete",
        "dhub.list-knowledges.only-existing",
        "dhub.delete-knowledge.gone",
    ),
    "listKnowledgeVersions": ("dhub.update-knowledge.adds-version",),
    "getDocument": ("dhub.update-document.applied", "dhub.delete-document.gone"),
    "listDocuments": ("dhub.list-documents.complete", "dhub.delete-document.gone"),
}.items():
    for _times in (1, 1000):
        _says = f"{_operation} answers {'once more' if _times == 1 else 'for ever'} what it answered before."
        catalogue.add(f"{_operation}.cached.{_times}", "state", _says, _clauses, cached(_operation, _times), rare=True)


def shows(operation: str, member: str, change: Callable[[Any], Any]) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if asked.does != operation or not succeeded(response):
            return response
        return edited_body(response, (*READ[operation], member), change)

    return behave


def other(value: Any) -> Any:
    """Another value of the same type, itself where there is none to be had."""
    if isinstance(value, str) and value:
        return value[:-1]
    if isinstance(value, list) and value:
        return value[:-1]
    if isinstance(value, dict) and value:
        return dict([*value.items()][:-1])
    return value + 1 if type(value) is int else value


SHOWN = {name: f"dhub.knowledge.{name}" for name in ("name", "alias", "type", "groups", "tags", "options", "comment")}

for _field, _clause in SHOWN.items():
    for _operation in READ:
        if _operation == "listKnowledges" and _field not in ("name", "groups"):
            continue
        _clauses = (_clause, "dhub.create-knowledge.kept", "dhub.update-knowledge.applied")
        if _operation == "listKnowledges":
            _clauses += ("dhub.list-knowledges.entry-name", "dhub.list-knowledges.groups-one")
        _says = f"{_operation} shows {_field} without its end."
        catalogue.add(f"{_operation}.{_field}-cut", "value", _says, _clauses, shows(_operation, _field, other))


def once_long(field: str) -> Behaviour:
    """``field`` is shown wrongly where it is long."""

    def cut(value: Any) -> Any:
        return other(value) if isinstance(value, str | list | dict) and len(repr(value)) > 40 else value

    return shows("getKnowledge", field, cut)


for _field in ("name", "tags", "options"):
    _clauses = (SHOWN[_field], "dhub.create-knowledge.kept", "dhub.update-knowledge.applied")
    catalogue.add(
        f"getKnowledge.long-{_field}-cut",
        "value",
        f"A long {_field} is shown without its end.",
        _clauses,
        once_long(_field),
        rare=True,
    )


@catalogue.mutant("value", "dhub.knowledge.created-at", rare=True)
def created_at_moves(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """An update moves created_at to its own moment."""
    response = forward(asked.request)
    value = value_of(response)
    if asked.does == "getKnowledge" and isinstance(value, dict) and "updated_at" in value:
        return edited_body(response, ("created_at",), lambda before: value["updated_at"])
    return response


@catalogue.mutant("value", "dhub.knowledge.updated-at", rare=True)
def updated_at_stays(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """An update leaves updated_at where it was."""
    response = forward(asked.request)
    value = value_of(response)
    if asked.does == "getKnowledge" and isinstance(value, dict) and "created_at" in value:
        return edited_body(response, ("updated_at",), lambda before: value["created_at"])
    return response


def at(field: str, change: Callable[[Any], Any]) -> Behaviour:
    return shows("getKnowledge", field, change)


for _field in ("created_at", "updated_at"):
    _clause = f"dhub.knowledge.{_field.replace('_', '-')}"
    catalogue.add(
        f"{_field}-milliseconds",
        "value",
        f"{_field} counts milliseconds.",
        ("dhub.knowledge.epoch-seconds", _clause),
        at(_field, lambda value: value * 1000 if type(value) is int else value),
    )


@catalogue.mutant("identity", "dhub.knowledge.id-unique", "dhub.create-knowledge.operation", rare=True)
def gives_an_id_again(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Every fourth creation tells the id of the first."""
    response = forward(asked.request)
    if asked.does == "createKnowledge" and succeeded(response):
        made: list[Response] = memory.setdefault("made", [])
        made.append(response)
        if len(made) % 4 == 0:
            return made[0]
    return response


@catalogue.mutant("identity", "dhub.document.id-unique", "dhub.create-document.operation", rare=True)
def gives_a_document_id_again(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The third Document of a Knowledge is told by the id of the first."""
    response = forward(asked.request)
    if asked.does == "createDocument" and succeeded(response):
        made: list[Response] = memory.setdefault(asked.path["kid"], [])
        made.append(response)
        if len(made) == 3:
            return made[0]
    return response


@catalogue.mutant("identity", "dhub.create-knowledge.item", "dhub.create-knowledge.operation")
def tells_another_id(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A creation tells an id that names nothing."""
    response = forward(asked.request)
    if asked.does == "createKnowledge" and succeeded(response):
        return edited_body(response, ("item",), lambda id: f"{id}0")
    return response


@catalogue.mutant("identity", "dhub.knowledge.id", rare=True)
def shows_another_id(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Once a Knowledge is updated, it shows another id."""
    response = forward(asked.request)
    if asked.does == "updateKnowledge" and succeeded(response):
        memory[asked.path["knowledge_id"]] = True
    if asked.does == "getKnowledge" and memory.get(asked.path["knowledge_id"]):
        return edited_body(response, ("id",), lambda id: f"{id}-v2")
    return response


@catalogue.mutant("state", "dhub.create-knowledge.kept", "dhub.knowledge.id", rare=True)
def reads_the_newest(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A Knowledge after which two more were created is read as the newest, but for its id."""
    response = forward(asked.request)
    made = memory.setdefault("made", [])
    if asked.does == "createKnowledge" and succeeded(response):
        made.append(item_of(response))
    id = asked.path.get("knowledge_id", "")
    if asked.does == "getKnowledge" and succeeded(response) and id in made[:-2]:
        newest = forward(asked.request._replace(target=asked.request.target.replace(id, made[-1])))
        return edited_body(newest, ("id",), lambda other: id) if succeeded(newest) else response
    return response
