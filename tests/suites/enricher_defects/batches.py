"""Defects in batches, and in jobs that are paused, continued and cancelled."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from tests.suites.enricher_defects.forms import changed
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.asking import Asked
from tests.suites.enricher_provider.things import Answer, Call, Entity, Event, Job, Refused, Step

EACH = ("event.entity-each", "stream.every-model")

# Batches


class Batches(Provider):
    """Batches are of other entities than were asked for."""

    def entities(self, job: Job, given: list[Any], *, batch: bool) -> list[Entity]:
        entities = super().entities(job, given, batch=batch)
        return self.worked_on(entities) if batch else entities

    @abstractmethod
    def worked_on(self, entities: list[Entity]) -> list[Entity]:
        """The entities that the batch works on."""


@breaks(*EACH)
class LosesTheLastEntity(Batches):
    def worked_on(self, entities: list[Entity]) -> list[Entity]:
        return entities[:-1] or entities


@breaks(*EACH, rare=True)
class LosesTheFirstEntity(Batches):
    def worked_on(self, entities: list[Entity]) -> list[Entity]:
        return entities[1:] or entities


@breaks(*EACH, rare=True)
class WorksOnTwoEntitiesAtMost(Batches):
    def worked_on(self, entities: list[Entity]) -> list[Entity]:
        return entities[:2]


@breaks(*EACH, "stream.started-first", rare=True)
class WorksOnTheFirstEntityTwice(Batches):
    def worked_on(self, entities: list[Entity]) -> list[Entity]:
        return [entities[0], *entities]


@breaks(*EACH, rare=True)
class PassesOverEntitiesInOtherLetters(Batches):
    def worked_on(self, entities: list[Entity]) -> list[Entity]:
        return [entity for entity in entities if entity.label.isascii()]


@breaks("event.entity-each", rare=True)
class GivesAllEntitiesOneIndex(Provider):
    def place(self, index: int) -> int:
        return 0


@breaks("event.entity-index-base", "event.entity-each", documented=False, rare=True)
class CountsEntitiesInTwos(Provider):
    def place(self, index: int) -> int:
        return index * 2


@breaks("event.entity-each", rare=True)
class CompletesEntitiesUnderTheNextIndex(Provider):
    """entity_started and entity_completed do not agree on which entity it is."""

    def entity_ends(self, job: Job, entity: Entity) -> Iterable[Event]:
        return [changed(entity_index=lambda index: index + 1)(event) for event in super().entity_ends(job, entity)]


@breaks("batch.failing-entity", *EACH, rare=True)
class StopsAtAFailingEntity(Provider):
    """What comes after an entity that failed is not worked on any more."""

    def entity_ends(self, job: Job, entity: Entity) -> Iterable[Event]:
        events = list(super().entity_ends(job, entity))
        if not events[0]["success"]:
            job.to_come = job.to_come[-1:]
        return events


@breaks("event.entity-batch-only", "event.entity-started")
class TellsOfEntitiesInEveryJob(Provider):
    def entities(self, job: Job, given: list[Any], *, batch: bool) -> list[Entity]:
        return super().entities(job, given, batch=True)

    def work(self, job: Job, entity: Entity, asked: Asked, begin: float) -> list[Step]:
        steps = super().work(job, entity, asked, begin)
        if job.type != "enrichment":
            return steps
        first, last = steps[0].at, steps[-1].at
        begins = Step(first, lambda at: self.entity_begins(job, entity))
        return [begins, *steps, Step(last, lambda at: self.entity_ends(job, entity))]


@breaks(*EACH, "event.entity-started", "event.entity-completed")
class TellsNothingOfEntities(Provider):
    def events(self, job: Job, events: list[Event]) -> list[Event]:
        return [event for event in events if event["type"] not in ("entity_started", "entity_completed")]


@breaks("stream.every-model", "enrichment.several-models", rare=True)
class LetsOtherEntitiesHaveOneModel(Provider):
    """Only the first entity of a batch is worked on by all models."""

    def work(self, job: Job, entity: Entity, asked: Asked, begin: float) -> list[Step]:
        models = asked.models if not entity.index else asked.models[:1]
        return super().work(job, entity, asked._replace(models=models), begin)


@breaks("list-records.after-batch")
class KeepsNoRecordsOfBatches(Provider):
    def entity_ends(self, job: Job, entity: Entity) -> Iterable[Event]:
        for id, record in list(job.organisation.records.items()):
            if record.told["job_id"] == job.id:
                del job.organisation.records[id]
        return super().entity_ends(job, entity)


@breaks("list-records.after-batch", rare=True)
class KeepsRecordsOfOneEntity(Provider):
    def entity_ends(self, job: Job, entity: Entity) -> Iterable[Event]:
        for id, record in list(job.organisation.records.items()):
            if record.told["job_id"] == job.id and entity.index:
                del job.organisation.records[id]
        return super().entity_ends(job, entity)


@breaks("list-records.after-batch", "list-records.filters", rare=True)
class ListsRecordsOfBatchesLate(Provider):
    """They are in the list a minute after they were made."""

    def stored(self, call: Call) -> list[Any]:
        jobs = call.organisation.jobs
        return [
            record for record in super().stored(call)
            if record.created_at < self.clock - 60 or jobs[record.told["job_id"]].type != "batch"
        ]  # fmt: skip


@breaks("batch.one-job", *EACH)
class WorksOnTheFirstEntityOnly(Batches):
    """The others are left to jobs that nobody is told of."""

    def worked_on(self, entities: list[Entity]) -> list[Entity]:
        return entities[:1]


# Pausing

PAUSE = ("job.pause-mismatch", "job.continue-paused")


@breaks("job.pause-mismatch", documented=True)
class NeverPauses(Provider):
    def classify(self, job: Job, at: float, entity: Entity, asked: Asked) -> Iterable[Event]:
        return ()


@breaks("job.continue-paused")
class CannotContinue(Provider):
    def continue_job(self, call: Call) -> Answer:
        job = self.find_job(call)
        raise self.not_paused(job)


@breaks("job.continue-paused", rare=True)
class ContinuesInWordsOnly(Provider):
    def resume(self, job: Job) -> None:
        return


@breaks("job.continue-paused", rare=True)
class CancelsWhatIsContinued(Provider):
    def resume(self, job: Job) -> None:
        self.cancel(job)


@breaks("job.continue-paused", "stream.every-model", rare=True)
class DoesNothingOfWhatIsContinued(Provider):
    """A job that is continued ends well, without any of its work."""

    def resume(self, job: Job) -> None:
        job.held = job.held[-1:]
        super().resume(job)

    def over(self, job: Job) -> list[Event]:
        events = super().over(job)
        return [{**events[-1], "status": "completed"}] if not job.results else events


@breaks("job.continue-paused", "error.unknown-job", rare=True)
class KnowsNoPausedJobs(Provider):
    def continue_job(self, call: Call) -> Answer:
        job = self.find_job(call)
        if job.status == "paused":
            raise Refused(404, "그런 작업이 없습니다.")
        return super().continue_job(call)


@breaks("stream.every-model", "job.continue-paused", rare=True)
class ForgetsAModelWhenItGoesOn(Provider):
    def resume(self, job: Job) -> None:
        super().resume(job)
        if len(job.to_come) > 3:
            job.to_come = job.to_come[1:]


# Calling off


@breaks("job.cancel-running")
class CannotCancel(Provider):
    def cancel_job(self, call: Call) -> Answer:
        self.find_job(call)
        raise Refused(400, "취소할 수 없습니다.")


@breaks("job.cancel-running", "error.unknown-job")
class KnowsNoRunningJobs(Provider):
    def cancel_job(self, call: Call) -> Answer:
        if not self.find_job(call).ended:
            raise Refused(404, "그런 작업이 없습니다.")
        return super().cancel_job(call)


@breaks("job.cancel-running", "job.cancel-paused", rare=True)
class CancelsInWordsOnly(Provider):
    def cancel(self, job: Job) -> None:
        return


@breaks("job.cancel-paused", rare=True)
class CannotCancelWhatIsPaused(Provider):
    def cancel_job(self, call: Call) -> Answer:
        if self.find_job(call).status == "paused":
            raise Refused(400, "멈춘 작업은 취소할 수 없습니다.")
        return super().cancel_job(call)


@breaks("job.cancel-paused", rare=True)
class ContinuesWhatIsCancelled(Provider):
    """A paused job that is cancelled goes on, to its end."""

    def cancel(self, job: Job) -> None:
        if job.status == "paused":
            return self.resume(job)
        return super().cancel(job)


@breaks("stream.one-terminal", "job.cancel-running", rare=True)
class EndsCancelledStreamsWithoutAWord(Provider):
    def called_off(self, job: Job) -> list[Event]:
        return super().called_off(job)[:-1]


@breaks("stream.one-terminal", "stream.nothing-after", rare=True)
class GoesOnAfterTheEndOfCancelledJobs(Provider):
    def called_off(self, job: Job) -> list[Event]:
        events = super().called_off(job)
        return [*events, {"type": "model_started", "model": (job.models or [""])[0]}]


@breaks("get-record.of-event", "job.cancel-keeps", "error.unknown-record", documented=False, rare=True, costly=True)
class DeletesRecordsOfCancelledJobs(Provider):
    def cancel(self, job: Job) -> None:
        super().cancel(job)
        for id, record in list(job.organisation.records.items()):
            if record.told["job_id"] == job.id:
                del job.organisation.records[id]
