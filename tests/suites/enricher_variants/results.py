"""Other ways to fuse, and to answer the blocking enrichment."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from tests.suites.enricher_defects.forms import answering, without
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.asking import Asked
from tests.suites.enricher_provider.things import Answer, Call, Entity, Event, Job, Record, Refused, Step
from tests.suites.enricher_variants.registry import lawful, lawful_in_mocks

# Fusion


@lawful
class FusesWithoutBeingAsked(Provider):
    """Whenever several models have worked their results are fused, by rule when there is no arbiter."""

    def work(self, job: Job, entity: Entity, asked: Asked, begin: float) -> list[Step]:
        wanted = asked if asked.arbiter or len(asked.models) < 2 else asked._replace(arbiter="규칙")
        return super().work(job, entity, wanted, begin)


@lawful
class CallsFusionsEnrichments(Provider):
    def kept(self, job: Job, at: float, told: Any, output: Any, more: Any) -> Record:
        kind = "enrichment" if told["type"] == "fusion" else told["type"]
        return super().kept(job, at, {**told, "type": kind}, output, more)


@lawful
class TellsFusionsBriefly(Provider):
    """Neither what was fused nor where it is kept is in the events."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        brief = {"fusion_started", "fusion_completed"}
        return [{"type": event["type"]} if event["type"] in brief else event for event in events]


@lawful
class FusesAsAJobOnly(Provider):
    """Fusing answers a job; its stream tells the result."""

    def merged(self, job: Job) -> Any:
        return {"job_id": job.id}


lawful(answering("FusesWithoutAJob", "merge_records", without("job_id")))


@lawful_in_mocks
class FusesRecordsOfOneEntityOnly(Provider):
    def merge_records(self, call: Call) -> Answer:
        ids = self.body(call).get("result_ids")
        known = [call.organisation.records[id] for id in ids or () if id in call.organisation.records]
        if len({record.told["entity_name"] for record in known}) > 1:
            raise Refused(400, "한 엔터티의 결과만 융합할 수 있습니다.")
        return super().merge_records(call)


# The blocking enrichment


class Blocking(Provider):
    """Answers the blocking enrichment in another form."""

    def blocking(self, job: Job) -> Any:
        return self.formed(super().blocking(job), job)

    @abstractmethod
    def formed(self, value: Event, job: Job) -> Any:
        """The answer's form."""


@lawful
class AnswersAListOfResults(Blocking):
    def formed(self, value: Event, job: Job) -> Any:
        return {"status": job.status, "results": value["per_model_results"], "error": value["error_message"]}


@lawful
class AnswersTheRecordItself(Blocking):
    def formed(self, value: Event, job: Job) -> Any:
        record = job.organisation.records.get(value["record_id"] or "")
        return {"record": None if record is None else self.details(record), "status": job.status}


@lawful
class AnswersTheEventsTogether(Blocking):
    def formed(self, value: Event, job: Job) -> Any:
        return {"events": [event for _, event in job.log]}


@lawful_in_mocks
class AnswersFailureWithAnError(Blocking):
    def formed(self, value: Event, job: Job) -> Any:
        if not value["success"]:
            raise Refused(500, "모든 모델이 실패했습니다.")
        return value
