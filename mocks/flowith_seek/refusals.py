"""What Flowith refuses, and how a refusal looks: ``{"error": "..."}`` (flowith.error.body-string).

The document names a refusal for the rate alone; the rest is `observed` or `assumed`. The first line of each docstring
is what a consumer reads.
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
"""What RFC 9110 section 15.5.2 asks of every 401."""


class PathGone(Refusal):
    """Not Found"""

    status, clause = 404, "flowith.error.path-gone"


class BodyTooLarge(Refusal):
    """The body is too large."""

    status, clause = 413, "flowith.error.body-too-large"


class TokenMissing(Refusal):
    """The Authorization header needs a bearer token."""

    status, clause = 401, "flowith.error.token-missing"


class TokenUnknown(Refusal):
    """The token belongs to no user."""

    status, clause = 401, "flowith.error.token-unknown"


class RateExceeded(Refusal):
    """Too Many Requests"""

    status, clause = 429, "flowith.rate.refused"


class CreditsUsedUp(Refusal):
    """The account has not enough Credits left."""

    status, clause = 402, "flowith.error.credits-used-up"


class UnknownPath(Refusal):
    """Not Found"""

    status, clause = 404, "flowith.error.unknown-path"


class MethodNotAllowed(Refusal):
    """Method Not Allowed"""

    status, clause = 405, "flowith.error.method-not-allowed"


class NotJson(Refusal):
    """The body is not JSON, or is not declared as application/json."""

    status, clause = 400, "flowith.error.not-json"


class InvalidRequest(Refusal):
    """The request is not as documented."""

    status, clause = 400, "flowith.error.invalid"


class TooManyMessages(Refusal):
    """There are too many messages."""

    status, clause = 400, "flowith.error.too-many-messages"


class TooManyKnowledgeBases(Refusal):
    """kb_list names too many knowledge bases."""

    status, clause = 400, "flowith.error.too-many-knowledge-bases"


class ForeignKnowledgeBase(Refusal):
    """kb_list names a knowledge base that belongs to someone else."""

    status, clause = 403, "flowith.error.foreign-knowledge-base"


def refused(refusal: Refusal, case: ErrorCase, call: Call) -> Reply:
    return Reply({"error": refusal.message}, headers=CHALLENGE if case.status == 401 else ())


def violated(violations: Sequence[Violation], call: Call) -> Refusal:
    """A body that cannot be read goes before a member that is wrong (x-errors)."""
    if any(not found.pointer and found.rule in _UNREADABLE for found in violations):
        return NotJson()
    first = violations[0]
    return InvalidRequest(f"{first.pointer.lstrip('/') or first.where}: expected {first.expected}")


def unmatched(near: Sequence[NearMiss], call: Call) -> Refusal:
    """A path that has other methods is known."""
    known = any(miss.path == call.request.path for miss in near)
    return MethodNotAllowed() if known else UnknownPath()


_UNREADABLE = frozenset(("required", "syntax", "media-type"))
"""Rules that a whole body breaks before its members can be looked at."""
