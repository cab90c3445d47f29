"""Who may see what, and requests that must be refused, or must not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import answered

from .common import ROOT, WRITES, asks, catalogue, changed, succeeded

OWN = "dhub.service.resources"
CREATED = {"createKnowledge": "dhub.create-knowledge.operation", "createDocument": "dhub.create-document.operation"}


def elsewhere(operation: str) -> Behaviour:
    """A Document is found by way of any Knowledge."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if asked.does == "createDocument" and succeeded(response):
            memory.setdefault(asked.credential, []).append(asked.path["kid"])
        if asked.does != operation or response.status != 404:
            return response
        holders = memory.get(asked.credential, ())
        if not succeeded(forward(asks(asked, "GET", f"{ROOT}{asked.path['kid']}"))):
            return response
        for kid in dict.fromkeys(holders):
            there = forward(asked.request._replace(target=asked.request.target.replace(asked.path["kid"], kid)))
            if succeeded(there):
                return there
        return response

    return behave


for _operation in ("getDocument", "listDocumentVersions", "updateDocument", "deleteDocument"):
    _says = f"{_operation} finds a Document by way of a Knowledge that does not hold it."
    catalogue.add(f"{_operation}.by-another", "isolation", _says, (OWN,), elsewhere(_operation), rare=True)


Offends = Callable[[Any], bool]


def refuses(operation: str, offends: Offends) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does == operation and isinstance(asked.body, dict) and offends(asked.body):
            return answered(422, {"detail": [{"loc": ["body"], "msg": "Invalid value", "type": "value_error"}]})
        return forward(asked.request)

    return behave


def texts(value: Any) -> list[str]:
    """Every text in a value."""
    if isinstance(value, dict):
        return [text for entry in value.values() for text in texts(entry)]
    if isinstance(value, list):
        return [text for entry in value for text in texts(entry)]
    return [value] if isinstance(value, str) else []


def holds_objects(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(entry, dict) for entry in value.values())


OFFENCES: dict[str, tuple[str, Offends]] = {
    "emoji": ("with an emoji in its name", lambda body: any(c > "\uffff" for c in str(body.get("name")))),
    "combining": ("with a combining character in a tag", lambda body: "\u0301" in "".join(body.get("tags") or ())),
    "name-alone": ("that has a name and nothing else", lambda body: set(body) == {"name"}),
    "two-groups": ("with two groups or more", lambda body: len(body.get("groups") or ()) > 1),
    "nested": ("with an object inside of options", lambda body: holds_objects(body.get("options"))),
    "quotes": (
        "with a quotation mark or a backslash in a text",
        lambda body: any(c in text for text in texts(body) for c in '"\\'),
    ),
    "no-type": ("without a type", lambda body: "type" not in body),
    "web": ("of the type WEB", lambda body: body.get("type") == "WEB"),
    "manual": ("of the type MANUAL", lambda body: body.get("type") == "MANUAL"),
    "file": ("of the type FILE", lambda body: body.get("type") == "FILE"),
}
_OF = {
    "emoji": ("createKnowledge", "dhub.create-knowledge.name"),
    "combining": ("createKnowledge", "dhub.create-knowledge.tags"),
    "name-alone": ("createKnowledge", "dhub.create-knowledge.optional"),
    "two-groups": ("createKnowledge", "dhub.create-knowledge.groups"),
    "nested": ("createKnowledge", "dhub.create-knowledge.options"),
    "quotes": ("createKnowledge", "dhub.create-knowledge.tags"),
    "no-type": ("createDocument", "dhub.create-document.optional"),
    "web": ("createDocument", "dhub.create-document.web"),
    "manual": ("createDocument", "dhub.create-document.manual"),
    "file": ("createDocument", "dhub.create-document.file"),
}
for _name, (_operation, _clause) in _OF.items():
    _what, _offends = OFFENCES[_name]
    _says = f"{_operation} refuses one {_what}."
    catalogue.add(
        f"{_operation}.refuses-{_name}",
        "refusal",
        _says,
        (_clause, CREATED[_operation], f"{CREATED[_operation].rpartition('.')[0]}.status"),
        refuses(_operation, _offends),
        rare=_name in ("emoji", "combining", "quotes", "nested"),
    )

UPDATES: dict[str, tuple[str, Offends]] = {
    "empty-array": ("an empty array", lambda body: [] in body.values()),
    "comment-first": ("a comment and something else", lambda body: "comment" in body and len(body) > 1),
    "options-alone": ("options alone", lambda body: set(body) == {"options"}),
}
for _name, (_what, _offends) in UPDATES.items():
    catalogue.add(
        f"updateKnowledge.refuses-{_name}",
        "refusal",
        f"An update of a Knowledge is refused when it gives {_what}.",
        ("dhub.update-knowledge.operation", "dhub.update-knowledge.status", "dhub.update-knowledge.applied"),
        refuses("updateKnowledge", _offends),
        rare=True,
    )


def unnamed(operation: str) -> Behaviour:
    """A creation without the name that is required gets one."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does == operation and isinstance(asked.body, dict) and "name" not in asked.body:
            return forward(changed(asked, {**asked.body, "name": "이름 없음"}))
        return forward(asked.request)

    return behave


for _operation, _clause in (
    ("createKnowledge", "dhub.create-knowledge.name"),
    ("createDocument", "dhub.create-document.name"),
):
    _says = f"{_operation} takes a body without a name."
    catalogue.add(f"{_operation}.unnamed", "refusal", _says, (_clause,), unnamed(_operation))


def fails_after(operation: str, times: int) -> Behaviour:
    """From the ``times``-th successful call on, every third call of the operation fails."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if asked.does != operation or not succeeded(response):
            return response
        memory["count"] = count = memory.get("count", 0) + 1
        if count >= times and (count - times) % 3 == 0:
            return answered(500, {"detail": "Internal server error"})
        return response

    return behave


for _operation, _clause in {
    "createKnowledge": "dhub.create-knowledge.status",
    "getKnowledge": "dhub.get-knowledge.status",
    "listKnowledges": "dhub.list-knowledges.status",
    "updateKnowledge": "dhub.update-knowledge.status",
    "listKnowledgeVersions": "dhub.list-knowledge-versions.status",
    "createDocument": "dhub.create-document.status",
    "getDocument": "dhub.get-document.operation",
    "deleteDocument": "dhub.delete-document.status",
}.items():
    _name, _says = f"{_operation}.fails-from-3", f"{_operation} fails at times, from its third success on."
    _more = _clause.rpartition(".")[0] + ".operation"
    catalogue.add(_name, "refusal", _says, (_clause, _more), fails_after(_operation, 3), rare=True)


@catalogue.mutant("auth", "dhub.auth.required", rare=True)
def lets_in_what_begins_alike(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A token is taken for a known one when it begins as one does."""
    credential = asked.credential or ""
    known = memory.setdefault("known", [])
    response = forward(asked.request)
    if response.status == 401 and len(credential) > 8 and asked.operation in WRITES | {"getKnowledge"}:
        whole = next((value for value in known if value.startswith(credential.strip())), None)
        if whole is not None:
            return forward(
                asked.request._replace(headers={**asked.request.headers, "authorization": f"Bearer {whole}"})
            )
    elif succeeded(response) and credential not in known:
        known.append(credential)
    return response
