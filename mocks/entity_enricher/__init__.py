"""Entity Enricher: language models fill in what a saved schema asks of an entity, as jobs that stream their progress.

Contract: contracts/entity_enricher.yaml. Not modelled: the models (what they find is made up, the same each time), plan
limits and billing, login, deletion of schemas and keys. Nothing is fetched from outside: only pages that the
preparation `publish_page` has made are there.
"""

from __future__ import annotations

from typing import Any

from understudy import Call, Reply, Service
from understudy.guards import Check, RequireCredential

from . import refusals, schema_jobs
from .checking import problem_with
from .enriching import fits
from .failing import fail_for_role
from .files import attachment_of, base64_file, disposition, part_files, shown, stored
from .jobs import (
    blocking_answer,
    job_of,
    leave_room,
    new_job,
    new_uuid,
    no_result,
    record_of,
    started,
    told_schema,
)
from .keys import Keyring, created, permit, recognise
from .order import available, exceeds, options, ordered, resolved, saved_schema
from .planning import DOES_NOT_FIT, batch, merged, pause, single
from .records import fusible, moment, selected, summary, whole
from .refusals import (
    BadSchemaContent,
    CannotMerge,
    JobEnded,
    JobNotPaused,
    PageSizeTooLarge,
    TooFewResults,
    TooManyIds,
    TooManySamples,
    UnreachableUrl,
)
from .schema_jobs import EDIT, GENERATION
from .state import SavedSchema, State, default_state
from .telling import JobStream
from .timeline import Work, cancelled

SINGLE, BATCH, FUSION = "single_enrichment", "batch_enrichment", "fusion"
FETCH_SECONDS = 0.012
BEAT = 0.75
"""When there is a heartbeat: after this part of the longest silence that is allowed."""
LONGEST_PAUSE = 86_400
"""Seconds after which a paused job is cancelled where no limit says when."""


def catch_up(call: Call) -> None:
    """Let everything happen that is due by now, before anything is looked up."""
    assert call.account is not None
    call.account.state.catch_up(call.now, call.limits)


enricher = Service(
    "entity_enricher",
    state=default_state,
    shared=Keyring,
    refused=refusals.refused,
    violated=refusals.violated,
    unmatched=refusals.unmatched,
    wire={"body_too_large": refusals.BodyTooLarge, "request_timeout": refusals.RequestTimeout},
    guards=[
        Check(recognise),
        RequireCredential(refusals.MissingKey, refusals.WrongKey),
        Check(permit),
        Check(catch_up),
    ],
)

# Enrichment


@enricher.operation("getOptions")
def get_options(state: State, call: Call) -> Reply:
    return Reply(options())


@enricher.operation("startEnrichment")
def start_enrichment(state: State, call: Call) -> Reply:
    order, entity = ordered(state, call), call.body["entity_data"]
    job = new_job(call, SINGLE, len(order.models), order.chosen)
    classification = fits(order.content, entity)
    if classification.matches:
        job.entries += single(job, order, entity, lambda: new_uuid(call), call.now)[0]
    else:
        seconds = call.limits["pause_seconds"]
        job.work = Work(order, entity)
        shown = classification.payload(order.classification_model)
        job.entries += pause(job, shown, call.now, LONGEST_PAUSE if seconds is None else seconds)
    return started(state, call, job, "The enrichment is started.")


@enricher.operation("enrich")
def enrich(state: State, call: Call) -> Reply:
    """The enrichment of one entity, answered when it has ended: its job is told whole by then."""
    order, entity = ordered(state, call), call.body["entity_data"]
    job = new_job(call, SINGLE, len(order.models), order.chosen)
    classification = fits(order.content, entity)
    if not classification.matches:
        shown = classification.payload(order.classification_model)
        job.entries += pause(job, shown, call.now, 0)
        state.start(job, call.now, call.limits)
        return Reply({**no_result(job), "classification": shown, "error_message": DOES_NOT_FIT})
    entries, outcome = single(job, order, entity, lambda: new_uuid(call), call.now)
    job.entries += entries
    job.told = job.ended_at
    state.start(job, call.now, call.limits)
    return Reply(blocking_answer(job, outcome), latency=job.ended_at - call.now)


