"""Requests that lack something, are wrong, or name what does not exist: refused, with the status of the table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .outcomes import BUSY, NOBODYS, seen_status
from .world import Organisation

ENRICHING = frozenset(("startEnrichment", "enrich", "startBatch"))
TAKING_SCHEMAS = ENRICHING | {"editSchema"}
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""The form of the identifiers that this suite made up."""
SHAPES = frozenset(("required", "type"))
"""Rules that are broken by what is missing, or of a wrong type."""
NOBODYS_MODEL = "understudy::nobodys-model"
"""A model key in the right form, of a provider that there is not."""


def judge_wrong(reading: Reading, organisation: Organisation, *, validating: bool) -> Iterator[Verdict]:
    """A request, sent with a good key of ``organisation``, that its operation must not carry out, or should not.

    ``validating``: by the dialect that is on, what breaks the form of a request is refused with 422.
    """
    if reading.status in BUSY or reading.operation is None:
        return
    found = _judge_wrong(reading, organisation, validating=validating)
    if reading.status not in (401, 403):
        yield from found
    elif f"{reading.operation} at all" in organisation.granted:  # the key is not the reason, if it is good still
        organisation.pending += found


def _judge_wrong(reading: Reading, organisation: Organisation, *, validating: bool) -> Iterator[Verdict]:
    if reading.breaches and _model_key_alone(reading):
        yield from _bad_model_key(reading)
    elif reading.breaches and not (reading.status == 404 and reading.path):
        yield from _bad_request(reading, validating=validating)
    elif NOBODYS_MODEL in _models(reading.body) and reading.operation in ENRICHING:
        yield _status(reading, "ee.error.bad-model-key-unknown", 400)
    if not _named_badly(reading) and not reading.breaches:
        yield from _unknown(reading, organisation)


def _model_key_alone(reading: Reading) -> bool:
    """Nothing is wrong with the request but the form of the keys in models."""
    places = [breach.pointer.strip("/").split("/")[0] for breach in reading.breaches if breach.where == "body"]
    forms = {breach.rule for breach in reading.breaches} <= {"pattern", "anyOf", "const", "oneOf"}
    keys = _models(reading.body)
    return len(places) == len(reading.breaches) and set(places) == {"models"} and forms and bool(keys)


def _bad_model_key(reading: Reading) -> Iterator[Verdict]:
    for clause in ("ee.error.bad-model-key", "ee.error.bad-model-key-form"):
        yield _status(reading, clause, 400)


def _bad_request(reading: Reading, *, validating: bool) -> Iterator[Verdict]:
    lacking = all("ee.error.missing-field" in breach.clauses and _absent(breach) for breach in reading.breaches)
    status = 422 if validating else 400
    seen = seen_status(reading)
    if lacking:
        if not reading.succeeded:  # what was accepted all the same is said by the judge of every contract
            yield _status(reading, "ee.error.validation-422" if validating else "ee.error.missing-field", status)
        return
    if any(breach.rule == "media-type" for breach in reading.breaches):
        yield _status(reading, "ee.error.unsupported-media-type", 415)
        return
    if reading.succeeded and any(breach.rule == "required" and breach.where == "body" for breach in reading.breaches):
        yield reading.expect("ee.error.missing-field", False, "status 400: nothing was sent", seen, "status")
        return
    unreadable = any(breach.rule == "syntax" for breach in reading.breaches) and not _json(reading)
    if reading.status >= 500 or (reading.succeeded and unreadable):
        yield reading.expect("ee.error.bad-request", False, "status 400", seen, "status")
    elif reading.status == 400:
        yield reading.holds("ee.error.bad-request", "status")
    shapes = [breach.rule in SHAPES for breach in reading.breaches]
    if any(breach.where == "body" for breach in reading.breaches) and not (validating and any(shapes)):
        yield _status(reading, "ee.error.bad-value", 400)
    elif validating and all(shapes):
        yield _status(reading, "ee.error.validation-422", 422)


def _unknown(reading: Reading, organisation: Organisation) -> Iterator[Verdict]:
    """What the request names was made up."""
    operation, id = reading.operation, str(reading.path.get("id") or "")
    if operation == "getRecord" and id.startswith(NOBODYS):
        yield from not_found(reading, "ee.error.unknown-record", organisation.records)
    elif operation in ("downloadAttachment", "deleteAttachment") and id.startswith(NOBODYS):
        yield _status(reading, "ee.error.unknown-attachment", 404)
    elif operation in TAKING_SCHEMAS:
        asked = id or (reading.body.get("schema_id") if isinstance(reading.body, dict) else "")
        if reading.status in (400, 422) and not _complete(reading, organisation):
            return
        if isinstance(asked, str) and asked.startswith(NOBODYS):
            yield from not_found(reading, "ee.error.unknown-schema", organisation.schemas)


def _complete(reading: Reading, organisation: Organisation) -> bool:
    """Whether a body surely has what this instance needs. What an edit needs is only observed, and whether an
    enrichment needs a strategy is not documented."""
    if reading.operation == "editSchema":
        return f"{reading.operation} at all" in organisation.granted
    return isinstance(reading.body, dict) and "strategy" in reading.body


def not_found(reading: Reading, clause: str, known: Iterable[str]) -> Iterator[Verdict]:
    """Status 404. An instance whose identifiers have another form may say instead that this one has not the form."""
    if reading.status in (400, 422) and not any(UUID.fullmatch(id) for id in known):
        return
    yield _status(reading, clause, 404)


def _named_badly(reading: Reading) -> bool:
    return NOBODYS_MODEL in _models(reading.body)


def _status(reading: Reading, clause: str, status: int) -> Verdict:
    return reading.expect(clause, reading.status == status, f"status {status}", seen_status(reading), "status")


def _absent(breach: Any) -> bool:
    return bool(breach.rule == "required" and breach.seen == "nothing")


def _models(body: Any) -> list[str]:
    """The model keys that a body asks for."""
    listed = body.get("models") if isinstance(body, dict) else None
    return [key for key in listed if isinstance(key, str)] if isinstance(listed, list) else []


def _json(reading: Reading) -> bool:
    """Whether the most lenient of readers finds JSON in the request's body."""
    try:
        json.loads(reading.observation.request.body)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True
