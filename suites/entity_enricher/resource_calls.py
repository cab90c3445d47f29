"""What scripts about schemas, records, attachments and keys are made of."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from understudy.verify.judge import Judge
from understudy.verify.reading import Reading
from understudy.verify.session import Session, Unmet

from .attachments import told_attachments
from .outcomes import NOBODYS
from .resources import ResourceRules
from .schemas import told_schema
from .world import KnownRecord, Organisation

BOUNDARY = "understudy-7b1f4c9e02d84a63"
NOBODY = f"{NOBODYS}0001"
COMPANIES = (
    {"name": "Pfizer Inc", "country": "US"},
    {"name": "Roche", "country": "CH"},
    {"name": "삼성전자", "country": "KR"},
)
SAMPLES = (
    {"name": "세종호텔 🏨", "rooms": 333, "open": True},
    {"name": "Hotel Büro", "rooms": 12, "stars": 4.5},
)
CONTENT: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Company",
    "description": "회사 🏢: a company",
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "industry": {"type": "string", "description": "업종"},
        "employees": {"type": ["integer", "null"]},
    },
    "required": ["name"],
}
UNOBSERVABLE: Mapping[str, str] = {
    "ee.transport.origin": "an instance under test stands elsewhere, by its nature: the target says where",
    "ee.docs.interactive": "the document does not say where the interactive documentation is",
    "ee.docs.admin": "it takes an administrator's login, and the document does not say where that is",
    "ee.upload.all-or-none": "no operation lists attachments, so that one whose id was never told does not show",
}
EMBEDDED_LIMITS: Mapping[str, Any] = {
    "attachment_bytes": 300_000,
    "body_bytes": 1_000_000,
    "kept_attachment_bytes": 2_500_000,
    "kept_keys": 30,
    "kept_records": 130,
    "kept_schemas": 90,
    "page_size_max": 60,
    "page_size_default": 20,
    "wait_seconds": 1,
}


class File(NamedTuple):
    """A file to upload. ``media_type`` of None is not told."""

    name: str
    data: bytes
    media_type: str | None = "text/plain"


def affordable(session: Session, limit: str, most: int) -> int:
    """A limit that can be reached in so many calls or bytes. Raises `Unmet` when it cannot."""
    value = session.limit(limit)
    if not isinstance(value, int) or value > most:
        raise Unmet(f"the limit {limit} is {value}, which is too much to reach")
    return value


def fresh(session: Session, text: str) -> str:
    """A name that nothing has yet: the session's label, how many calls there were, and ``text``."""
    return f"{session.label} {len(session.readings)} {text}"


def rules(judge: Judge) -> ResourceRules:
    assert isinstance(judge, ResourceRules)
    return judge


def organisation(session: Session) -> Organisation:
    """What is known of the organisation that the script calls for."""
    return rules(session.judge).world.organisation(session.credential())


def form(files: Iterable[File]) -> dict[str, Any]:
    """The parts of a call that uploads files: a body of multipart/form-data (RFC 7578) and its Content-Type."""
    return {"raw": _form(files), "headers": {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}}


def _form(files: Iterable[File]) -> bytes:
    body = bytearray()
    for file in files:
        name = file.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'.encode()
        if file.media_type is not None:
            body += f"Content-Type: {file.media_type}\r\n".encode()
        body += b"\r\n" + file.data + b"\r\n"
    return bytes(body) + f"--{BOUNDARY}--\r\n".encode()


def upload(session: Session, *files: File) -> list[str]:
    """The ids of new attachments. Raises `Unmet` when the target stored none."""
    reading = session.call("uploadAttachments", **form(files))
    return _ids(reading, f"{len(files)} files in multipart/form-data")


def upload_base64(session: Session, file: File) -> str:
    """The id of a new attachment. Raises `Unmet` when the target stored none."""
    return _ids(session.call("uploadAttachmentBase64", body=encoded(file)), "a file as base64")[0]


def encoded(file: File) -> dict[str, Any]:
    body = {"content_base64": base64.b64encode(file.data).decode(), "filename": file.name}
    return body | ({} if file.media_type is None else {"media_type": file.media_type})


def download(session: Session, id: str, **parts: Any) -> Reading:
    return session.call("downloadAttachment", path={"id": id}, **parts)


