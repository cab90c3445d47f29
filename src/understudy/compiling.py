"""What of a service is made ready once, for every stage that has the same limits and dialects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from understudy.contract import Contract, ErrorCase
from understudy.contract.requests import RequestReader
from understudy.contract.responses import ResponseChecker
from understudy.contract.secrets import Secrets
from understudy.errors import ServiceError, UsageError
from understudy.faults.answers import refusals_of
from understudy.service import Behaviour, Service
from understudy.stage import Stage


class Operation(NamedTuple):
    """One operation: how its requests are read, what its answers are checked by, and what does it."""

    id: str
    reader: RequestReader
    checker: ResponseChecker
    behaviour: Behaviour
    secrets: Secrets | None


def operations_of(service: Service[Any], contract: Contract, dialects: frozenset[str]) -> dict[str, Operation]:
    """The operations of a service, by id. Raises `ServiceError` where behaviours and contract do not fit."""
    unknown = sorted(set(service.behaviours) - set(contract.operations))
    if unknown:
        raise ServiceError(f"{service.stem}: the contract has no operation {', '.join(unknown)}")
    found: dict[str, Operation] = {}
    for id, node in contract.operations.items():
        behaviour = service.behaviours.get(id) or service.behaviours.get(node.behaves_as)
        if behaviour is None:
            raise ServiceError(f"{service.stem}: {id} ({node.method} {node.path}) has no behaviour")
        checker = ResponseChecker(contract, node, closed=True, dialects=dialects)
        secrets = Secrets(contract, node)
        found[id] = Operation(id, RequestReader(contract, node), checker, behaviour, secrets or None)
    return found


def limits_of(contract: Contract, stage: Stage) -> Mapping[str, Any]:
    """The limits of a service on a stage. Raises `UsageError` where the stage has one that the contract has not."""
    given = stage.limits.get(contract.stem, {})
    unknown = sorted(set(given) - set(contract.limits))
    if unknown:
        known = ", ".join(sorted(contract.limits))
        raise UsageError(f"{contract.stem} has no limit {', '.join(unknown)}; it has {known}")
    return {name: given.get(name, limit.value) for name, limit in contract.limits.items()}


def check_refusals(service: Service[Any], errors: Mapping[str, ErrorCase]) -> None:
    """Raise `ServiceError` for a refusal whose clause and status are not among the contract's errors."""
    for refusal in refusals_of(service):
        case = errors.get(refusal.clause)
        if case is None or case.status != refusal.status:
            known = "no error" if case is None else f"status {case.status}"
            raise ServiceError(
                f"{service.stem}: {refusal.__name__} says {refusal.status} by {refusal.clause!r}, but the contract's "
                f"x-errors have {known} for that clause; correct the refusal or the contract"
            )
