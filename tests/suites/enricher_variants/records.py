"""Other schemas and records, and other ways of answering for them."""

from __future__ import annotations

import copy
from typing import Any

from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Answer, Call, Job, Organisation, Record, Refused, Schema
from tests.suites.enricher_variants.registry import lawful, lawful_in_mocks

# Schemas


@lawful
class ListsTheNewestSchemaFirst(Provider):
    def listed_schemas(self, call: Call) -> list[Schema]:
        return super().listed_schemas(call)[::-1]


@lawful
class HasManySchemas(Provider):
    def starting(self, name: str) -> Organisation:
        organisation = super().starting(name)
        for count in range(300):
            self.save(organisation, f"스키마 {count} 😀", {"type": "object", "properties": {f"속성{count}": {}}})
        return organisation


@lawful
class SharesItsFirstSchemas(Provider):
    """What everybody has from the start has the same ids for everybody."""

    def starting(self, name: str) -> Organisation:
        organisation = super().starting(name)
        for place, schema in enumerate(organisation.schemas.values()):
            schema.id = f"builtin-{place}"
        organisation.schemas = {schema.id: schema for schema in organisation.schemas.values()}
        return organisation


@lawful
class HasNoSchemasYet(Provider):
    def starting(self, name: str) -> Organisation:
        return Organisation(name)


@lawful
class WritesSchemasItsOwnWay(Provider):
    """What is stored of a schema is what it understood of it, under a name of its own."""

    def save(self, organisation: Organisation, name: str, content: dict[str, Any]) -> Schema:
        kept = {"$schema": "https://json-schema.org/draft/2020-12/schema", **copy.deepcopy(content)}
        return super().save(organisation, f"{name.strip()} — 저장됨", kept)


@lawful
class ListsSchemasWhole(Provider):
    def schema_entry(self, schema: Schema) -> Any:
        return {**super().schema_entry(schema), "schema_content": schema.content, "owner": {"name": "누군가"}}

    def whole(self, schema: Schema) -> Any:
        return {"schema": {"id": schema.id}}


@lawful
class CreatesSchemasWithoutAWord(Provider):
    def whole(self, schema: Schema) -> Any:
        return {"message": "만들었습니다."}


@lawful
class TellsSchemasButSavesNone(Provider):
    """What a schema job makes is saved by nobody but who creates a schema of it."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, Any] = {}

    def schema_ends(self, job: Job, at: float, model: str, schema: Schema | None) -> Any:
        if schema is not None and job.type == "schema_edit":
            schema = Schema(schema.id, schema.name, self.told, 0.0, 0.0)
        events = super().schema_ends(job, at, model, schema)
        if schema is not None and job.type == "schema_generation":
            job.organisation.schemas.pop(schema.id, None)
        return events

    def store_edit(self, schema: Schema, content: dict[str, Any]) -> None:
        self.told = content


@lawful
class CannotEditWhatItIsAskedFor(Provider):
    """Its models do not understand: the job fails, and says so."""

    def edited(self, content: dict[str, Any], prompt: str) -> dict[str, Any] | None:
        return None


@lawful
class EditsWithMoreThanOneChange(Provider):
    def edited(self, content: dict[str, Any], prompt: str) -> dict[str, Any] | None:
        made = super().edited(content, prompt)
        return None if made is None else {**made, "description": f"고쳤습니다: {prompt}"}


@lawful
class DescribesSamplesLoosely(Provider):
    def generated(self, samples: list[Any]) -> dict[str, Any]:
        first = next(iter(samples[0]))
        return {"type": "object", "title": "무엇이든", "properties": {first: {}}}


# Records


@lawful
class ListsTheOldestRecordFirst(Provider):
    def order(self, call: Call, records: list[Record]) -> list[Record]:
        return super().order(call, records)[::-1]


@lawful
class ListsRecordsWithTheirOutput(Provider):
    def summary_of(self, record: Record) -> Any:
        return {**super().summary_of(record), "structured_output": record.output, "is_favourite": False}


@lawful
class ListsSmallPages(Provider):
    """A page has five records at most, whatever was asked for."""

    def number(self, call: Call, name: str, default: int) -> int:
        number = super().number(call, name, default)
        return min(5, number) if name == "page_size" else number


@lawful
class CountsNothing(Provider):
    def envelope(self, records: list[Any], total: int, page: int, size: int) -> Any:
        return {"records": records, "next": None if len(records) < size else f"/api/records?page={page + 1}"}


@lawful
class PagesByCursor(Provider):
    """page is not known to it."""

    def number(self, call: Call, name: str, default: int) -> int:
        return 1 if name == "page" else super().number(call, name, default)


@lawful_in_mocks
class RefusesFiltersItDoesNotKnow(Provider):
    def list_records(self, call: Call) -> Answer:
        if set(call.query) - {"type", "page", "page_size"}:
            raise Refused(400, "그런 필터가 없습니다.")
        return super().list_records(call)


@lawful
class HasManyRecords(Provider):
    def starting(self, name: str) -> Organisation:
        organisation = super().starting(name)
        job = Job("옛 작업", "batch", organisation, {}, 0.0, "completed")
        organisation.jobs[job.id] = job
        for count in range(400):
            kind = ("enrichment", "fusion", "보고서")[count % 3]
            told = {**self.about(job, f"e{count}", f"옛것 {count}", None, True, 0.0), "type": kind}
            self.kept(job, count, told, {"수": count}, {})
        return organisation


@lawful
class KeepsMoreThanItTold(Provider):
    """A record is shown with whatever else there is to know."""

    def details(self, record: Record) -> Any:
        return {
            **super().details(record),
            "versions": [{"structured_output": {}}],
            "schema_snapshot": {"type": "object"},
        }


@lawful
class TellsNothingOfDeletion(Provider):
    def delete_records(self, call: Call) -> Answer:
        super().delete_records(call)
        return 200, {"success": True}


@lawful
class DeletesTheFirstHundred(Provider):
    """Of more than a hundred ids the first hundred are deleted."""

    def most_deleted(self) -> int:
        return 1_000_000

    def to_delete(self, ids: list[str]) -> list[str]:
        return ids[: max(0, 100 - self.passed_over)]

    passed_over = 0

    def delete_records(self, call: Call) -> Answer:
        ids = self.body(call).get("ids")
        known = [id for id in ids if isinstance(id, str)][:100] if isinstance(ids, list) else []
        self.passed_over = len([id for id in known if id not in call.organisation.records])
        return super().delete_records(call)


@lawful
class RefusesTooManyIdsWith413(Provider):
    def delete_records(self, call: Call) -> Answer:
        ids = self.body(call).get("ids")
        if isinstance(ids, list) and len(ids) > 100:
            raise Refused(413, "너무 많습니다.")
        return super().delete_records(call)


@lawful
class RefusesUnknownIdsOfRecords(Provider):
    """If one of the ids is of no record, none is deleted."""

    def delete_records(self, call: Call) -> Answer:
        ids = self.body(call).get("ids")
        if isinstance(ids, list) and 0 < len(ids) <= 100 and any(id not in call.organisation.records for id in ids):
            raise Refused(404, "그런 레코드가 없습니다.")
        return super().delete_records(call)
