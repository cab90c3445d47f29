"""A provider that does wrong in one respect is found out, and the clause it breaks is named."""

from __future__ import annotations

import pytest

from tests.suites.etri_defects import CLAUSES, DEFECTS, answered, changed, refused_if, served_instead
from tests.suites.etri_provider import ROWS, Provider, Quirks
from tests.suites.etri_verification import ROLES, SUITE, against, no_bodies, session_with, verified, violated
from understudy.verify.verification import verify

EMBEDDED_ONLY: dict[str, tuple[str, Quirks]] = {
    "a subpath is answered": ("etri.error.not-allowed-subpath", served_instead("subpath_not_allowed")),
    "a day has one call more": ("etri.error.daily-limit", Quirks(limits={"daily_calls": 7})),
    "a day has one call less": ("etri.limit.allowance", Quirks(limits={"daily_calls": 5})),
    "a day has no end of calls": ("etri.error.daily-limit", Quirks(limits={"daily_calls": 10**9})),
    "a month has one call more": ("etri.error.monthly-limit", Quirks(limits={"monthly_calls": 9})),
    "a month has one call less": ("etri.error.reason-phrase", Quirks(limits={"monthly_calls": 7})),
    "a year has one call more": ("etri.error.yearly-limit", Quirks(limits={"yearly_calls": 11})),
    "a body may have one byte more": ("etri.error.body-size", Quirks(limits={"body_bytes": 65_537})),
    "a body may have one byte less": ("etri.error.reason-phrase", Quirks(limits={"body_bytes": 65_535})),
    "one call more may be in flight": ("etri.error.concurrent-limit", Quirks(limits={"concurrent_calls": 4})),
    "half a request is waited for": ("etri.error.request-timeout", Quirks(limits={"wait_seconds": 10**9})),
    "some calls are refused as a burst": (
        "etri.error.reason-phrase",
        refused_if(lambda request: b"request_id" in request.body, "burst"),
    ),
    "an address is not allowed now and then": (
        "etri.error.reason-phrase",
        refused_if(lambda request: "😀".encode() in request.body, "ip_not_allowed"),
    ),
}

NOTED: dict[str, tuple[str, Quirks]] = {
    "days begin at midnight in London": ("etri.limit.calendar", Quirks(day_begins=0.0)),
    "refusals are counted": ("etri.limit.counting", Quirks(counts_refusals=True)),
    "one call less may be in flight": ("etri.limit.concurrent", Quirks(limits={"concurrent_calls": 2})),
    "a key after a scheme word is read": ("etri.auth.whole-value", served_instead("invalid_key")),
    "indexes from 1": ("etri.result.zero-based", changed(begin=lambda begin: begin + 1, end=lambda end: end + 1)),
    "confidence a number": ("etri.result.confidence-string", changed(confidence=0.87)),
    "confidence beyond 1": ("etri.result.confidence-range", changed(confidence="1.5")),
    "other methods are answered": ("etri.error.other-method", served_instead("other_method")),
    "nonsense is answered": ("etri.error.bad-request", served_instead("bad_request")),
    "request_id never comes back": ("etri.success.request-id-echo", answered(200, request_id="-")),
    "indexes as text": ("etri.result.integers", changed(begin=str, end=str)),
}


@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "elsewhere"])
@pytest.mark.parametrize("name", DEFECTS)
def test_defect_is_found(name: str, embedded: bool) -> None:
    clause, quirks = DEFECTS[name]
    found = violated(verified(quirks, embedded=embedded, told=embedded))
    assert clause in found, found


@pytest.mark.parametrize("name", EMBEDDED_ONLY)
def test_defect_of_a_limit_is_found(name: str) -> None:
    clause, quirks = EMBEDDED_ONLY[name]
    found = violated(verified(quirks))
    assert clause in found, found


@pytest.mark.parametrize("name", NOTED)
def test_breach_of_what_is_assumed_is_noted(name: str) -> None:
    clause, quirks = NOTED[name]
    assert clause in against(verified(quirks))


@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "elsewhere"])
@pytest.mark.parametrize("name", CLAUSES)
def test_wrong_reason_is_found(name: str, embedded: bool) -> None:
    status, reason = ROWS[name]
    for wrong in ("Forbidden", reason.lower()):
        found = violated(verified(Quirks(rows={name: (status, wrong)}), embedded=embedded))
        assert CLAUSES[name] in found, (wrong, found)


@pytest.mark.parametrize("name", CLAUSES)
def test_reason_of_another_row_is_found(name: str) -> None:
    status, reason = ROWS[name]
    other = "Blocked KEY" if reason != "Blocked KEY" else "Too Many IPs"
    assert CLAUSES[name] in violated(verified(Quirks(rows={name: (status, other)})))


@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "elsewhere"])
@pytest.mark.parametrize("name", CLAUSES)
def test_wrong_status_is_found(name: str, embedded: bool) -> None:
    _, reason = ROWS[name]
    for wrong in (200, 401):
        found = violated(verified(Quirks(rows={name: (wrong, reason)}), embedded=embedded))
        assert CLAUSES[name] in found, (wrong, found)


@pytest.mark.parametrize(("most", "broken"), [(6, False), (7, True)], ids=["kept", "one call more"])
def test_a_small_quota_is_counted_elsewhere_too_on_a_second_key(most: int, broken: bool) -> None:
    roles = {**ROLES, "another-good-key": "good"}
    provider = Provider(roles, Quirks(limits={"daily_calls": most}))
    session = session_with(provider, {"daily_calls": 6}, advance=None, roles=roles)
    found = violated(verify(session, SUITE, examples=0, lawful_bodies=no_bodies))
    assert ("etri.error.daily-limit" in found) == broken, found