@enricher.operation("startBatch")
def start_batch(state: State, call: Call) -> Reply:
    entities = call.body["entities"]
    order = ordered(state, call, len(entities))
    job = new_job(call, BATCH, len(order.models) * len(entities), order.chosen)
    job.entries += batch(job, order, entities, lambda: new_uuid(call), call.now)
    return started(state, call, job, "The batch is started.", total=len(entities))


@enricher.operation("fetchEntities")
def fetch_entities(state: State, call: Call) -> Reply:
    entities = state.pages.get(call.body["url"])
    if entities is None:
        raise UnreachableUrl
    found = {"entities": entities, "total": len(entities), "fetch_time_ms": round(FETCH_SECONDS * 1000)}
    return Reply(found, latency=FETCH_SECONDS)


# Jobs


@enricher.operation("streamJob")
def stream_job(state: State, call: Call) -> Reply:
    job, limits = job_of(state, call), call.limits
    longest = call.contract.limits["silence_seconds"].value
    beat = BEAT * min(longest, limits["silence_seconds"] or longest)
    clock = call.stage.clock
    told = JobStream(job, job.time(call.now), beat, lambda until: state.tell(job, until, clock.now(), limits))
    return Reply(stream=told)


@enricher.operation("cancelJob")
def cancel_job(state: State, call: Call) -> Reply:
    job = job_of(state, call)
    if job.ended:
        raise JobEnded
    state.change(job, cancelled(job, job.time(call.now)), call.now, call.limits)
    return Reply({"job_id": job.id, "status": "cancelled", "message": "The job is cancelled."})


@enricher.operation("continueJob")
def continue_job(state: State, call: Call) -> Reply:
    job = job_of(state, call)
    if not job.paused or job.work is None:
        raise JobNotPaused
    order, entity = job.work.order, job.work.entity
    entries, _ = single(job, order, entity, lambda: new_uuid(call), job.time(call.now))
    job.work = None
    state.change(job, entries, call.now, call.limits)
    return Reply({"job_id": job.id, "status": "running", "message": "The job goes on."})


# Schemas


@enricher.operation("listSchemas")
def list_schemas(state: State, call: Call) -> Reply:
    return Reply({"schemas": [told_schema(schema) for schema in state.schemas.values()], "total": len(state.schemas)})


@enricher.operation("createSchema")
def create_schema(state: State, call: Call) -> Reply:
    body, content = call.body, call.body["schema_content"]
    problem = problem_with(content)
    if problem is not None:
        raise BadSchemaContent(problem)
    leave_room(state, call)
    given = {"tags": body.get("tags", []), "is_pinned": body.get("is_pinned", False)}
    schema = SavedSchema(new_uuid(call), body["name"], content, call.now, call.now, **given)
    state.add_schema(schema)
    return Reply({**told_schema(schema), "schema_content": schema.content})


@enricher.operation("generateSchema")
def generate_schema(state: State, call: Call) -> Reply:
    samples = call.body.get("entity_samples") or [call.body["entity_data"]]
    (model,), chosen = resolved([call.body.get("model", "auto")])
    if exceeds(len(samples), call.limits["generation_samples"]):
        raise TooManySamples
    leave_room(state, call)
    job = new_job(call, GENERATION, 1, chosen)
    schema_jobs.generate(job, lambda: new_uuid(call), samples, model, call.now)
    return started(state, call, job, "The generation is started.")


