"""Defects in updates and in the history of versions."""

from __future__ import annotations

from typing import Any

from tests.suites.dhub_defects.registry import K, breaks
from tests.suites.dhub_provider import Answer, Provider, Refused, Thing

# Updating


@breaks("dhub.update-knowledge.applied")
class ForgetsUpdates(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        if thing.holder is not None:
            super().apply(thing, body)


@breaks("dhub.update-document.applied")
class ForgetsUpdatesOfDocuments(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        if thing.holder is None:
            super().apply(thing, body)


@breaks("dhub.update-knowledge.partial")
class ResetsWhatAnUpdateDoesNotGive(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        name = thing.fields["name"]
        if thing.holder is None:
            thing.fields = {"name": name}
        super().apply(thing, body)


@breaks("dhub.update-document.partial", documented=False)
class ResetsDocuments(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        if thing.holder is not None:
            thing.fields = {"name": thing.fields["name"]}
        super().apply(thing, body)


@breaks("dhub.update-knowledge.partial")
class ResetsOptions(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        super().apply(thing, {"options": {}, **body})


@breaks("dhub.update-knowledge.applied")
class CannotEmptyAField(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        super().apply(thing, {name: value for name, value in body.items() if value})


@breaks("dhub.update-knowledge.applied")
class AddsGroupsInsteadOfReplacing(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        before = thing.fields.get("groups", [])
        super().apply(thing, body)
        thing.fields["groups"] = [*before, *body.get("groups", ())]


@breaks("dhub.knowledge.comment", "dhub.update-knowledge.comment")
class LosesComments(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        super().apply(thing, {name: value for name, value in body.items() if name != "comment"})


@breaks("dhub.update-knowledge.message")
class SaysOk(Provider):
    def updated(self, thing: Thing, body: dict[str, Any], holder: Thing | None) -> Answer:
        super().updated(thing, body, holder)
        return 200, {"message": "OK"}


@breaks("dhub.update-knowledge.status")
class AnswersUpdates204(Provider):
    def updated(self, thing: Thing, body: dict[str, Any], holder: Thing | None) -> Answer:
        status, value = super().updated(thing, body, holder)
        return 204 if holder is None else status, value


@breaks(f"{K}updated-at")
class KeepsUpdatedAt(Provider):
    def updated(self, thing: Thing, body: dict[str, Any], holder: Thing | None) -> Answer:
        before = thing.updated_at
        answer = super().updated(thing, body, holder)
        thing.updated_at = before
        return answer


@breaks(f"{K}created-at")
class MovesCreatedAt(Provider):
    def updated(self, thing: Thing, body: dict[str, Any], holder: Thing | None) -> Answer:
        thing.created_at = self.clock
        return super().updated(thing, body, holder)


@breaks("dhub.update-knowledge.applied")
class UpdatesAnotherKnowledge(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        first = next(iter(next(iter(self.accounts.values())).values()))
        super().apply(first if thing.holder is None else thing, body)


# Versions


@breaks("dhub.update-knowledge.adds-version")
class AddsNoVersion(Provider):
    def add_version(self, thing: Thing) -> None:
        if not thing.versions:
            super().add_version(thing)


@breaks("dhub.update-knowledge.adds-version")
class KeepsOnlyTheNewestVersion(Provider):
    def add_version(self, thing: Thing) -> None:
        super().add_version(thing)
        thing.versions = [(f"v{self.calls}", *thing.versions[-1][1:])]


@breaks("dhub.update-knowledge.adds-version")
class AddsTwoVersions(Provider):
    def updated(self, thing: Thing, body: dict[str, Any], holder: Thing | None) -> Answer:
        self.add_version(thing)
        return super().updated(thing, body, holder)


@breaks("dhub.get-knowledge.version-read")
class ReadsTheNewestInsteadOfTheVersion(Provider):
    def read(self, thing: Thing, version: str | None) -> Any:
        super().read(thing, version)
        return self.details(thing)


@breaks("dhub.get-knowledge.version-read")
class ReadsTheVersionBefore(Provider):
    def read(self, thing: Thing, version: str | None) -> Any:
        if version is None:
            return self.details(thing)
        known = [id for id, _, _ in thing.versions]
        if version not in known:
            raise Refused(404)
        return thing.versions[max(known.index(version) - 1, 0)][1]


@breaks("dhub.get-knowledge.version-read")
class KeepsOnlyNamesInVersions(Provider):
    def read(self, thing: Thing, version: str | None) -> Any:
        shown = super().read(thing, version)
        return {**self.details(thing), "name": shown["name"], "comment": shown["comment"]}


@breaks("dhub.get-knowledge.version-read")
class ShowsTheNewestCommentInVersions(Provider):
    def read(self, thing: Thing, version: str | None) -> Any:
        return {**super().read(thing, version), "comment": thing.comment}


@breaks("dhub.get-knowledge.version-from-history")
class CannotReadTheFirstVersion(Provider):
    def read(self, thing: Thing, version: str | None) -> Any:
        if version is not None and thing.versions and version == thing.versions[0][0]:
            raise Refused(404)
        return super().read(thing, version)


@breaks("dhub.list-knowledge-versions.version-id-unique")
class NamesAllVersionsAlike(Provider):
    def version_id(self, thing: Thing) -> str:
        return "v1"


@breaks("dhub.list-knowledge-versions.array")
class WrapsTheHistory(Provider):
    def history(self, thing: Thing) -> Any:
        return {"versions": super().history(thing)}


@breaks("dhub.list-knowledge-versions.last-modified")
class DatesVersionsInEpochSeconds(Provider):
    def date(self, at: int) -> Any:
        return at


@breaks("dhub.list-knowledge-versions.operation")
class HasNoHistory(Provider):
    def history(self, thing: Thing) -> Any:
        if thing.holder is None:
            raise Refused(501)
        return super().history(thing)
