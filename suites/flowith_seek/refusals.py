"""Refusals, and successes where a refusal was due. The document states 429; other statuses are observed or assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from understudy.verify.reading import Reading, Verdict, shown

from .blocks import read_json
from .heads import is_json

LATER = frozenset((408, 413, 425, 429, 502, 503, 504))
"""Statuses that say: too long, too often or another time. Nothing documented forbids them."""

EXPECTED: Mapping[str, int] = {
    "flowith.error.not-json": 400,
    "flowith.error.foreign-knowledge-base": 403,
}
REQUIRED: Mapping[str, tuple[str, int | None]] = {
    "messages": ("flowith.body.messages-required", 400),
    "model": ("flowith.body.model-required", 400),
    "kb_list": ("flowith.body.kb-list-required", None),
}


def judge_no_access(reading: Reading) -> Iterator[Verdict]:
    """A request that certainly carries no token of a user."""
    missing = not (reading.credential or "").strip() or (reading.credential or "").startswith(" ")
    named = "needed" if missing else "known"
    clause = "flowith.auth.models-token" if reading.operation == "listModels" else f"flowith.auth.token-{named}"
    seen = f"status {reading.status}"
    expected = "a refusal: no bearer token" if missing else "a refusal: the token belongs to no user"
    yield reading.expect(clause, not reading.succeeded, expected, seen, "status")
    if not reading.succeeded and reading.status not in LATER:
        clause = f"flowith.error.token-{'missing' if missing else 'unknown'}"
        yield reading.expect(clause, reading.status == 401, "status 401", seen, "status")
        yield from judge_error_body(reading)


def judge_refusal(reading: Reading, clauses: Iterable[str]) -> Iterator[Verdict]:
    """A request was refused that ``clauses`` say is answered; or refused as they say, where they are about refusals."""
    seen = f"status {reading.status}"
    for clause in filter(None, clauses):
        status = EXPECTED.get(clause)
        if status is not None:
            yield reading.expect(clause, reading.status == status, f"status {status}", seen, "status")
        else:
            yield reading.expect(clause, False, "an answer", seen, "status")
    yield from judge_error_body(reading)


def judge_unlawful(reading: Reading) -> Iterator[Verdict]:
    """A request that is not as the document describes it was refused; that it is, and how, is supposed only."""
    if reading.status in (402, *LATER) or reading.operation != "seek":
        return
    clause, status = _cause(reading)
    held = reading.status == status if status is not None else reading.status < 500
    expected = f"status {status}" if status is not None else "a refusal"
    yield reading.expect(clause, held, expected, f"status {reading.status}", "status")
    yield from judge_error_body(reading)


def judge_error_body(reading: Reading) -> Iterator[Verdict]:
    """What a refusal's body looks like, where it has one."""
    if not reading.response.content:
        return
    value = read_json(reading.response.content)
    error = value.get("error") if isinstance(value, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    seen = shown(ascii(reading.response.content[:200].decode("utf-8", "replace")), 80)
    held = isinstance(message, str)
    yield reading.expect("flowith.error.body", held, "`error`, a string or an object with `message`", seen)
    if held:
        told = isinstance(error, str) and is_json(reading.response.header("content-type") or "")
        yield reading.expect("flowith.error.body-string", told, "`error`, a string, in application/json", seen)


def _cause(reading: Reading) -> tuple[str, int | None]:
    """The clause that says how such a request is refused, and with which status if it says so."""
    for breach in reading.breaches:
        if breach.rule in ("syntax", "media-type") or (breach.rule == "required" and breach.expected == "a body"):
            return "flowith.error.not-json", 400
    if not isinstance(reading.body, dict):
        return "flowith.error.invalid", 400
    for name, told in REQUIRED.items():
        if name not in reading.body:
            return told
    if reading.body["messages"] == []:
        return REQUIRED["messages"]
    if any(breach.pointer.endswith("/role") and breach.rule == "enum" for breach in reading.breaches):
        return "flowith.message.role-other", 400
    return "flowith.error.invalid", 400
