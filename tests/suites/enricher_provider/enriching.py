"""Enrichments: of one entity as a job or at once, and of several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.suites.enricher_provider import making
from tests.suites.enricher_provider.asking import Asked
from tests.suites.enricher_provider.fusing import Fusing
from tests.suites.enricher_provider.things import Answer, Call, Entity, Event, Job, Schema, Step

FAILING = {"name": "언제나 실패 주식회사 💥", "country": "KR"}
MISMATCHING = {"name": "한라산 🏔", "country": "KR"}
"""Entities that every model fails on, and that no schema fits."""


class Enriching(Fusing):
    """The operations that start enrichments, and what becomes of them."""

    def start_enrichment(self, call: Call) -> Answer:
        return 200, self.started(self.enrichment(call))

    def started(self, job: Job) -> Any:
        return {"job_id": job.id, "message": "작업을 시작했습니다."}

    def enrichment(self, call: Call) -> Job:
        asked = self.asked(call, "entity_data")
        job = self.new_job(call, "enrichment", asked.body, asked.models)
        entity = self.entities(job, [asked.body["entity_data"]], batch=False)[0]
        steps = self.selections(asked)
        steps.append(Step(0.5, lambda at: self.classify(job, at, entity, asked)))
        steps += self.work(job, entity, asked, 1.0)
        self.begin(job, [*steps, *self.ending(job, steps[-1].at)])
        return job

    def entities(self, job: Job, given: list[Any], *, batch: bool) -> list[Entity]:
        return [
            Entity(data, self.place(index) if batch else None, f"{job.id}-e{index}") for index, data in enumerate(given)
        ]

    def place(self, index: int) -> int:
        return index

    def selections(self, asked: Asked) -> list[Step]:
        """What is told of the choices that were left to the instance."""
        steps = []
        if "auto" in asked.body["models"]:
            steps.append(Step(0.1, lambda at: [{"type": "model_auto_selected", "model": asked.models[0]}]))
        if asked.body.get("strategy") == "auto":
            steps.append(Step(0.1, lambda at: [{"type": "strategy_selected", "strategy": asked.strategy}]))
        return steps

    def mismatches(self, entity: Entity) -> bool:
        return bool(entity.data.get("name") == MISMATCHING["name"])

    def fails(self, entity: Entity, model: str) -> bool:
        return bool(entity.data.get("name") == FAILING["name"])

    def classify(self, job: Job, at: float, entity: Entity, asked: Asked) -> Iterable[Event]:
        if not self.mismatches(entity):
            return ()
        event = {
            "type": "classification_mismatch_pause",
            "status": "paused",
            "is_paused": True,
            "classification": self.classification(entity, asked),
            "timeout_seconds": 300,
        }
        return self.pause(job, at, event)

    def classification(self, entity: Entity, asked: Asked) -> Any:
        return {
            "status": "mismatch",
            "expected_type": asked.schema.content.get("title", asked.schema.name),
            "entity_description": f"{entity.label}은(는) 산입니다.",
            "reasoning": "산은 회사가 아닙니다.",
            "confidence": 0.93,
            "classification_model": asked.body.get("classification_model") or asked.models[0],
        }

    # The work on one entity

    def work(self, job: Job, entity: Entity, asked: Asked, begin: float) -> list[Step]:
        """What all models do for one entity, side by side, and the fusion of what they bring."""
        steps: list[Step] = []
        for place, model in enumerate(asked.models):
            steps += self.model_steps(job, entity, asked, model, begin + 0.1 * place)
        steps.sort(key=lambda step: step.at)
        if asked.arbiter is not None:
            end = steps[-1].at
            steps.append(Step(end + 0.1, lambda at: self.fusion_begins(job, entity, asked.arbiter)))
            steps.append(Step(end + 0.9, lambda at: self.fusion_ends(job, at, entity, asked)))
        return steps

    def model_steps(self, job: Job, entity: Entity, asked: Asked, model: str, begin: float) -> list[Step]:
        steps = [Step(begin, lambda at: [self.model_started(entity, model)])]
        domains = self.domains(asked) if not self.fails(entity, model) else []
        for count in range(len(domains)):
            steps.append(self.expertise_step(entity, asked, model, count, begin + 0.5 * (count + 1)))
        end = begin + 0.5 * len(domains) + 0.7
        steps.append(Step(end, lambda at: [self.model_completed(job, at, entity, asked, model)]))
        return steps

    def expertise_step(self, entity: Entity, asked: Asked, model: str, count: int, at: float) -> Step:
        return Step(at, lambda at: [self.expertise(entity, asked, model, count)])

    def domains(self, asked: Asked) -> list[tuple[str, str]]:
        """The domains of expertise that are asked one after the other, each with its name."""
        if asked.strategy == "single_pass":
            return []
        named = asked.schema.content.get("x-expertiseDomains") or {"general": {"name": "일반"}}
        return [(key, self.domain_name(key, entry)) for key, entry in named.items()]

    def domain_name(self, key: str, entry: Any) -> str:
        name = entry.get("name") if isinstance(entry, dict) else None
        return name if isinstance(name, str) else key

    def placed(self, entity: Entity) -> Event:
        return {} if entity.index is None else {"entity_index": entity.index}

    def model_started(self, entity: Entity, model: str) -> Event:
        return {"type": "model_started", "model": model, **self.placed(entity)}

    def expertise(self, entity: Entity, asked: Asked, model: str, count: int) -> Event:
        domains = self.domains(asked)
        result = self.output(entity, asked.schema, model)
        key, name = domains[count]
        return {
            "type": "expertise_completed",
            "model": model,
            **self.placed(entity),
            "expertise_key": key,
            "expertise_name": name,
            "expertise_result": self.of_domains(asked.schema, result, [key]),
            "partial_result": self.of_domains(asked.schema, result, [key for key, _ in domains[: count + 1]]),
            "completed_expertises": count + 1,
            "total_expertises": len(domains),
            "success": True,
        }

    def of_domains(self, schema: Schema, result: Event, keys: list[str]) -> Event:
        """What of a result belongs to these domains; what belongs to none is found with the first."""
        properties = schema.content.get("properties", {})
        named = list(schema.content.get("x-expertiseDomains") or {"general": {}})
        homes = {name: properties.get(name, {}).get("expertise") for name in result}
        return {name: value for name, value in result.items() if (homes[name] or named[0]) in keys}

    def output(self, entity: Entity, schema: Schema, model: str) -> dict[str, Any]:
        return making.found(schema.content, entity.data, model, schema.content)

    def model_completed(self, job: Job, at: float, entity: Entity, asked: Asked, model: str) -> Event:
        result = self.outcome(job, at, entity, asked, model)
        job.results.append((entity.index, result))
        return {"type": "model_completed", **result, **self.placed(entity)}

    def outcome(self, job: Job, at: float, entity: Entity, asked: Asked, model: str) -> Event:
        """What a model brought, as events and answers tell it; its record is there from now on."""
        success = not self.fails(entity, model)
        output = self.output(entity, asked.schema, model) if success else {}
        cost = round(0.001 + making.chance(model, entity.label) % 900 / 100_000, 5)
        record = self.leave_record(job, at, entity, asked, model, output, cost)
        return {
            "model": model,
            "success": success,
            "partial_success": False,
            "cancelled": False,
            "result": output if success else None,
            "record_id": record.id,
            "cost": cost,
            "cost_usd": cost,
            "input_tokens": 512,
            "output_tokens": 128,
            "processing_time_ms": 700,
            "error_message": None if success else "모델이 답하지 않았습니다.",
            "expertise_breakdown": self.breakdown(asked, success),
        }

    def breakdown(self, asked: Asked, success: bool) -> Any:
        return [{"key": key, "name": name, "success": success, "cost_usd": 0.001} for key, name in self.domains(asked)]

    # How an enrichment ends

    def ending(self, job: Job, after: float) -> list[Step]:
        return [Step(after + 0.2, lambda at: self.over(job))]

    def over(self, job: Job) -> list[Event]:
        """The end: an error before it when nothing at all was brought."""
        brought = any(result["success"] for _, result in job.results)
        problem = [] if brought else [self.error("모든 모델이 실패했습니다.")]
        ended = {"type": "completed", "status": "completed" if brought else "failed"}
        job.status = str(ended["status"])
        return [*problem, {**ended, "result": [result for _, result in job.results]}]

    def error(self, text: str) -> Event:
        return {"type": "error", "status": "running", "detail": text, "error_message": text}

    # At once

    def enrich(self, call: Call) -> Answer:
        job = self.enrichment(call)
        while not job.ended and job.status != "paused":
            self.advance(job.to_come[0].at - self.clock)
        return 200, self.blocking(job)

    def blocking(self, job: Job) -> Any:
        if job.status == "paused":
            mismatch = next(event["classification"] for _, event in job.log if "classification" in event)
            self.cancel(job)
            return {**self.summary(job), "classification": mismatch, "error_message": "스키마와 맞지 않습니다."}
        return self.summary(job)

    def summary(self, job: Job) -> Event:
        results = job.of(None)
        good = [result for result in results if result["success"]]
        fused = job.fused[0] if job.fused else None
        best = good[0] if good else {}
        totals = [*results, *job.fused]
        return {
            "job_id": job.id,
            "success": bool(good),
            "is_fused": fused is not None,
            "result": fused["merged_result"] if fused else best.get("result"),
            "record_id": fused["record_id"] if fused else best.get("record_id"),
            "model": None if fused else best.get("model"),
            "source_models": [result["model"] for result in good] if fused else None,
            **{name: sum(entry[name] or 0 for entry in totals) for name in ("cost_usd", "input_tokens")},
            **{name: sum(entry[name] or 0 for entry in totals) for name in ("output_tokens", "processing_time_ms")},
            "fusion": self.counts(fused["conflict_report"]) if fused else None,
            "per_model_results": results,
            "error_message": None if good else "모든 모델이 실패했습니다.",
        }
