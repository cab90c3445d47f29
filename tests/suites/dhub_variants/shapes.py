"""Other ids, more members and headers, other JSON; other refusals."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from tests.suites.dhub_provider import Answer, Provider, Refused, Thing
from tests.suites.dhub_variants.registry import lawful
from understudy.http import Request, Response

# Ids


@lawful
class GivesUuids(Provider):
    def new_id(self, holder: Thing | None) -> str:
        self.count += 1
        id = str(uuid.UUID(int=self.count * 0x9E3779B97F4A7C15, version=4))
        return id if holder is None else f"knowledge.{id}"


@lawful
class GivesLongIdsOfManyKinds(Provider):
    def new_id(self, holder: Thing | None) -> str:
        self.count += 1
        id = f"지식 {self.count}/%?#&=+{'x' * 150}é"
        return id if holder is None else f"knowledge.{id}"


@lawful
class CountsDocumentsInEachKnowledge(Provider):
    def new_id(self, holder: Thing | None) -> str:
        return (
            super().new_id(holder) if holder is None else f"knowledge.document-{len(holder.documents) + 1}-{id(holder)}"
        )


# More than was promised


@lawful
class SaysMore(Provider):
    def snapshot(self, thing: Thing) -> dict[str, Any]:
        more = {
            "owner": "홍길동",
            "document_count": len(thing.documents),
            "links": {"self": f"/{thing.id}"},
            "etag": None,
        }
        return {**more, **super().snapshot(thing)}

    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        status, value = super().created(shelf, body, holder)
        return status, {**value, "status": "ok", "message": "생성됨"}

    def history(self, thing: Thing) -> Any:
        return [{**entry, "author": "누구", "is_latest": False} for entry in super().history(thing)]

    def envelope(self, entries: list[tuple[str, Any]], token: Any) -> Any:
        return {**super().envelope(entries, token), "count": len(entries), "has_more": token is not None}


@lawful
class SendsMoreHeaders(Provider):
    def headers(self, status: int) -> tuple[tuple[str, str], ...]:
        more = (("X-Request-Id", "1"), ("Cache-Control", "no-store"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
        return (*super().headers(status), *more)


@lawful
class WritesJsonOtherwise(Provider):
    def render(self, request: Request, status: int, value: Any) -> Response:
        body = json.dumps(value, indent=4, sort_keys=True).encode() + b"\r\n"
        return Response(status, (("content-type", "Application/JSON; Charset=UTF-8"),), body)

    def envelope(self, entries: list[tuple[str, Any]], token: Any) -> Any:
        return {"token": token, "items": {id: json.dumps(entry, indent=1, sort_keys=True) for id, entry in entries}}


@lawful
class AddsDefaultsToOptions(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        options = {"embedding": "BAAI/bge-m3", "분할": 1, **body.get("options", {})}
        return super().created(shelf, {**body, "options": options}, holder)


@lawful
class DerivesAliasAndType(Provider):
    def snapshot(self, thing: Thing) -> dict[str, Any]:
        shown = super().snapshot(thing)
        derived = thing.fields["name"].lower().replace(" ", "-")
        return {**shown, "alias": shown["alias"] or derived, "type": shown["type"] or "document"}


# Refusals


def refusing_with(render: Callable[[int], tuple[str, bytes]]) -> type[Provider]:
    class RefusesOtherwise(Provider):
        def render(self, request: Request, status: int, value: Any) -> Response:
            if status < 400:
                return super().render(request, status, value)
            media_type, body = render(status)
            return Response(status, (("Content-Type", media_type),) if media_type else (), body)

    return RefusesOtherwise


for _name, _refusal in {
    "RefusesWithAnError": ("application/json", b'{"error": {"code": 4, "message": "no"}}'),
    "RefusesInPlainText": ("text/plain; charset=utf-8", "안 됩니다".encode()),
    "RefusesInHtml": ("text/html", b"<h1>Conflict</h1>"),
    "RefusesWithoutABody": ("", b""),
    "RefusesWithAnArray": ("application/json", b'["no"]'),
    "RefusesWithBrokenJson": ("application/json", b'{"detail": '),
    "RefusesWithProblemDetails": ("application/problem+json", b'{"title": "no", "status": 400}'),
}.items():
    _provider = refusing_with(lambda status, refusal=_refusal: refusal)  # type: ignore[misc]
    _provider.__name__ = _name
    lawful(_provider)


def refusing_as(name: str, **statuses: int) -> None:
    """Refusals with other statuses: s404=410 stands for 410 in place of 404."""

    class RefusesAs(Provider):
        def answer(self, request: Request) -> Answer:
            status, value = super().answer(request)
            return statuses.get(f"s{status}", status), value

    RefusesAs.__name__ = name
    lawful(RefusesAs)


refusing_as("RefusesUnlawfulRequestsWith400", s422=400)
refusing_as("AnswersMissingThingsWith410", s404=410)
refusing_as("AnswersMissingThingsWith400", s404=400)
refusing_as("AnswersMissingThingsWith403", s404=403)
refusing_as("RefusesStrangersWith403", s401=403)
refusing_as("HidesFromStrangers", s401=404)


def well_typed(field: str, value: Any) -> bool:
    return isinstance(value, {"groups": list, "tags": list, "options": dict}.get(field, str))


@lawful
class TakesAnythingForABody(Provider):
    """Mistyped members are taken as they are, nulls as not given, what is not JSON is refused with 400."""

    def check_update(self, body: Any, holder: Thing | None) -> None:
        if not isinstance(body, dict):
            raise Refused(400)

    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {name: value for name, value in super().kept(body).items() if value is not None}
        kinds: dict[str, Callable[[Any], Any]] = {"groups": list, "tags": list, "options": lambda value: {"값": value}}
        wrong = {name for name, value in fields.items() if not well_typed(name, value)}
        return fields | {name: kinds.get(name, str)(fields[name]) for name in wrong}

    def snapshot(self, thing: Thing) -> dict[str, Any]:
        shown = super().snapshot(thing)
        return {**shown, "comment": str(shown["comment"])}


@lawful
class KeepsUnpairedSurrogates(Provider):
    def body(self, request: Request) -> Any:
        try:
            return json.loads(request.body)
        except (ValueError, RecursionError):
            raise Refused(400) from None

    def render(self, request: Request, status: int, value: Any) -> Response:
        return Response(status, (("Content-Type", "application/json"),), json.dumps(value).encode())

    def envelope(self, entries: list[tuple[str, Any]], token: Any) -> Any:
        return {"items": {id: json.dumps(entry) for id, entry in entries}, "token": token}


@lawful
class WantsUniqueNames(Provider):
    def check_creation(self, body: Any, holder: Thing | None) -> None:
        super().check_creation(body, holder)
        things = [thing for account in self.accounts.values() for thing in account.values()]
        if body["name"] in [thing.fields["name"] for thing in things]:
            raise Refused(409)


@lawful
class RefusesWhatItDoesNotKnow(Provider):
    def check_update(self, body: Any, holder: Thing | None) -> None:
        super().check_update(body, holder)
        if set(body) - {"name", "alias", "type", "groups", "tags", "options", "comment"}:
            raise Refused(422)

    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        if set(query) - {"limit", "token", "groups"}:
            raise Refused(422)
        return super().page(shelf, query, holder)


@lawful
class RefusesControlCharacters(Provider):
    def check_update(self, body: Any, holder: Thing | None) -> None:
        super().check_update(body, holder)
        if any(ord(char) < 32 for char in json.dumps(body, ensure_ascii=False)):
            raise Refused(400)


@lawful
class RefusesLongTexts(Provider):
    def check_update(self, body: Any, holder: Thing | None) -> None:
        super().check_update(body, holder)
        if len(json.dumps(body)) > 3000 or any(isinstance(text, str) and len(text) > 100 for text in body.values()):
            raise Refused(422)


@lawful
class DeletesAgainAndAgain(Provider):
    """What is not there is as good as deleted; what another Knowledge holds stays."""

    def one(self, method: str, *arguments: Any) -> Answer:
        try:
            return super().one(method, *arguments)
        except Refused as refused:
            if method == "DELETE" and refused.status == 404:
                return 200, {"message": f"{'Knowledge' if arguments[-1] is None else 'Document'} deleted successfully"}
            raise


@lawful
class KeepsVersionsOfTheDeleted(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.bin: dict[str, Thing] = {}

    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        answer = super().deleted(shelf, thing, holder)
        self.bin[thing.id] = thing
        return answer

    def one(self, method: str, *arguments: Any) -> Answer:
        id, query = arguments[2][0], arguments[3]
        old = self.bin.get(id)
        if old is not None and method == "GET" and (arguments[2][1:] or query):
            return 200, self.history(old) if arguments[2][1:] else self.read(old, *query.values())
        return super().one(method, *arguments)
