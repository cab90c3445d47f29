"""A mutant: a provider that is broken in one respect, as a value.

It works on requests and answers and knows no mock's insides, so that it breaks whatever stands behind it, in the same
process or served over HTTP alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from understudy.contract import BINDING_GRADES, Contract, OperationNode
from understudy.errors import ContractError, UsageError
from understudy.http import Request, Response

Forward = Callable[[Request], Response]
"""Has the provider behind the mutant answer a request."""
Wrapper = Callable[[Request, Forward], Response]
"""One mutant at work: it answers, forwards as it likes, and has a memory of its own."""

KINDS: Mapping[str, str] = {
    "reply-field": "a member of an answer is missing, renamed, null, or of another type or value",
    "status": "an answer has another status",
    "header": "a header of an answer is missing or different",
    "media-type": "an answer says that it is of another media type, or of none",
    "stream": "a stream breaks its framing, its order, or an event's members",
    "auth": "a credential is not checked, or checked wrongly",
    "isolation": "one account sees or changes what is another's",
    "state": "a write is forgotten, reverted or done twice, or a read is stale",
    "value": "what is read is not what was written",
    "partial": "an update touches what it did not give",
    "list": "a list shows too much, too little, or something twice",
    "paging": "pages skip, repeat or never end",
    "filter": "a filter keeps what it should drop, or drops what it should keep",
    "limit": "a limit is off by one",
    "quota": "calls are counted wrongly",
    "rate": "calls are held to another rate, or to none",
    "index": "a place in a text is off",
    "version": "a version is missing, wrong or told wrongly",
    "deletion": "what was deleted is there, or more is gone than was deleted",
    "conflict": "what should be refused for what is there is done",
    "identity": "ids are not unique, not kept, or another's",
    "refusal": "a request that must be refused is answered, or the other way round",
    "bytes": "bytes are changed",
    "job": "a job does other than it says",
}


@dataclass(frozen=True)
class Mutant:
    """A provider broken in one respect.

    ``clauses`` are those that it breaks, at least one of them documented or from an example; ``says`` is what it does,
    in one sentence. ``rare``: it shows only after three or more calls, or for rare input. ``shift`` are limits that the
    mock is given other values of, by how much.
    """

    id: str
    stem: str
    kind: str
    says: str
    clauses: tuple[str, ...]
    wrap: Callable[[Contract], Wrapper]
    rare: bool = False
    shift: Mapping[str, int] = field(default_factory=dict)


def unbroken(contract: Contract) -> Wrapper:
    """Breaks nothing: for mutants that are a mock with other limits."""
    return lambda request, forward: forward(request)


def binding(contract: Contract, *clauses: str) -> tuple[str, ...]:
    """Those clauses that a provider fails by when it breaks them, each once."""
    known = (contract.clauses[id] for id in dict.fromkeys(clauses))
    return tuple(clause.id for clause in known if clause.grade in BINDING_GRADES and clause.binds != "consumer")


def about(contract: Contract, operation: OperationNode, clauses: tuple[str, ...]) -> tuple[str, ...]:
    """``clauses``, and those of the operation itself on the same topics, as their ids are named: ``dhub.auth.``"""
    topics = {id.rpartition(".")[0] for id in clauses}
    nodes = (operation.node, contract.operations[operation.behaves_as].node)
    own = (id for node in nodes for id in node.get("x-clauses", ()) if id.rpartition(".")[0] in topics)
    return binding(contract, *clauses, *own)


def check(contract: Contract, mutants: tuple[Mutant, ...]) -> None:
    """Raise `ContractError` where a mutant names a clause or limit that the contract lacks, or breaks none that binds;
    `UsageError` where two have one id, or a kind is not known."""
    seen: set[str] = set()
    for mutant in mutants:
        unknown = [id for id in mutant.clauses if id not in contract.clauses]
        unknown += [name for name in mutant.shift if name not in contract.limits]
        if unknown:
            raise ContractError(f"the mutant {mutant.id} names {', '.join(unknown)}, which {contract.stem} lacks")
        if not binding(contract, *mutant.clauses):
            raise ContractError(f"the mutant {mutant.id} breaks no documented or example clause of the provider's")
        if mutant.kind not in KINDS:
            raise UsageError(f"the mutant {mutant.id} has the kind {mutant.kind!r}; known are {', '.join(KINDS)}")
        if mutant.id in seen:
            raise UsageError(f"two mutants have the id {mutant.id}")
        seen.add(mutant.id)
