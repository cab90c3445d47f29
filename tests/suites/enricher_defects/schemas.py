"""Defects in saved schemas: listed, created, generated and edited."""

from __future__ import annotations

from typing import Any

from tests.suites.enricher_defects.forms import answering, changed, each, renamed, without
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Answer, Call, Event, Job, Organisation, Refused, Schema

# Listing schemas

breaks("list-schemas.schemas")(answering("ListsSchemasAsItems", "list_schemas", renamed("schemas", "items")))
breaks("list-schemas.schemas", "list-schemas.all")(
    answering("ListsSchemasAlone", "list_schemas", lambda value: value["schemas"])
)
breaks("list-schemas.schemas")(
    answering(
        "ListsSchemasByName",
        "list_schemas",
        changed(schemas=lambda schemas: {schema["name"]: schema for schema in schemas}),
    )
)
breaks("list-schemas.id")(answering("ListsSchemasWithoutIds", "list_schemas", each("schemas", without("id"))))
breaks("list-schemas.id")(answering("CallsIdsOfSchemasUuid", "list_schemas", each("schemas", renamed("id", "uuid"))))
breaks("list-schemas.id", "transport.ids")(
    answering("NumbersSchemas", "list_schemas", each("schemas", changed(id=lambda id: int(id[:8], 16))))
)


@breaks("enrichment.schema-id-from-list", "list-schemas.id", "error.unknown-schema", "quick-start.schema", rare=True)
class ListsIdsThatAreNone(Provider):
    """The ids of the list are not those that an enrichment takes."""

    def schema_entry(self, schema: Schema) -> Any:
        return {**super().schema_entry(schema), "id": f"saved-{schema.id}"}

    def whole(self, schema: Schema) -> Any:
        return {**super().whole(schema), "id": schema.id}


@breaks("enrichment.schema-id-from-list", "quick-start.schema", rare=True)
class TakesItsFirstSchemaOnly(Provider):
    def schema_to_use(self, call: Call, id: str) -> Schema:
        found = super().schema_to_use(call, id)
        if call.operation != "edit_schema" and found is not next(iter(call.organisation.schemas.values())):
            raise self.no_schema()
        return found


@breaks("list-schemas.all", "create-schema.creates")
class ListsSchemasAsTheyWereAtFirst(Provider):
    def listed_schemas(self, call: Call) -> list[Schema]:
        return super().listed_schemas(call)[:2]


@breaks("list-schemas.all", "create-schema.creates", rare=True)
class LeavesTheNewestSchemaOut(Provider):
    def listed_schemas(self, call: Call) -> list[Schema]:
        schemas = super().listed_schemas(call)
        return schemas[:-1] if len(schemas) > 2 else schemas


@breaks("list-schemas.all", "create-schema.creates", rare=True)
class ListsTheNewestSchemaLate(Provider):
    """A list that is read once more within three calls is the one from before."""

    read_at = -9
    before: list[Schema] | None = None

    def listed_schemas(self, call: Call) -> list[Schema]:
        if self.before is None or self.calls - self.read_at > 3:
            self.before, self.read_at = super().listed_schemas(call), self.calls
        return self.before


@breaks("list-schemas.all", "create-schema.creates", rare=True)
class ListsSchemasWithAsciiNamesOnly(Provider):
    def listed_schemas(self, call: Call) -> list[Schema]:
        return [schema for schema in super().listed_schemas(call) if schema.name.isascii() or schema.name == "회사"]


@breaks("list-schemas.all", "create-schema.creates", rare=True)
class LosesSchemasOnTheThirdCreation(Provider):
    def save(self, organisation: Organisation, name: str, content: dict[str, Any]) -> Schema:
        if len(organisation.schemas) > 3:
            organisation.schemas.pop(list(organisation.schemas)[2])
        return super().save(organisation, name, content)


# Creating them


@breaks("create-schema.creates")
class ForgetsNewSchemas(Provider):
    def create_schema(self, call: Call) -> Answer:
        answer = super().create_schema(call)
        call.organisation.schemas.popitem()
        return answer


@breaks("create-schema.creates")
class RefusesNewSchemas(Provider):
    def create_schema(self, call: Call) -> Answer:
        raise Refused(405, "만들 수 없습니다.")


@breaks("create-schema.name-taken", documented=False, rare=True, costly=True)
class OverwritesSchemasOfOneName(Provider):
    """A second schema of a name takes the place of the first: it has its id."""

    def save(self, organisation: Organisation, name: str, content: dict[str, Any]) -> Schema:
        for schema in organisation.schemas.values():
            if schema.name == name:
                schema.content = content
                return schema
        return super().save(organisation, name, content)


breaks("create-schema.whole", documented=False)(
    answering("AnswersAnotherContent", "create_schema", changed(schema_content={"type": "object"}))
)


# Generating and editing them

