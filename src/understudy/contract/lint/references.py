"""References: every ``$ref`` leads somewhere in this file, to an object of the kind that is expected there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.contract.document import escape
from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.page import MISSING, Page, nearest
from understudy.contract.objects import SCHEMA_KINDS, Node

_POINTER = re.compile(r"#(/([^~]|~[01])*)*")
_STEMS = ("$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$schema")


def references(page: Page) -> Iterator[tuple[Node, str, Any]]:
    """Every reference: the object that holds it, the pointer of the member, and what is written there."""
    for node in page.nodes:
        if "$ref" in node.members and node.kind != "path item":
            yield node, f"{node.pointer}/$ref", node.members["$ref"]
        discriminator = node.members.get("discriminator")
        mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
        for value, ref in (mapping if isinstance(mapping, dict) else {}).items():
            written = f"#/components/schemas/{ref}" if isinstance(ref, str) and re.fullmatch(r"[\w.-]+", ref) else ref
            yield node, f"{node.pointer}/discriminator/mapping/{escape(value)}", written


def sound_references(page: Page) -> bool:
    """Whether the references can be followed at all, by us and by other tools."""
    return not any(next(rule.check(page), None) for rule in RULES if rule.id in ("L201", "L202", "L203"))


def _dangling(page: Page) -> Iterator[Said]:
    for _, pointer, ref in references(page):
        if not isinstance(ref, str):
            yield Said(pointer, f"a $ref is a string that begins with '#/', not {ref!r}: write one")
        elif ref.startswith("#") and (not _POINTER.fullmatch(ref) or page.at(ref) is MISSING):
            holder, _, name = ref.rpartition("/")
            siblings = page.at(holder) if _POINTER.fullmatch(holder) else MISSING
            hint = nearest(name, siblings) if isinstance(siblings, Mapping) else f"there is no {holder or '#'} either"
            yield Said(pointer, f"$ref {ref!r} dangles: nothing stands there; {hint}")


def _remote(page: Page) -> Iterator[Said]:
    advice = "a contract is one file that reads nothing else"
    for _, pointer, ref in references(page):
        if isinstance(ref, str) and not ref.startswith("#"):
            yield Said(
                pointer, f"$ref {ref!r} leads out of the file; {advice}: move it here and write '#/components/...'"
            )
    for node in page.nodes:
        if node.kind == "path item" and "$ref" in node.members:
            yield Said(f"{node.pointer}/$ref", "a path item is written in full, not by $ref: put its operations here")
        for member in ("externalValue", "operationRef"):
            if member in node.members and node.kind in ("example", "link"):
                text = f"{member} leads out of the file; {advice}: write the value, or the operationId"
                yield Said(f"{node.pointer}/{member}", text)
        for member in _STEMS if node.kind in SCHEMA_KINDS else ():
            if member in node.members:
                text = (
                    f"{member} moves the ground that references stand on: leave it out and refer by '#/components/...'"
                )
                yield Said(f"{node.pointer}/{member}", text)


def _circular(page: Page) -> Iterator[Said]:
    for node, pointer, ref in references(page):
        if not pointer.endswith("/$ref"):
            continue
        seen, current = {node.pointer}, ref
        while isinstance(current, str) and current not in seen:
            seen.add(current)
            target = page.at(current) if _POINTER.fullmatch(current) else MISSING
            current = target.get("$ref") if isinstance(target, dict) else None
        if isinstance(current, str):
            yield Said(pointer, f"$ref {ref!r} only leads round in a circle: let one of them say what it is")


def _misdirected(page: Page) -> Iterator[Said]:
    for node, pointer, ref in references(page):
        target = page.by_pointer.get(ref) if isinstance(ref, str) else None
        if isinstance(ref, str) and ref.startswith("#/") and page.at(ref) is not MISSING:
            kind = target.kind if target else "something else"
            wanted = "schema" if node.kind in SCHEMA_KINDS else node.kind
            if ("schema" if kind in SCHEMA_KINDS else kind) != wanted:
                yield Said(pointer, f"$ref {ref!r} leads to {kind}, where a {wanted} is expected: refer to a {wanted}")


def _unused(page: Page) -> Iterator[Said]:
    used = {ref for _, _, ref in references(page) if isinstance(ref, str)}
    for node in page.nodes:
        tokens = node.pointer.split("/")
        named = len(tokens) == 4 and tokens[1] == "components" and node.kind != "security scheme"
        if named and not any(ref == node.pointer or ref.startswith(f"{node.pointer}/") for ref in used):
            yield Said(node.pointer, f"no $ref leads to this {node.kind}: refer to it, or delete it with its clauses")


RULES = (
    Rule("L201", "dangling-ref", "every $ref is a JSON pointer to something in this file", _dangling),
    Rule("L202", "remote-ref", "nothing is read from outside the file", _remote),
    Rule("L203", "circular-ref", "a chain of $refs ends", _circular),
    Rule("L204", "misdirected-ref", "a $ref leads to an object of the kind that is expected", _misdirected),
    Rule("L205", "unused-component", "every component is referred to", _unused),
)
