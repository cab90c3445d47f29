"""Lists that show too much or too little, and filters that keep or drop the wrong things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.verify.reading import parsed

from .common import ROOT, again, asks, catalogue, item_of, succeeded
from .pages import page_of, with_items

Entries = list[tuple[str, Any]]
COMPLETE = ("dhub.list-knowledges.complete", "dhub.list-documents.complete")


def changes(operation: str, change: Callable[[Entries], Entries]) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        page = page_of(response) if asked.does == operation else None
        return response if page is None else with_items(response, page, change([*page["items"].items()]))

    return behave


def told(text: Any, field: str) -> Any:
    value = parsed(text) if isinstance(text, str) else None
    return value.get(field) if isinstance(value, dict) else None


HIDES: dict[str, tuple[str, Callable[[Entries], Entries]]] = {
    "first": ("its first item", lambda items: items[1:]),
    "last": ("its last item, where there are several", lambda items: items[:-1] if len(items) > 1 else items),
    "without-groups": ("what has no groups", lambda items: [e for e in items if told(e[1], "groups")]),
    "with-two-groups": (
        "what has two groups",
        lambda items: [e for e in items if len(told(e[1], "groups") or ()) != 2],
    ),
    "with-comment": ("what has a comment", lambda items: [e for e in items if not told(e[1], "comment")]),
    "without-alias": ("what has an alias", lambda items: [e for e in items if not told(e[1], "alias")]),
    "with-emoji": (
        "what has an emoji in its name",
        lambda items: [e for e in items if not any(c > "\uffff" for c in told(e[1], "name") or "")],
    ),
    "fourth": ("its fourth item", lambda items: items[:3] + items[4:]),
}

for _name, (_what, _change) in HIDES.items():
    for _operation, _clause in zip(("listKnowledges", "listDocuments"), COMPLETE, strict=True):
        if (_operation, _name) in (("listDocuments", "with-two-groups"), ("listDocuments", "with-comment")):
            continue
        catalogue.add(
            f"{_operation}.hides-{_name}",
            "list",
            f"{_operation} does not show {_what}.",
            (_clause,),
            changes(_operation, _change),
            rare=_name != "first",
        )

catalogue.add(
    "listKnowledges.swaps-keys",
    "list",
    "The first two items of the list stand under each other's ids.",
    ("dhub.list-knowledges.items-key",),
    changes("listKnowledges", lambda e: [(e[1][0], e[0][1]), (e[0][0], e[1][1]), *e[2:]] if len(e) > 1 else e),
    rare=True,
)


@catalogue.mutant("list", "dhub.list-knowledges.only-existing", rare=True)
def lists_documents_too(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The list of Knowledges shows a copy of its first item under an id that names nothing."""
    response = forward(asked.request)
    page = page_of(response) if asked.does == "listKnowledges" else None
    if page is None or not page["items"]:
        return response
    id, text = next(iter(page["items"].items()))
    return with_items(response, page, [*page["items"].items(), (f"{id}-2", text.replace(id, f"{id}-2"))])


