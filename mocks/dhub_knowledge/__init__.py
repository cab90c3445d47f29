"""D.Hub Knowledge: containers of Documents, both with a history of versions; one with Documents left cannot be deleted.

Contract: contracts/dhub_knowledge.yaml. Not modelled: indexing, chunks, search and chat (other services of D.Hub),
login, expiring tokens, shared accounts, and the bytes of an uploaded file: no operation here carries them, so of an
original no more is known than its name.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec

from understudy import Call, Refusal, Reply, Service
from understudy.guards import RequireCredential

from . import refusals
from .refusals import (
    DocumentNotFound,
    DocumentVersionNotFound,
    InvalidPaginationToken,
    KnowledgeNotEmpty,
    KnowledgeNotFound,
    KnowledgeVersionNotFound,
)
from .state import Details, Item, Shelf, State, Version, default_state

dhub = Service(
    "dhub_knowledge",
    state=default_state,
    refused=refusals.refused,
    violated=refusals.violated,
    unmatched=refusals.unmatched,
    wire={"body_too_large": refusals.PayloadTooLarge, "request_timeout": refusals.RequestTimeout},
    guards=[RequireCredential(refusals.MissingAccessToken, refusals.InvalidAccessToken)],
)

# Knowledges


@dhub.operation("createKnowledge")
def create_knowledge(state: State, call: Call) -> Reply:
    details = new_details(call, "knowledge", call.new_id("knowledge-"))
    state.add(details, details.created_at)
    return Reply({"item": details.id})


@dhub.operation("listKnowledges")
def list_knowledges(state: State, call: Call) -> Reply:
    return page(state.shelf(), call)


@dhub.operation("getKnowledge")
def get_knowledge(state: State, call: Call) -> Reply:
    item = knowledge(state, call.path["knowledge_id"])
    return read(item, call.query.get("knowledge_version"), KnowledgeVersionNotFound)


@dhub.operation("listKnowledgeVersions")
def list_knowledge_versions(state: State, call: Call) -> Reply:
    return history(knowledge(state, call.path["knowledge_id"]))


@dhub.operation("updateKnowledge")
def update_knowledge(state: State, call: Call) -> Reply:
    item = knowledge(state, call.path["knowledge_id"])
    state.revise(item, updated_details(item, call), int(call.now))
    return Reply({"message": "Knowledge updated successfully"})


@dhub.operation("deleteKnowledge")
def delete_knowledge(state: State, call: Call) -> Reply:
    item = knowledge(state, call.path["knowledge_id"])
    if len(state.shelf(item.id)):
        raise KnowledgeNotEmpty
    state.remove(item)
    return Reply({"message": "Knowledge deleted successfully"})


# Documents


@dhub.operation("createDocument")
def create_document(state: State, call: Call) -> Reply:
    holder = knowledge(state, call.path["kid"])
    details = new_details(call, "knowledge.document", call.new_id("knowledge.document-"))
    state.add(details, details.created_at, holder.id)
    keep_original(state, details)
    return Reply({"item": details.id})


@dhub.operation("listDocuments")
def list_documents(state: State, call: Call) -> Reply:
    return page(state.shelf(knowledge(state, call.path["kid"]).id), call)


@dhub.operation("getDocument")
def get_document(state: State, call: Call) -> Reply:
    item = document(state, call)
    return read(item, call.query.get("document_version"), DocumentVersionNotFound)


@dhub.operation("listDocumentVersions")
def list_document_versions(state: State, call: Call) -> Reply:
    return history(document(state, call))


@dhub.operation("updateDocument")
def update_document(state: State, call: Call) -> Reply:
    item = document(state, call)
    details = updated_details(item, call)
    state.revise(item, details, int(call.now))
    keep_original(state, details)
    return Reply({"message": "Document updated successfully"})


@dhub.operation("deleteDocument")
def delete_document(state: State, call: Call) -> Reply:
    state.remove(document(state, call))
    return Reply({"message": "Document deleted successfully"})


# What a path names


def knowledge(state: State, knowledge_id: str) -> Item:
    item = state.items.get(knowledge_id)
    if item is None or item.holder:
        raise KnowledgeNotFound
    return item


def document(state: State, call: Call) -> Item:
    holder = knowledge(state, call.path["kid"])
    item = state.items.get(call.path["did"])
    if item is None or item.holder != holder.id:
        raise DocumentNotFound
    return item


# What Knowledges and Documents have in common


def new_details(call: Call, category: str, id: str) -> Details:
    """What a create makes; fields that are not given are as dhub.knowledge.unset has them."""
    given, now = call.body.get, int(call.now)
    return Details(
        id=id,
        name=call.body["name"],
        alias=given("alias"),
        category=category,
        type=given("type"),
        groups=given("groups", []),
        tags=given("tags", []),
        options=given("options", {}),
        comment="",
        created_at=now,
        updated_at=now,
    )


def updated_details(item: Item, call: Call) -> Details:
    """What an update makes: given fields replaced whole, by dhub.update-knowledge.replaced, the others as they were."""
    given = {name: call.body[name] for name in UPDATABLE if name in call.body}
    return msgspec.structs.replace(item.details, **given, updated_at=int(call.now))


UPDATABLE = ("name", "alias", "type", "groups", "tags", "options", "comment")


def read(item: Item, version_id: str | None, unknown: type[Refusal]) -> Reply:
    """The newest version, or the one that is asked for."""
    version = item.versions[-1] if version_id is None else item.version(version_id)
    if version is None:
        raise unknown
    return Reply(msgspec.json.decode(version.json))


def history(item: Item) -> Reply:
    """Every version, the newest first, by dhub.list-knowledge-versions.order."""
    numbered = enumerate(item.versions, 1)
    return Reply([told_version(number, version) for number, version in numbered][::-1])


def told_version(number: int, version: Version) -> dict[str, Any]:
    modified = datetime.fromtimestamp(version.modified, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"version_id": f"v{number}", "last_modified": modified, "size": len(version.json)}


def keep_original(state: State, details: Details) -> None:
    """A FILE Document has a stored original, named by dhub.create-document.filename; one of another type has none."""
    if details.type == "FILE":
        filename = details.options.get("filename")
        state.originals[details.id] = filename if isinstance(filename, str) else details.name
    else:
        state.originals.pop(details.id, None)


# Pages


def page(shelf: Shelf, call: Call) -> Reply:
    """At most ``limit`` items after those of the page before, and the token of the page after if there is one."""
    limit = call.query["limit"]
    groups = frozenset(filter(None, call.query.get("groups", "").split(",")))
    found = shelf.after(position_of(call, groups), groups, limit + 1)
    token = token_of(call, groups, found[limit - 1].position) if len(found) > limit else None
    return Reply({"items": {item.id: item.versions[-1].json.decode() for item in found[:limit]}, "token": token})


def position_of(call: Call, groups: frozenset[str]) -> int:
    """The place after which a page begins. A token that is not exactly what this list would give out is refused."""
    token = call.query.get("token")
    if token is None:
        return 0
    try:
        position = int.from_bytes(urlsafe_b64decode(token)[:POSITION_BYTES])
    except ValueError:
        raise InvalidPaginationToken from None
    if token_of(call, groups, position) != token:
        raise InvalidPaginationToken
    return position


def token_of(call: Call, groups: frozenset[str], position: int) -> str:
    """A place in one list under one filter: of an account, of groups, and of a Knowledge where it lists Documents."""
    listing = msgspec.json.encode([call.credential, call.path.get("kid"), sorted(groups), position])
    seal = hashlib.blake2b(listing, digest_size=9).digest()
    return urlsafe_b64encode(position.to_bytes(POSITION_BYTES) + seal).decode()


POSITION_BYTES = 6
