"""Pages that skip, repeat, end too soon or never."""

from __future__ import annotations

from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import value_of, with_value

from .common import again, catalogue, succeeded

COMPLETE = {"listKnowledges": "dhub.list-knowledges.complete", "listDocuments": "dhub.list-documents.complete"}


def page_of(response: Response) -> dict[str, Any] | None:
    """A page with the items that it must have; None for any other answer."""
    value = value_of(response)
    return value if isinstance(value, dict) and isinstance(value.get("items"), dict) else None


def with_items(response: Response, page: dict[str, Any], items: list[tuple[str, Any]]) -> Response:
    return with_value(response, {**page, "items": dict(items)})


def repeats(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A page begins with the last item of the page before."""
    response = forward(asked.request)
    page = page_of(response)
    if page is None:
        return response
    before = memory.get((asked.request.path, asked.query.get("token")))
    items = [*page["items"].items()]
    if page.get("token") and items:
        memory[asked.request.path, page["token"]] = items[-1]
    return response if before is None else with_items(response, page, [before, *items])


def skips(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A page leaves out the item that it should begin with."""
    response = forward(asked.request)
    page = page_of(response)
    if page is None or "token" not in asked.query:
        return response
    return with_items(response, page, [*page["items"].items()][1:])


def skips_on_third(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The third page and those after it leave out their first item."""
    response = forward(asked.request)
    page = page_of(response)
    if page is None:
        return response
    number = memory.get((asked.request.path, asked.query.get("token")), 1)
    if page.get("token"):
        memory[asked.request.path, page["token"]] = number + 1
    return response if number < 3 else with_items(response, page, [*page["items"].items()][1:])


def ends_too_soon(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The first page says that it is the last."""
    response = forward(asked.request)
    page = page_of(response)
    return response if page is None or "token" in asked.query else with_value(response, {**page, "token": None})


def ends_after_two(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The second page says that it is the last."""
    response = forward(asked.request)
    page = page_of(response)
    return response if page is None or "token" not in asked.query else with_value(response, {**page, "token": None})


def loses_the_last(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The last page is empty when it would hold one item."""
    response = forward(asked.request)
    page = page_of(response)
    if page is None or "token" not in asked.query or page.get("token") or len(page["items"]) != 1:
        return response
    return with_items(response, page, [])


def stays_on_the_first(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A token is passed over: every page is the first."""
    if asked.does in COMPLETE and "token" in asked.query:
        return forward(again(asked, token=None))
    return forward(asked.request)


def loses_the_full_page(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A page that is full loses its last item."""
    response = forward(asked.request)
    page = page_of(response)
    limit = asked.query.get("limit", "100")
    if page is None or not limit.isdigit() or len(page["items"]) < int(limit) or int(limit) < 2:
        return response
    return with_items(response, page, [*page["items"].items()][:-1])


def one_too_many(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A page holds one item more than the limit allows."""
    limit = asked.query.get("limit", "")
    if asked.does in COMPLETE and limit.isdigit() and 0 < int(limit) < 1000:
        return forward(again(asked, limit=str(int(limit) + 1)))
    return forward(asked.request)


def no_limit(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The limit is passed over."""
    if asked.does in COMPLETE and asked.query.get("limit", "").isdigit():
        return forward(again(asked, limit=None))
    return forward(asked.request)


def forgets_the_filter(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """From the second page on the filter is forgotten: the rest of the list follows, whatever its groups."""
    response = forward(asked.request)
    page = page_of(response)
    if page is None or "token" not in asked.query or "groups" not in asked.query:
        return response
    rest = page_of(forward(again(asked, token=None, groups=None, limit="1000")))
    items = {**page["items"], **(rest or page)["items"]}
    return with_items(response, page, [*items.items()])


WRONG: dict[str, tuple[Behaviour, tuple[str, ...]]] = {
    "repeats": (repeats, ()),
    "skips": (skips, ()),
    "skips-on-third": (skips_on_third, ()),
    "ends-too-soon": (ends_too_soon, ("dhub.list-knowledges.token",)),
    "ends-after-two": (ends_after_two, ("dhub.list-knowledges.token",)),
    "loses-the-last": (loses_the_last, ()),
    "stays-on-the-first": (stays_on_the_first, ("dhub.list-knowledges.token-parameter",)),
    "loses-the-full-page": (loses_the_full_page, ()),
}


def only(operation: str, behave: Behaviour) -> Behaviour:
    def answer(asked: Asked, forward: Forward, memory: Memory) -> Response:
        return behave(asked, forward, memory) if asked.does == operation else forward(asked.request)

    return answer


for _name, (_behave, _more) in WRONG.items():
    for _operation, _clause in COMPLETE.items():
        _says = f"{' '.join((_behave.__doc__ or '').split())} It happens to {_operation}."
        catalogue.add(f"{_operation}.{_name}", "paging", _says, (_clause, *_more), only(_operation, _behave), rare=True)
for _name, _behave in {"one-too-many": one_too_many, "no-limit": no_limit}.items():
    _says = " ".join((_behave.__doc__ or "").split())
    _clauses = ("dhub.list-knowledges.limit",)
    catalogue.add(_name, "paging", _says, _clauses, only("listKnowledges", _behave), rare=True)
catalogue.add(
    "forgets-the-filter",
    "paging",
    " ".join((forgets_the_filter.__doc__ or "").split()),
    ("dhub.list-knowledges.groups-one", "dhub.list-knowledges.complete", "dhub.list-knowledges.groups-parameter"),
    only("listKnowledges", forgets_the_filter),
    rare=True,
)


@catalogue.mutant("paging", COMPLETE["listKnowledges"], rare=True)
def ends_at_a_hundred(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The list ends after a hundred Knowledges."""
    response = forward(asked.request)
    page = page_of(response)
    if page is None or asked.does != "listKnowledges":
        return response
    seen = memory.get((asked.credential, asked.query.get("token")), 0) + len(page["items"])
    if page.get("token"):
        memory[asked.credential, page["token"]] = seen
    return with_value(response, {**page, "token": None}) if seen >= 100 and succeeded(response) else response
