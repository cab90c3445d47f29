"""Writes that were not answered, or that nobody may make: what they may have done, and what they must not have."""

from __future__ import annotations

from understudy.verify.reading import Reading

from .changes import doubt_deletion
from .creation import lose_creation
from .kinds import DOCUMENT, KNOWLEDGE
from .values import given
from .world import Fate, Subject, World, new_item


def doubt(reading: Reading, subject: Subject) -> None:
    """A write was not answered."""
    if reading.operation in ("createKnowledge", "createDocument"):
        lose_creation(reading, subject)
    elif subject.item is None:
        return
    elif reading.observation.request.method == "PUT":
        subject.item.doubt({**given(reading.body)[0], **dict.fromkeys(given(reading.body)[1])})
    elif reading.observation.request.method == "DELETE":
        doubt_deletion(subject.item)


def without_access(reading: Reading, world: World) -> None:
    """A call without a valid access token: refused, it must not show; carried out, nobody knows what is there now."""
    fields, _ = given(reading.body)
    items = world.items(reading.path.get("knowledge_id", reading.path.get("kid", "")), reading.path.get("did"))
    method = reading.observation.request.method
    if method == "POST":
        _created_without_access(reading, world, fields)
    for item in items:
        if method == "PUT" and reading.succeeded:
            item.doubt(fields)
        elif method == "PUT":
            item.refuse(fields, "dhub.auth.required")
        elif method == "DELETE" and reading.succeeded:
            doubt_deletion(item)
        elif method == "DELETE":
            item.refused_deletion = "dhub.auth.required"


def _created_without_access(reading: Reading, world: World, fields: dict[str, object]) -> None:
    """What was created all the same is taken for the latest account's, which may be able to delete it."""
    name, id, account = fields.get("name"), reading.member("item"), world.latest
    if not reading.succeeded:
        if isinstance(name, str):
            world.refused_names.setdefault(name, "dhub.auth.required")
        return
    if not isinstance(id, str) or account is None:
        return
    holder = account.knowledges.get(reading.path.get("kid", ""))
    kind = KNOWLEDGE if reading.operation == "createKnowledge" else DOCUMENT
    if kind is KNOWLEDGE or holder is not None:
        item = new_item(kind, id, fields, account, holder)
        item.fate = Fate.UNKNOWN
        (account.knowledges if holder is None else holder.documents).setdefault(id, item)
    if holder is not None:
        holder.had_documents = True
        holder.disturb()
