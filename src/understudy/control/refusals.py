"""What the control plane refuses: each is a problem of RFC 9457, under the name that its contract gives it."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from understudy.http import Headers
from understudy.service import Call, Refusal, Reply

if TYPE_CHECKING:
    from understudy.contract import ErrorCase
    from understudy.contract.routes import NearMiss
    from understudy.contract.violations import Violation

PROBLEM = "application/problem+json"
CHALLENGE: Headers = (("WWW-Authenticate", "Bearer"),)


class Late(Refusal):
    """The request did not arrive in time."""

    status, clause = 408, "control.error.late"


class TooLarge(Refusal):
    """The body is longer than 1 MiB, or than 64 MiB where it holds a snapshot."""

    status, clause = 413, "control.request.body-bytes"


class ForeignHost(Refusal):
    """The Host is none of the plane's: call it by the URL that was printed at start, at an address of loopback."""

    status, clause = 421, "control.host.foreign"


class FromABrowser(Refusal):
    """No page in a browser may call the control plane; use understudy control, or a client of your own."""

    status, clause = 403, "control.browser.refused"


class MissingToken(Refusal):
    """There is no token: send the one that was printed at start as Authorization: Bearer TOKEN."""

    status, clause = 401, "control.auth.missing"


class WrongToken(Refusal):
    """This is not the token that was printed at start; every start makes another."""

    status, clause = 401, "control.auth.wrong"


class UnknownPath(Refusal):
    """There is no such path; GET /openapi.json describes those that there are."""

    status, clause = 404, "control.error.path"


class WrongMethod(Refusal):
    """The path does not have this method; Allow names those that it has."""

    status, clause = 405, "control.error.method"


class NotJson(Refusal):
    """The body is not sent as application/json: say so in Content-Type."""

    status, clause = 415, "control.error.media-type"


class Malformed(Refusal):
    """The body is missing or is no JSON; violations say what was expected."""

    status, clause = 400, "control.error.malformed"


class Violated(Refusal):
    """The request breaks the contract; violations say where and what was expected."""

    status, clause = 400, "control.error.violated"


class UnknownStage(Refusal):
    status, clause = 404, "control.stages.unknown"


class UnknownFault(Refusal):
    status, clause = 404, "control.faults.unknown"


class UnknownExchange(Refusal):
    status, clause = 404, "control.journal.unknown"


class NameTaken(Refusal):
    status, clause = 409, "control.stages.taken"


class TooManyStages(Refusal):
    """There are as many stages as there may be: delete some."""

    status, clause = 409, "control.stages.most"


class DefaultStage(Refusal):
    """The default stage cannot be deleted; reset it instead."""

    status, clause = 409, "control.stages.default"


class Unusable(Refusal):
    status, clause = 422, "control.error.unusable"


def refused(refusal: Refusal, case: ErrorCase, call: Call) -> Reply:
    """The body of every refusal."""
    told: dict[str, Any] = {
        "status": case.status,
        "title": HTTPStatus(case.status).phrase,
        "error": case.name,
        "detail": refusal.message,
    }
    if refusal.detail is not None:
        told["violations"] = refusal.detail
    return Reply(told, headers=CHALLENGE if case.status == 401 else (), media_type=PROBLEM)


def violated(violations: Sequence[Violation], call: Call) -> Refusal:
    """Another media type goes before a body that cannot be read, and that before anything else (x-errors)."""
    rules = {(found.where.partition(" ")[0], found.rule) for found in violations if not found.pointer}
    kind: type[Refusal] = Violated
    if ("header", "media-type") in rules:
        kind = NotJson
    elif ("body", "syntax") in rules or any(_is_missing(found) for found in violations):
        kind = Malformed
    return kind(detail=[_told(found) for found in violations])


def unmatched(near: Sequence[NearMiss], call: Call) -> Refusal:
    """A path that has other methods is known."""
    known = any(miss.path == call.request.path for miss in near)
    return WrongMethod() if known else UnknownPath()


def _is_missing(found: Violation) -> bool:
    """Whether there is no body at all. What is missing within one has a pointer."""
    return found.where == "body" and found.rule == "required" and not found.pointer


def _told(found: Violation) -> dict[str, str]:
    return {"where": found.where, "pointer": found.pointer, "expected": found.expected, "seen": found.seen}
