"""An answer on its way through the engine: checked by the contract, or our own fault in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from understudy.contract.bodies import media_type_of
from understudy.contract.responses import ResponseChecker
from understudy.contract.secrets import REDACTED, Secrets, without
from understudy.contract.violations import Violation
from understudy.http import Headers, LiveStream, Response
from understudy.journal import Exchange
from understudy.service import Call, Reply

JSON = "application/json"
HEADER_TEXT_LENGTH = 400
"""How much of an explanation travels in an ``Understudy-`` header, in characters."""


class Answered(NamedTuple):
    """``ours``: the answer says that the mock itself is wrong, which no contract documents.

    ``forced``: it is sent as it is, whatever the contract says.
    """

    reply: Reply
    clauses: tuple[str, ...] = ()
    headers: Headers = ()
    violations: tuple[Violation, ...] = ()
    ours: bool = False
    forced: Response | None = None


def checked_answer(checker: ResponseChecker, answer: Answered, call: Call) -> tuple[str, Answered]:
    """The media type of an answer that keeps the contract, schemas closed; our fault in place of one that does not."""
    reply = answer.reply
    plain = checker.plain(reply.status)
    if plain is not None and reply.stream is None and reply.media_type is None and plain.valid(reply.body):
        return plain.media_type, answer
    media_type = reply.media_type or checker.media_type(reply.status, streamed=reply.stream is not None)
    broken = _broken(checker, reply, media_type, call)
    if not broken:
        return media_type, answer
    fault = our_fault("the mock's reply breaks its own contract: " + "; ".join(map(str, broken)))
    return JSON, fault._replace(violations=answer.violations + broken)


def _broken(checker: ResponseChecker, reply: Reply, media_type: str, call: Call) -> tuple[Violation, ...]:
    if isinstance(reply.stream, LiveStream):  # its events are checked when they are sent
        return checker.check_streamed(reply.status, media_type)
    if reply.stream is not None:
        return checker.check_stream(reply.status, media_type, reply.stream, asked(call))
    named = {name.lower(): value for name, value in reply.headers} if reply.headers else _NO_HEADERS
    return checker.check_value(reply.status, media_type_of(media_type), reply.body, named)


def asked(call: Call) -> Mapping[str, Any]:
    """The request, as the events of a stream are compared with it."""
    return {"path": call.path, "query": call.query, "body": call.body}


def without_secrets(secrets: Secrets, exchange: Exchange) -> Exchange:
    """The exchange as the journal keeps it: without what the contract marks as secret in JSON bodies."""
    request, response = exchange.request, exchange.response
    return exchange._replace(
        request=request._replace(body=without(request.body, secrets.asked, REDACTED)),
        response=response._replace(body=without(response.body, secrets.told, REDACTED)),
    )


def our_fault(what: str) -> Answered:
    """A 500 that says what is wrong with the mock."""
    body = {"understudy": what, "next": "this is a fault of the mock, not of the client: please report it"}
    return Answered(Reply(msgspec.json.encode(body), status=500, media_type=JSON), ours=True)


def explained(name: str, text: str) -> Headers:
    """An explanation as a header field: ASCII without controls, one line, bounded.

    It may quote what a client sent: the name of a member, in a pointer.
    """
    if not text:
        return ()
    line = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", " ".join(text.split())[:HEADER_TEXT_LENGTH])
    return ((name, line.encode("ascii", "backslashreplace").decode("ascii")),)


_CONTROL = re.compile("[\x00-\x1f\x7f]")
_NO_HEADERS: Mapping[str, str] = {}
