"""Defects in how enrichments are started, and in what the blocking one answers."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from tests.suites.enricher_defects.forms import Change, answering, camel, changed, renamed, without
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.asking import Asked
from tests.suites.enricher_provider.things import Answer, Call, Event, Job, Refused, Watching

JOB_IDS: dict[str, Change] = {
    "WithoutAJob": without("job_id"),
    "WithAJobUnderId": renamed("job_id", "id"),
    "WithAJobUnderCamelCase": renamed("job_id", "jobId"),
    "WithANumberedJob": changed(job_id=17),
    "WithANullJob": changed(job_id=None),
    "WithAnEmptyJob": changed(job_id=""),
    "WithAJobInsideOfData": lambda value: {"data": value},
    "WithAJobInAList": lambda value: [value],
}
for operation, clause in (("start_enrichment", "start.job-id"), ("start_batch", "batch.job-id")):
    for suffix, change in JOB_IDS.items():
        breaks(clause)(answering(f"Answers{camel(operation)}{suffix}", operation, change))


@breaks("start.starts", "start.job-id", "quick-start.enrich", "error.unknown-job", "job.stream")
class StartsNothing(Provider):
    """The job_id that is answered is of no job."""

    def start_enrichment(self, call: Call) -> Answer:
        job = self.enrichment(call)
        del call.organisation.jobs[job.id]
        return 200, self.started(job)


@breaks("batch.starts", "batch.job-id", "error.unknown-job", "job.stream", rare=True)
class StartsNoBatch(Provider):
    def start_batch(self, call: Call) -> Answer:
        job = self.batch(call)
        del call.organisation.jobs[job.id]
        return 200, {**self.started(job), "total": 2}


@breaks("start.before-results", "start.job-id", "transport.json")
class StreamsInsteadOfStarting(Provider):
    def start_enrichment(self, call: Call) -> Answer:
        return Watching(self.enrichment(call), self.clock, call.request)


@breaks("start.starts")
class StartsUnderAnotherPath(Provider):
    def start_enrichment(self, call: Call) -> Answer:
        raise Refused(404, "그런 경로가 없습니다.")


@breaks("batch.starts")
class StartsBatchesUnderTheShortPathOnly(Provider):
    def start_batch(self, call: Call) -> Answer:
        if call.operation == "start_batch":
            raise Refused(404, "그런 경로가 없습니다.")
        return super().start_batch(call)


@breaks(
    "start.job-ids-differ", "stream.every-model", "job.stream", "get-record.same-as-event", documented=False, rare=True
)
class ReusesJobs(Provider):
    """The third job that is started has the id of the second."""

    def start_enrichment(self, call: Call) -> Answer:
        answer = super().start_enrichment(call)
        ids = list(call.organisation.jobs)
        return (200, {"job_id": ids[-2], "message": ""}) if len(ids) > 2 else answer


class Refusing(Provider):
    """Refuses enrichments that are lawful, of whatever ``refuses`` says."""

    operations: ClassVar[tuple[str, ...]] = ("start_enrichment", "enrich", "start_batch")

    def asked(self, call: Call, subject: str) -> Asked:
        asked = super().asked(call, subject)
        if call.operation in self.operations and self.refuses(asked.body):
            raise Refused(400, "그렇게는 할 수 없습니다.")
        return asked

    @abstractmethod
    def refuses(self, body: dict[str, Any]) -> bool:
        """Whether this body is refused."""


@breaks("enrichment.strategy")
class KnowsNoMultiExpertise(Refusing):
    def refuses(self, body: dict[str, Any]) -> bool:
        return body.get("strategy") == "multi_expertise"


@breaks("enrichment.arbiter-among-models", rare=True)
class WantsAnArbiterOfItsOwn(Refusing):
    def refuses(self, body: dict[str, Any]) -> bool:
        return body.get("arbitration_model") in body["models"]


@breaks("enrichment.arbitration-model", "enrichment.arbiter-among-models", rare=True)
class TakesNoArbiterInBatches(Refusing):
    operations = ("start_batch",)

    def refuses(self, body: dict[str, Any]) -> bool:
        return body.get("arbitration_model") is not None


@breaks("enrichment.several-models", rare=True)
class TakesOneModelOnly(Refusing):
    def refuses(self, body: dict[str, Any]) -> bool:
        return len(body["models"]) > 1


@breaks("enrichment.entity-data", rare=True)
class WantsEntitiesToHaveAName(Refusing):
    """The members of an entity are free; this one knows one only."""

    operations = ("start_enrichment",)

    def refuses(self, body: dict[str, Any]) -> bool:
        return "name" not in body["entity_data"]


@breaks("enrichment.entity-data", "quick-start.enrich", rare=True)
class WantsMembersInEnglish(Refusing):
    operations = ("start_enrichment",)

    def refuses(self, body: dict[str, Any]) -> bool:
        return not all(name.isascii() for name in body["entity_data"])


@breaks("enrichment.entities", "batch.starts", rare=True)
class TakesBatchesOfOne(Refusing):
    operations = ("start_batch",)

    def refuses(self, body: dict[str, Any]) -> bool:
        return len(body["entities"]) > 1


@breaks("enrichment.schema-id", "start.starts")
class WantsASchemaByName(Provider):
    def schema_to_use(self, call: Call, id: str) -> Any:
        named = {schema.name: schema for schema in call.organisation.schemas.values()}
        if call.operation == "edit_schema":
            return super().schema_to_use(call, id)
        if id not in named:
            raise self.no_schema()
        return named[id]


# What works and what does not


@breaks("enrichment.several-models", "stream.every-model", rare=True)
class LetsTheFirstModelWork(Provider):
    def chosen(self, models: list[Any]) -> list[str]:
        return super().chosen(models)[:1]


@breaks("stream.every-model", "enrichment.several-models", rare=True, costly=True)
class LetsTwoModelsWorkAtMost(Provider):
    def chosen(self, models: list[Any]) -> list[str]:
        return super().chosen(models)[:2]


@breaks("stream.every-model", "enrichment.several-models", rare=True)
class LetsOneModelWorkInBatches(Provider):
    def batch(self, call: Call) -> Job:
        self.in_batch = True
        job = super().batch(call)
        self.in_batch = False
        return job

    in_batch = False

    def chosen(self, models: list[Any]) -> list[str]:
        return super().chosen(models)[: 1 if self.in_batch else None]


@breaks("stream.every-model", rare=True)
class SwapsModels(Provider):
    """Another model works than the one that was asked for."""

    def chosen(self, models: list[Any]) -> list[str]:
        others = list(self.models())
        return [others[(others.index(model) + 1) % len(others)] for model in super().chosen(models)]


# At once


@breaks("enrich-sync.blocks", "enrich-sync.no-stream", "enrich-sync.single")
class AnswersAtOnceWithAJob(Provider):
    def enrich(self, call: Call) -> Answer:
        return 200, self.started(self.enrichment(call))


@breaks("enrich-sync.blocks", "enrich-sync.no-stream")
class StreamsTheBlockingEnrichment(Provider):
    def enrich(self, call: Call) -> Answer:
        return Watching(self.enrichment(call), self.clock, call.request)


@breaks("enrich-sync.single")
class HasNoBlockingEnrichment(Provider):
    def enrich(self, call: Call) -> Answer:
        raise Refused(404, "그런 경로가 없습니다.")


@breaks("enrich-sync.no-stream", "enrich-sync.single", "enrich-sync.result")
class AnswersOnlyThatItIsDone(Provider):
    def blocking(self, job: Job) -> Any:
        return {"message": "끝났습니다."}


@breaks("enrich-sync.result", "get-record.same-as-event", "enrich-sync.record-id", documented=False, rare=True)
class AnswersAnotherResultThanItKeeps(Provider):
    def summary(self, job: Job) -> Event:
        value = super().summary(job)
        return {**value, "result": {**value["result"], "더": 1}} if value["result"] else value


@breaks("enrich-sync.record", "get-record.whole", "get-record.of-event", documented=False, rare=True)
class KeepsNoRecordOfTheBlockingEnrichment(Provider):
    def enrich(self, call: Call) -> Answer:
        before = set(call.organisation.records)
        answer = super().enrich(call)
        for id in set(call.organisation.records) - before:
            del call.organisation.records[id]
        return answer


@breaks("enrich-sync.single", "enrichment.entity-data", rare=True)
class RefusesKoreanAtOnce(Provider):
    """The blocking enrichment takes names in English letters only."""

    def enrich(self, call: Call) -> Answer:
        if any(not str(text).isascii() for text in self.body(call).get("entity_data", {}).values()):
            raise Refused(400, "글자를 알 수 없습니다.")
        return super().enrich(call)


@breaks("start.starts", "enrichment.entity-data", rare=True)
class RefusesEmoji(Provider):
    def start_enrichment(self, call: Call) -> Answer:
        if any(ord(letter) > 0xFFFF for letter in str(self.body(call).get("entity_data"))):
            raise Refused(400, "글자를 알 수 없습니다.")
        return super().start_enrichment(call)


@breaks("transport.json-body", "start.starts", "transport.json", documented=True, rare=True)
class WantsACharsetWithJson(Provider):
    def body(self, call: Call) -> dict[str, Any]:
        if call.request.headers.get("content-type") == "application/json" and call.operation == "start_enrichment":
            raise Refused(415, "charset이 필요합니다.")
        return super().body(call)
