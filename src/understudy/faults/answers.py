"""What a fault answers in the service's place: any response, or a documented error in the service's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from understudy.contract import ErrorCase
from understudy.errors import UsageError
from understudy.faults.kinds import Answer
from understudy.http import Response
from understudy.service import Refusal, Service

FRAMING = frozenset(("content-length", "transfer-encoding", "date", "content-type"))
BODILESS = frozenset((204, 304))
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")


def response_of(answer: Answer) -> Response:
    """The response that ``answer`` describes. Raises UsageError when it describes none that can be sent."""
    contents = [value for value in (answer.body, answer.text, answer.content) if value is not None]
    if len(contents) > 1:
        raise UsageError("this answer has more than one of body, text and content; it needs one of them, or none")
    if contents and answer.status in BODILESS:
        raise UsageError(f"an answer of status {answer.status} has no content (RFC 9110 section 6.4.1); leave it out")
    for name, value in (*answer.headers, ("Content-Type", answer.media_type or "")):
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise UsageError(f"the field {name!r} cannot be written: its name is no token, or its value has controls")
    framing = sorted({name for name, _ in answer.headers if name.lower() in FRAMING})
    if framing:
        raise UsageError(
            f"{', '.join(framing)} cannot be set: say media_type for Content-Type; the server writes the others, and "
            f"wrong_length, truncated_chunk and cut are the faults that get them wrong"
        )
    media_type, body = _content(answer)
    named = (("Content-Type", media_type),) if media_type else ()
    return Response(answer.status, named + answer.headers, body)


def refusal_of(service: Service[Any], case: ErrorCase, named: str) -> Refusal:
    """The refusal by which ``service`` answers ``case``; ``named`` is the error's name or one of its clauses.

    Where no behaviour ever raises one, it is made of the case itself.
    """
    own = {refusal.clause: refusal for refusal in reversed([*refusals_of(service)])}
    clauses = (named, *case.clauses) if named in case.clauses else case.clauses
    found = next((own[clause] for clause in clauses if clause in own), None)
    if found is not None:
        return found()
    unraised: type[Refusal] = type("Unraised", (Refusal,), {"status": case.status, "clause": clauses[0]})
    return unraised(case.reason or case.cause)


def refusals_of(service: Service[Any]) -> Iterator[type[Refusal]]:
    """The refusals that are written in the modules of the service's behaviours, and beside them."""
    modules = {behaviour.__module__ for behaviour in service.behaviours.values()}
    for refusal in _subclasses(Refusal):
        if refusal.clause and any(f"{refusal.__module__}.".startswith(f"{name}.") for name in modules):
            yield refusal


def _subclasses(cls: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in cls.__subclasses__():
        yield child
        yield from _subclasses(child)


def _content(answer: Answer) -> tuple[str | None, bytes]:
    try:
        if answer.body is not None:
            return answer.media_type or "application/json", msgspec.json.encode(answer.body)
        if answer.text is not None:
            return answer.media_type or "text/plain; charset=utf-8", answer.text.encode()
    except (UnicodeEncodeError, TypeError, RecursionError) as error:
        raise UsageError(f"the content of this answer cannot be written: {error}") from error
    if answer.content is not None:
        return answer.media_type or "application/octet-stream", answer.content
    return answer.media_type, b""
