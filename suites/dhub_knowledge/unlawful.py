"""Requests that break the tables, refusals as such, and paths that the API does not have.

Nearly everything here is assumed or observed: the document shows no refusal but the 409 of a deletion.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.verify.judge import Judge
from understudy.verify.reading import Reading, Verdict

from .access import BUSY

UNREADABLE = frozenset(("required", "syntax", "media-type"))
"""Rules that a whole body breaks before its members can be looked at."""

BOUNDS = frozenset(
    (
        "dhub.service.name-not-empty",
        "dhub.list-knowledges.limit-bounds",
        "dhub.list-documents.limit-bounds",
        "dhub.create-document.other-type",
    )
)
"""Clauses that say which values are refused."""


def judge_unlawful(reading: Reading) -> Iterator[Verdict]:
    """A request of a known operation that breaks the contract, sent with a valid access token."""
    if reading.status in BUSY or reading.status >= 500 or reading.status in (401, 403, 404):
        return
    whole = any(not found.pointer and found.rule in UNREADABLE for found in reading.breaches if found.where != "path")
    clause = "dhub.error.malformed-json" if whole else "dhub.error.request-violation"
    seen = f"status {reading.status}"
    yield reading.expect(clause, reading.status == 422, "status 422", seen, "status")
    if any(found.rule == "type" and _member(reading.body, found.pointer) is None for found in reading.breaches):
        yield reading.expect("dhub.service.null-fields", not reading.succeeded, "a refusal", seen, "status")
    for breach in reading.breaches:
        for cited in BOUNDS.intersection(breach.clauses):
            yield reading.expect(cited, not reading.succeeded, "a refusal: " + breach.expected, seen, "status")


def judge_body(reading: Reading) -> Iterator[Verdict]:
    """The body of a refusal."""
    told = isinstance(reading.value, dict) and "detail" in reading.value
    yield reading.expect("dhub.error.body", told, "a JSON object with the member detail", reading.value)


def judge_unmatched(reading: Reading, judge: Judge) -> Iterator[Verdict]:
    """A path or a method that the document does not name."""
    if reading.status in BUSY or reading.status >= 500 or judge.without_access(reading):
        return
    path, seen = reading.observation.request.path, f"status {reading.status}"
    other = path[:-1] if path.endswith("/") else path + "/"
    if judge.methods(path):
        yield reading.expect("dhub.error.method-not-allowed", reading.status == 405, "status 405", seen, "status")
    elif judge.methods(other):
        yield reading.expect("dhub.service.other-slash", reading.status == 404, "status 404", seen, "status")
    else:
        yield reading.expect("dhub.error.unknown-path", reading.status == 404, "status 404", seen, "status")


def _member(body: Any, pointer: str) -> Any:
    """What stands in an object at the JSON pointer of one of its members; the object itself otherwise."""
    return body.get(pointer[1:], body) if isinstance(body, dict) else body or ""
