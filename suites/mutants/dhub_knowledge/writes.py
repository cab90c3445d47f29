"""Writes that are forgotten, done twice, done late or done to something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import answered, value_of

from .common import ROOT, asks, catalogue, changed, item_of, succeeded

KEPT = {"Knowledge": "dhub.create-knowledge.kept", "Document": "dhub.create-document.kept"}
FIELDS = ("alias", "type", "groups", "tags", "options")
EMPTY: dict[str, Any] = {
    "groups": [],
    "tags": [],
    "options": {},
    "alias": "",
    "type": "",
    "name": "(없음)",
    "comment": "",
}


def forgets(operation: str, turn: int) -> Behaviour:
    """Every ``turn``-th write of this operation is answered and not done."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does != operation:
            return forward(asked.request)
        memory["count"] = count = memory.get("count", 0) + 1
        if count % turn:
            return forward(asked.request)
        if operation.startswith("create"):
            response = forward(asked.request)
            if succeeded(response):
                forward(asks(asked, "DELETE", f"{asked.request.path.rstrip('/')}/{item_of(response)}"))
            return response
        there = forward(asks(asked, "GET", asked.request.path))
        thing = operation.removeprefix("update").removeprefix("delete")
        done = "updated" if operation.startswith("update") else "deleted"
        return answered(200, {"message": f"{thing} {done} successfully"}) if succeeded(there) else there

    return behave


for _operation, _clauses in {
    "createKnowledge": (
        "dhub.create-knowledge.operation",
        "dhub.create-knowledge.kept",
        "dhub.list-knowledges.complete",
    ),
    "createDocument": ("dhub.create-document.operation", "dhub.create-document.kept", "dhub.list-documents.complete"),
    "updateKnowledge": ("dhub.update-knowledge.applied", "dhub.update-knowledge.adds-version"),
    "updateDocument": ("dhub.update-document.applied",),
    "deleteKnowledge": ("dhub.delete-knowledge.gone",),
    "deleteDocument": ("dhub.delete-document.gone", "dhub.delete.emptied"),
}.items():
    for _turn, _which in ((1, "every"), (2, "every second"), (3, "every third")):
        catalogue.add(
            f"{_operation}.forgotten.{_turn}",
            "state",
            f"{_which.capitalize()} {_operation} is answered and not done.",
            _clauses,
            forgets(_operation, _turn),
            rare=_turn == 3 or _operation != "createKnowledge",
        )


@catalogue.mutant("state", "dhub.list-knowledges.only-existing", "dhub.create-knowledge.operation", rare=True)
def creates_twice(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A creation makes two Knowledges, and tells the id of the first."""
    response = forward(asked.request)
    if asked.does == "createKnowledge" and succeeded(response):
        forward(asked.request)
    return response


@catalogue.mutant("state", "dhub.create-document.operation", "dhub.list-documents.only-own", rare=True)
def creates_documents_twice(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A creation makes two Documents, and tells the id of the second."""
    response = forward(asked.request)
    if asked.does == "createDocument" and succeeded(response):
        return forward(asked.request)
    return response


@catalogue.mutant("state", "dhub.update-knowledge.applied", rare=True)
def writes_later(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """An update is done only when the next request that writes comes."""
    if asked.request.method != "GET":
        for waiting in memory.pop("waiting", ()):
            forward(waiting)
    if asked.does == "updateKnowledge" and succeeded(forward(asks(asked, "GET", asked.request.path))):
        memory["waiting"] = [asked.request]
        return answered(200, {"message": "Knowledge updated successfully"})
    return forward(asked.request)


@catalogue.mutant("state", "dhub.update-knowledge.applied", "dhub.update-knowledge.partial", rare=True)
def updates_the_one_before(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """An update changes the Knowledge that was created before this one, too."""
    response = forward(asked.request)
    if asked.does == "createKnowledge" and succeeded(response):
        memory.setdefault("made", []).append(item_of(response))
    elif asked.does == "updateKnowledge" and succeeded(response):
        made = memory.get("made", [])
        place = made.index(asked.path["knowledge_id"]) if asked.path["knowledge_id"] in made else 0
        if place:
            forward(asks(asked, "PUT", f"{ROOT}{made[place - 1]}", asked.body))
    return response


@catalogue.mutant("state", "dhub.create-knowledge.kept", "dhub.update-knowledge.partial", rare=True)
def creating_changes_the_one_before(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A creation gives its tags to the Knowledge before it, too."""
    response = forward(asked.request)
    if asked.does == "createKnowledge" and succeeded(response):
        before, memory["last"] = memory.get("last"), item_of(response)
        if before and asked.member("tags"):
            forward(asks(asked, "PUT", f"{ROOT}{before}", {"tags": asked.member("tags")}))
    return response


def loses(field: str, thing: str, *, on: str) -> Behaviour:
    """What a write gives for ``field`` is not kept."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does == f"{on}{thing}" and isinstance(asked.body, dict) and field in asked.body:
            return forward(changed(asked, {name: value for name, value in asked.body.items() if name != field}))
        return forward(asked.request)

    return behave


for _field in FIELDS:
    for _thing, _clause in KEPT.items():
        _create = (_clause, f"dhub.create-{_thing.lower()}.{_field}", f"dhub.knowledge.{_field}")
        _says = f"A new {_thing} does not keep the {_field} that it was given."
        catalogue.add(f"create{_thing}.loses-{_field}", "value", _says, _create, loses(_field, _thing, on="create"))
for _field in (*FIELDS, "name", "comment"):
    _says = f"An update does not keep the {_field} that it gives."
    _update = ("dhub.update-knowledge.applied", f"dhub.update-knowledge.{_field}", f"dhub.knowledge.{_field}")
    catalogue.add(
        f"updateKnowledge.loses-{_field}", "value", _says, _update, loses(_field, "Knowledge", on="update"), rare=True
    )


def resets(field: str) -> Behaviour:
    """An update empties ``field`` where it does not give it."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does == "updateKnowledge" and isinstance(asked.body, dict) and field not in asked.body:
            return forward(changed(asked, {**asked.body, field: EMPTY[field]}))
        return forward(asked.request)

    return behave


for _field in (*FIELDS, "name"):
    _says = f"An update that does not give {_field} empties it."
    catalogue.add(f"resets-{_field}", "partial", _says, ("dhub.update-knowledge.partial",), resets(_field), rare=True)


def merged(field: str, merge: Callable[[Any, Any], Any]) -> Behaviour:
    """An update puts ``field`` together with what was there."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does != "updateKnowledge" or asked.member(field) is None:
            return forward(asked.request)
        there = value_of(forward(asks(asked, "GET", asked.request.path)))
        before = there.get(field) if isinstance(there, dict) else None
        try:
            together = merge(before, asked.body[field])
        except TypeError:
            return forward(asked.request)
        return forward(changed(asked, {**asked.body, field: together}))

    return behave


for _field in ("groups", "tags"):
    catalogue.add(
        f"adds-to-{_field}",
        "partial",
        f"An update adds to {_field} instead of replacing them.",
        ("dhub.update-knowledge.applied",),
        merged(_field, lambda before, given: [*(before or ()), *given]),
        rare=True,
    )
    catalogue.add(
        f"cannot-empty-{_field}",
        "partial",
        f"An update with empty {_field} leaves them as they were.",
        ("dhub.update-knowledge.applied",),
        merged(_field, lambda before, given: given or before or []),
        rare=True,
    )
catalogue.add(
    "keeps-the-first-name",
    "partial",
    "An update gives a name only where there was none.",
    ("dhub.update-knowledge.applied",),
    merged("name", lambda before, given: before or given),
    rare=True,
)
