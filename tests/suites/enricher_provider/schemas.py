"""Saved schemas: listed, created, generated from samples and edited as a text asks, the latter two as jobs."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import Any

from tests.suites.enricher_provider import making
from tests.suites.enricher_provider.asking import Asking
from tests.suites.enricher_provider.records import Records
from tests.suites.enricher_provider.things import Answer, Call, Event, Job, Organisation, Refused, Schema, Step, text_of

TYPES = {"integer": "integer", "정수": "integer", "number": "number", "숫자": "number", "boolean": "boolean"}
REMOVING = ("remove", "delete", "drop", "삭제", "지워", "제거", "빼")


class Schemas(Records, Asking):
    """The operations on saved schemas."""

    def starting(self, name: str) -> Organisation:
        organisation = super().starting(name)
        for label, content in (("회사", making.COMPANY), ("Person", making.PERSON)):
            self.save(organisation, label, copy.deepcopy(content))
        return organisation

    def save(self, organisation: Organisation, name: str, content: dict[str, Any]) -> Schema:
        schema = Schema(self.new_id("schema"), self.free(organisation, name), content, self.clock, self.clock)
        organisation.schemas[schema.id] = schema
        return schema

    def free(self, organisation: Organisation, name: str) -> str:
        """The name, or one like it when it is taken."""
        taken = {schema.name for schema in organisation.schemas.values()}
        while name in taken:
            name += " (2)"
        return name

    def list_schemas(self, call: Call) -> Answer:
        listed = [self.schema_entry(schema) for schema in self.listed_schemas(call)]
        return 200, {"schemas": listed, "total": len(listed)}

    def listed_schemas(self, call: Call) -> list[Schema]:
        return list(call.organisation.schemas.values())

    def schema_entry(self, schema: Schema) -> Any:
        return {
            "id": schema.id,
            "name": schema.name,
            "tags": schema.tags,
            "is_pinned": schema.is_pinned,
            "property_count": len(schema.content.get("properties", {})),
            "publish_state": None,
            "created_at": text_of(schema.created_at),
            "updated_at": text_of(schema.updated_at),
        }

    def create_schema(self, call: Call) -> Answer:
        body = self.body(call)
        name = self.member(body, "name", str)
        content = self.member(body, "schema_content", dict)
        tags = self.member(body, "tags", list, missing=[])
        pinned = self.member(body, "is_pinned", bool, missing=False)
        if not name or content.get("type", "object") != "object" or not isinstance(content.get("properties", {}), dict):
            raise Refused(400, "객체의 JSON Schema가 아닙니다.")
        schema = self.save(call.organisation, name, content)
        schema.tags, schema.is_pinned = tags, pinned
        return 200, self.whole(schema)

    def whole(self, schema: Schema) -> Any:
        return {**self.schema_entry(schema), "schema_content": schema.content}

    # As jobs

    def generate_schema(self, call: Call) -> Answer:
        body = self.body(call)
        samples = self.samples(body)
        model = self.one_model(body)
        job = self.new_job(call, "schema_generation", body, [model])

        def make() -> Schema:
            return self.save(job.organisation, "만들어진 스키마", self.generated(samples))

        self.begin(job, self.schema_steps(job, model, make))
        return 200, self.started_schema_job(job)

    def started_schema_job(self, job: Job) -> Any:
        return {"job_id": job.id, "message": "스키마 작업을 시작했습니다."}

    def samples(self, body: dict[str, Any]) -> list[Any]:
        one = self.member(body, "entity_data", dict, missing=None)
        samples: list[Any] = self.member(body, "entity_samples", list, missing=[one])
        if samples == [None]:
            raise self.lacking("entity_samples")
        if not samples or not all(isinstance(sample, dict) and sample for sample in samples):
            raise self.mistyped("entity_samples")
        return samples

    def one_model(self, body: dict[str, Any]) -> str:
        model = self.model_in(body, "model")
        return next(iter(self.models())) if model in (None, "auto") else str(model)

    def generated(self, samples: list[Any]) -> dict[str, Any]:
        return making.described(samples)

    def edit_schema(self, call: Call) -> Answer:
        body = self.body(call)
        prompt = self.member(body, "prompt", str)
        if not prompt.strip():
            raise self.mistyped("prompt")
        model = self.one_model(body)
        schema = self.schema_to_use(call, call.id)
        job = self.new_job(call, "schema_edit", body, [model])

        def make() -> Schema | None:
            content = self.edited(copy.deepcopy(schema.content), prompt)
            if content is not None:
                self.store_edit(schema, content)
            return schema if content is not None else None

        self.begin(job, self.schema_steps(job, model, make))
        return 200, self.started_schema_job(job)

    def store_edit(self, schema: Schema, content: dict[str, Any]) -> None:
        schema.content, schema.updated_at = content, self.clock

    def edited(self, content: dict[str, Any], prompt: str) -> dict[str, Any] | None:
        """The schema as a text asks: a property it names is added or removed. None when it names none."""
        quoted = re.findall(r"[\"'`“‘「]([^\"'`”’」]+)[\"'`”’」]", prompt) or re.findall(r"\w+_\w+", prompt)
        if not quoted:
            return None
        properties = content.setdefault("properties", {})
        name = quoted[0]
        if any(word in prompt.lower() for word in REMOVING):
            properties.pop(name, None)
            content["required"] = [other for other in content.get("required", []) if other != name]
        else:
            kinds = [kind for word, kind in TYPES.items() if word in prompt.lower()]
            properties[name] = {"type": kinds[0] if kinds else "string"}
        return content

    def schema_steps(self, job: Job, model: str, make: Any) -> list[Step]:
        return [
            Step(0.3, lambda at: [{"type": "model_started", "model": model}]),
            Step(1.5, lambda at: self.schema_ends(job, at, model, make())),
        ]

    def schema_ends(self, job: Job, at: float, model: str, schema: Schema | None) -> Iterable[Event]:
        if schema is None:
            return self.schema_fails(job, model)
        told = {**self.about(job, None, None, model, True, 0.003), "type": job.type, "saved_schema_id": schema.id}
        output = copy.deepcopy(schema.content)
        more = {"attachment_ids": [], "error_message": None, "prompts": [self.prompt(1, output, True)]}
        record = self.kept(job, at, told, output, more)
        job.status = "completed"
        result = {
            **self.nothing(),
            "model": model,
            "success": True,
            "partial_success": False,
            "cancelled": False,
            "result": output,
            "record_id": record.id,
            "cost": 0.003,
            "cost_usd": 0.003,
            "error_message": None,
            "schema_id": schema.id,
        }
        ended = {"type": "completed", "result": [result]}
        return [{"type": "model_completed", "status": "running", **result}, ended]

    def schema_fails(self, job: Job, model: str) -> Iterable[Event]:
        job.status = "failed"
        why = "그 말대로 고칠 수 없습니다."
        result = {"model": model, "success": False, "partial_success": False, **self.nothing(), "error_message": why}
        return [
            {"type": "model_completed", "status": "running", "cancelled": False, **result},
            {"type": "error", "status": "running", "detail": why, "error_message": why},
            {"type": "completed", "result": None},
        ]