for operation, topic in (("generate_schema", "generate-schema"), ("edit_schema", "edit-schema")):
    documented = operation == "generate_schema"
    label = "Generation" if documented else "Edit"
    for suffix, change in (
        ("WithoutAJob", without("job_id")),
        ("WithAJobUnderId", renamed("job_id", "id")),
        ("WithANumberedJob", changed(job_id=17)),
    ):
        breaks(f"{topic}.job-id", documented=documented)(answering(f"Starts{label}{suffix}", operation, change))


@breaks("generate-schema.streamed", "job.stream-of-schema", "error.unknown-job", "generate-schema.job-id")
class HasNoStreamOfSchemaJobs(Provider):
    def stream_job(self, call: Call) -> Answer:
        if self.find_job(call).type.startswith("schema"):
            raise Refused(404, "그런 작업이 없습니다.")
        return super().stream_job(call)


@breaks("edit-schema.streamed", "job.stream-of-schema", "error.unknown-job", rare=True)
class HasNoStreamOfEdits(Provider):
    def stream_job(self, call: Call) -> Answer:
        if self.find_job(call).type == "schema_edit":
            raise Refused(404, "그런 작업이 없습니다.")
        return super().stream_job(call)


@breaks("generate-schema.from-samples")
class RefusesSamples(Provider):
    def samples(self, body: dict[str, Any]) -> list[Any]:
        raise Refused(404, "그런 경로가 없습니다.")


@breaks("generate-schema.describes", documented=False, rare=True)
class DescribesTheFirstSampleOnly(Provider):
    def generated(self, samples: list[Any]) -> dict[str, Any]:
        return {**super().generated(samples[:1]), "additionalProperties": False}


@breaks("generate-schema.saved", documented=False)
class DoesNotSaveWhatItGenerates(Provider):
    def schema_ends(self, job: Job, at: float, model: str, schema: Schema | None) -> Any:
        events = super().schema_ends(job, at, model, schema)
        if schema is not None and job.type == "schema_generation":
            job.organisation.schemas.pop(schema.id)
        return events


@breaks("edit-schema.edits")
class FindsNoSchemaToEdit(Provider):
    def edit_schema(self, call: Call) -> Answer:
        raise Refused(404, "그런 경로가 없습니다.")


@breaks("edit-schema.edits", "edit-schema.saved", documented=False, rare=True)
class EditsNothing(Provider):
    """The edit succeeds, and nothing is another way than before."""

    def edited(self, content: dict[str, Any], prompt: str) -> dict[str, Any] | None:
        return content


@breaks("edit-schema.saved", "schema.property-count", documented=False, rare=True)
class DoesNotSaveEdits(Provider):
    """What is edited is told, and forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, Any] = {}

    def schema_ends(self, job: Job, at: float, model: str, schema: Schema | None) -> Any:
        if schema is not None and job.type == "schema_edit":
            schema = Schema(schema.id, schema.name, self.told, 0.0, 0.0)
        return super().schema_ends(job, at, model, schema)

    def store_edit(self, schema: Schema, content: dict[str, Any]) -> None:
        self.told = content


@breaks("edit-schema.saved", "edit-schema.edits", documented=False, rare=True, costly=True)
class EditsAnotherSchema(Provider):
    def schema_to_use(self, call: Call, id: str) -> Schema:
        found = super().schema_to_use(call, id)
        return next(iter(call.organisation.schemas.values())) if call.operation == "edit_schema" else found


class SchemaJobs(Provider):
    """The streams of schema jobs are other than they should be."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        return self.of_schemas(events) if job.type.startswith("schema") else events

    def of_schemas(self, events: list[Event]) -> list[Event]:
        return events


@breaks("stream.one-terminal", "event.completed", rare=True)
class NeverCompletesSchemaJobs(SchemaJobs):
    def of_schemas(self, events: list[Event]) -> list[Event]:
        return events[:-1]


@breaks("stream.started-first", "event.model-started", rare=True)
class CompletesSchemaJobsFirst(SchemaJobs):
    def of_schemas(self, events: list[Event]) -> list[Event]:
        return [events[1], events[0], *events[2:]]


@breaks("event.model-completed", "stream.one-terminal", "generate-schema.streamed", rare=True)
class TellsOnlyTheEndOfSchemaJobs(SchemaJobs):
    def of_schemas(self, events: list[Event]) -> list[Event]:
        return []


@breaks("event.entity-batch-only", rare=True)
class TellsOfEntitiesInSchemaJobs(SchemaJobs):
    def of_schemas(self, events: list[Event]) -> list[Event]:
        begun = {**events[0], "type": "entity_started", "event": "entity_started", "entity_index": 0}
        ended = {**events[0], "type": "entity_completed", "event": "entity_completed", "entity_index": 0}
        return [begun, *events[:-1], ended, events[-1]]
