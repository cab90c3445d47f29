"""Fusion: of what several models brought for one entity, and of records by a call of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.suites.enricher_provider.asking import Asked, Asking
from tests.suites.enricher_provider.records import Records
from tests.suites.enricher_provider.things import Answer, Call, Entity, Event, Job, Record, Refused, Step


class Fusing(Records, Asking):
    """The fusion of results."""

    def fusion_begins(self, job: Job, entity: Entity, arbiter: str | None) -> Iterable[Event]:
        good = self.to_fuse(job, entity)
        if len(good) < 2:
            return []
        return [self.fusion_started(arbiter, [result["record_id"] for result in good], entity.index)]

    def to_fuse(self, job: Job, entity: Entity) -> list[Event]:
        return [result for result in job.of(entity.index) if result["success"]]

    def fusion_ends(self, job: Job, at: float, entity: Entity, asked: Asked) -> Iterable[Event]:
        good = self.to_fuse(job, entity)
        if len(good) < 2:
            return []
        outputs = {result["model"]: result["result"] for result in good}
        fused = self.fuse(outputs)
        cost = 0.002 if asked.arbiter else 0.0
        told = {
            **self.about(job, entity.id, entity.label, asked.arbiter, True, cost),
            "type": "fusion",
            "strategy": asked.strategy,
            "saved_schema_id": asked.schema.id,
        }
        record = self.kept(job, at, told, fused, self.fusion_details(outputs))
        event = self.fusion_completed(record, outputs, entity.index)
        job.fused.append(event)
        return [event]

    def fusion_details(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        report = self.report(outputs)
        return {"attachment_ids": [], "error_message": None, "prompts": [], "conflict_report": report}

    def fusion_started(self, arbiter: str | None, ids: list[str], index: int | None) -> Event:
        placed = {} if index is None else {"entity_index": index}
        return {"type": "fusion_started", **placed, "arbitration_model": arbiter, "source_record_ids": ids}

    def fusion_completed(self, record: Record, outputs: Mapping[str, Any], index: int | None) -> Event:
        placed = {} if index is None else {"entity_index": index}
        return {
            "type": "fusion_completed",
            **placed,
            "success": True,
            "merged_result": record.output,
            "record_id": record.id,
            "conflict_report": self.report(outputs),
            **{name: record.told[name] for name in ("cost_usd", "input_tokens", "output_tokens")},
            "processing_time_ms": 800,
            "error_message": None,
        }

    def fuse(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Of each member the value that most models have, and of those that are as many the first."""
        fused = {}
        for name in dict.fromkeys(name for output in outputs.values() for name in output):
            values = [output[name] for output in outputs.values() if name in output]
            fused[name] = max(values, key=values.count)
        return fused

    def report(self, outputs: Mapping[str, Any]) -> Any:
        names = list(dict.fromkeys(name for output in outputs.values() for name in output))
        conflicts = []
        for name in names:
            values = {model: output.get(name) for model, output in outputs.items()}
            if any(value != next(iter(values.values())) for value in values.values()):
                conflicts.append(
                    {"path": name, "field_type": "string", "needs_arbitration": True, "values_by_model": values}
                )
        counts = {"agreed_fields": len(names) - len(conflicts), "conflicted_fields": len(conflicts)}
        return {**counts, "total_fields": len(names), "conflicts": conflicts}

    def counts(self, report: Any) -> Any:
        return {name: report[name] for name in ("agreed_fields", "conflicted_fields", "total_fields")}

    # As a call of its own

    def merge_records(self, call: Call) -> Answer:
        body = self.body(call)
        ids = self.member(body, "result_ids", list)
        if len(ids) < 2 or not all(isinstance(id, str) for id in ids):
            raise self.mistyped("result_ids")
        arbiter = self.model_in(body, "arbitration_model")
        records = [self.find_record(call, id) for id in ids]
        if len({record.told["saved_schema_id"] for record in records}) > 1 or not all(
            record.success for record in records
        ):
            raise Refused(400, "함께 융합할 수 없는 레코드입니다.")
        return 200, self.merged(self.merge(call, body, records, arbiter))

    def merge(self, call: Call, body: Mapping[str, Any], records: list[Record], arbiter: str | None) -> Job:
        """A job that has ended when this returns."""
        job = self.new_job(call, "fusion", body, [])
        told = {**self.about(job, records[0].told["entity_id"], records[0].told["entity_name"], arbiter, True, 0.002)}
        told |= {"type": "fusion", "saved_schema_id": records[0].told["saved_schema_id"]}
        outputs = {record.told["model_composite_key"] or record.id: record.output for record in records}

        def end(at: float) -> Iterable[Event]:
            record = self.kept(job, at, told, self.fuse(outputs), self.fusion_details(outputs))
            job.fused.append(self.fusion_completed(record, outputs, None))
            job.status = "completed"
            return [job.fused[0], {"type": "completed", "result": None}]

        start = self.fusion_started(arbiter, [record.id for record in records], None)
        self.begin(job, [Step(0.0, lambda at: [start]), Step(0.8, end)])
        while not job.ended:
            self.advance(job.to_come[0].at - self.clock)
        return job

    def merged(self, job: Job) -> Any:
        event = job.fused[0]
        names = ("success", "merged_result", "record_id", "conflict_report", "cost_usd", "input_tokens")
        return {
            "job_id": job.id,
            **{name: event[name] for name in names},
            "output_tokens": 1,
            "processing_time_ms": 800,
        }
