"""The shapes of answers: what the contract's schemas say that its document does not.

The document shows few shapes; where it shows none, the contract has one that clients were seen to read. A schema's
violation names the clauses of the place, and of the whole answer where the place is the root, documented ones among
them. What is said here takes those back, so that only what the document shows can fail.
"""

from __future__ import annotations

from understudy.contract import BINDING_GRADES, Contract
from understudy.verify.reading import Reading, Verdict

from .outcomes import is_json
from .refusals import CREATING

BEYOND_SHAPE = frozenset(
    (
        "ee.create-api-key.creates",
        "ee.delete-attachment.deletes",
        "ee.delete-records.several",
        "ee.download.bytes",
        "ee.download.disposition",
        "ee.download.media-type",
        "ee.upload-base64.one",
        "ee.upload.files",
        "ee.upload.array",
        "ee.attachment.filename",
        "ee.attachment.media-type",
        "ee.attachment.sha256",
        "ee.attachment.size",
        "ee.create-api-key.echo",
        "ee.create-api-key.prefix",
        "ee.create-schema.whole",
        "ee.create-schema.name-taken",
        "ee.delete-records.deleted",
        "ee.delete-records.not-found",
        "ee.list-records.counts",
        "ee.list-records.echo",
        "ee.list-schemas.all",
        "ee.list-schemas.total",
        "ee.record.attachments",
        "ee.record.type-fusion",
        "ee.record.type-names",
        "ee.schema.property-count",
    )
)
"""Clauses that an answer's shape alone does not show to hold."""

FREE = frozenset(
    (
        "createApiKey",
        "createSchema",
        "deleteAttachment",
        "deleteRecords",
        "uploadAttachmentBase64",
        "uploadAttachments",
    )
)
"""Operations of whose answers the document says nothing but that they are JSON."""

STARTS = {"generateSchema": "ee.generate-schema.job-id", "editSchema": "ee.edit-schema.job-id"}
"""Starts of schema jobs, with what says that they answer a job_id; that of enrichments is shared in the contract."""


def as_documented(reading: Reading) -> Reading:
    """The reading with status 200 where something was made and the answer says so by 201."""
    if reading.status != 201 or reading.operation not in CREATING:
        return reading
    seen = reading.observation
    return Reading(
        seen._replace(response=reading.response._replace(status=200)),
        operation=reading.operation,
        path=reading.path,
        query=reading.query,
        body=reading.body,
        breaches=reading.breaches,
        credential=reading.credential,
        role=reading.role,
    )


def counts(reading: Reading, verdict: Verdict, contract: Contract) -> bool:
    """Whether a verdict on an answer's shape is one that the document gives a reason for."""
    if verdict.held or contract.clauses[verdict.clause].grade not in BINDING_GRADES:
        return True
    if reading.operation in FREE and verdict.where == "body" and _json(reading):
        return False
    if verdict.clause.startswith("ee.get-record.structured-output") and reading.member("success") is False:
        return reading.member("structured_output") is not None  # ee.get-record.failed is assumed
    return not (reading.operation == "editSchema" and verdict.clause == "ee.start.before-results")


def renamed(reading: Reading, verdict: Verdict) -> Verdict:
    """The verdict under the clause that says of this operation what the contract says of several in one place."""
    if reading.operation in STARTS and verdict.clause in ("ee.start.job-id", *STARTS.values()):
        return verdict._replace(clause=STARTS[reading.operation])
    if reading.operation not in STARTS and verdict.clause in STARTS.values():
        return verdict._replace(clause="ee.start.job-id")
    return verdict


def _json(reading: Reading) -> bool:
    readable = reading.value is not None or reading.response.content.strip() == b"null"
    return readable and is_json(reading.response.header("content-type") or "")
