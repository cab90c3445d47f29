"""Scripts: what is only observed or assumed of schemas, records, attachments and keys, asked of embedded mocks only."""

from __future__ import annotations

from typing import Any

from understudy.verify.session import UNKNOWN_CREDENTIAL, Session

from .definition import suite
from .record_scripts import many_records
from .resource_calls import (
    COMPANIES,
    CONTENT,
    NOBODY,
    SAMPLES,
    File,
    affordable,
    batch,
    create_schema,
    delete_records,
    embedded_only,
    encoded,
    form,
    fresh,
    get_record,
    list_records,
    model,
    organisation,
    stream_of,
    upload_base64,
)

EXPERT: dict[str, Any] = {
    "type": "object",
    "title": "영화 🎬",
    "x-expertiseDomains": {"art": {"name": "예술", "description": "무엇을 다루는가"}},
    "properties": {"제목": {"type": "string", "expertise": "art"}, "year": {"type": "integer"}},
}
NOT_OBJECTS: tuple[dict[str, Any], ...] = (
    {"type": "array"},
    {"type": "object", "properties": {"a": {"$ref": "https://schemas.example.com/other.json"}}},
)


@suite.script(
    "ee.create-schema.name-taken", "ee.schema.content-domains", "ee.schema.content-local",
    "ee.error.bad-schema-content",
    "ee.generate-schema.saved", "ee.edit-schema.saved", "ee.edit-schema.cannot", "ee.error.too-many-samples",
    "ee.record.type-names",
)  # fmt: skip
def rare_schemas(session: Session) -> None:
    """Names that are taken, domains of expertise, contents that are no schemas, edits that cannot be made."""
    embedded_only(session)
    name = fresh(session, "같은 이름")
    create_schema(session, name, tags=["하나"], is_pinned=True)
    create_schema(session, name)
    expert = session.call("createSchema", body={"name": fresh(session, "영화"), "schema_content": EXPERT})
    session.note(expert.expect("ee.schema.content-domains", expert.succeeded, "status 200", expert.status, "status"))
    for content in NOT_OBJECTS:
        bad = session.call("createSchema", body={"name": fresh(session, "아님"), "schema_content": content})
        session.note(bad.expect("ee.error.bad-schema-content", bad.status == 400, "status 400", bad.status, "status"))
    session.note(bad.expect("ee.schema.content-local", not bad.succeeded, "a refusal", bad.status, "status"))
    stream_of(session, session.call("generateSchema", body={"entity_data": SAMPLES[0]}))
    path = {"id": str(expert.member("id"))}
    stream_of(
        session, session.call("editSchema", path=path, body={"prompt": "Add a property film_length of type number."})
    )
    stream_of(session, session.call("editSchema", path=path, body={"prompt": "노래를 불러 줘 🎵"}))
    session.call("listSchemas")
    for record in list(organisation(session).records.values()):
        get_record(session, record.id)
    many = affordable(session, "generation_samples", 1000) + 1
    session.call("generateSchema", body={"entity_samples": [SAMPLES[0]] * many})
    for kind in ("schema_generation", "schema_edit", "enrichment"):
        list_records(session, type=kind, page_size=5)


@suite.script(
    "ee.list-records.success", "ee.list-records.search", "ee.list-records.model", "ee.list-records.job-id",
    "ee.list-records.entity-id", "ee.list-records.since", "ee.list-records.sort", "ee.list-records.unknown-query",
    "ee.list-records.filters-together", "ee.list-records.beyond", "ee.error.page-size",
)  # fmt: skip
def rare_lists(session: Session) -> None:
    """Every filter and order, alone and together, over two batches."""
    embedded_only(session)
    records = batch(session, COMPANIES)
    session.elapse(4)
    records += batch(session, [session.target.fixtures.get("failing_entity", COMPANIES[0]), COMPANIES[1]])
    shown = get_record(session, records[0].id).value or {}
    queries: list[dict[str, Any]] = [
        {"success": "true"}, {"success": "false"}, {"search": "ROCHE"}, {"search": "삼성"}, {"search": "없는 이름"},
        {"model": model(session)}, {"model": "openai::없는-모델"}, {"job_id": records[0].job_id}, {"job_id": NOBODY},
        {"entity_id": shown.get("entity_id")}, {"since": shown.get("created_at")}, {"since": "2999-01-01T00:00:00Z"},
        {"sort_by": "entity_name", "sort_order": "asc"}, {"sort_by": "model_name"}, {"sort_order": "asc"},
        {"type": "enrichment", "success": "true", "job_id": records[0].job_id}, {"type": "없는 종류"}, {"색": "푸른"},
    ]  # fmt: skip
    for query in queries:
        list_records(session, 4, page_size=2, **query)
        list_records(session, **query)
    list_records(session, 1, page_size=2, page=99)
    for unlawful in ({"page_size": 0}, {"page": 0}, {"page_size": "많이"}, {"page_size": 10**6}, {"since": "어제"}):
        list_records(session, **unlawful)


