"""Streams: framing, kinds, order, ends and silences, each broken, and the members of each kind of event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from understudy.contract import Contract, OperationNode, resolve
from understudy.http import Request, Response
from understudy.mutants.asking import Asking
from understudy.mutants.changes import Change, Steps, Where, edited
from understudy.mutants.derived.members import changes, facets_of, members
from understudy.mutants.streams import Alter, Framing, altered
from understudy.mutants.values import Forward, Mutant, Wrapper, binding

Breaking = Callable[[Framing], Alter]
"""Makes what alters one stream, with a memory of its own."""


def event_mutants(contract: Contract) -> Iterator[Mutant]:
    """The mutants of each streamed answer, but of the second spellings of an operation."""
    for operation in contract.operations.values():
        if operation.behaves_as != operation.id:
            continue
        for status, node in operation.node["responses"].items():
            for entry in resolve(contract.document, node).get("content", {}).values():
                content = resolve(contract.document, entry)
                if "x-stream" in content:
                    yield from _of_stream(contract, operation, int(status), content)


def _of_stream(
    contract: Contract, operation: OperationNode, status: int, content: Mapping[str, Any]
) -> Iterator[Mutant]:
    rules = content["x-stream"]
    framing = Framing(
        rules["framing"]["line_prefix"].encode(), rules["framing"]["event_end"].encode(), rules["kind"][1:]
    )
    make = partial(_mutant, contract, operation, status, framing)
    item = resolve(contract.document, content["itemSchema"])
    clauses = binding(contract, *rules["clauses"])
    whole = binding(contract, *item.get("x-clauses", ()))
    clauses = (*clauses, *whole) if clauses else ()
    promised = promised_kinds(contract, item, rules)
    for what, says, breaking in _broken_rules(rules, frozenset(promised)) if clauses else ():
        broken = (*clauses, *promised.get(what.partition(".")[0], ()))
        yield make(what, says, broken, breaking)
        yield make(f"{what}.late", f"{says}, from the third stream on", broken, breaking, spared=2)
    for turn, member in enumerate(members(contract, content["itemSchema"])):
        told = [step.value for step in member.steps if isinstance(step, Where) and step.member == framing.kind]
        if not promised.keys() >= set(told):
            continue
        more = (*whole, *(id for kind in told for id in promised[kind]))
        ways = [(what, change, tuple(dict.fromkeys((*broken, *more)))) for what, change, broken in changes(member)]
        for what, change, broken in ways:
            says = f"an event has {member.place} {what}"
            yield make(f"{member.place}.{what}", says, broken, partial(_edit, member.steps, change))
        if ways:
            what, change, broken = ways[turn % len(ways)]
            breaking = partial(_edit, member.steps, change)
            says = f"an event has {member.place} {what}, from the third stream on"
            yield make(f"{member.place}.{what}.late", says, broken, breaking, spared=2)


def promised_kinds(
    contract: Contract, item: Mapping[str, Any], rules: Mapping[str, Any]
) -> Mapping[str, tuple[str, ...]]:
    """The kinds of events that are called so by clauses that bind, with these clauses."""
    kind, said = rules["kind"][1:], dict[str, tuple[str, ...]]()
    for branch in (*item.get("oneOf", ()), *item.get("anyOf", ())):
        facets = [*facets_of(contract, branch)]
        named = [inner for facet in facets for inner in facets_of(contract, facet.get("properties", {}).get(kind))]
        name = str(next((facet["const"] for facet in named if "const" in facet), ""))
        told = binding(contract, *(id for facet in (*facets, *named) for id in facet.get("x-clauses", ())))
        said[name] = tuple(id for id in told if name and name in contract.clauses[id].says)
    return {name: clauses for name, clauses in said.items() if clauses}


def _broken_rules(rules: Mapping[str, Any], promised: frozenset[str]) -> Iterator[tuple[str, str, Breaking]]:
    yield "no-prefix", "an event begins without what marks it", lambda f: lambda e, n, last: e.removeprefix(f.before)
    yield "not-parted", "nothing parts an event from the next", lambda f: lambda e, n, last: e.removesuffix(f.after)
    yield "cut-json", "the first event is cut off", _first(lambda f, e: f.before + e[len(f.before) :][:-12] + f.after)
    yield "no-end", "the last event is not sent", lambda f: lambda e, n, last: b"" if last else e
    yield "two-ends", "the last event is sent twice", lambda f: lambda e, n, last: e + e if last else e
    yield "after-the-end", "the first event is sent again after the last", _again
    order: Mapping[str, Any] = rules["order"]
    for kind, following in order.items():
        if kind not in promised:
            continue
        yield f"{kind}.renamed", f"{kind} is called by another name", partial(_renamed, kind)
        if kind not in following and kind not in rules["terminal"]:
            yield f"{kind}.doubled", f"{kind} is sent twice", partial(_doubled, kind)
    for pair in rules.get("pairs", ()):
        yield f"{pair['close']}.missing", f"{pair['close']} is not sent", partial(_dropped, pair["close"])
        yield f"{pair['open']}.missing", f"{pair['open']} is not sent", partial(_dropped, pair["open"])
    first, later = rules["first"][0], [kind for kind in order if kind not in rules["first"]]
    if len(order) == 3 and not later:
        yield f"{first}.held-back", f"{first} is sent after what follows it", partial(_held_back, first)


def _first(change: Callable[[Framing, bytes], bytes]) -> Breaking:
    return lambda framing: lambda event, number, last: change(framing, event) if number == 0 else event


def _again(framing: Framing) -> Alter:
    kept: list[bytes] = []

    def alter(event: bytes, number: int, last: bool) -> bytes:
        kept.append(event)
        return event + kept[0] if last else event

    return alter


def _renamed(kind: str, framing: Framing) -> Alter:
    def alter(event: bytes, number: int, last: bool) -> bytes:
        value = framing.value(event)
        other = isinstance(value, dict) and value.get(framing.kind) == kind
        return framing.event({**value, framing.kind: f"{kind}_"}) if other else event

    return alter


def _doubled(kind: str, framing: Framing) -> Alter:
    return lambda event, number, last: event + event if framing.kind_of(event) == kind else event


def _dropped(kind: str, framing: Framing) -> Alter:
    return lambda event, number, last: b"" if framing.kind_of(event) == kind else event


def _held_back(kind: str, framing: Framing) -> Alter:
    kept: list[bytes] = []

    def alter(event: bytes, number: int, last: bool) -> bytes:
        if framing.kind_of(event) == kind and not last:
            kept.append(event)
            return b""
        held = b"".join(kept)
        kept.clear()
        return event + held

    return alter


def _edit(steps: Steps, change: Change, framing: Framing) -> Alter:
    def alter(event: bytes, number: int, last: bool) -> bytes:
        value = framing.value(event)
        if value is None:
            return event
        broken = edited(value, steps, change)
        return event if broken == value and type(broken) is type(value) else framing.event(broken)

    return alter


def _mutant(
    contract: Contract,
    operation: OperationNode,
    status: int,
    framing: Framing,
    what: str,
    says: str,
    clauses: tuple[str, ...],
    breaking: Breaking,
    spared: int = 0,
) -> Mutant:
    return Mutant(
        id=f"{contract.stem}/stream/{operation.id}.{what}",
        stem=contract.stem,
        kind="stream",
        says=f"In a stream of {operation.id} {says}.",
        clauses=clauses,
        wrap=partial(_wrapper, (operation.id, status), framing, breaking, spared),
        rare=bool(spared),
    )


def _wrapper(where: tuple[str, int], framing: Framing, breaking: Breaking, spared: int, contract: Contract) -> Wrapper:
    asking = Asking(contract)
    seen: list[int] = []

    def answer(request: Request, forward: Forward) -> Response:
        response = forward(request)
        if response.stream is None or (asking.read(request).operation, response.status) != where:
            return response
        seen.append(response.status)
        return altered(response, breaking(framing)) if len(seen) > spared else response

    return answer
