"""Other versions, fields and clocks."""

from __future__ import annotations

import uuid
from typing import Any

from tests.suites.dhub_provider import Answer, Provider, Refused, Thing
from tests.suites.dhub_variants.registry import lawful
from understudy.http import Request, Response

# Versions


@lawful
class ListsTheOldestVersionFirst(Provider):
    def history(self, thing: Thing) -> Any:
        return super().history(thing)[::-1]

    def version_id(self, thing: Thing) -> str:
        return f"{uuid.UUID(int=self.calls * 0xF00DF00DF00DF00D)}"

    def date(self, at: int) -> str:
        return super().date(at + 9 * 3600).removesuffix("Z") + ".250+09:00"


@lawful
class ListsOnlyWhatUpdatesMade(Provider):
    def history(self, thing: Thing) -> Any:
        return super().history(thing)[:-1]


@lawful
class ListsOnlyWhatUpdatesReplaced(Provider):
    def history(self, thing: Thing) -> Any:
        return super().history(thing)[1:]


@lawful
class AddsNoVersionWhereNothingChanges(Provider):
    def updated(self, thing: Thing, body: dict[str, Any], holder: Thing | None) -> Answer:
        if all(thing.fields.get(name) == value for name, value in body.items()):
            return 200, {"message": f"{'Knowledge' if holder is None else 'Document'} updated successfully"}
        return super().updated(thing, body, holder)


@lawful
class RefusesEmptyUpdates(Provider):
    def check_update(self, body: Any, holder: Thing | None) -> None:
        super().check_update(body, holder)
        if not body:
            raise Refused(422)


@lawful
class ReadsTheNewestForAnUnknownVersion(Provider):
    def read(self, thing: Thing, version: str | None) -> Any:
        known = [id for id, _, _ in thing.versions]
        return super().read(thing, version if version in known else None)


@lawful
class DocumentsMakeVersionsOfTheirKnowledge(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        answer = super().created(shelf, body, holder)
        if holder is not None:
            holder.updated_at = self.clock
            self.add_version(holder)
        return answer


# Fields


@lawful
class ForgetsTheCommentAtTheNextUpdate(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        super().apply(thing, {"comment": "", **body})


@lawful
class MergesOptions(Provider):
    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        options = {**thing.fields.get("options", {}), **body.get("options", {})}
        super().apply(thing, {**body, "options": options})


def showing_unset(name: str, **unset: Any) -> None:
    class ShowsUnset(Provider):
        def snapshot(self, thing: Thing) -> dict[str, Any]:
            return {
                name: value if value not in (None, [], {}) else unset.get(name, value)
                for name, value in super().snapshot(thing).items()
            }

    ShowsUnset.__name__ = name
    lawful(ShowsUnset)


showing_unset("ShowsNullForEmpty", groups=None, tags=None, options=None)
showing_unset("ShowsEmptyForNull", alias="", type="")


@lawful
class TrimsText(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        return {name: value.strip() if isinstance(value, str) else value for name, value in super().kept(body).items()}


@lawful
class TellsTheTimeInFloats(Provider):
    def snapshot(self, thing: Thing) -> dict[str, Any]:
        shown = super().snapshot(thing)
        return {**shown, "created_at": float(shown["created_at"]), "updated_at": float(shown["updated_at"])}


# Clocks


@lawful
class StandsStill(Provider):
    def advance(self, seconds: float) -> None:
        """Its clock does not move."""


@lawful
class BeginsAtZero(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.clock = 0


@lawful
class RunsOnTwoMachines(Provider):
    def send(self, request: Request) -> Response:
        self.clock += 1 if self.calls % 2 else -1
        return super().send(request)
