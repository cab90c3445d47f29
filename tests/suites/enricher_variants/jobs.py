"""Other ways for jobs to work."""

from __future__ import annotations

from typing import Any

from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.asking import Asked
from tests.suites.enricher_provider.things import Call, Entity, Event, Job, Record, Step
from tests.suites.enricher_variants.registry import lawful, lawful_in_mocks

# Work


@lawful
class WorksAtOnce(Provider):
    """A job is done before its start has been answered."""

    def begin(self, job: Job, steps: list[Step]) -> None:
        super().begin(job, [step._replace(at=0.0) for step in steps])


class Slow(Provider):
    """Everything takes so many times as long."""

    times = 6.0

    def begin(self, job: Job, steps: list[Step]) -> None:
        super().begin(job, [step._replace(at=step.at * self.times) for step in steps])


@lawful
class WorksSlowly(Slow):
    """Streams last up to half a minute, as long as their reader waits, and some longer."""


@lawful
class WorksForMinutes(Slow):
    """No stream of an enrichment ends as long as anybody waits."""

    times = 40.0


@lawful
class LetsModelsWorkOneAfterTheOther(Provider):
    def model_steps(self, job: Job, entity: Entity, asked: Asked, model: str, begin: float) -> list[Step]:
        return super().model_steps(job, entity, asked, model, begin + 3.0 * asked.models.index(model))


@lawful
class LetsTheLastModelBeginFirst(Provider):
    def work(self, job: Job, entity: Entity, asked: Asked, begin: float) -> list[Step]:
        return super().work(job, entity, asked._replace(models=asked.models[::-1]), begin)


@lawful
class WorksOnAllEntitiesAtOnce(Provider):
    """The events of the entities of a batch come between one another."""

    def entity_steps(self, job: Job, entity: Entity, asked: Asked, begin: float) -> list[Step]:
        return super().entity_steps(job, entity, asked, 0.5 + 0.05 * (entity.index or 0))

    def begin(self, job: Job, steps: list[Step]) -> None:
        super().begin(job, sorted(steps, key=lambda step: step.at))


@lawful
class WorksOnTheLastEntityFirst(Provider):
    def entities(self, job: Job, given: list[Any], *, batch: bool) -> list[Entity]:
        return super().entities(job, given, batch=batch)[::-1]


@lawful
class CountsEntitiesFromOne(Provider):
    def place(self, index: int) -> int:
        return index + 1


@lawful_in_mocks
class SkipsEntitiesThatDoNotFit(Provider):
    """An entity of a batch that no schema fits is skipped, which an event of its own tells."""

    def entity_steps(self, job: Job, entity: Entity, asked: Asked, begin: float) -> list[Step]:
        if not self.mismatches(entity):
            return super().entity_steps(job, entity, asked, begin)
        told = {"type": "entity_skipped", **self.placed(entity), "entity_label": entity.label}
        return [Step(begin, lambda at: [told])]


@lawful
class LeavesRecordsFromTheStart(Provider):
    """A record is there, and empty, as soon as its model begins."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: dict[tuple[str, int | None, str], Record] = {}

    def model_steps(self, job: Job, entity: Entity, asked: Asked, model: str, begin: float) -> list[Step]:
        def open_record(at: float) -> list[Event]:
            record = self.leave_record(job, at, entity, asked, model, {}, 0.0)
            self.begun[job.id, entity.index, model] = record
            return []

        return [Step(begin, open_record), *super().model_steps(job, entity, asked, model, begin)]

    def outcome(self, job: Job, at: float, entity: Entity, asked: Asked, model: str) -> Event:
        result = super().outcome(job, at, entity, asked, model)
        made = job.organisation.records.pop(result["record_id"])
        record = self.begun.pop((job.id, entity.index, model))
        record.told, record.output, record.more = made.told, made.output, made.more
        return {**result, "record_id": record.id}


@lawful
class LeavesNoRecordsOfFailure(Provider):
    def outcome(self, job: Job, at: float, entity: Entity, asked: Asked, model: str) -> Event:
        result = super().outcome(job, at, entity, asked, model)
        if not result["success"]:
            del job.organisation.records[result["record_id"]]
            result["record_id"] = None
        return result


@lawful_in_mocks
class RepeatsAModelThatIsNamedTwice(Provider):
    def chosen(self, models: list[Any]) -> list[str]:
        super().chosen(models)
        return list(models)


@lawful
class FindsVeryLittle(Provider):
    """A model that found nothing has succeeded all the same, with an empty result."""

    def output(self, entity: Entity, schema: Any, model: str) -> dict[str, Any]:
        return {"name": entity.label}


@lawful
class FindsSomethingElseEveryTime(Provider):
    def output(self, entity: Entity, schema: Any, model: str) -> dict[str, Any]:
        return {**super().output(entity, schema, f"{model}{self.memory}"), "깊이": {"a": [1.5, None, "😀\r\n\t\u0000"]}}

    memory = 0

    def new_job(self, call: Call, type: str, asked: Any, models: list[str]) -> Job:
        self.memory += 1
        return super().new_job(call, type, asked, models)
