"""Streams: each says which kinds of event may follow which, and its schema knows the same kinds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.contract.document import escape
from understudy.contract.events import Event
from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.items import has_member, items_of, kinds_of
from understudy.contract.lint.page import Page, nearest, shown, strings
from understudy.contract.objects import Node
from understudy.contract.streams import StreamChecker
from understudy.contract.values import Contract


def streams(page: Page) -> Iterator[tuple[Node, str, dict[str, Any]]]:
    """Every media type that has an ``x-stream`` of the right outer shape: the node, the pointer, the stream.

    Then the same under each dialect that changes something of it, with the pointer of the change.
    """
    for node in page.of("media type"):
        stream = node.value.get("x-stream")
        if isinstance(stream, dict):
            yield node, f"{node.pointer}/x-stream", stream
            for name, changed in _mapping(stream.get("dialects")).items():
                yield node, f"{node.pointer}/x-stream/dialects/{escape(name)}", {**stream, **_mapping(changed)}


def _unordered(page: Page) -> Iterator[Said]:
    for node in page.of("media type"):
        streamed = "itemSchema" in node.value or node.name.partition(";")[0].strip() == "text/event-stream"
        if streamed and "x-stream" not in node.value and "/requestBod" not in node.pointer:
            text = f"the stream {node.name!r} has no x-stream, so nothing says which event may follow which: add it"
            yield Said(node.pointer, text)
        if "x-stream" in node.value and "itemSchema" not in node.value:
            yield Said(node.pointer, "x-stream orders items that no itemSchema describes: add `itemSchema`, one event")


def _kinds(page: Page) -> Iterator[Said]:
    for node, pointer, stream in streams(page):
        order, kind = stream.get("order"), stream.get("kind")
        if not isinstance(order, dict) or not isinstance(kind, str) or "itemSchema" not in node.value:
            continue
        known = kinds_of(page, node.value["itemSchema"], kind.split("/")[1:])
        if known is None:
            text = f"itemSchema does not say which kinds stand at {kind}: give every branch a const or enum there"
            yield Said(f"{pointer}/kind", text)
            continue
        known = known | set(_mapping(stream.get("kinds")))
        for name in order:
            if name not in known:
                yield Said(
                    f"{pointer}/order/{escape(name)}",
                    f"itemSchema knows no kind {name!r} at {kind}; {nearest(name, known)}",
                )
        for name in sorted(known - set(order)):
            yield Said(
                f"{pointer}/order", f"the kind {name!r} of itemSchema is not in the order: say what may follow it"
            )


def _narrower(page: Page) -> Iterator[Said]:
    """A form that a kind comes in narrows a kind which itemSchema knows, by a member that it describes."""
    for node, pointer, stream in streams(page):
        kind, schema = stream.get("kind"), node.value.get("itemSchema")
        known = kinds_of(page, schema, kind.split("/")[1:]) if isinstance(kind, str) else None
        for name, forms in _mapping(stream.get("kinds")).items():
            for index, form in enumerate(map(_mapping, _list(forms))):
                place = f"{pointer}/kinds/{escape(name)}/{index}"
                of, member = form.get("of"), form.get("member")
                if isinstance(of, str) and known is not None and of not in known:
                    yield Said(f"{place}/of", f"itemSchema knows no kind {of!r} at {kind}; {nearest(of, known)}")
                if isinstance(member, str) and not has_member(page, schema, member.split("/")[1:]):
                    text = f"itemSchema describes no member {member!r} of an event: correct the pointer"
                    yield Said(f"{place}/member", text)


def _dialects(page: Page) -> Iterator[Said]:
    known = {name for entry in page.entries("ambiguity") for name in _mapping(entry.value.get("dialects"))}
    for node in page.of("media type"):
        for name in _mapping(_mapping(node.value.get("x-stream")).get("dialects")):
            if name not in known:
                text = f"no ambiguity has the dialect {name!r}, so nothing switches it on; {nearest(name, known)}"
                yield Said(f"{node.pointer}/x-stream/dialects/{escape(name)}", text)


def _mentions(stream: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every place below an ``x-stream`` that names a kind that its order should have."""
    for member in ("first", "terminal"):
        yield from ((f"{member}/{index}", kind) for index, kind in enumerate(strings(stream.get(member))))
    order = stream.get("order")
    for kind, following in (order if isinstance(order, dict) else {}).items():
        yield from ((f"order/{escape(kind)}", name) for name in strings(following))
    for index, pair in enumerate(_list(stream.get("pairs"))):
        for member in ("open", "close") if isinstance(pair, dict) else ():
            names = pair.get(member)
            yield from (
                (f"pairs/{index}/{member}", name) for name in ([names] if isinstance(names, str) else strings(names))
            )


