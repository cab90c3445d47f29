"""Parameters of an operation: from the text of the wire to values, and whether they keep the contract."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from understudy.contract.document import resolve
from understudy.contract.expectations import expectation
from understudy.contract.schemas import Checker, inline, pointer_of
from understudy.contract.values import Contract
from understudy.contract.violations import Violation

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
MAX_QUERY_FIELDS = 1000
_MISSING = object()


class Parameter(NamedTuple):
    """``kinds`` are the JSON types its schema allows; ``default`` is its schema's, or a marker for none."""

    name: str
    place: str
    required: bool
    kinds: frozenset[str]
    checker: Checker
    clauses: tuple[str, ...]
    default: Any

    def read(self, texts: Sequence[str]) -> Any:
        """The value of the last text; all of them for an array (style ``form``, exploded)."""
        if "array" in self.kinds:
            return list(texts)
        return scalar(texts[-1], self.kinds)


class Parameters:
    """The parameters of one operation in one place (``path``, ``query`` or ``header``)."""

    def __init__(self, contract: Contract, nodes: Sequence[Mapping[str, Any]], place: str) -> None:
        read = [resolve(contract.document, node) for node in nodes]
        self._contract = contract
        self.all = tuple(_parameter(contract, node) for node in read if node["in"] == place)
        self._defaults = {entry.name: entry.default for entry in self.all if entry.default is not _MISSING}
        self._demanding = any(entry.required for entry in self.all)
        strings = all(entry.required and entry.kinds == {"string"} for entry in self.all)
        self._strings = tuple((entry.name, entry.checker.valid) for entry in self.all) if strings else ()

    def read_path(self, given: Mapping[str, str]) -> tuple[Mapping[str, Any], tuple[Violation, ...]]:
        """As `read`, of the one text that a path has for each name."""
        if not self._strings:
            return self.read({name: (text,) for name, text in given.items()})
        for name, valid in self._strings:
            if not valid(given[name]):
                return self.read({name: (text,) for name, text in given.items()})
        return given, ()

    def read(self, given: Mapping[str, Sequence[str]]) -> tuple[Mapping[str, Any], tuple[Violation, ...]]:
        """Values by name, defaults filled in, and what is wrong with them. What is not described is left out."""
        if not given and not self._demanding:
            return self._defaults, ()
        values = dict(self._defaults)
        wrong: list[Violation] = []
        for entry in self.all:
            texts = given.get(entry.name)
            if texts is None:
                if entry.required:
                    wrong.append(self._violation(entry, "", "required", "to be given", "nothing", entry.clauses))
                continue
            value = values[entry.name] = entry.read(texts)
            if not entry.checker.valid(value):
                wrong.extend(
                    self._violation(
                        entry,
                        pointer_of(problem),
                        str(problem.kind.name),
                        expectation(problem),
                        _described(value),
                        entry.checker.clauses_at(problem) or entry.clauses,
                    )
                    for problem in entry.checker.problems(value)
                )
        return values, tuple(wrong)

    def _violation(
        self, entry: Parameter, pointer: str, rule: str, expected: str, seen: str, clauses: tuple[str, ...]
    ) -> Violation:
        source = str(self._contract.clauses[clauses[0]].source) if clauses else ""
        return Violation("consumer", f"{entry.place} {entry.name}", pointer, rule, expected, seen, clauses, source)


def read_query(query: str) -> dict[str, list[str]]:
    """A raw query as texts by name, blank values kept.

    Raises:
        ValueError: it is not percent-encoded UTF-8, or has more than `MAX_QUERY_FIELDS` fields.
    """
    fields: dict[str, list[str]] = {}
    query.encode()  # a lone surrogate is no UTF-8 either
    for name, value in parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS):
        fields.setdefault(name, []).append(value)
    return fields


def _parameter(contract: Contract, node: Mapping[str, Any]) -> Parameter:
    schema = inline(contract.document, node["schema"])
    return Parameter(
        name=node["name"] if node["in"] != "header" else node["name"].lower(),
        place=node["in"],
        required=bool(node.get("required")),
        kinds=kinds_of(schema),
        checker=Checker(schema),
        clauses=tuple(node.get("x-clauses", ())),
        default=schema.get("default", _MISSING),
    )


def kinds_of(schema: Any) -> frozenset[str]:
    """The JSON types that a schema names; a text where it names none."""
    kind = schema.get("type", "string") if isinstance(schema, Mapping) else "string"
    return frozenset((kind,) if isinstance(kind, str) else kind)


def scalar(text: str, kinds: frozenset[str]) -> Any:
    """A text of the wire as a value of one of these types, if it is one; else the text."""
    if "integer" in kinds and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in kinds and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    return text


def _described(value: Any) -> str:
    if isinstance(value, str):
        return f"a text of {len(value)} characters"
    return f"a value of type {type(value).__name__}"