@enricher.operation("editSchema")
def edit_schema(state: State, call: Call) -> Reply:
    (model,), chosen = resolved([call.body.get("model", "auto")])
    schema = saved_schema(state, call.path["id"])
    job = new_job(call, EDIT, 1, chosen)
    schema_jobs.edit(job, new_uuid(call), schema.id, schema.content, call.body["prompt"], model, call.now)
    return started(state, call, job, "The edit is started.")


# Records and fusion


@enricher.operation("listRecords")
def list_records(state: State, call: Call) -> Reply:
    asked, page, most = call.query, call.query["page"], call.limits["page_size_max"]
    if exceeds(asked.get("page_size", 0), most):
        raise PageSizeTooLarge(f"page_size: expected at most {most}.")
    found = selected(state.records.values(), asked, moment(asked.get("since")))
    size = asked.get("page_size") or call.limits["page_size_default"] or most or len(found) or 1
    shown = [summary(record) for record in found[(page - 1) * size : page * size]]
    counts = {"total": len(found), "page": page, "page_size": size, "total_pages": -(-len(found) // size)}
    return Reply({"records": shown, **counts})


@enricher.operation("getRecord")
def get_record(state: State, call: Call) -> Reply:
    return Reply(whole(record_of(state, call.path["id"])))


@enricher.operation("deleteRecords")
def delete_records(state: State, call: Call) -> Reply:
    if exceeds(len(call.body["ids"]), call.limits["batch_delete_ids"]):
        raise TooManyIds
    ids = list(dict.fromkeys(call.body["ids"]))
    not_found = [id for id in ids if state.records.pop(id, None) is None]
    return Reply({"deleted": len(ids) - len(not_found), "not_found": not_found})


@enricher.operation("mergeRecords")
def merge_records(state: State, call: Call) -> Reply:
    """A fusion of records that are there, answered when its job has ended."""
    ids, arbiter = list(dict.fromkeys(call.body["result_ids"])), call.body.get("arbitration_model")
    if arbiter is not None:
        available(arbiter)
    if len(ids) < (call.limits["merge_results"] or 1):
        raise TooFewResults
    records = [record_of(state, id) for id in ids]
    if not all(fusible(each, records[0]) for each in records):
        raise CannotMerge
    saved = state.schemas.get(records[0].saved_schema_id or "")
    job = new_job(call, FUSION, 0)
    entries, answer = merged(job, records, arbiter, saved.content if saved else None, new_uuid(call), call.now)
    job.entries += entries
    job.told = job.ended_at
    state.start(job, call.now, call.limits)
    return Reply({"job_id": job.id, **answer}, latency=job.ended_at - call.now)


# Attachments


@enricher.operation("uploadAttachments")
def upload_attachments(state: State, call: Call) -> Reply:
    files = part_files(call)
    return Reply([shown(made) for made in stored(state, call, files, [new_uuid(call) for _ in files])])


@enricher.operation("uploadAttachmentBase64")
def upload_attachment_base64(state: State, call: Call) -> Reply:
    (made,) = stored(state, call, [base64_file(call)], [new_uuid(call)])
    return Reply(shown(made))


@enricher.operation("downloadAttachment")
def download_attachment(state: State, call: Call) -> Reply:
    found = attachment_of(state, call.path["id"])
    headers = (("Content-Disposition", disposition(found.filename)),)
    return Reply(found.data, headers=headers, media_type=found.media_type)


@enricher.operation("deleteAttachment")
def delete_attachment(state: State, call: Call) -> Reply:
    found = attachment_of(state, call.path["id"])
    del state.attachments[found.id]
    return Reply({"id": found.id, "filename": found.filename, "success": True})


# Keys


@enricher.operation("createApiKey")
def create_api_key(state: State, call: Call) -> Reply:
    return Reply(created(state, call))


# What is outside of the service


@enricher.preparation("publish_page")
def publish_page(state: State, url: str, entities: list[dict[str, Any]]) -> None:
    """Let entities be fetched from a URL: each an object with at least one member, in place of what was there."""
    state.publish(url, entities)


fail_for_role(enricher)
