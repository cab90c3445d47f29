"""Other errors, and other ways of telling who is who."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any

from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Answer, Call, Key, Organisation, Raw, Refused, Watching
from tests.suites.enricher_variants.registry import lawful, lawful_in_mocks
from understudy.http import Chunk, Request, Response

# Errors


class Detailing(Provider):
    def refusal(self, refused: Refused) -> Answer:
        return refused.status, {"detail": self.detail(refused), "code": refused.status}

    @abstractmethod
    def detail(self, refused: Refused) -> Any:
        """What a refusal says."""


@lawful
class ListsWhatIsWrong(Detailing):
    def detail(self, refused: Refused) -> Any:
        if refused.status != 400:
            return refused.detail
        return [{"loc": ["body", "models", 0], "msg": refused.detail, "type": "value_error"}]


@lawful
class ExplainsInAnObject(Detailing):
    def detail(self, refused: Refused) -> Any:
        return {"message": refused.detail, "hint": "다시 해 보세요"}


@lawful
class RefusesBadValuesWith422(Provider):
    """What lacks a field is refused with 400, as documented; what has one of a wrong type is not."""

    def mistyped(self, name: str) -> Refused:
        return Refused(422, [{"loc": ["body", name], "msg": "형식이 다릅니다", "type": "type_error"}])

    def body(self, call: Call) -> dict[str, Any]:
        try:
            return super().body(call)
        except Refused:
            raise Refused(422, "JSON 객체가 필요합니다.") from None


@lawful_in_mocks
class RefusesJobsInTheWrongStateWith409(Provider):
    def not_paused(self, job: Any) -> Refused:
        return Refused(409, "멈춰 있지 않습니다.")

    def has_ended(self, job: Any) -> Refused:
        return Refused(409, "끝났습니다.")


@lawful
class GivesProblemsOfTheirOwnType(Provider):
    def render(self, request: Request, status: int, value: Any) -> Response:
        answer = super().render(request, status, value)
        headers = (("Content-Type", "application/problem+json"),) if status >= 400 else answer.headers
        return answer._replace(headers=headers)


@lawful
class LooksAtTheBodyFirst(Provider):
    """Who sends a bad body is told so, with a key or without."""

    def let_in(self, request: Request, operation: str | None) -> Any:
        if request.body and request.headers.get("content-type", "").startswith("application/json"):
            try:
                json.loads(request.body)
            except (ValueError, RecursionError):
                raise Refused(400, "JSON이 아닙니다.") from None
        return super().let_in(request, operation)


@lawful_in_mocks
class KnowsItsPathsFirst(Provider):
    def let_in(self, request: Request, operation: str | None) -> Any:
        if operation is None:
            raise self.nowhere(request)
        return super().let_in(request, operation)

    def nowhere(self, request: Request) -> Refused:
        return Refused(404, "Not Found")


@lawful_in_mocks
class AnswersUnknownPathsWithItsApp(Provider):
    """What is no operation is a page of the application that lives at the same address."""

    def answer(self, request: Request) -> Answer:
        if self.operation(request)[0] is None:
            return Raw(200, b"<!doctype html><title>Entity Enricher</title>", (("Content-Type", "text/html"),))
        return super().answer(request)


# Who is who


@lawful
class HasAnOrganisationForEachRole(Provider):
    """The keys that may less are of other organisations than the key that may all."""

    def organisation_of(self, key: str) -> str:
        return key


@lawful_in_mocks
class LetsReadersFetchAndCancel(Provider):
    """Only what stores or deletes something needs more than reading."""

    def scope(self, operation: str) -> str:
        light = ("fetch_entities", "fetch_entities_short", "cancel_job", "continue_job")
        return "read" if operation in light else super().scope(operation)


@lawful
class ForbidsWhatIsOthers(Provider):
    """What another organisation has is refused with 403, not with 404."""

    def called(self, call: Call) -> Answer:
        theirs = [other for other in self.organisations.values() if self.has(other, call.id)]
        if theirs and not self.has(call.organisation, call.id):
            raise Refused(403, "다른 조직의 것입니다.")
        return super().called(call)

    def has(self, who: Organisation, id: str) -> bool:
        return any(id in shelf for shelf in (who.jobs, who.records, who.attachments, who.schemas))


@lawful
class LetsNoKeyMakeKeys(Provider):
    """Keys are made on the page of keys; a key alone lacks the permission."""

    def create_api_key(self, call: Call) -> Answer:
        raise Refused(403, "관리자만 할 수 있습니다.")


@lawful
class NamesKeysOtherwise(Provider):
    def created_key(self, key: Key, role: str | None, scopes: list[str]) -> Any:
        return {"data": {"api_key": key.value, "label": key.name}}


@lawful
class GivesDownloadsInPieces(Provider):
    """Whatever is answered comes in chunks."""

    def finished(self, request: Request, answer: Answer) -> Response:
        response = super().finished(request, answer)
        if isinstance(answer, Watching):
            return response
        body = response.body
        pieces = tuple(Chunk(0.001 * at, body[at : at + 1000]) for at in range(0, len(body), 1000))
        return response._replace(body=b"", stream=pieces)
