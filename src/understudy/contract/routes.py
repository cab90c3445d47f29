"""Which operation a method and a path mean, and what came near when none does."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import unquote_to_bytes

T = TypeVar("T")
MAX_RECENT = 4096
"""How many paths a router remembers the meaning of."""


class NearMiss(NamedTuple):
    """An operation that a request almost named: what it is called by and how the request differed."""

    method: str
    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.method} {self.path} ({self.why})"


class Match(NamedTuple, Generic[T]):
    """``values`` are the path's parameters, percent-decoded; None when they are not UTF-8. A router keeps them."""

    operation: T
    values: Mapping[str, str] | None


class _Place(Generic[T]):
    """The operations at one path template, by method, and what each of them calls the variable segments."""

    __slots__ = ("match", "names", "operations", "template")

    def __init__(self, template: str) -> None:
        parts = ("([^/]+)" if _variable(segment) else re.escape(segment) for segment in template.split("/"))
        self.match = re.compile("/".join(parts)).fullmatch
        self.template = template
        self.operations: dict[str, T] = {}
        self.names: dict[str, tuple[str, ...]] = {}


class Router(Generic[T]):
    """Path templates. A literal segment wins over a variable one (OpenAPI 3.2, Path Templating Matching)."""

    def __init__(self) -> None:
        self._literal: dict[str, _Place[T]] = {}
        self._places: dict[tuple[str, ...], _Place[T]] = {}
        self._by_slashes: dict[int, list[_Place[T]]] = {}
        self._recent: dict[tuple[str, str], Match[T]] = {}

    def add(self, method: str, template: str, operation: T) -> None:
        """Add an operation at a path template such as ``/knowledges/{id}``; a variable is always a whole segment."""
        segments = template.split("/")
        names = tuple(segment[1:-1] for segment in segments if _variable(segment))
        shape = tuple("{}" if _variable(segment) else segment for segment in segments)
        place = self._places.get(shape)
        if place is None:
            place = self._places[shape] = _Place(template)
            alike = self._by_slashes.setdefault(len(segments) - 1, [])
            alike.append(place)
            alike.sort(key=lambda place: [_variable(segment) for segment in place.template.split("/")])
        self._recent.clear()
        place.operations[method] = operation
        place.names[method] = names
        if not names:
            self._literal[template] = place

    def match(self, method: str, path: str) -> Match[T] | None:
        """The operation that ``method`` and the percent-encoded ``path`` name, or None."""
        known = self._recent.get((method, path))
        if known is not None:
            return known
        found = self._match(method, path)
        if found is not None:
            if len(self._recent) >= MAX_RECENT:
                self._recent.clear()
            self._recent[method, path] = found
        return found

    def _match(self, method: str, path: str) -> Match[T] | None:
        place = self._literal.get(path)
        if place is not None:
            operation = place.operations.get(method)
            return None if operation is None else Match(operation, {})
        for place in self._by_slashes.get(path.count("/"), ()):
            found = place.match(path)
            if found is not None:
                operation = place.operations.get(method)
                if operation is None:
                    return None
                return Match(operation, decoded(place.names[method], found.groups(), path))
        return None

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that ``path`` has; empty when no operation has such a path."""
        place = self._literal.get(path)
        alike = self._by_slashes.get(path.count("/"), ()) if place is None else (place,)
        return next((tuple(place.operations) for place in alike if place.match(path)), ())

    def near_misses(self, method: str, path: str) -> tuple[NearMiss, ...]:
        """At most three operations that the request may have meant, the nearest first."""
        same_path = [NearMiss(name, path, f"the path has {name}, not {method}") for name in self.methods(path)]
        other = path[:-1] if path.endswith("/") else path + "/"
        slash = [
            NearMiss(name, other, "without the trailing slash" if path.endswith("/") else "with a trailing slash")
            for name in self.methods(other)
            if name == method
        ]
        return tuple((slash + same_path + self._alike(method, path))[:3])

    def _alike(self, method: str, path: str) -> list[NearMiss]:
        templates = [place.template for place in self._places.values() if method in place.operations]
        close = difflib.get_close_matches(path[:500], templates, n=3, cutoff=0.6)
        return [NearMiss(method, template, "a path like it") for template in close]


def _variable(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")


def decoded(names: Sequence[str], values: Sequence[str], path: str) -> dict[str, str] | None:
    """The values in ``path`` percent-decoded as UTF-8 (RFC 3986 section 2.5), None when one of them is not UTF-8."""
    if "%" not in path and path.isascii():
        return dict(zip(names, values))  # noqa: B905 - a pattern has a group for each name, and strict costs as much again
    try:
        return {name: unquote_to_bytes(value).decode() for name, value in zip(names, values, strict=True)}
    except UnicodeError:  # lone surrogates too: no wire carries them, but a request made by hand can
        return None
