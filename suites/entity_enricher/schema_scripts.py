"""Scripts: saved schemas, created, generated from samples, and edited as a text asks."""

from __future__ import annotations

from understudy.verify.session import Session

from .definition import suite
from .resource_calls import (
    NOBODY,
    SAMPLES,
    create_schema,
    fresh,
    list_records,
    model,
    stream_of,
)

PROMPT = "Add a property founded_decade of type integer."


@suite.script(
    "ee.list-schemas.all", "ee.list-schemas.schemas", "ee.list-schemas.id", "ee.transport.ids",
    "ee.transport.content-type-on-get", "ee.create-schema.creates", "ee.generate-schema.from-samples",
    "ee.generate-schema.streamed", "ee.generate-schema.job-id", "ee.edit-schema.edits", "ee.edit-schema.streamed",
    "ee.error.unknown-schema", "ee.job.stream-of-schema", "ee.list-records.type", "ee.list-records.filters",
)  # fmt: skip
def schemas_are_made_and_changed(session: Session) -> None:
    """The list as the document's sample asks for it; a schema that is created, one that is generated, an edit of the
    first, and whose records are listed among those of enrichments."""
    session.call("listSchemas", headers={"content-type": "application/json"})
    id = create_schema(session, fresh(session, "회사 🏢 스키마"), tags=["이해", "cafe\u0301"])
    session.call("listSchemas")
    stream_of(session, session.call("generateSchema", body={"entity_samples": list(SAMPLES), "model": model(session)}))
    stream_of(session, session.call("editSchema", path={"id": id}, body={"prompt": PROMPT, "model": model(session)}))
    if session.embedded:
        session.call("listSchemas")
    session.call("editSchema", path={"id": NOBODY}, body={"prompt": PROMPT, "model": model(session)})
    list_records(session, type="enrichment", page_size=10)