def _order(page: Page) -> Iterator[Said]:
    for _, pointer, stream in streams(page):
        order = stream.get("order")
        if not isinstance(order, dict):
            continue
        for place, kind in _mentions(stream):
            if kind not in order:
                yield Said(f"{pointer}/{place}", f"the order has no kind {kind!r}; {nearest(kind, order)}")
        terminal = strings(stream.get("terminal"))
        for kind, following in order.items():
            if kind in terminal and following:
                text = f"the kind {kind!r} is terminal, yet {shown(strings(following))} may follow"
                yield Said(f"{pointer}/order/{escape(kind)}", f"{text}: write [], or take it out of `terminal`")
        yield from _unreachable(stream, order, terminal, pointer)


def _unreachable(
    stream: Mapping[str, Any], order: Mapping[str, Any], terminal: list[str], pointer: str
) -> Iterator[Said]:
    after = {kind: strings(following) for kind, following in order.items()}
    before = {kind: [name for name, following in after.items() if kind in following] for kind in after}
    begun, ended = _reached(strings(stream.get("first")), after), _reached(terminal, before)
    for kind in order:
        if kind not in begun:
            text = f"no stream comes to the kind {kind!r}: name it in `first`, or let another kind be followed by it"
            yield Said(f"{pointer}/order/{escape(kind)}", text)
        if kind not in ended:
            yield Said(
                f"{pointer}/order/{escape(kind)}", f"no terminal kind is ever reached from {kind!r}: let one follow"
            )


def _reached(start: list[str], steps: Mapping[str, list[str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        fresh = set(steps.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return found


def _members(page: Page) -> Iterator[Said]:
    for node, pointer, stream in streams(page):
        if "itemSchema" not in node.value:
            continue
        named = [
            (f"correlate/{i}/member", e.get("member"))
            for i, e in enumerate(_list(stream.get("correlate")))
            if isinstance(e, dict)
        ]
        for index, pair in enumerate(_list(stream.get("pairs"))):
            by = pair.get("by") if isinstance(pair, dict) else None
            named += [(f"pairs/{index}/by/{place}", member) for place, member in enumerate(_list(by))]
        for place, member in named:
            if isinstance(member, str) and not has_member(page, node.value["itemSchema"], member.split("/")[1:]):
                yield Said(
                    f"{pointer}/{place}", f"itemSchema describes no member {member!r} of an event: correct the pointer"
                )
        yield from _correlated(page, node, pointer, stream)


def _correlated(page: Page, node: Node, pointer: str, stream: Mapping[str, Any]) -> Iterator[Said]:
    holder = next((found for found in page.operations if node.pointer.startswith(f"{found.pointer}/")), None)
    if holder is None:
        return
    names = [f"{place}:{name}" for place, name in page.parameters(holder)]
    for index, entry in enumerate(_list(stream.get("correlate"))):
        equals = entry.get("equals") if isinstance(entry, dict) else None
        if isinstance(equals, str) and not equals.startswith("body:") and equals not in names:
            text = f"the operation has no parameter {equals!r}; {nearest(equals, names)}"
            yield Said(f"{pointer}/correlate/{index}/equals", text)


def _example_order(page: Page) -> Iterator[Said]:
    if page.contract is None:
        return
    for node, _, _ in streams(page):
        examples = node.value.get("examples")
        for name, example in (examples if isinstance(examples, dict) else {}).items():
            found = page.resolved(example)
            value = found.get("value", found.get("dataValue", found.get("serializedValue")))
            for problem in _out_of_order(page.contract, node.value, value):
                pointer = f"{node.pointer}/examples/{escape(name)}"
                yield Said(pointer, f"the example breaks the order of its stream: {problem}: correct one of them")


def _out_of_order(contract: Contract, media_type: Mapping[str, Any], value: Any) -> list[str]:
    """What is wrong with an example as a whole stream; what is wrong with its items, ``example-refused`` says."""
    try:
        checker = StreamChecker(contract, media_type, closed=False)
        values = items_of(media_type, value) if isinstance(value, str) else _list(value)
        items = [checker.item(Event(0.0, json.dumps(value).encode())) for value in values]
        violations = list(checker.check_order(items, whole=True))
    except Exception:  # a stream or schema of another shape than the checker compiles: extension-shape reports it
        return []
    return [f"{found.where}: expected {found.expected}; got {found.seen}" for found in violations]


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


RULES = (
    Rule("L801", "stream-without-order", "a streamed response has an itemSchema and an x-stream", _unordered),
    Rule("L802", "stream-kinds", "the order and the itemSchema know the same kinds", _kinds),
    Rule("L803", "stream-order", "every stream can begin, goes on in order, and ends with a terminal kind", _order),
    Rule("L804", "stream-members", "pairs and correlate name members of events and parameters that exist", _members),
    Rule("L805", "stream-example", "an example of a stream begins, goes on and ends as its order says", _example_order),
    Rule("L806", "stream-forms", "the forms of a kind narrow kinds and members that exist", _narrower),
    Rule("L807", "stream-dialects", "a dialect of a stream is one that an ambiguity has", _dialects),
)
