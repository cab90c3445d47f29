"""The order of a stream as a contract: what may come first, what may follow what, what ends it, what belongs together.

The rules are data, ``x-stream`` beside a media type's ``itemSchema`` (docs/contract-format.md, Streams).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from understudy.contract.bodies import BodyError, decode_json
from understudy.contract.document import resolve
from understudy.contract.events import Event
from understudy.contract.schemas import Checker, inline, pointer_of
from understudy.contract.values import Contract
from understudy.contract.violations import Violation


class Item(NamedTuple):
    """An event of a stream, decoded. ``kind`` is None when it has none; ``value`` is None when it is not JSON."""

    at: float
    kind: str | None
    value: Any


class StreamChecker:
    """The rules of one streamed answer under ``dialects``, compiled. ``closed`` as in `ResponseChecker`."""

    def __init__(
        self, contract: Contract, content: Mapping[str, Any], *, closed: bool, dialects: frozenset[str] = frozenset()
    ) -> None:
        rules = rules_under(content["x-stream"], dialects)
        self._contract = contract
        self.framing: Mapping[str, str] = rules["framing"]
        self.kind: str = rules["kind"]
        kinds = [(name, form) for name, forms in rules.get("kinds", {}).items() for form in forms]
        self._texts = {form["text"].encode(): name for name, form in kinds if "text" in form}
        self._narrower = [(name, form) for name, form in kinds if "of" in form]
        self.first: tuple[str, ...] = tuple(rules["first"])
        self.order: Mapping[str, Sequence[str]] = rules["order"]
        self.terminal: tuple[str, ...] = tuple(rules["terminal"])
        self.pairs: Sequence[Mapping[str, Any]] = rules.get("pairs", ())
        self.correlate: Sequence[Mapping[str, str]] = rules.get("correlate", ())
        self.max_silence: float | None = rules.get("max_silence_seconds")
        self.clauses: tuple[str, ...] = tuple(rules["clauses"])
        schema = inline(contract.document, resolve(contract.document, content["itemSchema"]))
        self.checker = Checker(schema, closed=closed)

    def item(self, event: Event) -> Item:
        """The event decoded."""
        if event.data in self._texts:
            return Item(event.at, self._texts[event.data], None)
        try:
            value = decode_json(event.data)
        except BodyError:
            return Item(event.at, None, None)
        kind = member(value, self.kind)
        for name, form in self._narrower:
            if kind == form["of"] and member(value, form["member"]) == form["equals"]:
                return Item(event.at, name, value)
        return Item(event.at, kind if isinstance(kind, str) else None, value)

    def frame(self, value: bytes) -> bytes:
        """One event as it is written on the wire."""
        return self.framing["line_prefix"].encode() + value + self.framing["event_end"].encode()

    def check(
        self, events: Sequence[Event], *, whole: bool = True, asked: Mapping[str, Any] | None = None
    ) -> Iterator[Violation]:
        """What is wrong with the events of a stream, by themselves and together, and with its silences.

        ``asked`` is the request that the stream answers: values by ``path``, ``query``, ``header``, and the ``body``.
        """
        items = [self.item(event) for event in events]
        for place, item in enumerate(items):
            yield from self.check_item(item, place)
            yield from self.check_correlation(item, place, asked or {})
        yield from self.check_order(items, whole=whole)
        yield from self.check_silence([0.0, *(event.at for event in events)])

    def check_item(self, item: Item, place: int) -> Iterator[Violation]:
        """What is wrong with one event by itself; ``place`` is its index in the stream."""
        if item.value is None and item.kind is None:
            yield self._violation(f"event {place}", "", "syntax", "JSON", "something else", self.clauses)
            return
        if item.kind not in self.order:
            known = ", ".join(self.order)
            yield self._violation(f"event {place}", self.kind, "kind", f"one of {known}", "another", self.clauses)
            return
        for problem in self.checker.problems(item.value) if item.value is not None else ():
            clauses = self.checker.clauses_at(problem) or self.clauses
            yield self._violation(
                f"event {place} ({item.kind})", pointer_of(problem), str(problem.kind.name), problem.message,
                "something else", clauses,
            )  # fmt: skip

    def check_correlation(self, item: Item, place: int, asked: Mapping[str, Any]) -> Iterator[Violation]:
        """Where a member of an event is not what the request named; a member that is not there is not compared."""
        for entry in self.correlate:
            source, _, name = entry["equals"].partition(":")
            if source not in asked:
                continue
            expected = member(asked[source], name) if source == "body" else asked[source].get(name)
            seen = member(item.value, entry["member"])
            if seen is not None and expected is not None and seen != expected:
                where, told = f"event {place} ({item.kind})", f"what {entry['equals']} of the request says"
                yield self._violation(where, entry["member"], "correlate", told, "another", self.clauses)

    def check_order(self, items: Sequence[Item], *, whole: bool) -> Iterator[Violation]:
        """What is wrong with the events together. ``whole``: the stream is over, so it must have ended as it should."""
        yield from self._first_and_next(items)
        ended = [place for place, item in enumerate(items) if item.kind in self.terminal]
        if ended and ended[0] != len(items) - 1:
            after = items[ended[0] + 1].kind
            yield self._order(ended[0] + 1, f"nothing after {items[ended[0]].kind}", str(after))
        if whole and not ended:
            last = items[-1].kind if items else None
            expected = f"the stream to end with {' or '.join(self.terminal)}"
            yield self._order(len(items), expected, f"its end after {last}")
        yield from self._paired(items, whole=whole)

    def check_silence(self, times: Sequence[float]) -> Iterator[Violation]:
        """Where the stream was silent for longer than it may be; ``times`` in seconds, the response's start first."""
        if self.max_silence is None:
            return
        for place, (earlier, later) in enumerate(pairwise(times)):
            if later - earlier > self.max_silence:
                yield self._order(place, f"at most {self.max_silence} s of silence", f"{later - earlier:.1f} s")

    def _first_and_next(self, items: Sequence[Item]) -> Iterator[Violation]:
        previous: str | None = None
        for place, item in enumerate(items):
            if item.kind not in self.order:
                continue
            if previous is None and item.kind not in self.first:
                yield self._order(place, f"{' or '.join(self.first)} first", str(item.kind))
            elif previous is not None and previous not in self.terminal and item.kind not in self.order[previous]:
                allowed = ", ".join(self.order[previous]) or "nothing"
                yield self._order(place, f"{allowed} after {previous}", str(item.kind))
            previous = item.kind

    def _paired(self, items: Sequence[Item], *, whole: bool) -> Iterator[Violation]:
        for pair in self.pairs:
            opened: dict[tuple[str, ...], int] = {}
            for place, item in enumerate(items):
                key = tuple(repr(member(item.value, pointer)) for pointer in pair["by"])
                if item.kind == pair["open"]:
                    opened[key] = place
                elif item.kind == pair["close"] and opened.pop(key, None) is None:
                    yield self._order(place, f"{pair['open']} before {pair['close']}", "none for it")
            if whole:
                for place in opened.values():
                    yield self._order(place, f"{pair['close']} after {pair['open']}", "none for it")

    def _order(self, place: int, expected: str, seen: str) -> Violation:
        return self._violation(f"event {place}", "", "order", expected, seen, self.clauses)

    def _violation(
        self, where: str, pointer: str, rule: str, expected: str, seen: str, clauses: tuple[str, ...]
    ) -> Violation:
        source = str(self._contract.clauses[clauses[0]].source) if clauses else ""
        return Violation("provider", where, pointer, rule, expected, seen, clauses, source)


def rules_under(stream: Mapping[str, Any], dialects: frozenset[str]) -> Mapping[str, Any]:
    """An ``x-stream`` with what the dialects that are on put in the place of its members."""
    rules = dict(stream)
    for name, changed in stream.get("dialects", {}).items():
        if name in dialects:
            rules.update(changed)
    return rules


def member(value: Any, pointer: str) -> Any:
    """What stands at a JSON pointer inside ``value``; None when nothing does."""
    for token in pointer.split("/")[1:]:
        try:
            value = value[int(token)] if isinstance(value, list) else value[token]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value
