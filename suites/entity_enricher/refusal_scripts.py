"""Scripts: requests that lack a field, name no model, or name what does not exist."""

from __future__ import annotations

from typing import Any

from understudy.verify.session import Session

from .definition import suite
from .resource_calls import COMPANIES, NOBODY, create_schema, embedded_only, fresh, model, organisation, schema_id
from .unlawful import NOBODYS_MODEL


@suite.script(
    "ee.error.bad-model-key", "ee.error.missing-field", "ee.error.unknown-schema", "ee.error.bad-request",
    "ee.model-key.form",
)  # fmt: skip
def wrong_requests_are_refused(session: Session) -> None:
    """Lawful requests, each with one thing wrong: a field is missing, a model key is none, a schema does not exist."""
    whole: dict[str, Any] = {
        "entity_data": COMPANIES[0],
        "schema_id": schema_id(session),
        "models": [model(session)],
        "strategy": "multi_expertise",
    }
    session.call("startEnrichment", body={**whole, "models": [model(session), "understudy-nobodys-model"]})
    for member in ("models", "schema_id", "entity_data"):
        session.call("startEnrichment", body={name: value for name, value in whole.items() if name != member})
    session.call("startEnrichment", body={**whole, "schema_id": NOBODY})
    session.call("startEnrichment", raw=b'{"entity_data": ', headers={"content-type": "application/json"})
    many = {**whole, "entities": [COMPANIES[1]]}
    del many["entity_data"]
    session.call("startBatch", body={**many, "schema_id": NOBODY})
    session.call("startBatch", body={name: value for name, value in many.items() if name != "entities"})
    session.call("deleteRecords", body={})
    session.call("uploadAttachmentBase64", body={"filename": "내용 없음.txt"})
    own = [schema.id for schema in organisation(session).schemas.values() if schema.ours]
    session.call("editSchema", path={"id": own[0] if own else whole["schema_id"]}, body={})


@suite.script("ee.error.bad-model-key-unknown", "ee.error.bad-value", "ee.error.unknown-attachment")
def rarely_wrong_requests(session: Session) -> None:
    """Wrong in ways that the document does not speak of."""
    embedded_only(session)
    id = create_schema(session, fresh(session, "틀린 요청"))
    one: dict[str, Any] = {"entity_data": COMPANIES[0], "schema_id": id, "models": [NOBODYS_MODEL]}
    for operation in ("startEnrichment", "enrich"):
        session.call(operation, body=one)
        session.call(operation, body={**one, "models": [model(session)], "schema_id": NOBODY})
    session.call("editSchema", path={"id": NOBODY}, body={"prompt": "설립 연도를 추가해 줘"})
    session.call("downloadAttachment", path={"id": NOBODY})
    session.call("deleteAttachment", path={"id": NOBODY})