@catalogue.mutant("list", "dhub.list-documents.only-own", "dhub.service.resources", rare=True)
def lists_documents_of_all(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The list of Documents shows those of every Knowledge of the account."""
    response = forward(asked.request)
    made = memory.setdefault(asked.credential, [])
    if asked.does == "createKnowledge" and succeeded(response):
        made.append(item_of(response))
    page = page_of(response) if asked.does == "listDocuments" else None
    if page is None or "token" in asked.query:
        return response
    items: dict[str, Any] = dict(page["items"])
    for kid in made[-10:]:
        other = page_of(forward(asks(asked, "GET", f"{ROOT}{kid}/documents/?limit=1000")))
        items.update((other or {"items": {}})["items"])
    return with_items(response, page, [*items.items()])


@catalogue.mutant("list", "dhub.list-knowledges.only-existing", "dhub.delete-knowledge.gone", rare=True)
def lists_the_deleted(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A deleted Knowledge stays in the list."""
    if asked.does == "deleteKnowledge":
        page = page_of(forward(asks(asked, "GET", f"{ROOT}?limit=1000")))
        text = (page or {"items": {}})["items"].get(asked.path["knowledge_id"])
        response = forward(asked.request)
        if succeeded(response) and text is not None:
            memory.setdefault(asked.credential, {})[asked.path["knowledge_id"]] = text
        return response
    response = forward(asked.request)
    page = page_of(response) if asked.does == "listKnowledges" and "token" not in asked.query else None
    gone = memory.get(asked.credential, {})
    return response if page is None or not gone else with_items(response, page, [*page["items"].items(), *gone.items()])


Keeps = Callable[[list[str], list[str], Any], bool]


def filters(keeps: Keeps, operation: str = "listKnowledges") -> Behaviour:
    """Lists with a filter of the mutant's own, all on one page: ``keeps`` is asked of the names and of the groups."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        names = [name for name in asked.query.get("groups", "").split(",") if name]
        if asked.does != operation or not names or "token" in asked.query:
            return forward(asked.request)
        response = forward(again(asked, groups=None, limit="1000"))
        page = page_of(response)
        if page is None:
            return response
        kept = [e for e in page["items"].items() if keeps(names, told(e[1], "groups") or [], e[1])]
        limit = asked.query.get("limit", "100")
        return with_items(response, page, kept[: int(limit)] if limit.isdigit() else kept)

    return behave


def _substring(names: list[str], groups: list[str], text: Any) -> bool:
    return any(name[:-1] in group for name in names for group in groups)


FILTERS: dict[str, tuple[str, Keeps, tuple[str, ...]]] = {
    "none": ("passes over the filter", lambda names, groups, text: True, ()),
    "first-group": (
        "looks at the first group of a Knowledge only",
        lambda names, groups, text: bool(groups[:1]) and groups[0] in names,
        (),
    ),
    "last-group": (
        "looks at the last group of a Knowledge only",
        lambda names, groups, text: bool(groups) and groups[-1] in names,
        (),
    ),
    "only-group": (
        "keeps what has no further group",
        lambda names, groups, text: len(groups) == 1 and groups[0] in names,
        (),
    ),
    "prefix": ("keeps what has a group that begins alike", _substring, ()),
    "no-comma": (
        "takes all names for one, commas included",
        lambda names, groups, text: ",".join(names) in groups,
        ("dhub.list-knowledges.groups-comma",),
    ),
    "inverted": (
        "keeps what it should drop",
        lambda names, groups, text: not any(name in groups for name in names),
        (),
    ),
    "also-none": (
        "keeps what has no group at all",
        lambda names, groups, text: not groups or any(name in groups for name in names),
        (),
    ),
    "nothing": ("keeps nothing", lambda names, groups, text: False, ()),
}

for _name, (_what, _keeps, _more) in FILTERS.items():
    catalogue.add(
        f"listKnowledges.{_name}",
        "filter",
        f"The list of Knowledges {_what}.",
        ("dhub.list-knowledges.groups-one", "dhub.list-knowledges.complete", *_more),
        filters(_keeps),
        rare=True,
    )


@catalogue.mutant("filter", "dhub.list-knowledges.groups-one", "dhub.list-knowledges.complete", rare=True)
def filters_by_first_groups(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The filter goes by the groups that a Knowledge was created with, whatever was updated."""
    response = forward(asked.request)
    if asked.does == "createKnowledge" and succeeded(response):
        memory[item_of(response)] = asked.member("groups") or []
    if asked.does != "listKnowledges" or not asked.query.get("groups"):
        return response
    keeps: Keeps = lambda names, groups, text: any(name in memory.get(told(text, "id"), groups) for name in names)  # noqa: E731
    return filters(keeps)(asked, forward, {})
