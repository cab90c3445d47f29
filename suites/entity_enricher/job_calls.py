"""Calls that the scripts of jobs share, and a lawful call of each of their operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from understudy.verify.reading import Reading
from understudy.verify.session import Session, Unmet
from understudy.verify.suite import Arranged

from .judge import EnricherJudge
from .options import DOCUMENTED_KEYS, SAMPLE_STRATEGY
from .world import KnownRecord, Organisation

MODERNA = {"name": "Moderna Inc", "country": "US"}
"""The entity of the document's Python sample."""
PFIZER, ROCHE = {"name": "Pfizer Inc", "country": "US"}, {"name": "Roche", "country": "CH"}
"""The entities of its bash sample."""
EXPERTS = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "회사 🏢",
    "type": "object",
    "x-expertiseDomains": {
        "identity": {"name": "정체 🪪", "description": "이름과 나라"},
        "business": {"name": "사업", "description": "하는 일"},
    },
    "properties": {
        "name": {"type": "string", "expertise": "identity"},
        "country": {"type": "string", "expertise": "identity"},
        "업종": {"type": "string", "expertise": "business"},
        "motto": {"type": "string", "expertise": "business"},
    },
    "required": ["name"],
}
"""A schema with two domains of expertise, some of whose names are not ASCII."""
AGAIN, HASTE = 3, 5.0
"""How often a stream is opened again whose job takes long, and how many seconds one is read for that never ends."""
TRIES, PATIENCE = 4, 3.0
"""How often a job is asked to go on that has yet to be paused, and how many seconds apart."""

UNOBSERVABLE: Mapping[str, str] = {}
EMBEDDED_LIMITS: Mapping[str, Any] = {"batch_entities": 20, "job_models": 3, "kept_jobs": 60}


def judge_of(session: Session) -> EnricherJudge:
    assert isinstance(session.judge, EnricherJudge)
    return session.judge


def organisation(session: Session) -> Organisation:
    """What is known of the organisation whose key the session calls with."""
    return judge_of(session).world.organisation(session.credential())


def models(session: Session, count: int = 1, skipped: int = 0) -> list[str]:
    """Models that are available, those that the document names first, but for as many as are ``skipped`` where there
    are others. Raises `Unmet` when there are not as many."""
    known = judge_of(session).options
    if not known.models:
        session.call("getOptions")
    named = [key for key in DOCUMENTED_KEYS if key in known.models]
    found = list(dict.fromkeys([*named, *known.models]))
    if not found:
        raise Unmet("the options name no model that is available")
    if len(found) < count:
        raise Unmet(f"it takes {count} models, and {len(found)} are available")
    return [*found[skipped:], *found][:count]


def strategy(session: Session) -> str:
    """The strategy of the samples, or the first that the target has where it has others."""
    known = judge_of(session).options.strategies
    return SAMPLE_STRATEGY if SAMPLE_STRATEGY in known or not known else known[0]


def schema_id(session: Session) -> str:
    """A schema of companies that was made here, or else the first of the list. Raises `Unmet` when there is none."""
    ours = [schema.id for schema in organisation(session).schemas.values() if schema.ours]
    return ours[0] if ours else listed_schemas(session)[0]


def listed_schemas(session: Session) -> list[str]:
    """The saved schemas of the list, in its order. Raises `Unmet` when there is none."""
    schemas = session.call("listSchemas").member("schemas")
    listed = [schema.get("id") for schema in schemas if isinstance(schema, dict)] if isinstance(schemas, list) else []
    found = [id for id in listed if isinstance(id, str) and id]
    return found or [created_schema(session)]


def created_schema(session: Session) -> str:
    """A schema with two domains of expertise, made for this session. Raises `Unmet` when none was made."""
    ours = [schema for schema in organisation(session).schemas.values() if schema.ours and schema.content == EXPERTS]
    if ours:
        return ours[0].id
    body = {"name": f"{session.label} 회사 🏢", "schema_content": EXPERTS}
    id = session.call("createSchema", body=body).member("id")
    if not isinstance(id, str) or not id:
        raise Unmet("no schema could be created")
    return id


def asking(
    session: Session, *entities: Mapping[str, Any], count: int = 1, skipped: int = 0, **more: Any
) -> dict[str, Any]:
    """The body of an enrichment by ``count`` models, of a batch where there are several entities."""
    subject = {"entities": list(entities)} if len(entities) > 1 else {"entity_data": entities[0]}
    body = {**subject, "schema_id": more.pop("schema_id", None) or schema_id(session)}
    return {**body, "models": models(session, count, skipped), "strategy": strategy(session), **more}


