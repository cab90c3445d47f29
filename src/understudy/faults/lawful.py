"""Which calls a fault can meet, and whether a provider that keeps its contract could answer them so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.contract import Contract, ErrorCase
from understudy.contract.document import resolve
from understudy.contract.responses import ResponseChecker
from understudy.contract.streams import rules_under
from understudy.errors import UsageError
from understudy.faults.answers import response_of
from understudy.faults.kinds import (
    Answer,
    Cut,
    Fault,
    Garbage,
    MalformedEvent,
    Refuse,
    Reset,
    Split,
    Stall,
    WrongLength,
    needs_events,
)

Scope = frozenset[str | None] | None
"""Operations whose calls a fault can meet, None for requests that name none; no scope is every request."""
NEXT = "plan it with unlawful=True if a consumer has to bear it all the same"


def scope_of(
    fault: Fault, operation: str | None, unlawful: bool, contract: Contract, dialects: frozenset[str]
) -> Scope:
    """The calls that ``fault`` can meet, planned for ``operation`` or for any.

    Raises:
        UsageError: it is no fault that could be performed, it could meet no call, or it is not lawful and not said to
            be ``unlawful``.
    """
    if operation is not None and operation not in contract.operations:
        known = ", ".join(contract.operations)
        raise UsageError(f"{contract.stem} has no operation {operation!r}; it has {known}")
    _check_sense(fault)
    if isinstance(fault, Refuse):
        return _refusable(fault, operation, unlawful, contract)
    scope: Scope = None if operation is None else frozenset((operation,))
    if needs_events(fault):
        scope = _streamed(fault, operation, contract, dialects)
    if isinstance(fault, Answer):
        response_of(fault)
        if not unlawful:
            scope = frozenset(contract.operations) if operation is None else scope
            _check_answer(fault, scope or frozenset(), contract, dialects)
    elif not unlawful:
        _check_nature(fault, scope, contract, dialects)
    return scope


def error_of(contract: Contract, named: str) -> ErrorCase:
    """The error that ``named`` is the name or a clause of. Raises UsageError when there is none."""
    by_name = next((case for case in contract.errors if case.name == named), None)
    found = by_name or contract.error_by_clause(named)
    if found is None:
        known = ", ".join(case.name for case in contract.errors)
        raise UsageError(f"{contract.stem} has no error {named!r}; its x-errors name {known}")
    return found


def _check_sense(fault: Fault) -> None:
    wrong = None
    if isinstance(fault, Cut | Stall | Reset):
        places = (fault.after_bytes is not None) + (fault.after_events is not None)
        if places == 2:
            wrong = "says after_bytes and after_events; it needs one of them"
        elif not places and isinstance(fault, Cut):
            wrong = "says neither after_bytes nor after_events; to send nothing at all, plan an empty_reply"
    elif isinstance(fault, WrongLength) and not fault.by:
        wrong = "is wrong by 0; say how many bytes more (above 0) or less (below 0) are announced"
    elif isinstance(fault, Garbage) and (not fault.content or fault.content.startswith(b"HTTP/")):
        wrong = "has content that is no garbage: expected bytes that do not begin with HTTP/, at least one"
    elif isinstance(fault, MalformedEvent) and fault.text is not None and not fault.text.isascii():
        wrong = _unencodable(fault.text)
    if wrong is not None:
        raise UsageError(f"the fault {kind_of(fault)} {wrong}")


def _unencodable(text: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return "has a text that is no Unicode text: half of a surrogate pair stands alone in it"
    return None


def _refusable(fault: Refuse, operation: str | None, unlawful: bool, contract: Contract) -> Scope:
    """Where an error can occur: where x-errors list it, or where it is planned for if that is unlawful."""
    case = error_of(contract, fault.error)
    if operation is None:
        return None if case.operations is None else frozenset(case.operations or (None,))
    if not unlawful and case.operations is not None and operation not in case.operations:
        listed = ", ".join(case.operations) or "requests that match no operation"
        raise UsageError(f"{case.name} is no error of {operation}: x-errors list it for {listed}; {NEXT}")
    return frozenset((operation,))


def _streamed(fault: Fault, operation: str | None, contract: Contract, dialects: frozenset[str]) -> Scope:
    asked = contract.operations if operation is None else (operation,)
    streamed: frozenset[str | None] = frozenset(id for id in asked if any(_framings(contract, id, dialects)))
    if not streamed:
        which = "no operation" if operation is None else f"{operation}, which is not one"
        raise UsageError(f"the fault {kind_of(fault)} needs a streamed answer: {contract.stem} has {which}")
    return streamed


def _check_nature(fault: Fault, scope: Scope, contract: Contract, dialects: frozenset[str]) -> None:
    """That a provider could do this. Raises UsageError."""
    if fault.unlawful:
        raise UsageError(f"the fault {kind_of(fault)} breaks every contract of a stream; {NEXT}")
    if isinstance(fault, Split) and fault.inside == "line_end":
        for id in contract.operations:
            ends = _framings(contract, id, dialects) if scope is None or id in scope else ()
            if any("\r\n" not in framing["event_end"] for framing in ends):
                raise UsageError(f"lines of the stream of {id} do not end in CRLF, which this fault writes; {NEXT}")


def _check_answer(fault: Answer, scope: frozenset[str | None], contract: Contract, dialects: frozenset[str]) -> None:
    """That every operation of ``scope`` may answer so. Raises UsageError.

    As a judge sees it: members that no schema mentions are lawful.
    """
    response = response_of(fault)
    for id in contract.operations:
        if id in scope:
            checker = ResponseChecker(contract, contract.operations[id], closed=False, dialects=dialects)
            try:
                broken = "; ".join(map(str, checker.check(response)))
            except ValueError as error:  # of a stream: an event is too long to be read
                broken = str(error)
            if broken:
                raise UsageError(f"this answer breaks the contract of {id}: {broken}; {NEXT}")


def _framings(contract: Contract, operation: str, dialects: frozenset[str]) -> Iterator[Mapping[str, Any]]:
    """How the streams are framed that an operation answers with."""
    for entry in contract.operations[operation].node.get("responses", {}).values():
        for content in resolve(contract.document, entry).get("content", {}).values():
            media = resolve(contract.document, content)
            if "x-stream" in media:
                yield rules_under(media["x-stream"], dialects)["framing"]


def kind_of(fault: Fault) -> str:
    """What a fault is called in JSON."""
    return str(type(fault).__struct_config__.tag)
