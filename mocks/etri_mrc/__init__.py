"""ETRI machine reading: a passage and a question go in, the part of the passage that answers comes out.

Contract: contracts/etri_mrc.yaml. The reader is small and extractive: no model of the language, and what has to be
understood rather than found it gets wrong. Not modelled: issuing and blocking keys, settings of a single key (limits
hold for all keys of a stage), and calls in flight of a key that travels in the body, which no server counts.
"""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb
from urllib.parse import unquote

from understudy import Call, Reply, Service
from understudy.guards import (
    AllowedAddresses,
    BodySize,
    CalendarDistinct,
    CalendarQuota,
    Check,
    Distinct,
    InFlight,
    Rate,
    RefuseRole,
    RequireCredential,
    When,
    peer_address,
)

from . import refusals
from .reader import Answer, read


def take_key_from_body(call: Call) -> None:
    """In the body-key dialect the key may be access_key in the body, by etri.auth.key-in-body."""
    if call.credential or call.readings["etri.key-place"] != "body":
        return
    body = refusals.body_of(call)
    key = body.get("access_key") if isinstance(body, dict) else None
    if isinstance(key, str) and key:
        call.identify(key)


def allow_subpath(call: Call) -> None:
    """What follows the API's path has to be allowed, by etri.limit.allowed-subpaths."""
    allowed = call.limits["allowed_subpaths"]
    api, path = call.contract.operations["readPassage"].path, call.request.path
    below = path == api or path.startswith(api + "/")
    if below and allowed is not None and unquote(path.removeprefix(api)) not in allowed:
        raise refusals.NotAllowedSubpath


def in_flight_count(call: Call) -> bool:
    """Concurrent, by default; only a call of the API can be one too many, since Invalid API comes before."""
    return call.operation is not None and call.readings["etri.concurrent-or-consecutive"] == "concurrent"


def in_succession_count(call: Call) -> bool:
    return call.operation is not None and call.readings["etri.concurrent-or-consecutive"] == "consecutive"


def key(call: Call) -> str:
    return call.credential or ""


etri = Service[None](
    "etri_mrc",
    state=lambda: None,
    shared=Distinct,  # which keys came from which addresses
    refused=refusals.refused,
    violated=refusals.violated,
    unmatched=refusals.unmatched,
    wire={"body_too_large": refusals.BodySizeLimitExceeded, "request_timeout": refusals.RequestTimeout},
    charset="UTF-8",
    guards=[  # in the order of the table of errors, by etri.error.precedence
        BodySize("body_bytes", refusals.BodySizeLimitExceeded),
        Check(take_key_from_body),
        RequireCredential(refusals.EmptyAuthHeader, refusals.InvalidKey),
        RefuseRole("blocked", refusals.BlockedKey),
        RefuseRole("daily_exhausted", refusals.DailyLimitExceeded),
        CalendarQuota("daily_calls", refusals.DailyLimitExceeded),
        RefuseRole("monthly_exhausted", refusals.MonthlyLimitExceeded),
        CalendarQuota("monthly_calls", refusals.MonthlyLimitExceeded),
        RefuseRole("yearly_exhausted", refusals.YearlyLimitExceeded),
        CalendarQuota("yearly_calls", refusals.YearlyLimitExceeded),
        RefuseRole("too_many_keys", refusals.TooManyKeys),
        CalendarDistinct("keys_per_ip", refusals.TooManyKeys, key=peer_address, values=key),
        RefuseRole("too_many_ips", refusals.TooManyIPs),
        CalendarDistinct("ips_per_key", refusals.TooManyIPs, key=key, values=peer_address),
        RefuseRole("ip_not_allowed", refusals.NotAllowedIP),
        AllowedAddresses("allowed_ips", refusals.NotAllowedIP),
        RefuseRole("subpath_not_allowed", refusals.NotAllowedSubpath),
        Check(allow_subpath),
        When(lambda call: call.operation is not None, RefuseRole("burst", refusals.ConcurrentLimitExceeded)),
        When(in_flight_count, InFlight("concurrent_calls", refusals.ConcurrentLimitExceeded)),
        When(in_succession_count, Rate("consecutive_calls", refusals.ConcurrentLimitExceeded)),
    ],
)


@etri.operation("readPassage")
def read_passage(state: None, call: Call) -> Reply:
    if call.role == "internal_error":
        raise refusals.InternalServerError
    argument = call.body["argument"]
    answer = answer_to(argument["passage"], argument["question"])
    found = {} if answer is None else {"MRCInfo": info(argument["passage"], argument["question"], answer, call)}
    body = {"request_id": refusals.request_id(call), "result": 0, "return_type": RETURN_TYPE, "return_object": found}
    return Reply(body, headers=refusals.HEAD)


def answer_to(passage: str, question: str) -> Answer | None:
    """The reading. If the reader fails, that is the service's internal error; a header says what failed and where."""
    try:
        return read(passage, question)
    except Exception as error:
        at = extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}"
        raise refusals.InternalServerError(headers=(("Understudy-Fault", fault),)) from error


def info(passage: str, question: str, answer: Answer, call: Call) -> dict[str, object]:
    first = 1 if call.readings["etri.index-base"] == "one-based" else 0
    return {
        "answer": passage[answer.begin : answer.end + 1],
        "confidence": f"{answer.confidence:.4f}",
        "passage": passage,
        "question": question,
        "begin": answer.begin + first,
        "end": answer.end + first,
    }


RETURN_TYPE = "com.google.gson.internal.LinkedTreeMap"
