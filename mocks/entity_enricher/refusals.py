"""What Entity Enricher refuses, and how a refusal looks: ``{"detail": ...}`` (ee.error.detail).

The document names causes and statuses, and no words. The first line of each docstring is what a consumer reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from understudy import Call, Refusal, Reply

if TYPE_CHECKING:
    from understudy.contract import ErrorCase
    from understudy.contract.routes import NearMiss
    from understudy.contract.violations import Violation


class RequestTimeout(Refusal):
    """The request did not arrive in time."""

    status, clause = 408, "ee.error.request-timeout"


class BodyTooLarge(Refusal):
    """The body is too large."""

    status, clause = 413, "ee.error.body-too-large"


class MissingKey(Refusal):
    """The request has no X-API-Key header."""

    status, clause = 401, "ee.error.missing-key"


class WrongKey(Refusal):
    """The key is wrong, or has expired."""

    status, clause = 401, "ee.error.wrong-key"


class Forbidden(Refusal):
    """This key does not permit this operation."""

    status, clause = 403, "ee.error.forbidden"


class ForbiddenWrite(Refusal):
    """This key may read only."""

    status, clause = 403, "ee.error.forbidden-write"


class UnknownPath(Refusal):
    """There is no such path."""

    status, clause = 404, "ee.error.unknown-path"


class MethodNotAllowed(Refusal):
    """This path takes other methods."""

    status, clause = 405, "ee.error.method-not-allowed"


class UnsupportedMediaType(Refusal):
    """The body is of a media type that this operation does not take."""

    status, clause = 415, "ee.error.unsupported-media-type"


class Invalid(Refusal):
    """The request lacks a field or has one of a wrong type."""

    status, clause = 422, "ee.error.validation-422"
    usual = ({"loc": ["body"], "msg": "Field required", "type": "missing"},)


class MissingField(Refusal):
    """A field is missing."""

    status, clause = 400, "ee.error.missing-field"


class BadRequest(Refusal):
    """The request is wrong."""

    status, clause = 400, "ee.error.bad-request"


class BadModelKey(Refusal):
    """That is not a model key: it has the form provider::model."""

    status, clause = 400, "ee.error.bad-model-key"


class UnknownLanguage(Refusal):
    """A language is not among the options."""

    status, clause = 400, "ee.error.unknown-language"


class TooManyModels(Refusal):
    """There are more models than one enrichment may name."""

    status, clause = 400, "ee.error.too-many-models"


class TooManyEntities(Refusal):
    """There are more entities than one batch may have."""

    status, clause = 400, "ee.error.too-many-entities"


class TooManySamples(Refusal):
    """There are more samples than a schema is generated from."""

    status, clause = 400, "ee.error.too-many-samples"


class TooManyIds(Refusal):
    """There are more ids than one call may delete; nothing was deleted."""

    status, clause = 400, "ee.error.too-many-ids"


class TooFewResults(Refusal):
    """A fusion needs more records."""

    status, clause = 400, "ee.error.too-few-results"


class PageSizeTooLarge(Refusal):
    """The page_size is too large."""

    status, clause = 400, "ee.error.page-size"


class BadSchemaContent(Refusal):
    """The schema_content is not a JSON Schema of an object."""

    status, clause = 400, "ee.error.bad-schema-content"


class BadBase64(Refusal):
    """The content_base64 is not base64."""

    status, clause = 400, "ee.error.bad-base64"


class AttachmentTooLarge(Refusal):
    """A file is too large."""

    status, clause = 413, "ee.error.attachment-too-large"


class AttachmentsFull(Refusal):
    """There is no room for more attachments; delete some first."""

    status, clause = 413, "ee.error.attachments-full"


class UnreachableUrl(Refusal):
    """No entities can be fetched from this URL."""

    status, clause = 400, "ee.error.unreachable-url"


class UnknownSchema(Refusal):
    """No such schema."""

    status, clause = 404, "ee.error.unknown-schema"


class UnknownRecord(Refusal):
    """No such record."""

    status, clause = 404, "ee.error.unknown-record"


class UnknownJob(Refusal):
    """No such job."""

    status, clause = 404, "ee.error.unknown-job"


class UnknownAttachment(Refusal):
    """No such attachment."""

    status, clause = 404, "ee.error.unknown-attachment"


class CannotMerge(Refusal):
    """Only records with success and of the same schema can be fused."""

    status, clause = 400, "ee.error.cannot-merge"


class JobEnded(Refusal):
    """The job has ended."""

    status, clause = 400, "ee.error.job-ended"


class JobNotPaused(Refusal):
    """The job is not paused."""

    status, clause = 400, "ee.error.job-not-paused"


class TooManySchemas(Refusal):
    """There are as many saved schemas as are kept."""

    status, clause = 400, "ee.error.too-many-schemas"


class TooManyKeys(Refusal):
    """There are as many keys as are kept."""

    status, clause = 400, "ee.error.too-many-keys"


def refused(refusal: Refusal, case: ErrorCase, call: Call) -> Reply:
    return Reply({"detail": refusal.message if refusal.detail is None else refusal.detail})


def unmatched(near: Sequence[NearMiss], call: Call) -> Refusal:
    """A path that has other methods is known."""
    known = any(miss.path == call.request.path for miss in near)
    return MethodNotAllowed() if known else UnknownPath()


def violated(violations: Sequence[Violation], call: Call) -> Refusal:
    """What is answered to a request that breaks the contract: of all that is wrong, the first in x-errors."""
    lists = call.readings["ee.validation-status"] == "422"
    rank = [_DECIDED.get(found.rule) or _by_place(found, call) for found in violations]
    first, refusal = min(zip(violations, rank, strict=True), key=lambda pair: _ORDER.index(pair[1]))
    if lists and refusal in (MissingField, BadRequest) and _is_shape(first):
        return Invalid(detail=[_told(found) for found in violations if _is_shape(found)])
    if refusal in _UNKNOWN:
        return refusal()
    return refusal(_sentence(first, refusal))


def _by_place(found: Violation, call: Call) -> type[Refusal]:
    """By where the violation is: in a path, of a model's key, of a list's length, or anywhere else."""
    if found.where.startswith("path"):
        return _NAMED_IN_PATH[call.contract.operations[call.operation or ""].path.split("/")[2]]
    member = found.pointer.split("/")[1] if found.pointer else ""
    if found.rule in ("pattern", "const") and member in _MODEL_MEMBERS:
        return BadModelKey
    if found.rule == "maxItems" and member == "ids":
        return TooManyIds
    if found.rule == "minItems" and member == "result_ids":
        return TooFewResults
    if found.rule == "contentEncoding":
        return BadBase64
    return BadRequest


def _is_shape(found: Violation) -> bool:
    """Whether a field is missing or of a wrong type, which a 422 tells; a wrong value stays a 400."""
    return found.rule in ("required", "type") and not found.where.startswith("path")


def _sentence(found: Violation, refusal: type[Refusal]) -> str:
    """For people: what is wrong, and where."""
    place = found.pointer.lstrip("/").replace("/", ".") or found.where
    if refusal is MissingField:
        return "The body is missing." if place == "body" else f"The field {place} is missing."
    if refusal is UnsupportedMediaType:
        return f"The body has to be {found.expected}."
    return f"{place}: expected {found.expected}."


def _told(found: Violation) -> dict[str, object]:
    """One member of the detail of a 422 (ee.error.validation-list)."""
    loc: list[str | int] = list(found.where.split(" ", 1))
    loc += [int(token) if token.isdecimal() and token.isascii() else token for token in found.pointer.split("/")[1:]]
    missing = found.rule == "required"
    text = "Field required" if missing else f"Input should be {found.expected}"
    return {"loc": loc, "msg": text, "type": "missing" if missing else "type_error"}


_DECIDED: Mapping[str, type[Refusal]] = {"media-type": UnsupportedMediaType, "required": MissingField}
"""Rules whose refusal is the same wherever they are broken."""
_NAMED_IN_PATH: Mapping[str, type[Refusal]] = {
    "schema": UnknownSchema,
    "records": UnknownRecord,
    "llm": UnknownJob,
    "attachments": UnknownAttachment,
}
_MODEL_MEMBERS = ("models", "model", "arbitration_model", "classification_model")
_UNKNOWN = (UnknownSchema, UnknownRecord, UnknownJob, UnknownAttachment)
_ORDER = (UnsupportedMediaType, MissingField, BadRequest, BadModelKey, TooManyIds, TooFewResults, BadBase64, *_UNKNOWN)
"""As in x-errors."""