def started(session: Session, body: Mapping[str, Any], operation: str = "") -> str:
    """Start an enrichment; the id of its job. Raises `Unmet` when it was not started."""
    operation = operation or ("startBatch" if "entities" in body else "startEnrichment")
    reading = session.call(operation, body=body)
    id = reading.member("job_id")
    if not reading.succeeded or not isinstance(id, str) or not id:
        raise Unmet(f"{operation} was answered with status {reading.status} and no job_id")
    return id


def told(session: Session, job_id: str, **parts: Any) -> Reading:
    """Read the stream of a job. One that has not ended is read again, where that has ever helped."""
    streams = judge_of(session).streams
    request = session.request("streamJob", path={"job_id": job_id}, **parts)
    if streams.lingering:
        return session.judged(session.gate.stall(request, HASTE))
    reading = session.call("streamJob", path={"job_id": job_id}, **parts)
    for _ in range(AGAIN):
        if reading.status or streams.slow > AGAIN or job_state(session, job_id) == "paused" or streams.lingering:
            break
        session.call("getOptions")  # which shows that the target answers at all
        reading = session.call("streamJob", path={"job_id": job_id}, **parts)
    return reading


def told_together(session: Session, jobs: list[str]) -> None:
    """Read the streams of several jobs at the same time."""
    requests = [session.request("streamJob", path={"job_id": job_id}) for job_id in jobs]
    for observation in session.gate.overlap(requests):
        session.judged(observation)
    for job_id in jobs:
        if not job_state(session, job_id):
            told(session, job_id)


def job_state(session: Session, job_id: str) -> str:
    """What is known to have become of a job."""
    job = organisation(session).jobs.get(job_id)
    return job.outcome if job is not None else ""


def enriched(session: Session, body: Mapping[str, Any], **parts: Any) -> list[KnownRecord]:
    """Start an enrichment and read its stream; the records that it told of."""
    job_id = started(session, body)
    told(session, job_id, **parts)
    return records_of(session, job_id)


def records_of(session: Session, job_id: str) -> list[KnownRecord]:
    """The records that the stream of a job told of."""
    known = organisation(session)
    return [known.records[id] for id in known.jobs[job_id].records if id in known.records]


def read_back(session: Session, records: list[KnownRecord], **parts: Any) -> None:
    """Read records that were told of."""
    for record in records:
        session.call("getRecord", path={"id": record.id}, **parts)


def whole(records: list[KnownRecord]) -> list[KnownRecord]:
    """The records that hold the result of one model."""
    return [record for record in records if isinstance(record.told.get("result"), dict) and not record.fused]


def embedded_only(session: Session, why: str = "it is about what the document does not say") -> None:
    """Raise `Unmet` unless the target is embedded: another one is spared what is not worth its calls."""
    if not session.embedded:
        raise Unmet(f"{why}; such calls are made of embedded mocks only")


def _job(session: Session) -> str:
    known = list(organisation(session).jobs)
    return known[0] if known else started(session, asking(session, MODERNA))


def _arranged_job(session: Session) -> Arranged | None:
    try:
        return Arranged({"job_id": _job(session)})
    except Unmet:
        return None


def _arranged(*entities: Mapping[str, Any]) -> Callable[[Session], Arranged | None]:
    def arrange(session: Session) -> Arranged | None:
        try:
            return Arranged(body=asking(session, *entities))
        except Unmet:
            return None

    return arrange


def _arranged_merge(session: Session) -> Arranged | None:
    try:
        known = whole([record for record in organisation(session).records.values() if record.gone is False])
        if len(known) < 2:
            if not session.embedded:
                return None
            known = whole(enriched(session, asking(session, MODERNA, count=2)))
        return Arranged(body={"result_ids": [record.id for record in known[:2]]})
    except Unmet:
        return None


LAWFUL: Mapping[str, Callable[[Session], Arranged | None]] = {
    "getOptions": lambda session: Arranged(),
    "startEnrichment": _arranged(MODERNA),
    "enrich": _arranged(MODERNA),
    "startBatch": _arranged(PFIZER, ROCHE),
    "fetchEntities": lambda session: Arranged(body={"url": "https://data.example.com/companies.json"}),
    "streamJob": _arranged_job,
    "cancelJob": _arranged_job,
    "continueJob": _arranged_job,
    "mergeRecords": _arranged_merge,
}
