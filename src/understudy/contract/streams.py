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

    def follow(self, asked: Mapping[str, Any] | None = None) -> Following:
        """Check a stream while it is being sent. ``asked`` as in `check`."""
        return Following(self, asked or {})

    def check_item(self, item: Item, place: int) -> Iterator[Violation]:
        """What is wrong with one event by itself; ``place`` is its index in the stream."""
        if item.value is None and item.kind is None:
            yield self._violation(f"event {place}", "", "syntax", "JSON", "something else", self.clauses)
            return
        if item.kind not in self.order:
            known = ", ".join(self.order)
            yield self._violation(f"event {place}", self.kind, "kind", f"one of {known}", "another", self.clauses)
            return
        if item.value is None or self.checker.valid(item.value):
            return
        for problem in self.checker.problems(item.value):
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
        following = self.follow()
        for item in items:
            yield from following.order(item)
        if whole:
            yield from following.end()

    def check_silence(self, times: Sequence[float]) -> Iterator[Violation]:
        """Where the stream was silent for longer than it may be; ``times`` in seconds, the response's start first."""
        if self.max_silence is None:
            return
        for place, (earlier, later) in enumerate(pairwise(times)):
            if later - earlier > self.max_silence:
                yield self.disorder(place, f"at most {self.max_silence} s of silence", f"{later - earlier:.1f} s")

    def disorder(self, place: int, expected: str, seen: str) -> Violation:
        """What is wrong with the place that an event has among the others."""
        return self._violation(f"event {place}", "", "order", expected, seen, self.clauses)

    def _violation(
        self, where: str, pointer: str, rule: str, expected: str, seen: str, clauses: tuple[str, ...]
    ) -> Violation:
        source = str(self._contract.clauses[clauses[0]].source) if clauses else ""
        return Violation("provider", where, pointer, rule, expected, seen, clauses, source)


class Following:
    """One stream, followed from its first event on. It keeps what later events are judged by, and no event."""

    def __init__(self, rules: StreamChecker, asked: Mapping[str, Any]) -> None:
        self._rules = rules
        self._asked = asked
        self._at = 0.0
        self._count = 0
        self._previous: str | None = None
        self._ended: str | None = None
        self._opened: list[dict[tuple[str, ...], int]] = [{} for _ in rules.pairs]

    def check(self, event: Event) -> Iterator[Violation]:
        """What is wrong with the next event: by itself, after the others, and with the silence before it."""
        rules, place = self._rules, self._count
        item = rules.item(event)
        yield from rules.check_item(item, place)
        yield from rules.check_correlation(item, place, self._asked)
        yield from self.order(item)
        for violation in rules.check_silence([self._at, event.at]):
            yield violation._replace(where=f"event {place}")
        self._at = event.at

    def order(self, item: Item) -> Iterator[Violation]:
        """What is wrong with the next event's place among the others."""
        rules, place, previous, kind = self._rules, self._count, self._previous, item.kind
        self._count += 1
        if self._ended is not None and previous == self._ended:
            yield rules.disorder(place, f"nothing after {self._ended}", str(kind))
        if kind in rules.order:
            if previous is None and kind not in rules.first:
                yield rules.disorder(place, f"{' or '.join(rules.first)} first", str(kind))
            elif previous is not None and previous not in rules.terminal and kind not in rules.order[previous]:
                allowed = ", ".join(rules.order[previous]) or "nothing"
                yield rules.disorder(place, f"{allowed} after {previous}", str(kind))
            self._previous = kind
        if kind in rules.terminal and self._ended is None:
            self._ended = kind
        yield from self._paired(item, place)

    def end(self) -> Iterator[Violation]:
        """What is wrong with a stream that ends here."""
        rules = self._rules
        if self._ended is None:
            expected = f"the stream to end with {' or '.join(rules.terminal)}"
            yield rules.disorder(self._count, expected, f"its end after {self._previous}")
        for pair, opened in zip(rules.pairs, self._opened, strict=True):
            for place in opened.values():
                yield rules.disorder(place, f"{pair['close']} after {pair['open']}", "none for it")

    def _paired(self, item: Item, place: int) -> Iterator[Violation]:
        for pair, opened in zip(self._rules.pairs, self._opened, strict=True):
            if item.kind not in (pair["open"], pair["close"]):
                continue
            key = tuple(repr(member(item.value, pointer)) for pointer in pair["by"])
            if item.kind == pair["open"]:
                opened[key] = place
            elif opened.pop(key, None) is None:
                yield self._rules.disorder(place, f"{pair['open']} before {pair['close']}", "none for it")


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
