"""A lawful call of each operation on schemas, records, attachments and keys, for generated cases to vary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from understudy.verify.session import Session
from understudy.verify.suite import Arranged

from .resource_calls import (
    COMPANIES,
    CONTENT,
    SAMPLES,
    File,
    batch,
    create_schema,
    download,
    encoded,
    fresh,
    get_record,
    list_records,
    model,
    organisation,
    upload_base64,
)


def _record(session: Session) -> str:
    here = [record.id for record in organisation(session).records.values() if record.gone is False]
    return here[0] if here else batch(session, COMPANIES[:1])[0].id


def _attachment(session: Session) -> str:
    here = [each.id for each in organisation(session).attachments.values() if each.gone is False]
    return here[0] if here else upload_base64(session, File("무대.txt", "무대 🎪".encode()))


def _new_schema(session: Session) -> Arranged:
    name = fresh(session, "꾸민 스키마 🎭")
    return Arranged(body={"name": name, "schema_content": dict(CONTENT), "tags": ["꼬리표"], "is_pinned": False})


def _edit(session: Session) -> Arranged:
    known = [schema.id for schema in organisation(session).schemas.values() if schema.ours]
    id = known[0] if known else create_schema(session, fresh(session, "고칠 스키마"))
    prompt = "Add a property founded_decade of type integer."
    return Arranged({"id": id}, body={"prompt": prompt, "model": model(session)})


def _upload_base64(session: Session) -> Arranged:
    return Arranged(body=encoded(File("꾸민 파일.txt", "안녕 🙂".encode())))


LAWFUL: Mapping[str, Callable[[Session], Arranged | None]] = {
    "listSchemas": lambda session: Arranged(),
    "createSchema": _new_schema,
    "generateSchema": lambda session: Arranged(body={"entity_samples": list(SAMPLES), "model": model(session)}),
    "editSchema": _edit,
    "listRecords": lambda session: Arranged(),
    "getRecord": lambda session: Arranged({"id": _record(session)}),
    "deleteRecords": lambda session: Arranged(body={"ids": [_record(session)], "hard_delete": False}),
    "uploadAttachmentBase64": _upload_base64,
    "downloadAttachment": lambda session: Arranged({"id": _attachment(session)}),
    "deleteAttachment": lambda session: Arranged({"id": _attachment(session)}),
    "createApiKey": lambda session: Arranged(body={"name": fresh(session, "꾸민 열쇠"), "scopes": ["read"]}),
}

REFERENCES = frozenset(
    (
        *("schema_id", "models", "model", "arbitration_model", "classification_model"),
        *("languages", "attachment_ids", "result_ids", "strategy"),
    )
)
"""Members of bodies that name what has to exist, so that a generated body takes them from a lawful one."""


def fitted(lawful: Arranged, body: Any) -> Any:
    """A generated body that names only what there is, under a name that can be recognised."""
    if not isinstance(body, dict) or not isinstance(lawful.body, dict):
        return body
    kept = {name: value for name, value in body.items() if name not in REFERENCES}
    kept |= {name: value for name, value in lawful.body.items() if name in REFERENCES and name in body}
    if isinstance(body.get("name"), str):
        kept["name"] = f"{lawful.body['name']} {body['name']}"
    return kept


def reread(session: Session) -> None:
    """Read back what the derived cases, calls without access and unlawful ones, must have left alone."""
    if not session.embedded:
        return
    known = organisation(session)
    session.call("listSchemas")
    list_records(session, 9, page_size=50)
    for record in [each for each in known.records.values() if each.gone is False][:3]:
        get_record(session, record.id)
    for attachment in [each for each in known.attachments.values() if each.gone is False][:3]:
        download(session, attachment.id)
