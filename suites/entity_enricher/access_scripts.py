"""Scripts: nothing without a valid key, nothing beyond what a key permits, nothing of another organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.verify.session import UNKNOWN_CREDENTIAL, Session, Unmet

from .access import READING
from .definition import suite
from .keys import created_key
from .resource_calls import (
    COMPANIES,
    CONTENT,
    NOBODY,
    SAMPLES,
    File,
    batch,
    create_schema,
    delete_attachment,
    delete_records,
    download,
    embedded_only,
    encoded,
    form,
    fresh,
    get_record,
    list_records,
    model,
    organisation,
    schema_id,
    upload_base64,
)

NOTE = File("자물쇠.txt", "잠긴 글 🔒".encode())
Parts = Mapping[str, Any]


@suite.script(
    "ee.auth.required", "ee.auth.header", "ee.auth.on-stream", "ee.error.missing-key", "ee.error.wrong-key",
    "ee.error.detail", "ee.error.detail-readable", "ee.transport.json", "ee.auth.organisation", "ee.auth.isolation",
    "ee.auth.kinds", "ee.error.forbidden",
)  # fmt: skip
def nothing_without_a_key(session: Session) -> None:
    """Every operation without a key, with a wrong one, and with one that permits nothing; what was made here with the
    key of another organisation; then that none of these calls had an effect is looked at."""
    record, file = _record(session), _file(session)
    calls = lawful_calls(session, record, file)
    forms = wrong_keys(session)
    for place, (operation, parts) in enumerate(calls.items()):
        headers = {**parts.get("headers", {}), session.judge.credential_header: None}
        session.call(operation, **{**parts, "headers": headers})
        for key in forms if session.embedded else (forms[place % len(forms)],):
            session.call(operation, **parts, credential=key)
        if session.target.values("no_permission"):
            session.call(operation, **parts, role="no_permission")
    try:
        _as_a_stranger(session, record, file)
    finally:
        session.call("listSchemas")
        if record:
            get_record(session, record)
        if file:
            download(session, file)


def _as_a_stranger(session: Session, record: str | None, file: str | None) -> None:
    """Raises `Unmet` where the target has one organisation alone."""
    stranger = session.credential(account="stranger")
    if session.embedded:
        create_schema(session, fresh(session, "내 스키마 🔒"))
    session.call("listSchemas", credential=stranger)
    if record:
        get_record(session, record, credential=stranger)
        list_records(session, page_size=10, credential=stranger)
        delete_records(session, [record], credential=stranger)
        job = organisation(session).records[record].job_id
        session.call("streamJob", path={"job_id": job}, credential=stranger)
    if file:
        download(session, file, credential=stranger)
        delete_attachment(session, file, credential=stranger)


@suite.script("ee.error.forbidden-write", "ee.auth.scopes", "ee.auth.scope-of-operations", roles=("read_only",))
def a_key_that_may_read(session: Session) -> None:
    """Operations by a key that may read alone: what reads is answered, what writes is refused."""
    for operation, parts in lawful_calls(session, NOBODY, NOBODY).items():
        if session.embedded or operation == "createSchema":
            session.call(operation, **parts, role="read_only")


@suite.script("ee.error.internal", roles=("internal_error",))
def a_key_for_which_the_instance_fails(session: Session) -> None:
    """Operations by a key for which the instance fails inside: all of an embedded mock, one of another target."""
    for operation, parts in lawful_calls(session, NOBODY, NOBODY).items():
        if session.embedded or operation == "listSchemas":
            session.call(operation, **parts, role="internal_error")


@suite.script("ee.create-api-key.creates", "ee.auth.form", "ee.auth.kinds", "ee.error.forbidden")
def a_created_key_is_a_key(session: Session) -> None:
    """A key that may read is created, and used to read and to write."""
    body = {"name": fresh(session, "읽기 열쇠 🔑"), "scopes": ["read"], "expires_in_days": 1}
    key = created_key(session.call("createApiKey", body=body).value)
    if key is None:
        raise Unmet("the target answered no key")
    session.call("listSchemas", credential=key)
    if session.embedded or not session.target.values("no_permission"):
        body = {"name": fresh(session, "쓰지 못함"), "schema_content": CONTENT}
        session.call("createSchema", body=body, credential=key)


@suite.script("ee.create-api-key.works", "ee.error.expired-key", "ee.create-api-key.expires-in-days", clock=True)
def keys_of_every_kind(session: Session) -> None:
    """Keys of every role and scope, until they expire."""
    embedded_only(session)
    for role, scopes, days in (("owner", ["read", "write"], None), ("operator", ["write"], 30), (None, ["read"], 2)):
        body = {"name": fresh(session, "열쇠 🗝️"), "role": role, "scopes": scopes, "expires_in_days": days}
        key = created_key(session.call("createApiKey", body=body).value)
        for operation, parts in lawful_calls(session, NOBODY, NOBODY).items():
            if key is not None and operation in (*READING, "createSchema", "deleteRecords", "createApiKey"):
                session.call(operation, **parts, credential=key)
        session.advance(86_400 * 2 + 1)
        session.call("listSchemas", credential=key or UNKNOWN_CREDENTIAL)
    session.call("createApiKey", body={"name": fresh(session, "이름뿐")})


def lawful_calls(session: Session, record: str | None, file: str | None) -> dict[str, Parts]:
    """A lawful call of every operation. What their paths name exists, where the target could be made to have it."""
    known = organisation(session)
    schema, key = schema_id(session), model(session)
    own = next((each.id for each in known.schemas.values() if each.ours), schema)
    job = next(iter(known.jobs), NOBODY)
    one = {"schema_id": schema, "models": [key], "strategy": "multi_expertise"}
    many, url = {**one, "entities": list(COMPANIES[:1])}, {"url": "https://data.example.com/companies.json"}
    calls: dict[str, Parts] = {
        "getOptions": {},
        "startEnrichment": {"body": {**one, "entity_data": COMPANIES[0]}},
        "enrich": {"body": {**one, "entity_data": COMPANIES[0]}},
        "startBatch": {"body": many},
        "fetchEntities": {"body": url},
        **({"startBatchShort": {"body": many}, "fetchEntitiesShort": {"body": url}} if session.embedded else {}),
        "streamJob": {"path": {"job_id": job}},
        "cancelJob": {"path": {"job_id": job}},
        "continueJob": {"path": {"job_id": job}},
        "listSchemas": {},
        "createSchema": {"body": {"name": fresh(session, "없어야 할 것"), "schema_content": CONTENT}},
        "generateSchema": {"body": {"entity_samples": list(SAMPLES), "model": key}},
        "editSchema": {"path": {"id": own}, "body": {"prompt": "Add a property no_key of type string.", "model": key}},
        "listRecords": {},
        "getRecord": {"path": {"id": record or NOBODY}},
        "deleteRecords": {"body": {"ids": [record or NOBODY]}},
        "mergeRecords": {"body": {"result_ids": [record or NOBODY, f"{NOBODY[:-1]}2"]}},
        "uploadAttachments": form([NOTE]),
        "uploadAttachmentBase64": {"body": encoded(NOTE)},
        "downloadAttachment": {"path": {"id": file or NOBODY}},
        "deleteAttachment": {"path": {"id": file or NOBODY}},
        "createApiKey": {"body": {"name": fresh(session, "없어야 할 열쇠"), "scopes": ["read"]}},
    }
    return calls


def wrong_keys(session: Session) -> list[str]:
    """Keys that nobody gave out: in the right form and in others, and such as are nearly a good one."""
    good = session.target.values("good")[0]
    return [
        f"ent_{UNKNOWN_CREDENTIAL}",
        *((good[:-1],) if len(good) > 1 else ()),
        UNKNOWN_CREDENTIAL,
        f"{UNKNOWN_CREDENTIAL}{good}",
        f"{good}/{UNKNOWN_CREDENTIAL}",
    ]


def _record(session: Session) -> str | None:
    try:
        return batch(session, COMPANIES[1:2])[0].id
    except Unmet:
        return None


def _file(session: Session) -> str | None:
    try:
        return upload_base64(session, NOTE)
    except Unmet:
        return None
