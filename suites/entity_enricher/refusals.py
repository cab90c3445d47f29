"""Answers as such: JSON, status 200, and errors that say in `detail` what was wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.contract.bodies import media_type_of
from understudy.verify.judge import Judge
from understudy.verify.reading import Reading, Verdict

from .events import MEDIA_TYPE
from .outcomes import BUSY, is_json, seen_status, spelt_short, texts

CREATING = frozenset(("createSchema", "createApiKey", "uploadAttachments", "uploadAttachmentBase64"))
"""Operations that make something: some instances answer 201 to that, which the table of statuses does not rule out."""

NOT_JSON = frozenset(("streamJob", "downloadAttachment"))


def judge_answer(reading: Reading) -> Iterator[Verdict]:
    """An answer of any operation, whatever was asked."""
    if reading.succeeded:
        if not (reading.status == 201 and reading.operation in CREATING):
            yield reading.expect("ee.error.ok", reading.status == 200, "status 200", seen_status(reading), "status")
        streamed = reading.operation == "editSchema" and media_type_of(declared(reading)) == MEDIA_TYPE
        if reading.operation not in NOT_JSON and not streamed:  # the table marks edits with SSE
            yield _json(reading)
        return
    if reading.status < 400:
        yield reading.expect("ee.error.ok", False, "an answer, not a redirect", seen_status(reading), "status")
    elif reading.status not in BUSY and not (spelt_short(reading) and reading.status in (404, 405)):
        yield _json(reading)
        yield from _detail(reading)


def judge_unmatched(reading: Reading, judge: Judge) -> Iterator[Verdict]:
    """A path or a method that the document does not name."""
    if reading.status in BUSY or reading.status >= 500 or judge.without_access(reading):
        return
    clause, status = ("ee.error.unknown-path", 404)
    if judge.methods(reading.observation.request.path):
        clause, status = ("ee.error.method-not-allowed", 405)
    yield reading.expect(clause, reading.status == status, f"status {status}", seen_status(reading), "status")


def declared(reading: Reading) -> str:
    """The Content-Type of an answer, empty where it has none."""
    return reading.response.header("content-type") or ""


def _json(reading: Reading) -> Verdict:
    kind = declared(reading)
    readable = reading.value is not None or reading.response.content.strip() == b"null"
    seen = f"{kind or 'no media type'}, {'JSON' if readable else 'which is not JSON'}"
    return reading.expect("ee.transport.json", readable and is_json(kind), "JSON, declared as such", seen)


def _detail(reading: Reading) -> Iterator[Verdict]:
    value = reading.value
    detail: Any = value.get("detail") if isinstance(value, dict) else None
    told = detail is not None
    yield reading.expect("ee.error.detail", told, "a JSON object with the member detail", value)
    if not told:
        return
    legible = any(any(letter.isalpha() for letter in text) for text in texts(detail))
    yield reading.expect("ee.error.detail-readable", legible, "a message that people can read", detail, "body /detail")
    if reading.status == 422:
        listed = isinstance(detail, list) and all(isinstance(entry, dict) for entry in detail)
        yield reading.expect("ee.error.validation-list", listed, "an array of objects", detail, "body /detail")
    else:
        yield reading.expect("ee.error.detail-string", isinstance(detail, str), "a string", detail, "body /detail")
