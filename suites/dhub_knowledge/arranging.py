"""Lawful calls for every operation, for the derived and generated cases to vary, and reading back what those left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.verify.reading import Reading
from understudy.verify.session import Session, Unmet
from understudy.verify.suite import Arranged

from .calls import create_document, create_knowledge, fresh, get_document, get_knowledge, whole_list
from .judge import DHubJudge
from .world import Account, Fate, Item

ON_DOCUMENT = frozenset(("getDocument", "listDocumentVersions", "updateDocument", "deleteDocument"))
ON_KNOWLEDGE = frozenset(("getKnowledge", "listKnowledgeVersions", "updateKnowledge"))


def arrange(session: Session, operation: str) -> Arranged | None:
    """A lawful call of ``operation`` on things of our own, which are created where they are missing."""
    try:
        if operation in ("createKnowledge", "listKnowledges"):
            return Arranged(body=body_of(session, operation))
        if operation == "deleteKnowledge":
            return Arranged({"knowledge_id": _spare(session)})
        holder = _holder(session)
        if operation in ON_KNOWLEDGE:
            return Arranged({"knowledge_id": holder.id}, body=body_of(session, operation))
        if operation not in ON_DOCUMENT:
            return Arranged({"kid": holder.id}, body=body_of(session, operation))
        return Arranged({"kid": holder.id, "did": _document(session, holder)}, body=body_of(session, operation))
    except Unmet:
        return None


def body_of(session: Session, operation: str) -> dict[str, Any] | None:
    """A lawful body with every field of the tables; its name was never used before."""
    if not operation.startswith(("create", "update")):
        return None
    of_document = operation.endswith("Document")
    body: dict[str, Any] = {
        "name": fresh(session, "꾸며 낸 이름 🎭"),
        "alias": fresh(session, "꾸민 별칭"),
        "type": "WEB" if of_document else "document",
        "groups": [mark(session)],
        "tags": ["꼬리표", "e\u0301"],
        "options": {"url": "https://docs.example.com/꾸밈"} if of_document else {"embedding": "BAAI/bge-m3"},
    }
    return body | {"comment": "쓰이지 말아야 할 설명"} if operation.startswith("update") else body


def mark(session: Session) -> str:
    """A group that only the arranged things of this run have."""
    held = [item.id for item in _account(session).knowledges.values() if item.ours]
    return f"{session.label} {held[0] if held else 'first'}".replace(",", " ")


def fitted(lawful: Arranged, body: Any) -> Any:
    """A generated body under a name that can be recognised."""
    if not isinstance(body, dict) or "name" not in body:
        return body
    return {**body, "name": f"{lawful.body['name']} {body['name']}"}


def reread(session: Session) -> None:
    """Read back what calls without access, and calls with unlawful bodies, must have left alone."""
    account = _account(session)
    for knowledge in [item for item in account.knowledges.values() if item.ours and item.fate is Fate.HERE][:2]:
        get_knowledge(session, knowledge.id)
        for document in knowledge.documents_that(Fate.HERE)[:1]:
            get_document(session, knowledge.id, document.id)
            whole_list(session, 3, knowledge.id)
    whole_list(session, 3, groups=mark(session))


def followed(session: Session, reading: Reading) -> None:
    """Read back what a generated call wrote."""
    path: Mapping[str, str] = reading.path
    created = reading.member("item")
    if reading.operation == "createKnowledge" and isinstance(created, str):
        get_knowledge(session, created)
    elif reading.operation == "updateKnowledge":
        get_knowledge(session, path["knowledge_id"])
    elif reading.operation == "createDocument" and isinstance(created, str):
        get_document(session, path["kid"], created)
    elif reading.operation == "updateDocument":
        get_document(session, path["kid"], path["did"])


def _account(session: Session) -> Account:
    assert isinstance(session.judge, DHubJudge)
    return session.judge.world.account(session.credential())


def _holder(session: Session) -> Item:
    """A Knowledge with a Document in it, or to be one."""
    account = _account(session)
    here = [item for item in account.knowledges.values() if item.ours and item.fate is Fate.HERE]
    if not here:
        return account.knowledges[create_knowledge(session, {"name": fresh(session, "무대 🎪")})]
    return next((item for item in here if item.documents_that(Fate.HERE)), here[0])


def _document(session: Session, holder: Item) -> str:
    there = holder.documents_that(Fate.HERE)
    return there[0].id if there else create_document(session, holder.id, {"name": fresh(session, "무대의 문서")})


def _spare(session: Session) -> str:
    """A Knowledge that holds no Document, so that nothing but a missing credential keeps it."""
    holder = _holder(session)
    spare = [
        item.id
        for item in _account(session).knowledges.values()
        if item is not holder and item.fate is Fate.HERE and item.surely_empty
    ]
    if spare:
        return spare[0]
    id = create_knowledge(session, {"name": fresh(session, "빈 무대")})
    get_knowledge(session, id)
    return id
