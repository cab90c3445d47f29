"""Deletions that do too much, too little, or what must be refused."""

from __future__ import annotations

from understudy.http import Response
from understudy.mutants import Asked, Forward, Memory
from understudy.mutants.changes import answered, edited_body

from .common import ROOT, asks, catalogue, documents_of, item_of, succeeded

CONFLICT, KEEPS, EMPTIED = "dhub.delete.conflict", "dhub.delete.conflict-keeps", "dhub.delete.emptied"


def empty(asked: Asked, forward: Forward, kid: str) -> None:
    for did in documents_of(asked, forward, kid):
        forward(asks(asked, "DELETE", f"{ROOT}{kid}/documents/{did}"))


@catalogue.mutant("conflict", CONFLICT, KEEPS, rare=True)
def deletes_with_documents(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A Knowledge is deleted with its Documents."""
    response = forward(asked.request)
    if asked.does == "deleteKnowledge" and response.status == 409:
        empty(asked, forward, asked.path["knowledge_id"])
        return forward(asked.request)
    return response


@catalogue.mutant("conflict", CONFLICT, rare=True)
def deletes_with_one_document(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A Knowledge that holds one Document is deleted with it; with two it is not."""
    response = forward(asked.request)
    refused = asked.does == "deleteKnowledge" and response.status == 409
    if refused and len(documents_of(asked, forward, asked.path["knowledge_id"])) == 1:
        empty(asked, forward, asked.path["knowledge_id"])
        return forward(asked.request)
    return response


@catalogue.mutant("conflict", KEEPS, rare=True)
def refuses_and_deletes(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A deletion is refused with 409 and done all the same."""
    response = forward(asked.request)
    if asked.does == "deleteKnowledge" and response.status == 409:
        empty(asked, forward, asked.path["knowledge_id"])
        forward(asked.request)
    return response


@catalogue.mutant("conflict", KEEPS, rare=True)
def refuses_and_empties(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A deletion is refused with 409, and the Documents are gone."""
    response = forward(asked.request)
    if asked.does == "deleteKnowledge" and response.status == 409:
        empty(asked, forward, asked.path["knowledge_id"])
    return response


@catalogue.mutant("conflict", KEEPS, rare=True)
def refuses_and_loses_one(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A deletion is refused with 409, and the first Document is gone."""
    response = forward(asked.request)
    if asked.does == "deleteKnowledge" and response.status == 409:
        for did in documents_of(asked, forward, asked.path["knowledge_id"])[:1]:
            forward(asks(asked, "DELETE", f"{ROOT}{asked.path['knowledge_id']}/documents/{did}"))
    return response


@catalogue.mutant("conflict", CONFLICT, rare=True)
def says_it_is_deleted(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A deletion that must be refused is answered as if it were done."""
    response = forward(asked.request)
    if asked.does == "deleteKnowledge" and response.status == 409:
        return answered(200, {"message": "Knowledge deleted successfully"})
    return response


@catalogue.mutant("conflict", EMPTIED, "dhub.delete-knowledge.status", rare=True)
def never_again(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A Knowledge whose deletion was refused once is never deleted."""
    if asked.does == "deleteKnowledge" and asked.path["knowledge_id"] in memory:
        there = forward(asks(asked, "GET", asked.request.path))
        refusal: Response = memory[asked.path["knowledge_id"]]
        return refusal if succeeded(there) else there
    response = forward(asked.request)
    if asked.does == "deleteKnowledge" and response.status == 409:
        memory[asked.path["knowledge_id"]] = response
    return response


@catalogue.mutant("conflict", EMPTIED, "dhub.delete-knowledge.status", rare=True)
def counts_deleted_documents(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A Knowledge that ever held a Document is not deleted."""
    if asked.does == "deleteKnowledge" and asked.path["knowledge_id"] in memory:
        there = forward(asks(asked, "GET", asked.request.path))
        return answered(409, {"detail": "Knowledge still has documents"}) if succeeded(there) else there
    response = forward(asked.request)
    if asked.does == "createDocument" and succeeded(response):
        memory[asked.path["kid"]] = True
    return response


@catalogue.mutant("conflict", CONFLICT, rare=True)
def emptied_by_updates(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A Knowledge that was updated is deleted with its Documents."""
    if asked.does == "updateKnowledge":
        memory[asked.path["knowledge_id"]] = True
    response = forward(asked.request)
    if asked.does == "deleteKnowledge" and response.status == 409 and asked.path["knowledge_id"] in memory:
        empty(asked, forward, asked.path["knowledge_id"])
        return forward(asked.request)
    return response


@catalogue.mutant("deletion", "dhub.delete-document.gone", rare=True)
def second_document_stays(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Of a Knowledge's Documents the second to be deleted stays."""
    if asked.does == "deleteDocument":
        there = succeeded(forward(asks(asked, "GET", asked.request.path)))
        memory[asked.path["kid"]] = count = memory.get(asked.path["kid"], 0) + there
        if there and count == 2:
            return answered(200, {"message": "Document deleted successfully"})
    return forward(asked.request)


@catalogue.mutant("deletion", "dhub.list-documents.complete", "dhub.get-document.operation", CONFLICT, rare=True)
def deletes_the_next_too(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Deleting a Document deletes the one that was created after it, too."""
    response = forward(asked.request)
    made = memory.setdefault(asked.path.get("kid"), [])
    if asked.does == "createDocument" and succeeded(response):
        made.append(item_of(response))
    if asked.does == "deleteDocument" and succeeded(response) and asked.path["did"] in made[:-1]:
        after = made[made.index(asked.path["did"]) + 1]
        forward(asks(asked, "DELETE", f"{ROOT}{asked.path['kid']}/documents/{after}"))
    return response


@catalogue.mutant("deletion", "dhub.list-knowledges.complete", "dhub.delete-knowledge.operation", rare=True)
def deletes_another_knowledge(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Deleting a Knowledge deletes the one that was created before it, where that is empty."""
    response = forward(asked.request)
    made = memory.setdefault("made", [])
    if asked.does == "createKnowledge" and succeeded(response):
        made.append(item_of(response))
    if asked.does == "deleteKnowledge" and succeeded(response) and asked.path["knowledge_id"] in made[1:]:
        forward(asks(asked, "DELETE", f"{ROOT}{made[made.index(asked.path['knowledge_id']) - 1]}"))
    return response


def remembers(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """What was read before goes on being read after its deletion."""
    response = forward(asked.request)
    key = asked.request.target
    if asked.does in ("getKnowledge", "getDocument") and asked.request.method == "GET":
        if succeeded(response):
            memory[key] = response
        elif response.status == 404 and key in memory:
            kept: Response = memory[key]
            return kept
    return response


for _operation, _clause in (
    ("getKnowledge", "dhub.delete-knowledge.gone"),
    ("getDocument", "dhub.delete-document.gone"),
):

    def _remembers(asked: Asked, forward: Forward, memory: Memory, operation: str = _operation) -> Response:
        return remembers(asked, forward, memory) if asked.does == operation else forward(asked.request)

    _says = f"{_operation} goes on answering after a deletion."
    catalogue.add(f"{_operation}.after-deletion", "deletion", _says, (_clause,), _remembers, rare=True)


@catalogue.mutant("deletion", "dhub.delete-knowledge.gone", rare=True)
def updates_the_deleted(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Updating what is deleted is answered as done."""
    response = forward(asked.request)
    if asked.does == "deleteKnowledge" and succeeded(response):
        memory[asked.path["knowledge_id"]] = True
    if asked.does == "updateKnowledge" and asked.path["knowledge_id"] in memory and response.status == 404:
        return answered(200, {"message": "Knowledge updated successfully"})
    return response


@catalogue.mutant("deletion", "dhub.delete-knowledge.gone", rare=True)
def fills_the_deleted(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Creating a Document in a deleted Knowledge is answered as done."""
    response = forward(asked.request)
    if asked.does == "deleteKnowledge" and succeeded(response):
        memory[asked.path["knowledge_id"]] = True
    if asked.does == "createDocument" and asked.path["kid"] in memory and response.status == 404:
        return answered(200, {"item": "knowledge.document-0000000000aa"})
    return response


@catalogue.mutant("deletion", "dhub.delete-document.message", rare=True)
def says_another_message(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """From the third deletion of a Document on, the message is another one."""
    response = forward(asked.request)
    if asked.does == "deleteDocument" and succeeded(response):
        memory["count"] = memory.get("count", 0) + 1
        if memory["count"] > 2:
            return edited_body(response, ("message",), lambda message: f"{message}.")
    return response
