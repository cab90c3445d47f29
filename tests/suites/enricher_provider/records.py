"""Records: what jobs leave behind."""

from __future__ import annotations

import math
from typing import Any

from tests.suites.enricher_provider.asking import Asked
from tests.suites.enricher_provider.jobs import Jobs
from tests.suites.enricher_provider.things import Answer, Call, Entity, Job, Record, Refused, text_of

FILTERS = ("type", "model", "job_id", "entity_id", "success", "search", "since")
MOST_DELETED = 100
MOST_LISTED = 100
LISTED = 50


class Records(Jobs):
    """Operations on records, and how they come into being."""

    def leave_record(
        self, job: Job, at: float, entity: Entity, asked: Asked, model: str, output: dict[str, Any], cost: float
    ) -> Record:
        success = bool(output)
        told = {
            **self.about(job, entity.id, entity.label, model, success, cost),
            "type": "enrichment",
            "strategy": asked.strategy,
            "saved_schema_id": asked.schema.id,
        }
        more = {
            "attachment_ids": asked.body.get("attachment_ids") or [],
            "error_message": None if success else "모델이 답하지 않았습니다.",
            "prompts": [self.prompt(1, output, success)],
        }
        return self.kept(job, at, told, output, more)

    def about(
        self, job: Job, entity_id: Any, name: Any, model: str | None, success: bool, cost: float
    ) -> dict[str, Any]:
        """What every record has, whatever it is of."""
        return {
            "entity_id": entity_id,
            "entity_name": name,
            "model_composite_key": model,
            "model_name": model.partition("::")[2] if model else None,
            "success": success,
            "cancelled": False,
            "job_id": job.id,
            "strategy": None,
            "saved_schema_id": None,
            "cost_usd": cost,
            "input_tokens": 512,
            "output_tokens": 128,
            "processing_time_ms": 700,
        }

    def prompt(self, order: int, output: Any, success: bool) -> Any:
        return {
            "sequence_order": order,
            "expertise_key": None,
            "expertise_name": None,
            "structured_output": output,
            "success": success,
        }

    def kept(self, job: Job, at: float, told: dict[str, Any], output: dict[str, Any], more: dict[str, Any]) -> Record:
        record = Record(self.new_id("record"), at, told, output, more)
        job.organisation.records[record.id] = record
        return record

    # Reading

    def get_record(self, call: Call) -> Answer:
        return 200, self.details(self.find_record(call, call.id))

    def find_record(self, call: Call, id: str) -> Record:
        if id not in call.organisation.records:
            raise Refused(404, "그런 레코드가 없습니다.")
        return call.organisation.records[id]

    def details(self, record: Record) -> Any:
        return {**self.summary_of(record), "structured_output": record.output, **record.more}

    def summary_of(self, record: Record) -> Any:
        return {"id": record.id, **record.told, "created_at": text_of(record.created_at)}

    # Listing

    def list_records(self, call: Call) -> Answer:
        page = self.number(call, "page", 1)
        size = self.number(call, "page_size", LISTED)
        if size > MOST_LISTED:
            raise Refused(400, "한 쪽이 너무 큽니다.")
        records = self.order(call, [record for record in self.stored(call) if self.passes(call, record)])
        first = self.first(page, size)
        shown = [self.summary_of(record) for record in records[first : first + size]]
        return 200, self.envelope(shown, len(records), page, size)

    def stored(self, call: Call) -> list[Record]:
        return list(call.organisation.records.values())

    def first(self, page: int, size: int) -> int:
        return (page - 1) * size

    def envelope(self, records: list[Any], total: int, page: int, size: int) -> Any:
        return {
            "records": records,
            "total": total,
            "page": page,
            "page_size": size,
            "total_pages": math.ceil(total / size),
        }

    def number(self, call: Call, name: str, default: int) -> int:
        text = call.query.get(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or int(text[:12]) < 1:
            raise Refused(400, f"{name}은(는) 1 이상의 정수여야 합니다.")
        return int(text[:12])

    def passes(self, call: Call, record: Record) -> bool:
        """Whether a record passes all filters of a call."""
        return all(self.passes_one(name, call.query[name], record) for name in FILTERS if call.query.get(name))

    def passes_one(self, name: str, wanted: str, record: Record) -> bool:
        told = record.told
        if name == "success":
            return bool(told["success"]) == (wanted.lower() == "true")
        if name == "search":
            return wanted.casefold() in str(told["entity_name"] or "").casefold()
        if name == "since":
            return text_of(record.created_at) >= wanted
        return bool(told["model_composite_key" if name == "model" else name] == wanted)

    def order(self, call: Call, records: list[Record]) -> list[Record]:
        by, backwards = call.query.get("sort_by", "created_at"), call.query.get("sort_order", "desc") == "desc"
        if by not in ("created_at", "entity_name", "model_name", "type") or call.query.get("sort_order", "asc") not in (
            "asc",
            "desc",
        ):
            raise Refused(400, "그렇게 정렬할 수 없습니다.")
        if by == "created_at":
            return sorted(records, key=lambda record: (record.created_at, record.id), reverse=backwards)
        return sorted(records, key=lambda record: str(record.told[by] or ""), reverse=backwards)

    # Deleting

    def delete_records(self, call: Call) -> Answer:
        body = self.body(call)
        ids = self.member(body, "ids", list)
        if not ids or not all(isinstance(id, str) for id in ids):
            raise self.mistyped("ids")
        self.member(body, "hard_delete", bool, missing=False)
        if len(ids) > self.most_deleted():
            raise Refused(400, "한 번에 100개까지 지울 수 있습니다.")
        known = [id for id in dict.fromkeys(ids) if id in call.organisation.records]
        for id in self.to_delete(known):
            self.forget(call, id)
        return 200, {"deleted": len(known), "not_found": [id for id in ids if id not in known]}

    def most_deleted(self) -> int:
        return MOST_DELETED

    def to_delete(self, ids: list[str]) -> list[str]:
        return ids

    def forget(self, call: Call, id: str) -> None:
        del call.organisation.records[id]
