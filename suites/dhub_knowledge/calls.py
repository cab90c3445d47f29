"""What scripts are made of: lawful calls with names that can be recognised, and pages followed to their end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.verify.reading import Reading
from understudy.verify.session import Session, Unmet

from .values import object_in

SECONDS_APART = 4
"""How long a script waits so that two moments in whole seconds surely differ."""


def fresh(session: Session, text: str) -> str:
    """A name that nothing has yet: the session's label, how many calls there were, and ``text``."""
    return f"{session.label} {len(session.readings)} {text}"


def create_knowledge(session: Session, body: Mapping[str, Any], **parts: Any) -> str:
    """The id of a new Knowledge. Raises `Unmet` when the target made none."""
    return _created(session.call("createKnowledge", body=body, **parts), "a Knowledge")


def create_document(session: Session, kid: str, body: Mapping[str, Any]) -> str:
    """The id of a new Document. Raises `Unmet` when the target made none."""
    return _created(session.call("createDocument", path={"kid": kid}, body=body), "a Document")


def get_knowledge(session: Session, id: str, version: str | None = None, **parts: Any) -> Reading:
    return session.call("getKnowledge", path={"knowledge_id": id}, query={"knowledge_version": version}, **parts)


def update_knowledge(session: Session, id: str, body: Mapping[str, Any]) -> Reading:
    return session.call("updateKnowledge", path={"knowledge_id": id}, body=body)


def delete_knowledge(session: Session, id: str) -> Reading:
    return session.call("deleteKnowledge", path={"knowledge_id": id})


def knowledge_versions(session: Session, id: str) -> list[str]:
    return _version_ids(session.call("listKnowledgeVersions", path={"knowledge_id": id}))


def get_document(session: Session, kid: str, did: str, version: str | None = None) -> Reading:
    return session.call("getDocument", path={"kid": kid, "did": did}, query={"document_version": version})


def update_document(session: Session, kid: str, did: str, body: Mapping[str, Any]) -> Reading:
    return session.call("updateDocument", path={"kid": kid, "did": did}, body=body)


def delete_document(session: Session, kid: str, did: str) -> Reading:
    return session.call("deleteDocument", path={"kid": kid, "did": did})


def document_versions(session: Session, kid: str, did: str) -> list[str]:
    return _version_ids(session.call("listDocumentVersions", path={"kid": kid, "did": did}))


def pages(session: Session, most: int, kid: str | None = None, **query: str | int) -> Iterator[Reading]:
    """A listing from its first page on, at most ``most`` pages of it."""
    operation, path = ("listKnowledges", {}) if kid is None else ("listDocuments", {"kid": kid})
    token: str | None = None
    for _ in range(most):
        reading = session.call(operation, path=path, query={**query, "token": token})
        yield reading
        token = reading.member("token")
        if not (isinstance(token, str) and token):
            return


def whole_list(
    session: Session, most: int, kid: str | None = None, **query: str | int
) -> tuple[Reading, dict[str, list[Any]]]:
    """The last page of a listing, and the groups of what all its pages show, by id."""
    shown: dict[str, list[Any]] = {}
    for reading in pages(session, most, kid, **query):
        items = reading.member("items")
        for id, text in items.items() if isinstance(items, dict) else ():
            groups = (object_in(text) or {}).get("groups")
            shown[id] = groups if isinstance(groups, list) else []
    return reading, shown


def _created(reading: Reading, what: str) -> str:
    id = reading.member("item")
    if not reading.succeeded or not isinstance(id, str) or not id:
        raise Unmet(f"creating {what} was answered with {_answer(reading)}")
    return id


def _answer(reading: Reading) -> str:
    if reading.observation.response is None:
        return f"nothing: {reading.observation.failure}"
    return f"status {reading.status}" + ("" if not reading.succeeded else " and no id")


def _version_ids(reading: Reading) -> list[str]:
    entries = reading.value if isinstance(reading.value, list) else []
    ids = [entry.get("version_id") for entry in entries if isinstance(entry, dict)]
    return [id for id in ids if isinstance(id, str) and id]