@suite.script("ee.limit.kept-records", "ee.delete-records.hard-delete", "ee.delete-records.unknown-ids")
def more_records_than_are_kept(session: Session) -> None:
    """The oldest records are forgotten; deletions pass over what is not there."""
    embedded_only(session)
    kept = affordable(session, "kept_records", 1000)
    ids = many_records(session, kept + 1)
    list_records(session, 20, page_size=session.limit("page_size_max"))
    oldest, newest = get_record(session, ids[0]), get_record(session, ids[-1])
    held = oldest.status == 404 and newest.succeeded
    session.note(oldest.expect("ee.limit.kept-records", held, "that the oldest is gone", oldest.status, "status"))
    delete_records(session, [NOBODY, ids[-1], ids[-2]], hard_delete=True)
    delete_records(session, [ids[-3], NOBODY, ids[-3]])
    for id in ids[-4:]:
        get_record(session, id)
    bodies: tuple[dict[str, Any], ...] = ({"ids": []}, {"ids": [1]}, {"ids": "모두"})
    for body in bodies:
        session.call("deleteRecords", body=body)


@suite.script(
    "ee.error.attachment-too-large", "ee.error.attachments-full", "ee.error.bad-base64", "ee.upload-base64.alphabet",
    "ee.upload-base64.media-type", "ee.upload.duplicates",
)  # fmt: skip
def rare_files(session: Session) -> None:
    """What is no base64, files without a media type, files that are too large, and more than there is room for."""
    embedded_only(session)
    for content in ("한글", "YQ", "YQ==\n", "Y Q==", "YQ==YQ==", "YWI_"):
        bad = session.call("uploadAttachmentBase64", body={"content_base64": content, "filename": "틀림.txt"})
        refused = bad.status == 400
        session.note(bad.expect("ee.upload-base64.alphabet", refused, "status 400", bad.status, "status"))
    for _ in range(2):
        upload_base64(session, File("같은 파일", b"", None))
    most, room = affordable(session, "attachment_bytes", 2**20), affordable(session, "kept_attachment_bytes", 2**23)
    large = File("너무 큰.bin", bytes(most + 1), None)
    session.call("uploadAttachmentBase64", body=encoded(large))
    several = session.call("uploadAttachments", **form([File("작은.txt", b"1"), large]))
    status = several.status
    session.note(several.expect("ee.error.attachment-too-large", status == 413, "status 413", status, "status"))
    for _ in range(room // most + 1):
        last = session.call("uploadAttachments", **form([large._replace(data=bytes(most))]))
    session.note(last.expect("ee.error.attachments-full", last.status == 413, "status 413", last.status, "status"))
    session.call("uploadAttachments", **form([]))


@suite.script("ee.error.too-many-schemas", "ee.error.too-many-keys")
def as_many_as_are_kept(session: Session) -> None:
    """One schema and one key more than an organisation may have."""
    embedded_only(session)
    for _ in range(affordable(session, "kept_keys", 100) + 1):
        key = session.call("createApiKey", body={"name": fresh(session, "열쇠")})
    session.note(key.expect("ee.error.too-many-keys", key.status == 400, "status 400", key.status, "status"))
    for _ in range(affordable(session, "kept_schemas", 200) + 1):
        schema = session.call("createSchema", body={"name": fresh(session, "많은"), "schema_content": CONTENT})
        if not schema.succeeded:
            break
    session.note(
        schema.expect("ee.error.too-many-schemas", schema.status == 400, "status 400", schema.status, "status")
    )


@suite.script(
    "ee.transport.content-type-missing", "ee.transport.unknown-members", "ee.transport.id-segment",
    "ee.auth.whole-value",
    "ee.error.precedence", "ee.error.unknown-path", "ee.error.method-not-allowed", "ee.error.unsupported-media-type",
    "ee.error.request-timeout", "ee.error.body-too-large",
)  # fmt: skip
def rare_requests(session: Session) -> None:
    """Requests at the edge: of the path, of the key, of the media type, of the body."""
    embedded_only(session)
    body: dict[str, Any] = {"name": fresh(session, "가장자리"), "schema_content": CONTENT, "모르는 것": [None]}
    session.call("createSchema", body=body, headers={"content-type": None})
    for kind in ("text/plain", "multipart/form-data; boundary=x"):
        session.call("createSchema", body=body, headers={"content-type": kind})
    session.call("uploadAttachments", raw=b"{}", headers={"content-type": "application/json"})
    whole = session.call("listSchemas", headers={"x-api-key": f"Bearer {session.credential()}"})
    session.note(whole.expect("ee.auth.whole-value", whole.status == 401, "status 401", whole.status, "status"))
    session.call("createSchema", raw=b"{", headers={"x-api-key": None})
    session.call("getRecord", path={"id": NOBODY}, credential=UNKNOWN_CREDENTIAL)
    for target in ("/api/records/", "/api/%EC%97%86%EC%9D%8C", "/", "/api/schema/saved/"):
        session.call("listSchemas", target=target)
    dots = session.call("listSchemas", target="/api/records/%2E%2E")
    session.note(dots.expect("ee.transport.id-segment", not dots.succeeded, "a refusal", dots.status, "status"))
    get_record(session, "한글/과 ?#%2F 빗금")
    for method in ("PATCH", "DELETE", "PUT"):
        session.call("listSchemas", method=method)
    length = affordable(session, "body_bytes", 2**22)
    long = session.call("createSchema", body={**body, "name": "가" * (length // 3 + 1)})
    session.note(long.expect("ee.error.body-too-large", long.status == 413, "status 413", long.status, "status"))
    request = session.request("createSchema", body=body)
    late = session.judged(session.gate.stall(request, affordable(session, "wait_seconds", 5) + 5))
    session.note(late.expect("ee.error.request-timeout", late.status == 408, "status 408", late.status, "status"))
