"""Defects in what a creation keeps, answers and refuses."""

from __future__ import annotations

import html
import json
import unicodedata
from typing import Any
from urllib.parse import unquote

from tests.suites.dhub_defects.registry import K, breaks
from tests.suites.dhub_provider import Answer, Provider, Refused, Thing
from understudy.http import Request, Response

# Creating


@breaks("dhub.create-knowledge.operation")
class ForgetsWhatItCreates(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        if holder is None:
            return 200, {"item": self.new_id(None)}
        return super().created(shelf, body, holder)


@breaks("dhub.create-document.operation")
class ForgetsDocuments(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        if holder is not None:
            return 200, {"item": self.new_id(holder)}
        return super().created(shelf, body, holder)


@breaks("dhub.create-knowledge.status")
class Answers201(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        return 201 if holder is None else 200, super().created(shelf, body, holder)[1]


@breaks("dhub.create-document.status")
class AnswersDocuments201(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        return 200 if holder is None else 201, super().created(shelf, body, holder)[1]


@breaks("dhub.create-knowledge.item")
class AnswersIdInsteadOfItem(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        status, value = super().created(shelf, body, holder)
        return status, {"id": value["item"]} if holder is None else value


@breaks("dhub.create-document.item")
class AnswersDocumentWhole(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        status, value = super().created(shelf, body, holder)
        return status, {"item": {"id": value["item"]}} if holder is not None else value


@breaks("dhub.document.id-form")
class GivesDocumentsOtherIds(Provider):
    def new_id(self, holder: Thing | None) -> str:
        return super().new_id(holder).removeprefix("knowledge.")


@breaks("dhub.knowledge.id-unique")
class GivesTheSameIdTwice(Provider):
    def new_id(self, holder: Thing | None) -> str:
        return super().new_id(holder) if holder is not None else "knowledge-same"


@breaks("dhub.document.id-unique")
class GivesDocumentsTheSameId(Provider):
    def new_id(self, holder: Thing | None) -> str:
        return super().new_id(holder) if holder is None else "knowledge.document-same"


@breaks("dhub.knowledge.id-not-reused", documented=False)
class GivesIdsAgain(Provider):
    def new_id(self, holder: Thing | None) -> str:
        number = 0
        taken = {id for account in self.accounts.values() for id in account}
        while holder is None and f"knowledge-{number:06x}" in taken:
            number += 1
        return super().new_id(holder) if holder is not None else f"knowledge-{number:06x}"


class LosesField(Provider):
    field = ""

    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in super().kept(body).items() if name != self.field}


def losing(field: str) -> None:
    provider = type(f"Loses{field.title()}", (LosesField,), {"field": field})
    breaks(f"dhub.create-knowledge.{field}", "dhub.create-knowledge.kept", f"{K}{field}")(provider)


for _field in ("alias", "type", "groups", "tags", "options"):
    losing(_field)


@breaks("dhub.create-knowledge.kept")
class TruncatesNames(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = super().kept(body)
        return {**fields, "name": fields["name"][:12]} if "name" in fields else fields


@breaks("dhub.create-knowledge.kept")
class NormalisesText(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        normal: dict[str, Any] = json.loads(unicodedata.normalize("NFC", json.dumps(body, ensure_ascii=False)))
        return super().kept(normal)


@breaks("dhub.create-knowledge.kept")
class LosesAstralCharacters(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        text = "".join(char if ord(char) < 0x10000 else "?" for char in json.dumps(body, ensure_ascii=False))
        return super().kept(json.loads(text))


@breaks("dhub.create-knowledge.kept")
class MakesTextAscii(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        return super().kept(json.loads(json.dumps(body, ensure_ascii=False).encode("ascii", "replace")))


@breaks("dhub.create-knowledge.kept")
class UnescapesHtml(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = super().kept(body)
        return {**fields, "tags": [html.unescape(tag) for tag in fields["tags"]]} if "tags" in fields else fields


@breaks("dhub.create-knowledge.kept")
class UnquotesPercents(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = super().kept(body)
        return {**fields, "tags": [unquote(tag) for tag in fields["tags"]]} if "tags" in fields else fields


@breaks("dhub.update-knowledge.applied")
class CutsNamesAfterAHundred(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = super().kept(body)
        return {**fields, "name": fields["name"][:100]} if "name" in fields else fields


@breaks("dhub.update-knowledge.applied")
class CutsOptionsAfterAThousand(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = super().kept(body)
        if "options" in fields:
            cut = {name: value[:1000] if isinstance(value, str) else value for name, value in fields["options"].items()}
            fields["options"] = cut
        return fields


@breaks("dhub.create-knowledge.kept")
class SortsTags(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = super().kept(body)
        return {**fields, "tags": sorted(fields["tags"], reverse=True)} if "tags" in fields else fields


@breaks("dhub.create-knowledge.kept")
class KeepsOneGroup(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = super().kept(body)
        return {**fields, "groups": fields["groups"][:1]} if "groups" in fields else fields


@breaks("dhub.create-knowledge.kept")
class FlattensOptions(Provider):
    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = super().kept(body)
        if "options" in fields:
            fields["options"] = {name: str(value) for name, value in fields["options"].items()}
        return fields


@breaks("dhub.create-document.kept", "dhub.create-document.url")
class LosesDocumentOptions(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        return super().created(shelf, {**body, "options": {}} if holder is not None else body, holder)


@breaks("dhub.create-document.kept")
class MakesEveryDocumentManual(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        return super().created(shelf, {**body, "type": "MANUAL"} if holder is not None else body, holder)


@breaks("dhub.create-document.file")
class RefusesFiles(Provider):
    def check_creation(self, body: Any, holder: Thing | None) -> None:
        super().check_creation(body, holder)
        if holder is not None and body.get("type") == "FILE":
            raise Refused(422)


@breaks("dhub.create-knowledge.optional")
class DemandsAnAlias(Provider):
    def check_creation(self, body: Any, holder: Thing | None) -> None:
        super().check_creation(body, holder)
        if holder is None and "alias" not in body:
            raise Refused(422)


@breaks("dhub.create-knowledge.name")
class CreatesWithoutAName(Provider):
    def check_creation(self, body: Any, holder: Thing | None) -> None:
        self.check_update(body, holder)
        body.setdefault("name", "이름 없음")


@breaks("dhub.create-document.name")
class CreatesDocumentsWithoutAName(Provider):
    def check_creation(self, body: Any, holder: Thing | None) -> None:
        self.check_update(body, holder)
        if holder is None and "name" not in body:
            raise Refused(422)
        body.setdefault("name", "이름 없음")


@breaks("dhub.service.container")
class HoldsOneDocument(Provider):
    def check_creation(self, body: Any, holder: Thing | None) -> None:
        super().check_creation(body, holder)
        if holder is not None and holder.documents:
            raise Refused(400)


@breaks("dhub.create-document.operation")
class ReplacesTheDocumentBefore(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        if holder is not None:
            shelf.clear()
        return super().created(shelf, body, holder)


@breaks("dhub.list-knowledges.only-existing")
class CreatesTwice(Provider):
    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        super().created(shelf, body, holder)
        return super().created(shelf, body, holder)


@breaks("dhub.service.json-response")
class AnswersAsText(Provider):
    def render(self, request: Request, status: int, value: Any) -> Response:
        response = super().render(request, status, value)
        return response._replace(headers=(("Content-Type", "text/plain"),))


@breaks("dhub.create-knowledge.operation", "dhub.service.json-request")
class RefusesJson(Provider):
    def answer(self, request: Request) -> Answer:
        if request.method == "POST" and request.path.endswith("knowledges/"):
            raise_for_form = request.headers.get("content-type") == "application/json"
            return (415, {}) if raise_for_form else super().answer(request)
        return super().answer(request)
