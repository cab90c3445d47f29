"""Scripts about what the document does not say of jobs. What they show is only noted, so live instances are spared."""

from __future__ import annotations

from understudy.verify.session import Session

from .definition import suite
from .job_calls import (
    MODERNA,
    PFIZER,
    ROCHE,
    asking,
    created_schema,
    embedded_only,
    enriched,
    listed_schemas,
    models,
    organisation,
    read_back,
    started,
    told,
    whole,
)
from .outcomes import NOBODYS
from .world import KnownRecord

FETCHED = "https://data.example.com/companies.json"
NOWHERE = "https://nowhere.example.com/없음.json"


@suite.script(
    "ee.enrichment.strategy-names", "ee.enrichment.strategy-default", "ee.event.expertise-by-strategy",
    "ee.event.strategy-selected", "ee.event.model-auto-selected", "ee.event.selected-names", "ee.model-key.auto",
    "ee.enrichment.models-repeated", "ee.enrichment.languages", "ee.enrichment.classification-model",
    "ee.enrichment.arbitration-model-single", "ee.get-record.valid", "ee.error.unknown-language",
    "ee.error.too-many-models",
)  # fmt: skip
def whatever_an_enrichment_may_ask_for(session: Session) -> None:
    """Every strategy, models that the service chooses, that are named twice and that are too many, languages."""
    embedded_only(session)
    session.call("getOptions")
    id, (first, second) = created_schema(session), models(session, 2)
    for strategy in ("single_pass", "expert_domains", "multi_expertise", "auto"):
        read_back(session, enriched(session, {**asking(session, MODERNA, schema_id=id), "strategy": strategy}))
    for listed in listed_schemas(session):
        for skipped in (2, 3):
            told(session, started(session, asking(session, PFIZER, schema_id=listed, skipped=skipped)))
    body = asking(session, ROCHE, schema_id=id)
    by_default = {name: value for name, value in body.items() if name != "strategy"}
    for asked in (
        by_default,
        {**body, "models": ["auto"]},
        {**body, "models": [first, first, second]},
        {**body, "languages": ["ko", "en"], "classification_model": second},
        {**body, "models": [first, second], "arbitration_model": second},
    ):
        read_back(session, enriched(session, asked))
    session.call("startEnrichment", body={**body, "languages": ["xx-없는-말"]})
    session.call("startEnrichment", body={**body, "models": models(session, session.limit("job_models") + 1)})


@suite.script(
    "ee.batch.entities-limit", "ee.error.too-many-entities", "ee.batch.short-start", "ee.batch.mismatching-entity",
    "ee.stream.entity-encloses",
    fixtures=("mismatching_entity",),
)  # fmt: skip
def batches_of_every_size(session: Session) -> None:
    """As many entities as a batch may have, one more, by the other path, and one among them that does not fit."""
    embedded_only(session)
    entities = [{"name": f"회사 {number} 🏭"} for number in range(session.limit("batch_entities"))]
    read_back(session, enriched(session, asking(session, *entities, count=2)))
    session.call("startBatch", body=asking(session, *entities, ROCHE))
    body = asking(session, PFIZER, session.fixture("mismatching_entity"), ROCHE, count=2)
    told(session, started(session, {**body, "arbitration_model": body["models"][1]}, "startBatchShort"))


@suite.script(
    "ee.error.job-ended", "ee.error.job-not-paused", "ee.job.continue-body", "ee.job.paused-silent", "ee.limit.pause",
    "ee.event.heartbeat",
    fixtures=("mismatching_entity",),
)  # fmt: skip
def jobs_that_nothing_can_be_done_about(session: Session) -> None:
    """Jobs that have ended, jobs that are not paused, bodies that are not read, a pause that nobody ends."""
    embedded_only(session)
    job_id = started(session, asking(session, MODERNA))
    session.call("continueJob", path={"job_id": job_id})
    told(session, job_id)
    for operation in ("cancelJob", "continueJob"):
        session.call(operation, path={"job_id": job_id})
    mismatching = asking(session, session.fixture("mismatching_entity"))
    for operation in ("continueJob", "cancelJob", "continueJob", "cancelJob", "continueJob"):
        job_id = started(session, mismatching)
        session.call(operation, path={"job_id": job_id}, body={"entity_data": MODERNA})
        told(session, job_id)
    told(session, started(session, mismatching))
    session.call("enrich", body=mismatching)


