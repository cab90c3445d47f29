"""What the mutants of this service have in common: their catalogue, and requests of their own."""

from __future__ import annotations

from typing import Any

import msgspec

from understudy.http import Request, Response
from understudy.mutants import Asked, Catalogue
from understudy.mutants.changes import value_of
from understudy.mutants.streams import Framing

catalogue = Catalogue("entity_enricher")

FRAMING = Framing(b"data: ", b"\r\n\r\n", "type")
STARTS = frozenset(("startEnrichment", "startBatch", "generateSchema", "editSchema"))


def clauses_of(*names: str) -> tuple[str, ...]:
    """Clauses by what stands behind the name of the service."""
    return tuple(f"ee.{name}" for name in names)


def changed(asked: Asked, **members: Any) -> Request:
    """The request with other members in its JSON body."""
    return asked.request._replace(body=msgspec.json.encode({**asked.body, **members}))


def asks(asked: Asked, method: str, target: str, body: Any = None) -> Request:
    """A request of a mutant's own, with the key of this one."""
    headers = {name: value for name, value in asked.request.headers.items() if name != "content-length"}
    content = b"" if body is None else msgspec.json.encode(body)
    if body is not None:
        headers["content-type"] = "application/json"
    return asked.request._replace(method=method, target=target, headers=headers, body=content)


def member_of(response: Response, name: str) -> Any:
    value = value_of(response)
    return value.get(name) if isinstance(value, dict) else None


def done(asked: Asked, response: Response, *operations: str) -> bool:
    """Whether this answers one of these operations, and well."""
    return asked.does in operations and response.status == 200
