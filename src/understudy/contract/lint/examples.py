"""Examples, defaults and constants: each satisfies the schema that it stands beside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from understudy.contract.document import escape
from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.items import items_of
from understudy.contract.lint.page import Page
from understudy.contract.lint.validators import Validators
from understudy.contract.objects import Node


class Example(NamedTuple):
    """A value, where it stands, and the schema (a pointer) that it is an example of."""

    pointer: str
    value: Any
    schema: str


class Unreadable(NamedTuple):
    """An example that is not what its media type says."""

    pointer: str
    why: str


def _refused(page: Page) -> Iterator[Said]:
    validators = Validators(page.document)
    for found in _examples(page):
        if isinstance(found, Unreadable):
            yield Said(found.pointer, f"the example cannot be read: {found.why}: correct it")
            continue
        for where, why in validators.errors(found.schema, found.value):
            text = f"the example is refused by its schema {found.schema}: {why}: correct the one that is wrong"
            yield Said(f"{found.pointer}{where}", text)


def _undescribed(page: Page) -> Iterator[Said]:
    validators = Validators(page.document)
    for found in _examples(page):
        if isinstance(found, Example):
            for where, why in validators.undescribed(found.schema, found.value):
                text = (
                    f"the example has a member that its schema {found.schema} does not describe ({why}): add it there"
                )
                yield Said(f"{found.pointer}{where}", text)


def _examples(page: Page) -> Iterator[Example | Unreadable]:
    for node in page.of("schema", "property"):
        for index, value in enumerate(_list(node.value.get("examples"))):
            yield Example(f"{node.pointer}/examples/{index}", value, node.pointer)
        if "default" in node.value:
            yield Example(f"{node.pointer}/default", node.value["default"], node.pointer)
    for node in page.of("parameter", "header", "media type"):
        schema = f"{node.pointer}/schema" if "schema" in node.value else ""
        if "example" in node.value and schema:
            yield Example(f"{node.pointer}/example", node.value["example"], schema)
        examples = node.value.get("examples")
        for name, example in (examples if isinstance(examples, dict) else {}).items():
            yield from _named(page, node, f"{node.pointer}/examples/{escape(name)}", page.resolved(example), schema)


def _named(
    page: Page, node: Node, pointer: str, example: dict[str, Any], schema: str
) -> Iterator[Example | Unreadable]:
    streamed = "itemSchema" in node.value
    for member in ("value", "dataValue"):
        if member in example:
            yield from _valued(node, f"{pointer}/{member}", example[member], schema, streamed)
    written = example.get("serializedValue")
    if isinstance(written, str) and streamed:
        yield from _valued(node, f"{pointer}/serializedValue", written, schema, streamed)
    elif isinstance(written, str) and node.kind == "media type" and "json" in node.name and schema:
        try:
            yield Example(f"{pointer}/serializedValue", json.loads(written), schema)
        except ValueError as error:
            yield Unreadable(f"{pointer}/serializedValue", f"it is not JSON: {error}")


def _valued(node: Node, pointer: str, value: Any, schema: str, streamed: bool) -> Iterator[Example | Unreadable]:
    if schema:
        yield Example(pointer, value, schema)
    if not streamed:
        return
    items = value
    if isinstance(value, str):
        try:
            items = items_of(node.value, value)
        except ValueError as error:
            yield Unreadable(pointer, str(error))
            return
    for index, item in enumerate(_list(items)):
        place = pointer if isinstance(value, str) else f"{pointer}/{index}"
        yield Example(place, item, f"{node.pointer}/itemSchema")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


RULES = (
    Rule("L601", "example-refused", "an example or default keeps its schema, by two opinions", _refused),
    Rule(
        "L602", "example-undescribed", "every member of an example is a property with clauses of its own", _undescribed
    ),
)
