"""Jobs that are not what was asked for, and calls that act on them in words only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import answered, edited_body

from .common import STARTS, asks, catalogue, changed, clauses_of, done, member_of

EACH = clauses_of("event.entity-each", "batch.one-job", "stream.every-model")


def starts(operation: str, member: str, change: Callable[[Any], Any]) -> Behaviour:
    """A start is read as another one."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        value = asked.member(member)
        if asked.does != operation or not isinstance(value, list) or len(value) < 2:
            return forward(asked.request)
        return forward(changed(asked, **{member: change(value)}))

    return behave


for _name, _what, _change in (
    ("first", "the first of them alone", lambda given: given[:1]),
    ("but-last", "all but the last", lambda given: given[:-1]),
    ("but-first", "all but the first", lambda given: given[1:]),
    ("two", "two of them at most", lambda given: given[:2]),
    ("doubled", "the first of them twice", lambda given: [given[0], *given]),
):
    if _name != "doubled":
        catalogue.add(
            f"startBatch.entities-{_name}",
            "job",
            f"A batch works on entities: {_what}.",
            EACH,
            starts("startBatch", "entities", _change),
            rare=True,
        )
    if _name in ("first", "but-first"):
        catalogue.add(
            f"startBatch.models-{_name}",
            "job",
            f"A batch has models work: {_what}.",
            clauses_of("stream.every-model", "enrichment.several-models"),
            starts("startBatch", "models", _change),
            rare=True,
        )


