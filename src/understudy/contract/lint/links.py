"""Links between the parts: errors to operations, responses and roles; readings, dialects, schemes, operationIds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.contract.document import escape
from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.page import Entry, Page, method_and_path, nearest, shown, strings
from understudy.contract.objects import Node
from understudy.contract.values import SAFE_METHODS


def _dead_link(page: Page) -> Iterator[Said]:
    for node in page.of("link"):
        yield from _operation(page, node.value.get("operationId"), f"{node.pointer}/operationId")
        yield from _link_parameters(page, node)
    for node in page.of("operation"):
        yield from _operation(page, node.value.get("x-behaves-as"), f"{node.pointer}/x-behaves-as")
    schemes = strings(page.at("#/components/securitySchemes"))
    for node in page.of("operation", "contract"):
        requirements = node.value.get("security")
        for index, requirement in enumerate(requirements if isinstance(requirements, list) else ()):
            yield from _named(strings(requirement), schemes, "security scheme", f"{node.pointer}/security/{index}")
    used = page.at("#/x-credentials/scheme")
    yield from _named([used] if isinstance(used, str) else [], schemes, "security scheme", "#/x-credentials/scheme")
    for entry in page.entries("error"):
        yield from _error(page, entry)
    for entry in page.entries("ambiguity"):
        yield from _ambiguity(entry)


def _operation(page: Page, id: Any, pointer: str) -> Iterator[Said]:
    if isinstance(id, str):
        yield from _named([id], list(page.operation_ids), "operation", pointer)


def _link_parameters(page: Page, link: Node) -> Iterator[Said]:
    id = link.value.get("operationId")
    target = page.operation_ids.get(id) if isinstance(id, str) else None
    if target is not None:
        known = [text for place, name in page.parameters(target) for text in (name, f"{place}.{name}")]
        names = strings(link.value.get("parameters"))
        yield from _named(names, known, f"parameter of {id!r}", f"{link.pointer}/parameters")


def _named(names: list[str], known: list[str], what: str, pointer: str) -> Iterator[Said]:
    for name in names:
        if name not in known:
            yield Said(pointer, f"there is no {what} {name!r}; {nearest(name, known)}")


def _error(page: Page, entry: Entry) -> Iterator[Said]:
    operations = strings(entry.value.get("operations"))
    yield from _named(operations, list(page.operation_ids), "operation", f"{entry.pointer}/operations")
    role = entry.value.get("role")
    if isinstance(role, str):
        yield from _named([role], [found.name for found in page.entries("role")], "role", f"{entry.pointer}/role")
    status = entry.value.get("status")
    lacking = [
        id
        for id, node in page.operation_ids.items()
        if _answers(entry, id) and str(status) not in _statuses(page, node)
    ]
    if lacking and isinstance(status, int):
        text = f"the error {entry.name!r} answers {status}, no response of {shown(lacking)}: add the response there"
        yield Said(f"{entry.pointer}/status", f"{text}, or correct `status` or `operations`")


def _answers(entry: Entry, operation: str) -> bool:
    operations = entry.value.get("operations")
    return operations is None or operation in strings(operations)


def _statuses(page: Page, operation: Node) -> list[str]:
    return strings(operation.value.get("responses"))


def _ambiguity(entry: Entry) -> Iterator[Said]:
    readings = strings(entry.value.get("readings"))
    default = entry.value.get("default")
    if isinstance(default, str) and default not in readings:
        yield Said(
            f"{entry.pointer}/default", f"the default {default!r} is none of the readings; {nearest(default, readings)}"
        )
    dialects = entry.value.get("dialects")
    for dialect, reading in (dialects if isinstance(dialects, dict) else {}).items():
        if reading not in readings:
            text = (
                f"the dialect {dialect!r} selects {reading!r}, none of the readings; {nearest(str(reading), readings)}"
            )
            yield Said(f"{entry.pointer}/dialects/{escape(dialect)}", text)
        elif reading == default:
            text = f"the dialect {dialect!r} selects the default reading, so it switches nothing: leave it out"
            yield Said(f"{entry.pointer}/dialects/{escape(dialect)}", text)


def _response_without_error(page: Page) -> Iterator[Said]:
    errors = list(page.entries("error"))
    for id, node in page.operation_ids.items():
        for status in _statuses(page, node):
            known = any(str(entry.value.get("status")) == status and _answers(entry, id) for entry in errors)
            if status[:1] in "45" and status.isdigit() and not known:
                text = (
                    f"{method_and_path(node)} can answer {status}, but #/x-errors does not say when, nor in what order"
                )
                yield Said(f"{node.pointer}/responses/{status}", f"{text}: add an entry for {id!r} with this status")


def _error_without_own_clause(page: Page) -> Iterator[Said]:
    taken: set[str] = set()
    for entry in page.entries("error"):
        own = set(strings(entry.value.get("clauses")))
        if own and own <= taken:
            text = (
                f"every clause of the error {entry.name!r} is one of an earlier error, so no refusal can name this one"
            )
            yield Said(f"{entry.pointer}/clauses", f"{text}: give it a clause of its own")
        taken |= own


def _misjudged_safety(page: Page) -> Iterator[Said]:
    for node in page.of("operation"):
        safe, by_method = node.value.get("x-safe"), _safe_by_method(node)
        if safe is by_method:
            yield Said(
                f"{node.pointer}/x-safe", f"that is what {method_and_path(node)} says by its method: leave it out"
            )
        other = page.operation_ids.get(str(node.value.get("x-behaves-as")))
        if other is not None and _is_safe(node) is not _is_safe(other):
            text = f"{method_and_path(node)} behaves as {method_and_path(other)}, and only one of them is safe"
            yield Said(f"{node.pointer}/x-behaves-as", f"{text}: give both the same x-safe")


def _is_safe(operation: Node) -> bool:
    return bool(operation.value.get("x-safe", _safe_by_method(operation)))


def _safe_by_method(operation: Node) -> bool:
    return operation.pointer.rpartition("/")[2].upper() in SAFE_METHODS


RULES = (
    Rule("L501", "dead-link", "a name that is mentioned exists", _dead_link),
    Rule(
        "L502", "error-without-entry", "every 4xx and 5xx response has an entry in #/x-errors", _response_without_error
    ),
    Rule("L503", "error-without-clause", "every error has a clause that names it alone", _error_without_own_clause),
    Rule(
        "L504",
        "misjudged-safety",
        "x-safe is said where the method does not tell, and of all spellings",
        _misjudged_safety,
    ),
)
