"""Lawful calls: what they name exists, they keep the contract, and what they keep is promised to be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from understudy.contract.calls import VARIABLE
from understudy.contract.document import escape
from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.items import has_member
from understudy.contract.lint.page import Entry, Page, nearest, strings
from understudy.contract.lint.validators import Validators
from understudy.contract.objects import Node
from understudy.contract.recipes import NO_CREDENTIAL, UNKNOWN_CREDENTIAL

SUCCESS = re.compile(r"2([0-9]{2}|XX)")


class Written(NamedTuple):
    """A call or a change of one as it is written: ``operations`` are those that it is of, where they are known."""

    pointer: str
    value: Mapping[str, Any]
    operations: tuple[str, ...]


def calls(page: Page) -> Mapping[str, Mapping[str, Any]]:
    """The lawful calls by operation, as far as they are mappings."""
    found = page.extension("x-calls")
    return {name: entry for name, entry in found.items() if isinstance(entry, dict)} if isinstance(found, dict) else {}


def call_of(page: Page, operation: str) -> Mapping[str, Any] | None:
    """The lawful call of an operation: its own, or that of the operation that it spells differently."""
    node = page.operation_ids.get(operation)
    behaves_as = node.value.get("x-behaves-as") if node is not None else None
    found = calls(page)
    return found.get(operation, found.get(behaves_as) if isinstance(behaves_as, str) else None)


def operations_of(page: Page, error: Entry) -> list[str]:
    """The operations that an error is an answer of."""
    listed = error.value.get("operations")
    return list(page.operation_ids) if listed is None else strings(listed)


def recipes_of(page: Page, error: Entry) -> list[Written]:
    """The recipes of an error; one that names no operations is for those that no other one names."""
    found = [(place, entry) for place, entry in enumerate(_list(error.value.get("recipes"))) if isinstance(entry, dict)]
    named = {name for _, entry in found for name in strings(entry.get("operations"))}
    left = [name for name in operations_of(page, error) if name not in named]
    return [
        Written(
            f"{error.pointer}/recipes/{place}",
            entry,
            tuple(strings(entry["operations"]) if "operations" in entry else left),
        )
        for place, entry in found
    ]


def written(page: Page) -> Iterator[Written]:
    """Everything that says what a call is like: lawful calls, recipes, and the calls before both."""
    outer = [Written(f"#/x-calls/{escape(name)}", entry, (name,)) for name, entry in calls(page).items()]
    inner = [recipe for error in page.entries("error") for recipe in recipes_of(page, error)]
    for one in (*outer, *inner):
        yield one
        for place, entry in enumerate(_list(one.value.get("before"))):
            if isinstance(entry, dict) and isinstance(entry.get("call"), str):
                yield Written(f"{one.pointer}/before/{place}", entry, (entry["call"],))


def _names(page: Page) -> Iterator[Said]:
    for name in calls(page):
        if name not in page.operation_ids:
            text = f"there is no operation {name!r}; {nearest(name, page.operation_ids)}"
            yield Said(f"#/x-calls/{escape(name)}", text)
    for one in written(page):
        yield from _called(page, one)
        yield from _instance(page, one)
        yield from _parameters(page, one)
        yield from _credential(page, one)
    for role in page.entries("role"):
        if role.name in (NO_CREDENTIAL, UNKNOWN_CREDENTIAL):
            yield Said(role.pointer, f"a recipe's credential {role.name!r} is not that of a role: rename the role")


def _called(page: Page, one: Written) -> Iterator[Said]:
    for place, entry in enumerate(_list(one.value.get("before"))):
        name = entry.get("call") if isinstance(entry, dict) else entry
        if isinstance(name, str) and (name not in page.operation_ids or call_of(page, name) is None):
            text = f"there is no lawful call of {name!r}; {nearest(name, calls(page))}"
            yield Said(f"{one.pointer}/before/{place}", text)


def _instance(page: Page, one: Written) -> Iterator[Said]:
    """What a recipe says of the instance that it is for."""
    dialects = [name for entry in page.entries("ambiguity") for name in strings(entry.value.get("dialects"))]
    known = {"limit": [entry.name for entry in page.entries("limit")], "dialect": dialects}
    for kind, names in known.items():
        for name in strings(one.value.get(f"{kind}s")):
            if name not in names:
                yield Said(f"{one.pointer}/{kind}s", f"there is no {kind} {name!r}; {nearest(name, names)}")


def _parameters(page: Page, one: Written) -> Iterator[Said]:
    for operation in one.operations:
        node = page.operation_ids.get(operation)
        declared = page.parameters(node) if node is not None else []
        for place in ("path", "query") if node is not None else ():
            known = [name for where, name in declared if where == place]
            for name in strings(one.value.get(place)):
                if name not in known:
                    text = f"{operation!r} has no {place} parameter {name!r}; {nearest(name, known)}"
                    yield Said(f"{one.pointer}/{place}", text)


def _credential(page: Page, one: Written) -> Iterator[Said]:
    credential = one.value.get("credential")
    if not isinstance(credential, str) or VARIABLE.fullmatch(credential):
        return
    known = [NO_CREDENTIAL, UNKNOWN_CREDENTIAL, *(entry.name for entry in page.entries("role"))]
    if credential not in known:
        text = f"{credential!r} is no role, and neither none, unknown nor a $name; {nearest(credential, known)}"
        yield Said(f"{one.pointer}/credential", text)


def _refused(page: Page) -> Iterator[Said]:
    validators = Validators(page.document)
    for name, call in calls(page).items():
        node = page.operation_ids.get(name)
        if node is not None:
            pointer = f"#/x-calls/{escape(name)}"
            yield from _parameters_refused(page, validators, node, pointer, call)
            yield from _body_refused(page, validators, node, pointer, call)


def _parameters_refused(
    page: Page, validators: Validators, node: Node, pointer: str, call: Mapping[str, Any]
) -> Iterator[Said]:
    for where, parameter in page.declared(node):
        place, name = parameter.get("in"), str(parameter.get("name"))
        given = call.get(place) if place in ("path", "query") else None
        values = given if isinstance(given, dict) else {}
        if name not in values:
            if parameter.get("required") and place in ("path", "query"):
                yield Said(pointer, f"the {place} parameter {name!r} is required: give it")
        elif not _variable(values[name]) and "schema" in parameter:
            for _, why in validators.errors(f"{where}/schema", values[name]):
                text = f"the {place} parameter {name!r} is refused by its schema: {why}: correct it"
                yield Said(f"{pointer}/{place}/{escape(name)}", text)


def _body_refused(
    page: Page, validators: Validators, node: Node, pointer: str, call: Mapping[str, Any]
) -> Iterator[Said]:
    place, body = page.followed(f"{node.pointer}/requestBody", node.members.get("requestBody"))
    if "form" in call:
        return
    if "body" not in call:
        if body.get("required"):
            yield Said(pointer, "the operation requires a body, and the call gives none: add one that is lawful")
        return
    if not body:
        yield Said(f"{pointer}/body", "the operation takes no body: leave it out")
        return
    fixtures = {entry.name: entry.value.get("value") for entry in page.entries("fixture")}
    value, unknown = _filled(call["body"], fixtures)
    for where, why in validators.errors(f"{place}/content/application~1json/schema", value):
        if where not in unknown:
            yield Said(f"{pointer}/body{where}", f"the body is refused by its schema: {why}: correct it")


def _filled(value: Any, fixtures: Mapping[str, Any], pointer: str = "") -> tuple[Any, set[str]]:
    """``value`` with its fixtures, and where it has variables whose value only a call tells."""
    found = VARIABLE.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        return (fixtures[found[1]], set()) if found[1] in fixtures else (value, {pointer})
    if not isinstance(value, dict | list):
        return value, set()
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    parts = {key: _filled(entry, fixtures, f"{pointer}/{escape(str(key))}") for key, entry in entries}
    unknown = {place for _, places in parts.values() for place in places}
    filled = {key: entry for key, (entry, _) in parts.items()}
    return (filled if isinstance(value, dict) else [*filled.values()]), unknown


def _without_call(page: Page) -> Iterator[Said]:
    for name, node in page.operation_ids.items():
        if call_of(page, name) is None:
            text = f"#/x-calls has no call of {name!r}, so no recipe can change one: add a call that is lawful"
            yield Said(node.pointer, text)


def _kept(page: Page) -> Iterator[Said]:
    fixtures = [entry.name for entry in page.entries("fixture")]
    for one in written(page):
        kept = one.value.get("keep")
        for name, pointer in kept.items() if isinstance(kept, dict) else ():
            place = f"{one.pointer}/keep/{escape(str(name))}"
            if name in fixtures:
                yield Said(place, f"${name} is a fixture: keep it under another name")
            if isinstance(pointer, str) and not _promised(page, one.operations, pointer):
                text = f"no answer of {one.operations[0]!r} is described to have a member at {pointer}"
                yield Said(place, f"{text}: correct the pointer, or describe the member")


def _promised(page: Page, operations: tuple[str, ...], pointer: str) -> bool:
    """Whether the JSON of a success is described to have a member there; so it is where nothing is known of it."""
    node = page.operation_ids.get(operations[0]) if operations else None
    responses = node.members.get("responses") if node is not None else None
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    for status, response in responses.items() if isinstance(responses, dict) else ():
        content = page.resolved(response).get("content") if SUCCESS.fullmatch(str(status)) else None
        entry = content.get("application/json") if isinstance(content, dict) else None
        if entry is not None and has_member(page, page.resolved(entry).get("schema"), tokens):
            return True
    return node is None


def _variable(value: Any) -> bool:
    return isinstance(value, str) and VARIABLE.fullmatch(value) is not None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


RULES = (
    Rule("L506", "call-name", "what a call or a recipe names exists", _names),
    Rule("L603", "call-refused", "a lawful call is not refused by the contract", _refused),
    Rule("L604", "operation-without-call", "every operation has a lawful call", _without_call, "warning"),
    Rule("L605", "kept-member", "what a call keeps is a member of its answer", _kept),
)
