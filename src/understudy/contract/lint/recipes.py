"""Recipes: every error can be come by, and what a recipe changes can be changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from understudy.contract.calls import variables_in
from understudy.contract.document import escape
from understudy.contract.lint.calls import Written, call_of, calls, operations_of, recipes_of
from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.page import Page, nearest, shown
from understudy.contract.recipes import Recipe, Recipes
from understudy.contract.routes import Router
from understudy.errors import ContractError

OF_A_CALL = ("path", "query", "headers", "body", "form", "raw", "pad", "stall", "overlapping")
"""What a recipe cannot say of a request that no operation matches."""
OF_A_BODY = ("body", "form", "raw", "pad", "stall", "overlapping")
"""What a recipe can only say of an operation that takes a body."""


def _without_way(page: Page) -> Iterator[Said]:
    for error in page.entries("error"):
        if isinstance(error.value.get("role"), str):
            continue
        found = recipes_of(page, error)
        allotted = {name for one in found for name in one.operations}
        lacking = [name for name in operations_of(page, error) if name not in allotted]
        if lacking or not found:
            where = f" at {shown(lacking)}" if lacking else ""
            text = f"the error {error.name!r} has neither a recipe nor a role, so nobody can come by it{where}"
            yield Said(error.pointer, f"{text}: add a recipe, or a role whose credential shows it")


def _allotted(page: Page) -> Iterator[Said]:
    for error in page.entries("error"):
        own, taken, others = operations_of(page, error), set[str](), False
        for one in recipes_of(page, error):
            if "operations" not in one.value:
                if others:
                    yield Said(one.pointer, "a recipe before this one is for all other operations too: keep one")
                elif own and not one.operations:
                    yield Said(one.pointer, "every operation of the error has a recipe of its own: leave this one out")
                others = True
                continue
            for name in one.operations:
                if name not in own:
                    text = f"the error {error.name!r} is no answer of {name!r}; {nearest(name, own)}"
                    yield Said(f"{one.pointer}/operations", text)
                elif name in taken:
                    yield Said(f"{one.pointer}/operations", f"a recipe before this one is for {name!r} too: keep one")
                taken.add(name)


def _changed(page: Page) -> Iterator[Said]:
    for error in page.entries("error"):
        for one in recipes_of(page, error):
            if not set(one.value) - {"operations"}:
                yield Said(one.pointer, "the recipe changes nothing, and a lawful call is no error: say what does")
            yield from _unmatched(page, one) if error.value.get("operations") == [] else _without_body(page, one)


def _unmatched(page: Page, one: Written) -> Iterator[Said]:
    """What is wrong with the recipe of a request that no operation matches."""
    needless = [name for name in OF_A_CALL if name in one.value]
    if needless:
        yield Said(one.pointer, f"there is no call to change, so leave out {', '.join(needless)}")
    method, target = one.value.get("method"), one.value.get("target")
    if not isinstance(method, str) or not isinstance(target, str):
        yield Said(one.pointer, "a request that no operation matches has no method and path of its own: say both")
        return
    router: Router[str] = Router()
    for name, node in page.operation_ids.items():
        tokens = node.pointer.split("/")
        router.add(tokens[-1].upper(), tokens[-2].replace("~1", "/").replace("~0", "~"), name)
    found = router.match(method, target.partition("?")[0])
    if found is not None:
        yield Said(one.pointer, f"{method} {target} is a call of {found.operation!r}: say one that matches none")


def _without_body(page: Page, one: Written) -> Iterator[Said]:
    """What a recipe wants of the body of an operation that takes none, or no JSON object."""
    for name in one.operations:
        node = page.operation_ids.get(name)
        if node is None:
            continue
        wanted = [member for member in OF_A_BODY if member in one.value]
        if wanted and not node.members.get("requestBody"):
            text = f"{name!r} takes no body, so {', '.join(wanted)} cannot be done"
            yield Said(one.pointer, f"{text}: say for which operations the recipe is")
        call = call_of(page, name)
        if "body" in one.value and call is not None and not isinstance(call.get("body"), dict):
            text = f"the lawful call of {name!r} has no JSON object as its body, so there is none to change"
            yield Said(f"{one.pointer}/body", f"{text}: use raw or form")


def _variables(page: Page) -> Iterator[Said]:
    for name in calls(page):
        if _leads_back(page, name):
            yield Said(f"#/x-calls/{escape(name)}/before", f"what is called before {name!r} needs {name!r} before it")
    try:
        yield from list(_without_value(page))
    except (AttributeError, KeyError, TypeError):  # of another shape, which extension-shape says
        return


def _without_value(page: Page) -> Iterator[Said]:
    try:
        written = Recipes(page.contract) if page.contract is not None else None
    except ContractError:  # as above
        return
    if written is None:
        return
    operations = written.contract.operations
    for name in written.calls:
        yield from _unknown(page, written, name, Recipe(), f"#/x-calls/{escape(name)}")
    for error in written.contract.errors:
        own: Iterable[str | None] = operations if error.operations is None else error.operations or (None,)
        for place, recipe in enumerate(written.by_error[error.name]):
            for operation in own if recipe.operations is None else recipe.operations:
                if written.recipe(error, operation) is recipe:
                    yield from _unknown(page, written, operation, recipe, f"#/x-errors/{error.rank}/recipes/{place}")


def _leads_back(page: Page, start: str) -> bool:
    seen: set[str] = set()
    waiting = _before(page, start)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _before(page, name)
    return start in seen


def _before(page: Page, operation: str) -> list[str]:
    found = (call_of(page, operation) or {}).get("before")
    entries = found if isinstance(found, list) else []
    names = [entry.get("call") if isinstance(entry, dict) else entry for entry in entries]
    return [name for name in names if isinstance(name, str)]


def _unknown(page: Page, written: Recipes, operation: str | None, recipe: Recipe, pointer: str) -> Iterator[Said]:
    """Variables that have no value when they are needed."""
    try:
        way = written.way(operation, recipe)
    except (ContractError, KeyError):  # a name that does not exist, which call-name says
        return
    known = {entry.name for entry in page.entries("fixture")}
    for step in (*way.before, way.call):
        for name in variables_in((step.path, step.query, step.headers, step.body, step.credential)):
            if name not in known:
                text = f"${name} has no value when {step.operation!r} is called: it is no fixture, and no call before"
                yield Said(pointer, f"{text} keeps it; {nearest(name, known)}")
        known.update(step.keep)


RULES = (
    Rule("L505", "recipe-operations", "each operation of an error has one recipe at most", _allotted),
    Rule("L507", "recipe-change", "what a recipe changes can be changed", _changed),
    Rule("L508", "variable", "a variable has a value when it is needed", _variables),
    Rule("L509", "error-without-way", "every error of an operation has a recipe or a role", _without_way, "warning"),
)
