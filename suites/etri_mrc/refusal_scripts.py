"""Scripts: what is refused, and how. One for every role, since each needs a key that another target may not have."""

from __future__ import annotations

from understudy.verify.session import Session, Unmet

from .definition import MOST_BODY_BYTES, ask, assumed_only, body_of, number, suite

ERRORS = ("etri.error.result", "etri.error.reason", "etri.error.request-id", "etri.error.head")


@suite.script("etri.error.blocked-key", "etri.error.reason-phrase", *ERRORS, roles=("blocked",))
def a_blocked_key_is_refused(session: Session) -> None:
    """Blocked KEY."""
    ask(session, role="blocked")


@suite.script("etri.error.daily-limit", roles=("daily_exhausted",))
def a_key_without_calls_today_is_refused(session: Session) -> None:
    """Daily Limit Exceeded."""
    ask(session, role="daily_exhausted")


@suite.script("etri.error.monthly-limit", roles=("monthly_exhausted",))
def a_key_without_calls_this_month_is_refused(session: Session) -> None:
    """Monthly Limit Exceeded."""
    ask(session, role="monthly_exhausted")


@suite.script("etri.error.yearly-limit", roles=("yearly_exhausted",))
def a_key_without_calls_this_year_is_refused(session: Session) -> None:
    """Yearly Limit Exceeded."""
    ask(session, role="yearly_exhausted")


@suite.script("etri.error.too-many-keys", roles=("too_many_keys",))
def a_key_too_many_for_an_address_is_refused(session: Session) -> None:
    """Too Many Keys."""
    ask(session, role="too_many_keys")


@suite.script("etri.error.too-many-ips", roles=("too_many_ips",))
def a_key_from_too_many_addresses_is_refused(session: Session) -> None:
    """Too Many IPs."""
    ask(session, role="too_many_ips")


@suite.script("etri.error.not-allowed-ip", roles=("ip_not_allowed",))
def an_address_that_is_not_allowed_is_refused(session: Session) -> None:
    """Not Allowed IP."""
    ask(session, role="ip_not_allowed")


@suite.script("etri.error.not-allowed-subpath", roles=("subpath_not_allowed",))
def a_key_without_paths_is_refused(session: Session) -> None:
    """Not Allowed Subpath."""
    ask(session, role="subpath_not_allowed")


@suite.script("etri.error.concurrent-limit", roles=("burst",))
def a_key_with_all_its_calls_in_flight_is_refused(session: Session) -> None:
    """Concurrent Limit Exceeded."""
    ask(session, role="burst")


@suite.script("etri.error.internal", roles=("internal_error",))
def an_inner_failure_is_said(session: Session) -> None:
    """Internal Server Error."""
    ask(session, role="internal_error")


@suite.script("etri.error.invalid-api")
def what_is_not_registered_is_refused(session: Session) -> None:
    """Invalid API: a path on which there is nothing, with a good key and a lawful body."""
    ask(session, target="/NoSuchServlet")


@suite.script("etri.error.not-allowed-subpath", "etri.limit.allowed-subpaths")
def a_subpath_is_restricted(session: Session) -> None:
    """A path below the API's own that nobody allowed."""
    if "/restricted" in (session.limit("allowed_subpaths") or ()):
        raise Unmet("the target allows /MRCServlet/restricted")
    ask(session, target="/MRCServlet/restricted")


@suite.script("etri.limit.allowed-subpath-served")
def an_allowed_subpath_has_no_api(session: Session) -> None:
    """Invalid API at a subpath that is allowed."""
    assumed_only(session)
    allowed = [path for path in session.limit("allowed_subpaths") or () if path]
    if not allowed:
        raise Unmet("the target allows no subpath")
    ask(session, target=f"/MRCServlet{allowed[0]}")


@suite.script("etri.auth.whole-value", "etri.auth.empty-value")
def a_scheme_word_makes_a_key_unknown(session: Session) -> None:
    """A good key after the word Bearer, and an empty header."""
    assumed_only(session)
    ask(session, credential=f"Bearer {session.credential()}")
    ask(session, headers={"authorization": ""})


@suite.script("etri.error.other-method")
def another_method_is_another_api(session: Session) -> None:
    """GET, PUT and DELETE where only POST is registered."""
    assumed_only(session)
    for method in ("GET", "PUT", "DELETE"):
        ask(session, method=method)


@suite.script("etri.error.precedence", "etri.error.bad-request-place", roles=("good", "blocked", "daily_exhausted"))
def the_first_row_that_applies_is_answered(session: Session) -> None:
    """Requests that are wrong in two ways."""
    assumed_only(session)
    ask(session, target="/NoSuchServlet", headers={"authorization": None})
    ask(session, target="/NoSuchServlet", role="blocked")
    ask(session, raw=b"{", role="daily_exhausted")
    ask(session, raw=b"{", target="/MRCServlet/restricted")


@suite.script("etri.error.wire-first")
def a_body_too_large_comes_before_the_key(session: Session) -> None:
    """A body too large, without a key."""
    assumed_only(session)
    size = number(session, "body_bytes")
    if size > MOST_BODY_BYTES:
        raise Unmet(f"the target takes {size} bytes, more than is sent for this")
    ask(session, raw=body_of(int(size) + 1), headers={"authorization": None})
