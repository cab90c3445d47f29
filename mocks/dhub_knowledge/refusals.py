"""What D.Hub refuses, and how a refusal looks: ``{"detail": ...}``. The document shows no body of an error.

The first line of each docstring is what a consumer reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from understudy import Call, Headers, Refusal, Reply

if TYPE_CHECKING:
    from understudy.contract import ErrorCase
    from understudy.contract.routes import NearMiss
    from understudy.contract.violations import Violation

CHALLENGE: Headers = (("WWW-Authenticate", "Bearer"),)


class RequestTimeout(Refusal):
    """Request timeout"""

    status, clause = 408, "dhub.error.request-timeout"


class PayloadTooLarge(Refusal):
    """Payload too large"""

    status, clause = 413, "dhub.error.payload-too-large"


class MissingAccessToken(Refusal):
    """Not authenticated"""

    status, clause = 401, "dhub.auth.missing"


class InvalidAccessToken(Refusal):
    """Could not validate credentials"""

    status, clause = 401, "dhub.auth.invalid"


class UnknownPath(Refusal):
    """Not Found"""

    status, clause = 404, "dhub.error.unknown-path"


class MethodNotAllowed(Refusal):
    """Method Not Allowed"""

    status, clause = 405, "dhub.error.method-not-allowed"


class MalformedJson(Refusal):
    """The body is not JSON"""

    status, clause = 422, "dhub.error.malformed-json"
    usual = ({"loc": ["body"], "msg": "Input should be JSON", "type": "json_invalid"},)


class RequestViolation(Refusal):
    """The request breaks the tables"""

    status, clause = 422, "dhub.error.request-violation"
    usual = ({"loc": ["body"], "msg": "Input should be as documented", "type": "value_error"},)


class KnowledgeNotFound(Refusal):
    """Knowledge not found"""

    status, clause = 404, "dhub.error.unknown-knowledge"


class DocumentNotFound(Refusal):
    """Document not found"""

    status, clause = 404, "dhub.error.unknown-document"


class KnowledgeVersionNotFound(Refusal):
    """Knowledge version not found"""

    status, clause = 404, "dhub.error.unknown-knowledge-version"


class DocumentVersionNotFound(Refusal):
    """Document version not found"""

    status, clause = 404, "dhub.error.unknown-document-version"


class InvalidPaginationToken(Refusal):
    """The pagination token was not given out by this list"""

    status, clause = 422, "dhub.error.invalid-token"

    def __init__(self) -> None:
        said = {"loc": ["query", "token"], "msg": "Input should be a token of this list", "type": "value_error"}
        super().__init__(detail=[said])


class KnowledgeNotEmpty(Refusal):
    """Knowledge still has documents"""

    status, clause = 409, "dhub.delete.conflict"


def refused(refusal: Refusal, case: ErrorCase, call: Call) -> Reply:
    """The body of every refusal, by dhub.error.body; a 401 names the scheme, by dhub.auth.challenge."""
    detail = refusal.message if refusal.detail is None else refusal.detail
    return Reply({"detail": detail}, headers=CHALLENGE if case.status == 401 else ())


def violated(violations: Sequence[Violation], call: Call) -> Refusal:
    """A body that cannot be read goes before anything else that is wrong (x-errors)."""
    unreadable = any(found.where != "path" and not found.pointer and found.rule in _UNREADABLE for found in violations)
    return (MalformedJson if unreadable else RequestViolation)(detail=[_told(found) for found in violations])


def unmatched(near: Sequence[NearMiss], call: Call) -> Refusal:
    """A path that has other methods is known."""
    known = any(miss.path == call.request.path for miss in near)
    return MethodNotAllowed() if known else UnknownPath()


_UNREADABLE = frozenset(("required", "syntax", "media-type"))
"""Rules that a whole body breaks before its members can be looked at."""

_TYPES = {
    "required": "missing",
    "type": "type_error",
    "enum": "enum",
    "minLength": "string_too_short",
    "minimum": "greater_than_equal",
    "maximum": "less_than_equal",
    "syntax": "json_invalid",
}


def _told(found: Violation) -> dict[str, object]:
    """One member of ``detail``, by dhub.error.violations."""
    place, _, name = found.where.partition(" ")
    loc: list[str | int] = ["body"] if place == "header" else [place, name] if name else [place]
    loc += [int(token) if token.isdecimal() else token for token in found.pointer.split("/")[1:]]
    return {"loc": loc, "msg": f"Input should be {found.expected}", "type": _TYPES.get(found.rule, "value_error")}
