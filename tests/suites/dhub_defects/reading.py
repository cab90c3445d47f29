"""Defects in details and lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.suites.dhub_defects.registry import K, breaks
from tests.suites.dhub_provider import Answer, Provider, Refused, Thing
from understudy.verify.observation import TransportFailure

# Reading


@breaks("dhub.get-knowledge.status")
class AnswersReads203(Provider):
    def one(self, *arguments: Any) -> Answer:
        status, value = super().one(*arguments)
        reads = arguments[0] == "GET" and len(arguments[3]) == 1 and arguments[5] is None
        return (203 if reads else status), value


@breaks(f"{K}category")
class NamesAnotherCategory(Provider):
    def details(self, thing: Thing) -> Any:
        return {**super().details(thing), "category": "document"}


@breaks("dhub.knowledge.comment")
class LeavesTheCommentOut(Provider):
    def details(self, thing: Thing) -> Any:
        return {name: value for name, value in super().details(thing).items() if name != "comment"}


@breaks(f"{K}epoch-seconds")
class TellsMilliseconds(Provider):
    def details(self, thing: Thing) -> Any:
        shown = super().details(thing)
        return {**shown, "created_at": shown["created_at"] * 1000, "updated_at": shown["updated_at"] * 1000}


@breaks(f"{K}created-at")
class TellsDatesAsText(Provider):
    def details(self, thing: Thing) -> Any:
        return {**super().details(thing), "created_at": self.date(thing.created_at)}


@breaks(f"{K}updated-at")
class MovesUpdatedAtWhenRead(Provider):
    def details(self, thing: Thing) -> Any:
        thing.updated_at += 1
        return super().details(thing)


@breaks("dhub.get-knowledge.knowledge-id", f"{K}id")
class ShowsAnotherKnowledge(Provider):
    def details(self, thing: Thing) -> Any:
        shown = super().details(thing)
        return {**shown, "id": "knowledge-abc123"} if thing.holder is None else shown


@breaks("dhub.update-knowledge.applied")
class ReadsWhatWasBefore(Provider):
    def details(self, thing: Thing) -> Any:
        return thing.versions[-2][1] if len(thing.versions) > 1 else thing.versions[-1][1]


@breaks("dhub.service.resources")
class FindsDocumentsAnywhere(Provider):
    def find(self, shelf: dict[str, Thing], id: str) -> Thing:
        for account in self.accounts.values():
            for thing in account.values():
                if id in thing.documents:
                    return thing.documents[id]
        return super().find(shelf, id)

    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        return super().deleted(thing.holder.documents if thing.holder else shelf, thing, holder)


@breaks("dhub.service.resources")
class DeletesDocumentsByWayOfOthers(Provider):
    def one(self, *arguments: Any) -> Answer:
        method, parts, holder = arguments[0], arguments[3], arguments[5]
        if method == "DELETE" and holder is not None:
            for account in self.accounts.values():
                for thing in account.values():
                    if thing is not holder:
                        thing.documents.pop(parts[0], None)
        return super().one(*arguments)


@breaks("dhub.list-documents.only-own", "dhub.service.resources")
class ListsDocumentsOfAll(Provider):
    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        if holder is not None:
            held = [thing.documents for account in self.accounts.values() for thing in account.values()]
            shelf = {id: document for documents in held for id, document in documents.items()}
        return super().page(shelf, query, holder)


@breaks("dhub.get-document.operation")
class CannotReadDocuments(Provider):
    def read(self, thing: Thing, version: str | None) -> Any:
        if thing.holder is not None:
            raise Refused(500)
        return super().read(thing, version)


@breaks("dhub.get-knowledge.operation")
class NeverAnswersReads(Provider):
    def read(self, thing: Thing, version: str | None) -> Any:
        if thing.holder is None:
            raise TransportFailure("the connection was closed before the answer was whole")
        return super().read(thing, version)


# Listing


@breaks("dhub.list-knowledges.items-text")
class ListsObjects(Provider):
    def envelope(self, entries: list[tuple[str, Any]], token: Any) -> Any:
        return {"items": dict(entries), "token": token}


@breaks("dhub.list-knowledges.items")
class ListsAnArray(Provider):
    def envelope(self, entries: list[tuple[str, Any]], token: Any) -> Any:
        return {"items": [entry for _, entry in entries], "token": token}


@breaks("dhub.list-knowledges.items-key")
class NamesEntriesByName(Provider):
    def envelope(self, entries: list[tuple[str, Any]], token: Any) -> Any:
        return super().envelope([(entry["name"], entry) for _, entry in entries], token)


@breaks("dhub.list-knowledges.entry-name")
class ListsWithoutNames(Provider):
    def entry(self, thing: Thing) -> Any:
        return {"id": thing.id}


@breaks("dhub.update-knowledge.applied")
class ListsWhatWasCreated(Provider):
    def entry(self, thing: Thing) -> Any:
        return thing.versions[0][1]


@breaks("dhub.list-knowledges.complete")
class LeavesTheNewestOut(Provider):
    def order(self, shelf: dict[str, Thing]) -> list[Thing]:
        newest = list(shelf)[-1:]
        return [thing for thing in super().order(shelf) if len(shelf) == 1 or thing.id not in newest]


@breaks("dhub.list-knowledges.limit")
class IgnoresLimit(Provider):
    def limit(self, text: str | None) -> int:
        return 100


@breaks("dhub.list-knowledges.limit")
class ListsOneTooMany(Provider):
    def limit(self, text: str | None) -> int:
        return super().limit(text) + 1


@breaks("dhub.list-knowledges.complete")
class SkipsBetweenPages(Provider):
    def start(self, things: list[Thing], token: str | None) -> int:
        return super().start(things, token) + (token is not None)


@breaks("dhub.list-knowledges.complete", "dhub.list-knowledges.token-parameter")
class RepeatsBetweenPages(Provider):
    def start(self, things: list[Thing], token: str | None) -> int:
        return max(0, super().start(things, token) - (token is not None))


@breaks("dhub.list-knowledges.token-parameter")
class IgnoresTokens(Provider):
    def start(self, things: list[Thing], token: str | None) -> int:
        return 0


@breaks("dhub.list-knowledges.complete")
class EndsAfterTwoPages(Provider):
    def start(self, things: list[Thing], token: str | None) -> int:
        self.following = token is not None
        return super().start(things, token)

    def next(self, things: list[Thing], shown: list[Thing], last: bool) -> Any:
        return None if self.following else super().next(things, shown, last)


@breaks("dhub.list-knowledges.token", "dhub.list-knowledges.complete")
class GivesNoToken(Provider):
    def next(self, things: list[Thing], shown: list[Thing], last: bool) -> Any:
        return None


@breaks("dhub.list-knowledges.token")
class GivesNumbersAsTokens(Provider):
    def next(self, things: list[Thing], shown: list[Thing], last: bool) -> Any:
        return None if last else 17


@breaks("dhub.list-documents.complete")
class LosesTheLastPageOfDocuments(Provider):
    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        status, value = super().page(shelf, query, holder)
        return (status, {"items": {}, "token": None}) if holder is not None and "token" in query else (status, value)


@breaks("dhub.list-knowledges.groups-parameter", "dhub.list-knowledges.groups-one")
class IgnoresGroups(Provider):
    def passes(self, thing: Thing, groups: str | None) -> bool:
        return True


@breaks("dhub.list-knowledges.groups-comma")
class TakesGroupsAsOneName(Provider):
    def passes(self, thing: Thing, groups: str | None) -> bool:
        return groups is None or groups in thing.fields.get("groups", ())


@breaks("dhub.list-knowledges.groups-one")
class FiltersByTheFirstGroup(Provider):
    def passes(self, thing: Thing, groups: str | None) -> bool:
        return groups is None or thing.fields.get("groups", [""])[:1] == [groups.split(",")[0]]


@breaks("dhub.list-knowledges.groups-one")
class FiltersByTheBeginningOfGroups(Provider):
    def passes(self, thing: Thing, groups: str | None) -> bool:
        beginning = (groups or "")[:3]
        return any(group.startswith(beginning) for group in thing.fields.get("groups", [""])) or groups is None


@breaks("dhub.list-knowledges.groups-one")
class FiltersByTags(Provider):
    def passes(self, thing: Thing, groups: str | None) -> bool:
        return groups is None or groups in thing.fields.get("tags", ())


@breaks("dhub.list-knowledges.complete")
class FiltersAfterPaging(Provider):
    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        status, value = super().page(shelf, {**query, "groups": ""}, holder)
        items = {
            id: text
            for id, text in value["items"].items()
            if super(FiltersAfterPaging, self).passes(shelf[id], query.get("groups"))
        }
        return status, {"items": items, "token": None}