def delete_attachment(session: Session, id: str, **parts: Any) -> Reading:
    return session.call("deleteAttachment", path={"id": id}, **parts)


def create_schema(session: Session, name: str, content: Mapping[str, Any] = CONTENT, **more: Any) -> str:
    """The id of a new schema. Raises `Unmet` when the target made none."""
    reading = session.call("createSchema", body={"name": name, "schema_content": content, **more})
    id = told_schema(reading.value).get("id")
    if reading.succeeded and isinstance(id, str) and id:
        return id
    raise Unmet(f"the target did not create a schema: it answered {_said(reading)}")


def schema_id(session: Session) -> str:
    """A schema to enrich companies with: one that was made here, or else the first of the list."""
    known = organisation(session).schemas
    if not known:
        session.call("listSchemas")
    made = sorted(known.values(), key=lambda schema: not schema.ours)
    if not made:
        raise Unmet("the target has no saved schema")
    return made[0].id


def model(session: Session) -> str:
    """A model that the options list. Raises `Unmet` when they list none."""
    options = getattr(session.judge, "options", None)
    if not getattr(options, "models", None):
        session.call("getOptions")
    listed: list[str] = getattr(options, "models", [])
    if not listed:
        raise Unmet("the target's options list no available model")
    return listed[0]


def batch(
    session: Session,
    entities: Sequence[Mapping[str, Any]],
    headers: Mapping[str, str | None] | None = None,
    **more: Any,
) -> list[KnownRecord]:
    """The records that a batch with one model left. Raises `Unmet` when there are none."""
    body = {"entities": list(entities), "schema_id": schema_id(session), "models": [model(session)], **more}
    reading = session.call("startBatch", body={**body, "strategy": "multi_expertise"})
    job_id = reading.member("job_id")
    if not reading.succeeded or not isinstance(job_id, str):
        raise Unmet(f"the target did not start a batch: it answered {_said(reading)}")
    session.call("streamJob", path={"job_id": job_id}, headers=headers)
    if session.embedded:
        session.advance(60)  # a stream is read at once there, and the next job is to begin when this one has ended
    left = [each for each in organisation(session).records.values() if each.job_id == job_id and each.gone is False]
    if not left:
        raise Unmet("the stream of the batch told of no record")
    return left


def list_records(session: Session, most: int = 1, credential: str | None = None, **query: Any) -> Reading:
    """A list of records, at most ``most`` pages of it; the last of them."""
    for page in range(1, most + 1):
        asked = query if page == 1 else {**query, "page": page}
        reading = session.call("listRecords", query=asked, credential=credential)
        listed = reading.member("records")
        if not isinstance(listed, list) or len(listed) < query.get("page_size", 1):
            break
    return reading


def get_record(session: Session, id: str, **parts: Any) -> Reading:
    return session.call("getRecord", path={"id": id}, **parts)


def delete_records(session: Session, ids: Sequence[str], credential: str | None = None, **more: Any) -> Reading:
    return session.call("deleteRecords", body={"ids": list(ids), **more}, credential=credential)


def stream_of(session: Session, started: Reading) -> Reading | None:
    """The stream of the job that was started, None when none was."""
    job_id = started.member("job_id")
    if not started.succeeded or not isinstance(job_id, str) or not job_id:
        return None
    return session.call("streamJob", path={"job_id": job_id})


def embedded_only(session: Session, why: str = "is only observed or assumed") -> None:
    """Raise `Unmet` unless the target is embedded: another one is spared what is not worth its calls."""
    if not session.embedded:
        raise Unmet(f"it {why}; left out to spare the target's calls")


def _ids(reading: Reading, what: str) -> list[str]:
    ids = [str(entry["id"]) for entry in told_attachments(reading.value)]
    if reading.succeeded and ids:
        return ids
    raise Unmet(f"the target did not store {what}: it answered {_said(reading)}")


def _said(reading: Reading) -> str:
    return f"status {reading.status}" if reading.status else "nothing"


def sizes(limit: int) -> Iterator[int]:
    """Lengths of files that naive code breaks: around powers of two, and of every remainder by three."""
    near = {2**power + by for power in (0, 1, 2, 8, 10, 12, 14, 16, 18) for by in (-1, 0, 1)}
    yield from sorted(length for length in near if length <= limit)
