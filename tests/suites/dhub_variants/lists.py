"""Other pages, filters and Documents."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from tests.suites.dhub_provider import Answer, Provider, Refused, Thing
from tests.suites.dhub_variants.registry import lawful

# Lists


@lawful
class ListsIdsAndNames(Provider):
    def entry(self, thing: Thing) -> Any:
        return {"id": thing.id, "name": thing.fields["name"]}


@lawful
class LeavesTheLastTokenOut(Provider):
    def envelope(self, entries: list[tuple[str, Any]], token: Any) -> Any:
        value = super().envelope(entries, token)
        return value if token is not None else {"items": value["items"]}


@lawful
class EndsWithAnEmptyToken(Provider):
    def next(self, things: list[Thing], shown: list[Thing], last: bool) -> Any:
        return super().next(things, shown, last) or ""


@lawful
class GivesATokenOnTheLastPageToo(Provider):
    def next(self, things: list[Thing], shown: list[Thing], last: bool) -> Any:
        return shown[-1].id if shown else None


@lawful
class GivesOpaqueTokens(Provider):
    def next(self, things: list[Thing], shown: list[Thing], last: bool) -> Any:
        token = super().next(things, shown, last)
        return token and urlsafe_b64encode(json.dumps({"위치": token}).encode()).decode() + "=/+ &"

    def start(self, things: list[Thing], token: str | None) -> int:
        return super().start(things, token and json.loads(urlsafe_b64decode(token[:-5]))["위치"])


@lawful
class ListsTheNewestFirst(Provider):
    def order(self, shelf: dict[str, Thing]) -> list[Thing]:
        return super().order(shelf)[::-1]

    def start(self, things: list[Thing], token: str | None) -> int:
        return 0 if token is None else sum(thing.id >= token for thing in things)


@lawful
class PagesByOffset(Provider):
    def next(self, things: list[Thing], shown: list[Thing], last: bool) -> Any:
        return None if last else str(things.index(shown[-1]) + 1)

    def start(self, things: list[Thing], token: str | None) -> int:
        return int(token) if token is not None and token.isdigit() else 0


@lawful
class HasSmallPages(Provider):
    def limit(self, text: str | None) -> int:
        return min(super().limit(text), 2)


@lawful
class FiltersPagesOfAll(Provider):
    """Pages are cut before they are filtered, so that some are short or empty and more follows all the same."""

    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        status, value = super().page(shelf, {**query, "groups": ""}, holder)
        keep = [id for id in value["items"] if super(FiltersPagesOfAll, self).passes(shelf[id], query.get("groups"))]
        return status, {"items": {id: value["items"][id] for id in keep}, "token": value["token"]}


@lawful
class WantsAllGroups(Provider):
    def passes(self, thing: Thing, groups: str | None) -> bool:
        names = [name for name in (groups or "").split(",") if name]
        return all(name in thing.fields.get("groups", ()) for name in names)


@lawful
class ComparesGroupsWithoutCase(Provider):
    def passes(self, thing: Thing, groups: str | None) -> bool:
        names = [name.strip().casefold() for name in (groups or "").split(",") if name]
        return not names or any(group.casefold() in names for group in thing.fields.get("groups", ()))


@lawful
class CountsAnEmptyFilter(Provider):
    def passes(self, thing: Thing, groups: str | None) -> bool:
        return groups is None or super().passes(thing, groups or "\0")


# Documents, of which the document says little


@lawful
class ListsDocumentsAsAnArray(Provider):
    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        if holder is None:
            return super().page(shelf, query, holder)
        return 200, {"documents": [self.entry(thing) for thing in self.order(shelf)], "total": len(shelf)}


@lawful
class ListsDocumentsAsTexts(Provider):
    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        if holder is None:
            return super().page(shelf, query, holder)
        return 200, [json.dumps(self.entry(thing)) for thing in self.order(shelf)]


@lawful
class PagesDocumentsInItsOwnWay(Provider):
    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        status, value = super().page(shelf, query, holder)
        return (status, value) if holder is None else (status, {"items": value["items"], "next": value["token"]})


@lawful
class IgnoresTheLimitOfDocuments(Provider):
    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        return super().page(shelf, query if holder is None else {}, holder)


@lawful
class WrapsDocuments(Provider):
    def details(self, thing: Thing) -> Any:
        shown = super().details(thing)
        return shown if thing.holder is None else {"item": json.dumps(shown, ensure_ascii=False), "status": "ok"}


@lawful
class ShowsLittleOfDocuments(Provider):
    def snapshot(self, thing: Thing) -> dict[str, Any]:
        shown = super().snapshot(thing)
        return shown if thing.holder is None else {"document_id": thing.id, "name": shown["name"], "doc_type": 1}


@lawful
class UpdatesDocumentsInItsOwnWay(Provider):
    def check_update(self, body: Any, holder: Thing | None) -> None:
        super().check_update(body, holder)
        if holder is not None and "comment" in body:
            raise Refused(422)


@lawful
class AnswersDocumentsOtherwise(Provider):
    def updated(self, thing: Thing, body: dict[str, Any], holder: Thing | None) -> Answer:
        status, value = super().updated(thing, body, holder)
        return status, value if holder is None else {"item": thing.id}

    def history(self, thing: Thing) -> Any:
        return super().history(thing) if thing.holder is None else {"versions": super().history(thing)}


@lawful
class ResetsWhatAnUpdateOfADocumentDoesNotGive(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        if thing.holder is not None:
            thing.fields = {"name": thing.fields["name"]}
        super().apply(thing, body)