@suite.script(
    "ee.get-record.failed", "ee.error.cannot-merge", "ee.error.too-few-results", "ee.merge.arbitration-model",
    "ee.merge.result-ids", "ee.merge.sources-stay", "ee.merge.same-schema", "ee.enrich-sync.record",
    fixtures=("failing_entity",),
)  # fmt: skip
def records_that_can_and_cannot_be_fused(session: Session) -> None:
    """Records of failed models, too few records, an arbiter; and what is left of the records that were fused."""
    embedded_only(session)
    job_id = started(session, asking(session, session.fixture("failing_entity"), count=2))
    told(session, job_id)
    listed = session.call("listRecords", query={"job_id": job_id, "success": "false"}).member("records")
    failed = [entry.get("id") for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    for id in failed:
        session.call("getRecord", path={"id": str(id)})
    session.call("enrich", body=asking(session, session.fixture("failing_entity")))
    good = whole(enriched(session, asking(session, MODERNA, count=2)))
    ids = [record.id for record in good]
    _merge(session, ids[:1])
    _merge(session, [*ids, *map(str, failed[:1])])
    for asked in ({}, {}, {"arbitration_model": models(session)[0]}):
        reading = session.call("mergeRecords", body={"result_ids": ids, **asked})
    read_back(session, good)
    known = organisation(session).records.get(str(reading.member("record_id")))
    read_back(session, [known] if known is not None else [])
    body = asking(session, ROCHE, count=2, schema_id=created_schema(session))
    fused = session.call("enrich", body={**body, "arbitration_model": models(session)[0]})
    read_back(session, [record for record in _of(session, fused.member("job_id")) if record.source == "enrich"])


@suite.script("ee.error.unknown-job", "ee.error.unknown-record", "ee.error.unknown-schema")
def what_nobody_has_again_and_again(session: Session) -> None:
    """Jobs, records and schemas of nobody, more often than anybody would ask for them."""
    embedded_only(session, "each of them is asked for once already")
    body, batch = asking(session, MODERNA), asking(session, PFIZER, ROCHE)
    enriched(session, body)  # so that it is known which form identifiers have
    for number in range(4):
        nobody = f"{NOBODYS}{number + 16:04x}"
        for operation in ("streamJob", "cancelJob", "continueJob"):
            session.call(operation, path={"job_id": nobody})
        session.call("mergeRecords", body={"result_ids": [nobody, f"{nobody}0"]})
        for operation, asked in (("startEnrichment", body), ("enrich", body), ("startBatch", batch)):
            session.call(operation, body={**asked, "schema_id": nobody})


@suite.script("ee.fetch.fetches", "ee.fetch.url", "ee.fetch.starts-nothing", "ee.error.unreachable-url")
def entities_are_fetched(session: Session) -> None:
    """A URL that an embedded mock knows, by both paths, and one that nothing is known of."""
    embedded_only(session, "no URL is known that the target can fetch entities from")
    for operation in ("fetchEntities", "fetchEntitiesShort") * 4:
        entities = session.call(operation, body={"url": FETCHED}).member("entities")
        session.call(operation, body={"url": NOWHERE})
    if isinstance(entities, list) and len(entities) > 1:
        told(session, started(session, asking(session, *entities[:3])))


@suite.script("ee.limit.kept-jobs")
def old_jobs_are_forgotten(session: Session) -> None:
    """As many jobs as are kept, and one more: the first is unknown then, the second is not."""
    embedded_only(session)
    body = asking(session, MODERNA, schema_id=created_schema(session))
    first = [started(session, body), started(session, body)]
    for job_id in first:
        told(session, job_id)
    for _ in range(session.limit("kept_jobs") - 1):
        session.call("enrich", body=body)
    for job_id, status in zip(first, (404, 200), strict=True):
        reading = told(session, job_id)
        seen = f"status {reading.status}"
        verdict = reading.expect("ee.limit.kept-jobs", reading.status == status, f"status {status}", seen, "status")
        session.note(verdict)


def _merge(session: Session, ids: list[str]) -> None:
    session.call("mergeRecords", body={"result_ids": ids})


def _of(session: Session, job_id: object) -> list[KnownRecord]:
    return [record for record in organisation(session).records.values() if record.job_id == job_id]
