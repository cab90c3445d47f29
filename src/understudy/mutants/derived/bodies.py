"""Members of JSON answers, each missing, renamed, of another type, null, or different."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from understudy.contract import Contract, OperationNode, resolve
from understudy.http import Request, Response
from understudy.mutants.asking import Asking
from understudy.mutants.changes import Change, Steps, edited_body
from understudy.mutants.derived.members import Member, changes, members
from understudy.mutants.values import Forward, Mutant, Wrapper, binding

SPARED = 2
"""How many answers a mutant that comes late leaves as they are."""


def body_mutants(contract: Contract) -> Iterator[Mutant]:
    """Each member broken in every way, in the first operation where that can be done, and once more so that the first
    answers are spared; of an answer that succeeds, in one way by turns in each further operation that has it.
    """
    met: set[tuple[str, int, str]] = set()
    for turn, (operation, status, member) in enumerate(answered_members(contract)):
        ways = [*changes(member)]
        new = [way for way in ways if (member.name, member.node, way[0]) not in met]
        if not ways or (not new and status >= 300):
            continue
        chosen = ways[turn % len(ways)]
        for way in new or [chosen]:
            yield _mutant(contract, operation, status, member, way, spared=0)
        if len(new) == len(ways):
            yield _mutant(contract, operation, status, member, chosen, spared=SPARED)
        met.update((member.name, member.node, way[0]) for way in new)


def answered_members(contract: Contract) -> Iterator[tuple[OperationNode, int, Member]]:
    """The members of JSON answers, by operation and status: of those that a binding clause says are given."""
    for operation in contract.operations.values():
        if operation.behaves_as != operation.id:
            continue
        for status, schema in _json_answers(contract, operation):
            if status >= 300 and not _promised(contract, operation, status):
                continue
            for member in members(contract, schema):
                yield operation, status, member


def _promised(contract: Contract, operation: OperationNode, status: int) -> bool:
    """Whether a clause that binds says when a refusal is due. No lawful call provokes a failure of the server's own."""
    cases = (case for case in contract.errors if case.operations is None or operation.id in case.operations)
    return status < 500 and any(binding(contract, case.clauses[0]) for case in cases if case.status == status)


def _json_answers(contract: Contract, operation: OperationNode) -> Iterator[tuple[int, Any]]:
    for status, node in operation.node["responses"].items():
        for name, entry in resolve(contract.document, node).get("content", {}).items():
            content = resolve(contract.document, entry)
            if name.startswith("application/json") and "schema" in content:
                yield int(status), content["schema"]


def _mutant(
    contract: Contract,
    operation: OperationNode,
    status: int,
    member: Member,
    way: tuple[str, Change, tuple[str, ...]],
    *,
    spared: int,
) -> Mutant:
    what, change, clauses = way
    place = f"{operation.id}.{status}.{member.place}.{what}"
    late = f" from answer {spared + 1} on" if spared else ""
    return Mutant(
        id=f"{contract.stem}/reply-field/{place}{'.late' if spared else ''}",
        stem=contract.stem,
        kind="reply-field",
        says=f"The {status} answer of {operation.id} has {member.place} {what}{late}.",
        clauses=clauses,
        wrap=partial(_wrapper, operation=operation.id, status=status, steps=member.steps, change=change, spared=spared),
        rare=bool(spared),
    )


def _wrapper(contract: Contract, *, operation: str, status: int, steps: Steps, change: Change, spared: int) -> Wrapper:
    asking = Asking(contract)
    seen: list[int] = []

    def answer(request: Request, forward: Forward) -> Response:
        response = forward(request)
        if response.status != status or asking.read(request).operation != operation:
            return response
        broken = edited_body(response, steps, change)
        if broken is not response:
            seen.append(response.status)
        return broken if len(seen) > spared else response

    return answer
