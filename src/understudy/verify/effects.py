"""What requests do to a target, by its contract: whether they only read, and whether they leave something behind."""

from __future__ import annotations

from understudy.contract import Contract, OperationNode
from understudy.contract.routes import Router
from understudy.contract.values import SAFE_METHODS
from understudy.http import Request

WRITES_ALLOWED = "--writes"
"""The option that lets a verification change what an instance that is not ours holds."""


class Effects:
    """``creating`` and ``lasting`` are a judge's: operations whose work should be deleted, or cannot be."""

    def __init__(
        self, contract: Contract, creating: frozenset[str] = frozenset(), lasting: frozenset[str] = frozenset()
    ) -> None:
        self._operations = contract.operations
        self._creating = creating
        self._lasting = lasting
        self._router: Router[str] = Router()
        for operation in contract.operations.values():
            self._router.add(operation.method, operation.path, operation.id)

    def operation(self, request: Request) -> OperationNode | None:
        """The operation that the request is of, None when the contract has none for it."""
        match = self._router.match(request.method, request.path)
        return None if match is None else self._operations[match.operation]

    def safe(self, request: Request) -> bool:
        """It only reads: by its operation, or by its method where it is of none."""
        operation = self.operation(request)
        return request.method in SAFE_METHODS if operation is None else operation.safe

    def creates(self, request: Request) -> bool:
        """It leaves something behind, if it is granted."""
        operation = self.operation(request)
        return operation is not None and operation.behaves_as in self._creating | self._lasting

    def lasts(self, request: Request) -> bool:
        """It leaves something behind that no operation deletes, if it is granted."""
        operation = self.operation(request)
        return operation is not None and operation.behaves_as in self._lasting

    def unless_safe(self, request: Request) -> str:
        """Why a target that is only to be read is spared the request; empty when it is not."""
        if self.safe(request):
            return ""
        operation = self.operation(request)
        what = f"{request.method} {request.path}" if operation is None else operation.id
        return f"{what} is no safe operation and writes are not allowed: {WRITES_ALLOWED}"
