"""A request as a mutant sees it: the operation that it is for, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from understudy.contract import Contract
from understudy.contract.bodies import BodyError, decode_json
from understudy.contract.credentials import Credentials
from understudy.contract.routes import Router
from understudy.http import Request


class Asked(NamedTuple):
    """A request, decoded as far as that goes.

    ``operation`` is the operationId, None where the contract has none; ``does`` that of the operation that it behaves
    as. ``body`` is the JSON value, None where there is none. ``credential`` is None where there is none, else the text.
    """

    request: Request
    operation: str | None
    does: str | None
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    credential: str | None

    def member(self, *names: str) -> Any:
        """What stands in the body under these names, None when any of them is missing."""
        found = self.body
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found


class Asking:
    """Reads requests by a contract."""

    def __init__(self, contract: Contract) -> None:
        self._credentials = Credentials(contract)
        self._operations = contract.operations
        self._router: Router[str] = Router()
        for operation in contract.operations.values():
            self._router.add(operation.method, operation.path, operation.id)

    def read(self, request: Request) -> Asked:
        match = self._router.match(request.method, request.path)
        operation = None if match is None else match.operation
        return Asked(
            request=request,
            operation=operation,
            does=None if operation is None else self._operations[operation].behaves_as,
            path={} if match is None or match.values is None else match.values,
            query=dict(parse_qsl(request.query, keep_blank_values=True)),
            body=_json(request.body),
            credential=self._credentials.read(request.headers),
        )

    def known(self, credential: str | None) -> bool:
        """Whether this is a test credential, or one of an account made from it."""
        return credential is not None and self._credentials.role_of(credential) is not None


def _json(body: bytes) -> Any:
    try:
        return decode_json(body) if body else None
    except BodyError:
        return None
