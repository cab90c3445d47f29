"""Defects in deletions, and in who may call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.suites.dhub_defects.registry import breaks
from tests.suites.dhub_provider import Answer, Provider, Refused, Thing
from understudy.http import Request

# Deleting


@breaks("dhub.delete.conflict")
class DeletesWithDocuments(Provider):
    def keeps(self, thing: Thing) -> bool:
        return False


@breaks("dhub.delete.conflict")
class KeepsOnlyForTwoDocuments(Provider):
    def keeps(self, thing: Thing) -> bool:
        return len(thing.documents) > 1


@breaks("dhub.delete.conflict")
class RefusesWith400(Provider):
    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        if holder is None and thing.documents:
            raise Refused(400)
        return super().deleted(shelf, thing, holder)


@breaks("dhub.delete.conflict-keeps")
class DeletesAndSays409(Provider):
    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        if holder is None and thing.documents:
            del shelf[thing.id]
            raise Refused(409)
        return super().deleted(shelf, thing, holder)


@breaks("dhub.delete.conflict-keeps")
class LosesDocumentsWhenItSays409(Provider):
    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        if holder is None and thing.documents:
            thing.documents.clear()
            raise Refused(409)
        return super().deleted(shelf, thing, holder)


@breaks("dhub.delete.emptied")
class RemembersDeletedDocuments(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.had: set[str] = set()

    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        if holder is not None:
            self.had.add(holder.id)
        return super().created(shelf, body, holder)

    def keeps(self, thing: Thing) -> bool:
        return thing.id in self.had


@breaks("dhub.delete-knowledge.operation")
class NeverDeletes(Provider):
    def keeps(self, thing: Thing) -> bool:
        return True


@breaks("dhub.delete-knowledge.gone")
class DeletesOnlyInWords(Provider):
    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        again = dict(shelf)
        answer = super().deleted(shelf, thing, holder)
        if holder is None:
            shelf.update(again)
        return answer


@breaks("dhub.delete-document.gone")
class DeletesDocumentsOnlyInWords(Provider):
    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        again = dict(shelf)
        answer = super().deleted(shelf, thing, holder)
        if holder is not None:
            shelf.update(again)
        return answer


@breaks("dhub.list-knowledges.only-existing", "dhub.delete-knowledge.gone")
class ListsTheDeleted(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.bin: list[Thing] = []

    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        answer = super().deleted(shelf, thing, holder)
        if holder is None:
            self.bin.append(thing)
        return answer

    def order(self, shelf: dict[str, Thing]) -> list[Thing]:
        knowledges = any(shelf is account for account in self.accounts.values())
        return sorted([*shelf.values(), *(self.bin if knowledges else ())], key=lambda thing: thing.id)


@breaks("dhub.list-documents.only-own", "dhub.delete-document.gone")
class ListsDeletedDocuments(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.bin: list[Thing] = []

    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        answer = super().deleted(shelf, thing, holder)
        if holder is not None:
            self.bin.append(thing)
        return answer

    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        gone = {thing.id: thing for thing in self.bin if thing.holder is holder is not None}
        return super().page({**shelf, **gone}, query, holder)


@breaks("dhub.delete-knowledge.message")
class SaysDeletedOtherwise(Provider):
    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        status, _ = super().deleted(shelf, thing, holder)
        return status, {"message": "Knowledge was deleted"}


@breaks("dhub.delete-document.status")
class AnswersDeletionOfDocuments204(Provider):
    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        status, value = super().deleted(shelf, thing, holder)
        return 204 if holder is not None else status, value


# Access


def unguarded(method: str, depth: int, *, of: str = "token") -> type[Provider]:
    """A provider that does not look at credentials in one operation: its method, and how long its path is."""

    class Unguarded(Provider):
        def account(self, request: Request) -> dict[str, Thing]:
            parts = request.path.split("/")[4:]
            header = request.headers.get("authorization")
            carried = {"token": True, "unknown": header is not None, "form": (header or "").endswith("dhub-test-good")}
            if request.method == method and len(parts) - (parts[-1] == "") == depth and carried[of]:
                return self.accounts.setdefault("dhub-test-good", self.starting())
            return super().account(request)

    Unguarded.__name__ = f"NoAccessCheck{of.title()}{method.title()}{depth}"
    return Unguarded


OPERATIONS = [("POST", 0), ("GET", 0), ("GET", 1), ("PUT", 1), ("DELETE", 1), ("GET", 2)]
OPERATIONS += [("POST", 2), ("GET", 3), ("PUT", 3), ("DELETE", 3), ("GET", 4)]
for _method, _depth in OPERATIONS:
    breaks("dhub.auth.required")(unguarded(_method, _depth))
    breaks("dhub.auth.required")(unguarded(_method, _depth, of="unknown"))


@breaks("dhub.auth.required")
class TakesTokensWithoutAScheme(Provider):
    def token(self, header: str | None) -> str | None:
        return (header or "").split(" ")[-1]


@breaks("dhub.auth.required")
class TakesTheBeginningOfATokenForIt(Provider):
    def valid(self, token: str | None) -> bool:
        return bool(token) and "dhub-test-good".startswith(str(token)[:8])


@breaks("dhub.auth.required")
class DeletesBeforeItAsks(Provider):
    def answer(self, request: Request) -> Answer:
        if request.method == "DELETE" and "authorization" not in request.headers:
            parts = request.path.split("/")[4:]
            for account in self.accounts.values():
                if len(parts) == 1:
                    account.pop(parts[0], None)
        return super().answer(request)


@breaks("dhub.auth.required")
class UpdatesBeforeItAsks(Provider):
    def answer(self, request: Request) -> Answer:
        unknown = request.headers.get("authorization") == "Bearer understudy-unknown-credential"
        if request.method == "PUT" and unknown and "documents" not in request.path:
            for account in self.accounts.values():
                thing = account.get(request.path.split("/")[4])
                if thing is not None:
                    self.apply(thing, json.loads(request.body))
        return super().answer(request)


@breaks("dhub.auth.required")
class CreatesBeforeItAsks(Provider):
    def answer(self, request: Request) -> Answer:
        if request.method == "POST" and "authorization" not in request.headers and request.path.endswith("ges/"):
            self.created(self.accounts["dhub-test-good"], json.loads(request.body), None)
        return super().answer(request)


@breaks("dhub.auth.missing", documented=False)
class RefusesWith403(Provider):
    def account(self, request: Request) -> dict[str, Thing]:
        try:
            return super().account(request)
        except Refused:
            raise Refused(403) from None


@breaks("dhub.auth.account", documented=False)
class SharesAccounts(Provider):
    def account_of(self, token: str) -> str:
        return "everybody"


@breaks("dhub.auth.bearer", "dhub.delete-knowledge.operation")
class RefusesTheTokenInOneOperation(Provider):
    def account(self, request: Request) -> dict[str, Thing]:
        if request.method == "DELETE" and len(request.path.split("/")) == 5:
            raise Refused(401)
        return super().account(request)


# Paths


@breaks("dhub.service.slashes")
class RedirectsSlashes(Provider):
    def answer(self, request: Request) -> Answer:
        if request.path == "/api/v1/knowledges/" and request.method == "GET":
            return 307, None
        return super().answer(request)


@breaks("dhub.service.base-path", "dhub.list-knowledges.operation")
class HasNoList(Provider):
    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        if holder is None:
            raise Refused(404)
        return super().page(shelf, query, holder)
