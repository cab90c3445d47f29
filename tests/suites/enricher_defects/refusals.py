"""Defects in statuses, and in the bodies of errors."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.suites.enricher_defects.forms import camel
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import OPERATIONS, Provider
from tests.suites.enricher_provider.things import Answer, Call, Raw, Refused, Watching
from understudy.http import Request, Response

# Success


class SucceedsOtherwise(Provider):
    operation_of_it: ClassVar[str] = ""
    status: ClassVar[int] = 202

    def called(self, call: Call) -> Answer:
        answer = super().called(call)
        if call.operation != self.operation_of_it or isinstance(answer, Watching):
            return answer
        return answer._replace(status=self.status) if isinstance(answer, Raw) else (self.status, answer[1])


for name in ("get_options", "list_schemas", "list_records", "get_record", "download_attachment"):
    breaks("error.ok")(
        type(f"Answers203To{camel(name)}", (SucceedsOtherwise,), {"operation_of_it": name, "status": 203})
    )


@breaks("error.ok", "job.stream")
class Answers206ToStreams(Provider):
    def watched(self, answer: Watching) -> Response:
        return super().watched(answer)._replace(status=206)


# Failure: what is refused with which status

CAUSES: dict[str, tuple[str, ...]] = {
    "no_schema": ("error.unknown-schema",),
    "bad_model": ("error.bad-model-key",),
    "lacking": ("error.missing-field",),
}
for method, clauses in CAUSES.items():
    for code in (403, 409, 500) if method == "no_schema" else (401, 404, 500):

        def refused(self: Any, *about: Any, code: int = code) -> Refused:
            return Refused(code, "안 됩니다.")

        breaks(*clauses)(type(f"Answers{code}For{camel(method)}", (Provider,), {method: refused}))


class Unfound(Provider):
    """What is not found is refused with another status by one operation."""

    operation_of_it: ClassVar[str] = ""
    status: ClassVar[int] = 400

    def called(self, call: Call) -> Answer:
        try:
            return super().called(call)
        except Refused as refused:
            if refused.status == 404 and call.operation == self.operation_of_it:
                raise Refused(self.status, refused.detail) from None
            raise


for name, clause in (
    ("get_record", "error.unknown-record"),
    ("stream_job", "error.unknown-job"),
    ("cancel_job", "error.unknown-job"),
    ("continue_job", "error.unknown-job"),
    ("edit_schema", "error.unknown-schema"),
):
    for code in (400, 500):
        breaks(clause)(
            type(f"Answers{code}ToUnknown{camel(name)}", (Unfound,), {"operation_of_it": name, "status": code})
        )


@breaks("error.unknown-record")
class AnswersEmptyRecords(Provider):
    def called(self, call: Call) -> Answer:
        if call.operation == "get_record" and call.id not in call.organisation.records:
            return 200, {"structured_output": {}}
        return super().called(call)


@breaks("error.unknown-job")
class StreamsNothingOfUnknownJobs(Provider):
    def called(self, call: Call) -> Answer:
        if call.operation == "stream_job" and call.id not in call.organisation.jobs:
            return Raw(200, b'data: {"type": "completed"}\n\n', self.stream_headers())
        return super().called(call)


@breaks("error.unknown-job")
class CancelsUnknownJobs(Provider):
    def called(self, call: Call) -> Answer:
        if call.operation == "cancel_job" and call.id not in call.organisation.jobs:
            return 200, {"message": "취소했습니다."}
        return super().called(call)


@breaks("error.unknown-schema")
class EnrichesByUnknownSchemas(Provider):
    def schema_to_use(self, call: Call, id: str) -> Any:
        known = call.organisation.schemas
        return known[id] if id in known else next(iter(known.values()))


@breaks("error.unknown-schema", rare=True)
class BatchesByUnknownSchemas(Provider):
    def schema_to_use(self, call: Call, id: str) -> Any:
        known = call.organisation.schemas
        if id not in known and call.operation == "start_batch":
            return next(iter(known.values()))
        return super().schema_to_use(call, id)


@breaks("error.bad-model-key")
class TakesAnyModel(Provider):
    def check_model(self, model: Any) -> None:
        return


@breaks("error.bad-model-key", rare=True)
class TakesModelsWithoutProviders(Provider):
    def check_model(self, model: Any) -> None:
        if isinstance(model, str) and "::" not in model:
            return
        super().check_model(model)


@breaks("error.bad-model-key", rare=True)
class ChecksTheFirstModelOnly(Provider):
    def chosen(self, models: list[Any]) -> list[str]:
        super().chosen(models[:1])
        return [model for model in models if model in self.models()]


class Lenient(Provider):
    """Does without one member of requests that it needs."""

    name_of_it: ClassVar[str] = ""
    instead: ClassVar[Any] = None
    operations: ClassVar[tuple[str, ...]] = tuple(OPERATIONS)

    def body(self, call: Call) -> dict[str, Any]:
        body = super().body(call)
        if call.operation in self.operations and body.get(self.name_of_it) is None:
            schemas = call.organisation.schemas
            body[self.name_of_it] = next(iter(schemas)) if self.name_of_it == "schema_id" else self.instead
        return body


for name, instead, operations in (
    ("entity_data", {"name": "아무개"}, ("start_enrichment", "enrich")),
    ("entities", [{"name": "아무개"}], ("start_batch",)),
    ("schema_id", None, ("start_enrichment", "enrich", "start_batch")),
    ("ids", ["없음"], ("delete_records",)),
    ("prompt", "Add 'x_y'", ("edit_schema",)),
    ("content_base64", "", ("upload_attachment_base64",)),
):
    members = {"name_of_it": name, "instead": instead, "operations": operations}
    breaks("error.missing-field")(type(f"DoesWithout{camel(name)}", (Lenient,), members))


@breaks("error.missing-field", rare=True)
class Answers500ForABatchWithoutEntities(Provider):
    def lacking(self, name: str) -> Refused:
        return Refused(500, "내부 오류") if name == "entities" else super().lacking(name)


# The bodies of errors


class Explaining(Provider):
    """The errors of one status have another body."""

    status: ClassVar[int] = 0

    def refusal(self, refused: Refused) -> Answer:
        if self.status in (0, refused.status):
            return refused.status, self.explained(str(refused.detail))
        return super().refusal(refused)

    def explained(self, detail: str) -> Any:
        return {"error": detail}


for code in (400, 401, 403, 404):
    breaks("error.detail")(type(f"GivesNoDetailWith{code}", (Explaining,), {"status": code}))


@breaks("error.detail", "error.detail-readable")
class GivesEmptyDetails(Explaining):
    def explained(self, detail: str) -> Any:
        return {"detail": ""}


@breaks("error.detail", "error.detail-readable")
class GivesNullDetails(Explaining):
    def explained(self, detail: str) -> Any:
        return {"detail": None}


@breaks("error.detail-readable")
class GivesNumbersAsDetails(Explaining):
    def explained(self, detail: str) -> Any:
        return {"detail": 1042}


@breaks("error.detail", "error.detail-readable", "transport.json")
class GivesErrorsAsStrings(Explaining):
    def explained(self, detail: str) -> Any:
        return detail


@breaks("error.detail", "transport.json")
class GivesErrorsAsText(Provider):
    def refusal(self, refused: Refused) -> Answer:
        return Raw(refused.status, str(refused.detail).encode(), (("Content-Type", "text/plain; charset=utf-8"),))


@breaks("error.detail", "transport.json", rare=True)
class GivesUnknownJobsAsPages(Provider):
    def refusal(self, refused: Refused) -> Answer:
        if "작업" in str(refused.detail) and refused.status == 404:
            return Raw(404, b"<h1>Not Found</h1>", (("Content-Type", "text/html"),))
        return super().refusal(refused)


# What is written, and how


@breaks("transport.json")
class WritesKoreanInItsOwnEncoding(Provider):
    def render(self, request: Request, status: int, value: Any) -> Response:
        answer = super().render(request, status, value)
        return answer._replace(body=answer.body.decode().encode("cp949", "replace"))


@breaks("transport.json", "options.models", "options.languages", "options.strategies")
class AnswersOptionsAsYaml(Provider):
    def get_options(self, call: Call) -> Answer:
        return Raw(200, b"models:\n  - key: openai::gpt-4o\n", (("Content-Type", "application/yaml"),))


@breaks("transport.json", "get-record.whole", rare=True)
class AnswersRecordsAsPages(Provider):
    def get_record(self, call: Call) -> Answer:
        status, value = super().get_record(call)  # type: ignore[misc]
        return Raw(int(status), self.written(value), (("Content-Type", "text/html"),))


@breaks("transport.content-type-on-get")
class RefusesAContentTypeWithoutABody(Provider):
    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if request.method == "GET" and "content-type" in request.headers:
            raise Refused(400, "본문이 없습니다.")
        return answer


@breaks("transport.content-type-on-get", rare=True)
class RefusesAContentTypeOnStreams(Provider):
    def stream_job(self, call: Call) -> Answer:
        if "content-type" in call.request.headers:
            raise Refused(415, "본문이 없습니다.")
        return super().stream_job(call)
