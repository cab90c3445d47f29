"""Statuses, headers and media types of answers, each another one or missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from understudy.contract import Contract, OperationNode, resolve
from understudy.http import Request, Response
from understudy.mutants.asking import Asking
from understudy.mutants.changes import with_header, without_header
from understudy.mutants.values import Forward, Mutant, Wrapper, about, binding

ADDED_BY_SERVERS = frozenset(("content-length", "date", "transfer-encoding", "content-type"))
SELDOM = frozenset((408, 409, 413, 429))
"""Statuses that take long to provoke: they are altered in the first operation that has them, and at once."""
INSTEAD: Mapping[int, int] = {200: 201, 400: 404, 401: 403, 403: 401, 404: 400, 408: 504, 409: 400, 413: 400, 429: 503}
"""What a server may answer by mistake instead of a status."""
OTHER_TYPE = "text/html; charset=utf-8"

Alter = Callable[[Response], Response]


def head_mutants(contract: Contract) -> Iterator[Mutant]:
    """The mutants of each operation's answers, of a second spelling of an operation with its success alone.

    No lawful call provokes a failure of the server's own, so that those are left out.
    """
    provoked: set[int] = set()
    for operation in contract.operations.values():
        own = operation.behaves_as == operation.id
        for status, entry in operation.node["responses"].items():
            if int(status) >= (500 if own else 300) or int(status) in provoked:
                continue
            provoked |= SELDOM & {int(status)}
            node = resolve(contract.document, entry)
            yield from _statuses(contract, operation, int(status), node)
            if own:
                yield from _headers(contract, operation, int(status), node)
                yield from _media_types(contract, operation, int(status), node)


def _statuses(contract: Contract, operation: OperationNode, status: int, node: Mapping[str, Any]) -> Iterator[Mutant]:
    make = partial(_mutants, contract, operation, status, "status")
    if status < 300:
        said = node.get("x-clauses", operation.node.get("x-clauses", ()))
        firm = binding(contract, *said[:1])  # the clause that says which status it is
        clauses = binding(contract, *said) if firm else ()
    else:
        cases = [case for case in contract.errors if case.status == status and _occurs(case.operations, operation)]
        firm = clauses = binding(contract, *(id for case in cases for id in case.clauses))
        if not binding(contract, *(case.clauses[0] for case in cases)):
            firm = ()
    if firm and status in INSTEAD:
        yield from make(f"{INSTEAD[status]}", clauses, _status(INSTEAD[status]), late=status < 300)
    if clauses and status >= 400:
        yield from make("200", about(contract, operation, clauses), _status(200))


def _occurs(operations: tuple[str, ...] | None, operation: OperationNode) -> bool:
    return operations is None or operation.id in operations


def _status(other: int) -> Alter:
    return lambda response: response._replace(status=other)


def _headers(contract: Contract, operation: OperationNode, status: int, node: Mapping[str, Any]) -> Iterator[Mutant]:
    for name, entry in node.get("headers", {}).items():
        header = resolve(contract.document, entry)
        clauses = binding(contract, *header.get("x-clauses", ()))
        if not clauses or name.lower() in ADDED_BY_SERVERS:
            continue
        if header.get("required"):
            dropped = partial(without_header, name=name)
            yield from _mutants(contract, operation, status, "header", f"no-{name}", clauses, dropped)
        other = partial(_other_value, name=name)
        yield from _mutants(contract, operation, status, "header", f"other-{name}", clauses, other, late=True)


def _other_value(response: Response, name: str) -> Response:
    value = response.header(name)
    return response if value is None else with_header(response, name, f"x-{value}")


def _media_types(
    contract: Contract, operation: OperationNode, status: int, node: Mapping[str, Any]
) -> Iterator[Mutant]:
    for name, entry in node.get("content", {}).items():
        clauses = binding(contract, *resolve(contract.document, entry).get("x-clauses", ()))
        base = name.partition(";")[0]
        if not clauses:
            continue
        other = partial(_retyped, base=base, header=OTHER_TYPE)
        none = partial(_retyped, base=base, header=None)
        short = base.replace("/", "-")
        yield from _mutants(contract, operation, status, "media-type", f"{short}.html", clauses, other, late=True)
        yield from _mutants(contract, operation, status, "media-type", f"{short}.none", clauses, none)


def _retyped(response: Response, base: str, header: str | None) -> Response:
    if (response.header("content-type") or "").partition(";")[0] != base:
        return response
    without = without_header(response, "content-type")
    return without if header is None else with_header(without, "Content-Type", header)


def _mutants(
    contract: Contract,
    operation: OperationNode,
    status: int,
    kind: str,
    what: str,
    clauses: tuple[str, ...],
    alter: Alter,
    *,
    late: bool = False,
) -> Iterator[Mutant]:
    """One that alters every such answer; ``late``: and one that spares the first two."""
    for spared in (0, 2) if late and status not in SELDOM else (0,):
        when = f" from answer {spared + 1} on" if spared else ""
        yield Mutant(
            id=f"{contract.stem}/{kind}/{operation.id}.{status}.{what}{'.late' if spared else ''}",
            stem=contract.stem,
            kind=kind,
            says=f"An answer {status} of {operation.id} has another {kind}: {what}{when}.",
            clauses=clauses,
            wrap=partial(_wrapper, operation=operation.id, status=status, alter=alter, spared=spared),
            rare=bool(spared),
        )


def _wrapper(contract: Contract, *, operation: str, status: int, alter: Alter, spared: int) -> Wrapper:
    asking = Asking(contract)
    seen: list[int] = []

    def answer(request: Request, forward: Forward) -> Response:
        response = forward(request)
        if response.status != status or asking.read(request).operation != operation:
            return response
        seen.append(status)
        return alter(response) if len(seen) > spared else response

    return answer