@catalogue.mutant("job", *EACH, rare=True)
def passes_over_other_scripts(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A batch passes over entities whose names are not ASCII, where others are."""
    entities = asked.member("entities")
    if asked.does != "startBatch" or not isinstance(entities, list):
        return forward(asked.request)
    plain = [entry for entry in entities if isinstance(entry, dict) and str(entry.get("name", "?")).isascii()]
    return forward(changed(asked, entities=plain) if plain else asked.request)


def in_words(operation: str, status: str, message: str) -> Behaviour:
    """A call on a job is answered and not done."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does != operation:
            return forward(asked.request)
        id = asked.path.get("job_id", "")
        if id not in memory.get("jobs", set()):
            return forward(asked.request)
        return answered(200, {"job_id": id, "status": status, "message": message})

    def starting(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = behave(asked, forward, memory)
        if done(asked, response, *STARTS):
            memory.setdefault("jobs", set()).add(member_of(response, "job_id"))
        return response

    return starting


catalogue.add(
    "cancelJob.in-words",
    "job",
    "A job is said to be cancelled and goes on.",
    clauses_of("job.cancel-running", "job.cancel-paused"),
    in_words("cancelJob", "cancelled", "The job is cancelled."),
    rare=True,
)
catalogue.add(
    "continueJob.in-words",
    "job",
    "A paused job is said to go on and does not.",
    clauses_of("job.continue-paused"),
    in_words("continueJob", "running", "The job goes on."),
    rare=True,
)


@catalogue.mutant("job", *clauses_of("job.continue-paused"), rare=True)
def cancels_what_is_continued(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A job that is continued is cancelled."""
    response = forward(asked.request)
    if done(asked, response, "continueJob"):
        forward(asks(asked, "POST", f"/api/llm/cancel/{asked.path['job_id']}"))
    return response


@catalogue.mutant("job", *clauses_of("job.cancel-paused"), rare=True)
def continues_what_is_cancelled(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A paused job that is cancelled is continued instead."""
    if asked.does == "cancelJob":
        response = forward(asks(asked, "POST", f"/api/llm/continue/{asked.path['job_id']}"))
        if response.status == 200:
            id = asked.path["job_id"]
            return answered(200, {"job_id": id, "status": "cancelled", "message": "The job is cancelled."})
    return forward(asked.request)


def refuses(operation: str, status: int, times: int = 0) -> Behaviour:
    """A call that succeeds is refused after so many."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if not done(asked, response, operation):
            return response
        memory["count"] = memory.get("count", 0) + 1
        return answered(status, {"detail": "It cannot be done."}) if memory["count"] > times else response

    return behave


for _operation, _broken in {
    "cancelJob": ("job.cancel-running", "job.cancel-paused", "error.ok"),
    "continueJob": ("job.continue-paused", "error.ok"),
    "mergeRecords": ("merge.fuses", "error.ok"),
    "generateSchema": ("generate-schema.from-samples", "generate-schema.job-id", "error.ok"),
    "editSchema": ("edit-schema.edits", "error.ok"),
    "enrich": ("enrich-sync.single", "error.ok"),
    "uploadAttachments": ("upload.files", "error.ok"),
    "createApiKey": ("create-api-key.creates", "error.ok"),
}.items():
    _says = f"{_operation} fails with status 500."
    catalogue.add(f"{_operation}.fails", "refusal", _says, clauses_of(*_broken), refuses(_operation, 500))
for _operation, _broken in {
    "startEnrichment": ("start.starts", "start.job-id", "error.ok"),
    "startBatch": ("batch.starts", "batch.job-id", "error.ok"),
    "getRecord": ("get-record.whole", "get-record.of-event", "error.ok"),
    "listRecords": ("list-records.pages", "error.ok"),
    "downloadAttachment": ("download.bytes", "error.ok"),
    "streamJob": ("job.stream", "job.stream-of-enrichment", "error.ok", "stream.uses"),
    "deleteRecords": ("delete-records.several", "error.ok"),
}.items():
    _says = f"{_operation} fails with status 500 from the third time on."
    catalogue.add(
        f"{_operation}.fails-late", "refusal", _says, clauses_of(*_broken), refuses(_operation, 500, 2), rare=True
    )


def forgets_jobs(operation: str) -> Behaviour:
    """What this operation starts is no job that can be streamed."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if done(asked, response, operation):
            return edited_body(response, ("job_id",), lambda id: f"{id[:-1]}{'0' if id[-1] != '0' else '1'}")
        return response

    return behave


for _operation, _broken in {
    "startEnrichment": ("job.stream-of-enrichment", "start.job-id", "quick-start.enrich", "job.stream"),
    "startBatch": ("job.stream", "batch.job-id", "job.stream-of-enrichment"),
    "generateSchema": ("job.stream-of-schema", "generate-schema.streamed", "generate-schema.job-id"),
    "editSchema": ("job.stream-of-schema", "edit-schema.streamed", "job.stream"),
    "mergeRecords": ("job.stream-of-fusion", "stream.uses", "job.stream"),
}.items():
    _says = f"The job_id that {_operation} answers names no job."
    catalogue.add(f"{_operation}.lost-job", "identity", _says, clauses_of(*_broken), forgets_jobs(_operation))


@catalogue.mutant("identity", *clauses_of("start.job-id", "start.starts", "job.stream"), rare=True)
def tells_the_first_job(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """From the third enrichment on, the job_id of the first is told."""
    response = forward(asked.request)
    if not done(asked, response, "startEnrichment"):
        return response
    started: list[Response] = memory.setdefault("started", [])
    started.append(response)
    return started[0] if len(started) > 2 else response


@catalogue.mutant("refusal", *clauses_of("error.unknown-schema"), rare=True)
def takes_any_schema(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A schema that does not exist is replaced by the one that was used before."""
    response = forward(asked.request)
    used = asked.member("schema_id")
    if asked.does in ("startEnrichment", "enrich", "startBatch") and used is not None:
        if response.status == 200:
            memory["schema"] = used
        elif response.status == 404 and "schema" in memory:
            return forward(changed(asked, schema_id=memory["schema"]))
    return response


@catalogue.mutant("refusal", *clauses_of("error.bad-model-key"), rare=True)
def takes_any_model(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A wrong model key is replaced by the one that was used before."""
    response = forward(asked.request)
    models = asked.member("models")
    if isinstance(models, list) and models:
        if response.status == 200:
            memory["models"] = models
        elif response.status == 400 and "models" in memory:
            return forward(changed(asked, models=memory["models"]))
    return response
