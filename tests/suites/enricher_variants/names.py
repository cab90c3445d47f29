"""Other names for whatever only clients, and not the document, call by a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tests.suites.enricher_defects.forms import Change, answering, each, renamed, telling, without
from tests.suites.enricher_defects.streams import KINDS
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.attachments import Part
from tests.suites.enricher_provider.things import Answer, Attachment, Call, Raw, Refused, Watching
from tests.suites.enricher_variants.registry import lawful, lawful_in_mocks

# Members of answers

lawful(answering("ListsRecordsUnderRecordId", "list_records", each("records", renamed("id", "record_id"))))
lawful(answering("CountsWhatItDeleted", "delete_records", lambda value: {"deleted_count": value["deleted"]}))
lawful(
    answering(
        "NamesOptionsOtherwise",
        "get_options",
        lambda value: {
            "available_models": value["models"],
            "supported_languages": value["languages"],
            "enrichment_strategies": value["strategies"],
        },
    )
)
lawful(answering("PutsOptionsInsideOfData", "get_options", lambda value: {"status": "ok", "data": value}))
lawful(
    answering(
        "AnswersOneUploadWithAnObject", "upload_attachments", lambda value: value[0] if len(value) == 1 else value
    )
)


@lawful
class CallsAttachmentsFiles(Provider):
    def attachment(self, entry: Attachment) -> Any:
        return {"file_id": entry.id, "name": entry.filename, "size": len(entry.data)}


# Members of events


def of_model(change: Change) -> Change:
    return lambda event: {**event, "model": change(event["model"])} if "model" in event else event


lawful(telling("NamesModelsForPeople", KINDS, of_model(lambda key: f"모델 {key.split('::')[1].title()}")))
lawful(telling("NamesModelsWithoutProviders", KINDS, of_model(lambda key: key.split("::")[1])))
lawful(
    telling(
        "TellsIndexesAsTexts",
        KINDS,
        lambda event: {**event, "entity_index": str(event["entity_index"])} if "entity_index" in event else event,
    )
)
lawful(
    telling(
        "TellsTheCostInUsage",
        "model_completed",
        lambda event: {**without("cost", "cost_usd")(event), "usage": {"tokens": 12, "total_cost": 0.01}},
    )
)


# Members of requests


class Naming(Provider):
    """Knows members of requests by other names than clients of the real instance do, and needs them."""

    needs: ClassVar[Mapping[str, str]] = {}

    def body(self, call: Call) -> dict[str, Any]:
        body = super().body(call)
        if call.operation in self.needs and self.needs[call.operation] not in body:
            raise self.lacking(self.needs[call.operation])
        return body


OTHERS = {
    "fetch_entities": "source_url",
    "create_schema": "title",
    "generate_schema": "samples",
    "edit_schema": "instruction",
    "delete_records": "record_ids",
    "merge_records": "records",
    "upload_attachment_base64": "data",
    "create_api_key": "label",
}


@lawful
class NamesWhatItNeedsOtherwise(Naming):
    """Whatever is asked for with members that the document does not show is refused."""

    needs = OTHERS


for operation, name in OTHERS.items():
    label = "".join(part.capitalize() for part in operation.split("_"))
    lawful(type(f"WantsOtherMembersTo{label}", (Naming,), {"needs": {operation: name}}))


@lawful
class WantsFilesUnderFile(Provider):
    def files(self, call: Call) -> list[Part]:
        if b'name="file"' not in call.request.body:
            raise self.lacking("file")
        return super().files(call)


@lawful
class FusesWithAnArbiterOnly(Provider):
    def merge_records(self, call: Call) -> Answer:
        if "arbitration_model" not in self.body(call):
            raise self.lacking("arbitration_model")
        return super().merge_records(call)


# Pages


@lawful_in_mocks
class RefusesPagesBeyondTheLast(Provider):
    def list_records(self, call: Call) -> Answer:
        answer = super().list_records(call)
        assert not isinstance(answer, (Raw, Watching))
        if call.query.get("page", "1") != "1" and not answer[1]["records"]:
            raise Refused(404, "그런 쪽이 없습니다.")
        return answer


@lawful
class RefusesSmallPages(Provider):
    """A page has five records at least: the sample shows one of ten."""

    def number(self, call: Call, name: str, default: int) -> int:
        number = super().number(call, name, default)
        if name == "page_size" and number < 5:
            raise Refused(400, "page_size는 5 이상이어야 합니다.")
        return number


@lawful
class KeepsNumbersWithADecimalPoint(Provider):
    """5 and 5.0 are the same number in JSON."""

    def details(self, record: Any) -> Any:
        output = {name: float(value) if type(value) is int else value for name, value in record.output.items()}
        return {**super().details(record), "structured_output": output}
