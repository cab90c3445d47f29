"""Batches: several entities as one job."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.suites.enricher_provider.asking import Asked
from tests.suites.enricher_provider.enriching import Enriching
from tests.suites.enricher_provider.things import Answer, Call, Entity, Event, Job, Refused, Step


class Batching(Enriching):
    """The operations on batches, in both spellings of their paths."""

    def start_batch_short(self, call: Call) -> Answer:
        return self.start_batch(call)

    def start_batch(self, call: Call) -> Answer:
        job = self.batch(call)
        return 200, {**self.started(job), "total": len(job.asked["entities"])}

    def batch(self, call: Call) -> Job:
        asked = self.asked(call, "entities")
        job = self.new_job(call, "batch", asked.body, asked.models)
        entities = self.entities(job, asked.body["entities"], batch=True)
        steps = [*self.selections(asked), Step(0.3, lambda at: [self.batch_started(entities)])]
        for entity in entities:
            steps += self.entity_steps(job, entity, asked, steps[-1].at + 0.1)
        after = steps[-1].at
        steps.append(Step(after + 0.1, lambda at: [self.batch_completed(job, entities)]))
        self.begin(job, [*steps, *self.ending(job, after + 0.1)])
        return job

    def entity_steps(self, job: Job, entity: Entity, asked: Asked, begin: float) -> list[Step]:
        steps = [Step(begin, lambda at: self.entity_begins(job, entity))]
        steps += self.work(job, entity, asked, begin + 0.1)
        return [*steps, Step(steps[-1].at + 0.1, lambda at: self.entity_ends(job, entity))]

    def entity_begins(self, job: Job, entity: Entity) -> Iterable[Event]:
        return [{"type": "entity_started", **self.placed(entity), "entity_label": entity.label}]

    def fails(self, entity: Entity, model: str) -> bool:
        """In a batch an entity that no schema fits fails like any other that does."""
        return super().fails(entity, model) or (entity.index is not None and self.mismatches(entity))

    def entity_ends(self, job: Job, entity: Entity) -> Iterable[Event]:
        results = job.of(entity.index)
        success = any(result["success"] for result in results)
        return [
            {
                "type": "entity_completed",
                **self.placed(entity),
                "entity_label": entity.label,
                "success": success,
                "results": results,
                "total_cost_usd": sum(result["cost_usd"] for result in results),
                "total_processing_time_ms": sum(result["processing_time_ms"] for result in results),
                "error": None if success else "모든 모델이 실패했습니다.",
            }
        ]

    def batch_started(self, entities: list[Entity]) -> Event:
        return {"type": "batch_started", "total_entities": len(entities)}

    def batch_completed(self, job: Job, entities: list[Entity]) -> Event:
        good = [entity for entity in entities if any(result["success"] for result in job.of(entity.index))]
        return {
            "type": "batch_completed",
            "total_entities": len(entities),
            "completed_entities": len(good),
            "failed_entities": len(entities) - len(good),
            "skipped_entities": 0,
        }

    # Fetching

    def fetch_entities_short(self, call: Call) -> Answer:
        return self.fetch_entities(call)

    def fetch_entities(self, call: Call) -> Answer:
        url = self.member(self.body(call), "url", str)
        if not url.startswith(("http://", "https://")):
            raise Refused(400, "http나 https 주소가 필요합니다.")
        entities = self.fetched(url)
        return 200, {"entities": entities, "total": len(entities), "fetch_time_ms": 12}

    def fetched(self, url: str) -> list[Any]:
        """What stands at an address: of all addresses those that end in .json lead somewhere."""
        if not url.endswith(".json"):
            raise Refused(400, "그 주소에서 가져올 수 없습니다.")
        return [{"name": "Pfizer Inc", "country": "US"}, {"name": "한미약품 💊", "country": "KR"}]
