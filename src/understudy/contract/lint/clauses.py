"""Clauses: what a contract says rests on one, and each is rested on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.page import Page, method_and_path, nearest
from understudy.contract.objects import Node

_FORM = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+(-[a-z0-9]+)*){2}")
_AMBIGUITY_FORM = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+(-[a-z0-9]+)*){1,2}")
_RESTING = ("operation", "parameter", "request body", "property", "response", "header", "security scheme")


def _missing(page: Page) -> Iterator[Said]:
    advice = "add the ids of #/x-clauses that state it"
    for node in page.nodes:
        if node.kind in _RESTING and not page.resolved(node.value).get("x-clauses"):
            yield Said(node.pointer, f"{_naming(node)} rests on no clause: write `x-clauses: [...]` there; {advice}")
        if isinstance(node.members.get("x-stream"), dict) and not node.members["x-stream"].get("clauses"):
            yield Said(f"{node.pointer}/x-stream", f"the stream rests on no clause: write `clauses: [...]`; {advice}")
    for kind in ("limit", "error", "role", "fixture"):
        for entry in page.entries(kind):
            if not entry.value.get("clauses"):
                text = f"the {kind} {entry.name!r} rests on no clause: write `clauses: [...]`; {advice}"
                yield Said(entry.pointer, text)


def _naming(node: Node) -> str:
    if node.kind == "operation":
        return f"the operation {method_and_path(node)}"
    if node.kind == "parameter":
        return f"the {node.members.get('in', '')} parameter {node.members.get('name', node.name)!r}"
    return f"the {node.kind} {node.name!r}"


def _unknown(page: Page) -> Iterator[Said]:
    for cited in page.citations:
        if cited.id not in page.clauses:
            yield Said(
                cited.pointer, f"there is no clause {cited.id!r} in #/x-clauses; {nearest(cited.id, page.clauses)}"
            )


def _unused(page: Page) -> Iterator[Said]:
    cited = {cited.id for cited in page.citations}
    for id, entry in page.clauses.items():
        if id not in cited:
            text = f"nothing points at the clause {id!r}: name it where it holds (a rule of behaviour: its operation)"
            yield Said(entry.pointer, text)


def _form(page: Page) -> Iterator[Said]:
    prefixes = Counter(id.partition(".")[0] for id in page.clauses)
    prefix = prefixes.most_common(1)[0][0] if prefixes else ""
    named = [(entry, _FORM) for entry in page.clauses.values()]
    named += [(entry, _AMBIGUITY_FORM) for entry in page.entries("ambiguity")]
    for entry, form in named:
        if not form.fullmatch(entry.name):
            text = f"{entry.name!r} is not of the form <prefix>.<topic>.<what>, lower case, words joined by hyphens"
            yield Said(entry.pointer, f"{text}: rename it")
        elif entry.name.partition(".")[0] != prefix:
            yield Said(entry.pointer, f"{entry.name!r} does not begin with '{prefix}.' as the others do: rename it")


def _repeated(page: Page) -> Iterator[Said]:
    first: dict[str, str] = {}
    for id, entry in page.clauses.items():
        says = entry.value.get("says")
        if isinstance(says, str) and (earlier := first.setdefault(" ".join(says.split()), id)) != id:
            text = f"the clause {id!r} says word for word what {earlier!r} says: merge them, or say where each holds"
            yield Said(f"{entry.pointer}/says", text)


def _twice_named(page: Page) -> Iterator[Said]:
    for kind, rivals in (("ambiguity", list(page.clauses)), ("error", [])):
        seen = set(rivals)
        for entry in page.entries(kind):
            if entry.name in seen:
                yield Said(entry.pointer, f"the name {entry.name!r} of this {kind} is taken already: choose another")
            seen.add(entry.name)


RULES = (
    Rule("L301", "missing-clause", "what the contract says names the clauses it rests on", _missing),
    Rule("L302", "unknown-clause", "a clause that is named exists", _unknown),
    Rule("L303", "unused-clause", "every clause is pointed at", _unused),
    Rule("L304", "clause-id", "ids have the form <prefix>.<topic>.<what>, all with one prefix", _form),
    Rule("L305", "repeated-clause", "no two clauses say the same", _repeated),
    Rule("L306", "name-taken", "ids of ambiguities and names of errors are unique", _twice_named),
)
