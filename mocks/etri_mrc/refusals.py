"""The table of errors: what is refused, in the order of precedence, and how a refusal looks.

The reason that a consumer reads stands in the contract's ``x-errors``; here are the causes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from understudy import Call, Headers, Refusal, Reply

if TYPE_CHECKING:
    from understudy.contract import ErrorCase
    from understudy.contract.routes import NearMiss
    from understudy.contract.violations import Violation

HEAD: Headers = (("Access-Control-Allow-Origin", "*"), ("Connection", "close"))
"""What every answer carries beside its type and length, by etri.head.cors and etri.head.connection."""
RESERVED = "reserved field"
"""The request_id of an answer to a request that has none, by etri.success.request-id-echo."""


class BodySizeLimitExceeded(Refusal):
    """The body is larger than body_bytes."""

    status, clause = 413, "etri.error.body-size"


class RequestTimeout(Refusal):
    """The request has not arrived whole within wait_seconds."""

    status, clause = 408, "etri.error.request-timeout"


class EmptyAuthHeader(Refusal):
    """There is no Authorization header, or an empty one."""

    status, clause = 403, "etri.error.empty-auth-header"


class InvalidKey(Refusal):
    """No such key exists."""

    status, clause = 403, "etri.error.invalid-key"


class BlockedKey(Refusal):
    """An administrator has blocked the key."""

    status, clause = 403, "etri.error.blocked-key"


class DailyLimitExceeded(Refusal):
    """daily_calls calls of the key have been answered in this day of Seoul."""

    status, clause = 403, "etri.error.daily-limit"


class MonthlyLimitExceeded(Refusal):
    """monthly_calls calls of the key have been answered in this month of Seoul."""

    status, clause = 403, "etri.error.monthly-limit"


class YearlyLimitExceeded(Refusal):
    """yearly_calls calls of the key have been answered in this year of Seoul."""

    status, clause = 403, "etri.error.yearly-limit"


class TooManyKeys(Refusal):
    """keys_per_ip other keys have been used from the address today."""

    status, clause = 403, "etri.error.too-many-keys"


class TooManyIPs(Refusal):
    """The key has been used from ips_per_key other addresses today."""

    status, clause = 403, "etri.error.too-many-ips"


class NotAllowedIP(Refusal):
    """The address is none of allowed_ips."""

    status, clause = 403, "etri.error.not-allowed-ip"


class NotAllowedSubpath(Refusal):
    """What follows the path of the API is none of allowed_subpaths."""

    status, clause = 403, "etri.error.not-allowed-subpath"


class InvalidAPI(Refusal):
    """No API is registered under the path and the method."""

    status, clause = 403, "etri.error.invalid-api"


class ConcurrentLimitExceeded(Refusal):
    """concurrent_calls calls of the key are in flight; or, in its dialect, it made consecutive_calls in this second."""

    status, clause = 429, "etri.error.concurrent-limit"


class BadRequest(Refusal):
    """The body is no request for a reading."""

    status, clause = 400, "etri.error.bad-request"


class InternalServerError(Refusal):
    """The reader failed."""

    status, clause = 500, "etri.error.internal"


def refused(refusal: Refusal, case: ErrorCase, call: Call) -> Reply:
    """The body of every refusal, by etri.error.result and etri.error.reason-phrase."""
    return Reply({"request_id": request_id(call), "result": -1, "reason": case.reason}, headers=HEAD)


def violated(violations: Sequence[Violation], call: Call) -> Refusal:
    return BadRequest()


def unmatched(near: Sequence[NearMiss], call: Call) -> Refusal:
    """Another path or another method, by etri.error.other-method."""
    return InvalidAPI()


def request_id(call: Call) -> str:
    """That of the request, where it could be read."""
    body = call.body if call.body is not None else body_of(call)
    given = body.get("request_id") if isinstance(body, dict) else None
    return given if isinstance(given, str) else RESERVED


def body_of(call: Call) -> Any:
    """The body as JSON before it has been checked; None where it is none, or larger than it may be."""
    most = call.limits["body_bytes"]
    if most is not None and len(call.request.body) > most:
        return None
    try:
        return msgspec.json.decode(call.request.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
