"""Scripts: one entity and several are enriched, as the document's samples do it, and what comes out is read back."""

from __future__ import annotations

from understudy.verify.session import Session, Unmet

from .definition import suite
from .job_calls import (
    MODERNA,
    PFIZER,
    ROCHE,
    asking,
    created_schema,
    enriched,
    judge_of,
    listed_schemas,
    models,
    organisation,
    read_back,
    records_of,
    started,
    told,
    told_together,
    whole,
)
from .outcomes import NOBODYS
from .world import KnownRecord

KOREAN = {"이름": "세종 연구소 🔬", "메모": '각과 각, e\u0301, 👩🏽\u200d💻, 🇰🇷 그리고 "따옴표" \\ \u2028 <끝>'}
"""An entity whose data breaks naive code: of any script, with what ends lines and strings, and no name in English."""
DECLARED = {"content-type": "application/json"}
"""What the document's sample sends with every call, also where there is no body."""


@suite.script(
    "ee.start.starts", "ee.start.job-id", "ee.quick-start.enrich", "ee.quick-start.record", "ee.job.stream",
    "ee.stream.one-terminal", "ee.stream.every-model", "ee.event.model-completed-result", "ee.get-record.same-as-event",
    "ee.options.models", "ee.options.languages", "ee.options.strategies", "ee.enrichment.schema-id-from-list",
)  # fmt: skip
def one_entity_is_enriched(session: Session) -> None:
    """The document's Python sample: a schema of the list, one model, the stream to its end, the record."""
    session.call("getOptions")
    body = asking(session, MODERNA, schema_id=listed_schemas(session)[0])
    try:
        read_back(session, enriched(session, body, headers=DECLARED), headers=DECLARED)
    except Unmet:
        session.call("listSchemas")  # which tells whether the schema is still there
        raise


@suite.script(
    "ee.batch.starts", "ee.batch.job-id", "ee.batch.one-job", "ee.event.entity-each", "ee.event.entity-started-index",
    "ee.event.entity-completed-index", "ee.event.fusion-started", "ee.event.fusion-completed", "ee.merge.fuses",
    "ee.enrichment.several-models", "ee.enrichment.arbitration-model", "ee.enrichment.arbiter-among-models",
    "ee.list-records.after-batch", "ee.job.stream-of-fusion",
)  # fmt: skip
def several_entities_are_enriched(session: Session) -> None:
    """The document's bash sample: two entities, two models, an arbiter among them; then two results are fused."""
    body = asking(session, PFIZER, ROCHE, count=2)
    records = enriched(session, {**body, "arbitration_model": body["models"][0]})
    session.call("listRecords", query={"type": "enrichment", "page_size": 10})
    results = whole(records)
    read_back(session, [*results, *[record for record in records if record.fused][:1]])
    fused(session, [record.id for record in records_of_one(results)])


@suite.script("ee.event.expertise-completed", "ee.event.expertise-partial")
def experts_tell_what_they_found(session: Session) -> None:
    """A schema with two domains of expertise, for an entity in Korean by one model and another by several: two jobs at
    the same time."""
    id = created_schema(session)
    bodies = (
        asking(session, KOREAN, schema_id=id, skipped=3),
        asking(session, PFIZER, schema_id=id, count=_several(session)),
    )
    jobs = [started(session, body) for body in bodies]
    told_together(session, jobs)
    for job_id in jobs:
        read_back(session, records_of(session, job_id))
    if session.embedded:
        told(session, jobs[0])


@suite.script("ee.enrich-sync.single", "ee.enrich-sync.blocks", "ee.enrich-sync.no-stream")
def one_entity_is_enriched_at_once(session: Session) -> None:
    """An entity that has been enriched before, now at once; its record and its stream, if the answer tells of them."""
    reading = session.call("enrich", body=asking(session, KOREAN, schema_id=created_schema(session), skipped=2))
    id, job_id = reading.member("record_id"), reading.member("job_id")
    if isinstance(id, str) and id:
        session.call("getRecord", path={"id": id})
    if isinstance(job_id, str) and job_id:
        told(session, job_id)


@suite.script("ee.error.unknown-job", "ee.error.unknown-record")
def nobodys_jobs_and_records_are_not_found(session: Session) -> None:
    """Jobs and records that nobody has."""
    for operation in ("streamJob", "cancelJob", "continueJob"):
        session.call(operation, path={"job_id": f"{NOBODYS}0001"})
    session.call("mergeRecords", body={"result_ids": [f"{NOBODYS}0002", f"{NOBODYS}0003"]})


def fused(session: Session, ids: list[str]) -> None:
    """Fuse records, and read the fusion's stream and its record, if the answer tells of them."""
    if len(ids) < 2:
        raise Unmet("there are no two records of one entity to fuse")
    reading = session.call("mergeRecords", body={"result_ids": ids})
    job_id, record_id = reading.member("job_id"), reading.member("record_id")
    if isinstance(job_id, str) and job_id:
        told(session, job_id)
    if isinstance(record_id, str) and record_id:
        session.call("getRecord", path={"id": record_id})
    if session.embedded:
        read_back(session, [organisation(session).records[id] for id in ids])


def _several(session: Session) -> int:
    """Three models, or as many as there are."""
    models(session)
    return min(3, len(judge_of(session).options.models))


def records_of_one(results: list[KnownRecord]) -> list[KnownRecord]:
    """Two results of one entity by different models, where events tell the entity; else the first two."""
    for first in results:
        for other in results:
            told_index = first.told.get("entity_index") == other.told.get("entity_index")
            if told_index and first.told.get("model") != other.told.get("model"):
                return [first, other]
    return results[:2]
