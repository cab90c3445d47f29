"""Where things stand in a YAML file: JSON pointers to line numbers, and what YAML allows but JSON has no word for.

A contract is data that any language reads, so it keeps to what YAML 1.1, YAML 1.2 and JSON understand alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from understudy.contract.document import escape

DEEPEST = 100
"""Levels of nesting that a contract may have. Composing far deeper ones overflows the C stack of libyaml's binding."""

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_PORTABLE = {
    "bool": re.compile(r"true|false"),
    "int": re.compile(r"-?(0|[1-9][0-9]*)"),
    "float": re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?"),
    "null": re.compile(r"null|~|"),
}


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something at ``line`` (1-based) and ``pointer`` that not every reader of YAML or JSON understands alike.

    ``kind`` is ``duplicate`` (a key), ``value`` (a key or value that is no JSON) or ``parser`` (refused by some).
    """

    kind: Literal["duplicate", "value", "parser"]
    pointer: str
    line: int
    text: str


@dataclass(frozen=True)
class Lines:
    """A YAML file, composed: ``document`` is its content as JSON would hold it, ``oddities`` what JSON cannot hold.

    Keys are always strings in ``document``, and a scalar that is no JSON value is there as the text it was written as.
    """

    root: yaml.Node
    document: Any
    oddities: tuple[Oddity, ...]
    _known: dict[str, int] = field(default_factory=dict, repr=False)

    def line(self, pointer: str) -> int:
        """The line (1-based) of what ``pointer`` (``#/a/b`` or ``/a/b``) names, else of its nearest ancestor."""
        if pointer not in self._known:
            self._known[pointer] = _line(self.root, pointer.removeprefix("#").split("/")[1:])
        return self._known[pointer]


def compose(text: str) -> Lines:
    """Compose one YAML document.

    Raises:
        yaml.YAMLError: it is not YAML, holds anchors or aliases, or is nested deeper than `DEEPEST` levels. Where the
            problem has a place, the error has a ``problem_mark``.
    """
    _refuse_traps(text)
    loader = _LOADER(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise yaml.YAMLError("the file is empty")
        oddities: list[Oddity] = []
        document = _value(loader, root, "#", oddities)
    finally:
        loader.dispose()
    oddities += _second_opinion(text)
    return Lines(root, document, tuple(oddities))


def _second_opinion(text: str) -> Iterator[Oddity]:
    """What libyaml takes but PyYAML's own parser, the one on machines without libyaml, does not."""
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        text = f"some parsers of YAML refuse this line ({error.problem}): put the text in quotes"
        yield Oddity("parser", "#", line, text)


def _refuse_traps(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        problem = None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            problem = "anchors and aliases are not used in a contract (JSON has none): write a $ref, or repeat it"
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                problem = f"nested deeper than {DEEPEST} levels: move the inner parts to components and write a $ref"
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if problem:
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _value(loader: Any, node: yaml.Node, pointer: str, oddities: list[Oddity]) -> Any:
    if isinstance(node, yaml.CollectionNode) and node.tag not in (f"{_TAG}map", f"{_TAG}seq"):
        text = f"the tag {node.tag.removeprefix(_TAG)} is none that JSON has: leave it out"
        oddities.append(Oddity("value", pointer, node.start_mark.line + 1, text))
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, pointer, oddities)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, f"{pointer}/{index}", oddities) for index, item in enumerate(node.value)]
    return _scalar(loader, node, pointer, oddities)


def _mapping(loader: Any, node: yaml.MappingNode, pointer: str, oddities: list[Oddity]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        name = _key(key, pointer, oddities)
        place, line = f"{pointer}/{escape(name)}", key.start_mark.line + 1
        if name in found:
            oddities.append(Oddity("duplicate", place, line, f"the key {name!r} stands on line {lines[name]} already"))
        found[name], lines[name] = _value(loader, value, place, oddities), line
    return found


def _key(node: yaml.Node, pointer: str, oddities: list[Oddity]) -> str:
    name = node.value if isinstance(node, yaml.ScalarNode) else "?"
    if node.tag != f"{_TAG}str":
        text = f"the key {name} is read as {node.tag.removeprefix(_TAG)}, not as a string: write '{name}' in quotes"
        oddities.append(Oddity("value", f"{pointer}/{escape(name)}", node.start_mark.line + 1, text))
    return name


def _scalar(loader: Any, node: yaml.Node, pointer: str, oddities: list[Oddity]) -> Any:
    kind = node.tag.removeprefix(_TAG)
    if kind == "str":
        return node.value
    pattern = _PORTABLE.get(kind)
    try:
        value = loader.construct_object(node) if pattern else node.value
    except (ValueError, OverflowError, yaml.YAMLError):
        value, pattern = node.value, None
    infinite = isinstance(value, float) and not math.isfinite(value)
    if pattern is None or infinite or not pattern.fullmatch(node.value):
        shown = node.value if len(node.value) <= 40 else f"{node.value[:40]}..."
        text = (
            f"{shown!r} is read as {kind} by some readers of YAML, otherwise by others: write it in quotes, or plainly"
        )
        oddities.append(Oddity("value", pointer, node.start_mark.line + 1, text))
    return node.value if infinite else value


def _line(root: yaml.Node, tokens: list[str]) -> int:
    node, line = root, root.start_mark.line + 1
    for token in tokens:
        step = next((pair for pair in _children(node) if pair[0] == token), None)
        if step is None:
            break
        _, line, node = step
    return line


def _children(node: yaml.Node) -> Iterator[tuple[str, int, yaml.Node]]:
    """Token, line and node of each member. Of a duplicated key the last comes first, as it is the one that counts."""
    if isinstance(node, yaml.MappingNode):
        for key, value in reversed(node.value):
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            yield escape(name), key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield str(index), item.start_mark.line + 1, item
