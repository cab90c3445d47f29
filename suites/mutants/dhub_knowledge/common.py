"""What the mutants of this service have in common: their catalogue, and calls that they make of their own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec

from understudy.http import Request, Response
from understudy.mutants import Asked, Catalogue, Forward
from understudy.mutants.changes import value_of

catalogue = Catalogue("dhub_knowledge")

ROOT = "/api/v1/knowledges/"
WRITES = frozenset(("createKnowledge", "updateKnowledge", "createDocument", "updateDocument"))
LISTS = frozenset(("listKnowledges", "listDocuments"))


def changed(asked: Asked, body: Any) -> Request:
    """The request with another JSON body."""
    return asked.request._replace(body=msgspec.json.encode(body))


def asks(asked: Asked, method: str, target: str, body: Any = None) -> Request:
    """A request of a mutant's own, with the credential of this one."""
    content = b"" if body is None else msgspec.json.encode(body)
    return asked.request._replace(method=method, target=target, body=content)


def again(asked: Asked, **query: str | None) -> Request:
    """The request with other query parameters; those of None are left out."""
    given = {**asked.query, **query}
    text = urlencode({name: value for name, value in given.items() if value is not None})
    return asked.request._replace(target=asked.request.path + (f"?{text}" if text else ""))


def item_of(response: Response) -> str | None:
    """The id that a creation answered."""
    value = value_of(response)
    item = value.get("item") if isinstance(value, dict) else None
    return item if isinstance(item, str) else None


def documents_of(asked: Asked, forward: Forward, kid: str) -> list[str]:
    """The ids of the Documents of a Knowledge."""
    value = value_of(forward(asks(asked, "GET", f"{ROOT}{kid}/documents/?limit=1000")))
    return list(value["items"]) if isinstance(value, dict) and isinstance(value.get("items"), dict) else []


def succeeded(response: Response) -> bool:
    return response.status == 200
