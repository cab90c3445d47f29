"""Scripts: how large, how late and how many at once. Quotas by the calendar are in `quota_scripts`."""

from __future__ import annotations

from understudy.verify.session import Session, Unmet

from .definition import MOST_BODY_BYTES, ask, assumed_only, body_of, in_a_row, number, suite, told
from .passages import HANGUL_WHO

MOST_WAIT = 120.0
MOST_TOGETHER = 64


@suite.script("etri.error.body-size", "etri.limit.body")
def a_body_is_too_large_by_one_byte(session: Session) -> None:
    """Body Size Limit Exceeded at one byte more than is allowed; what is allowed is read."""
    size = int(number(session, "body_bytes"))
    if size > MOST_BODY_BYTES:
        raise Unmet(f"the target takes {size} bytes, more than is sent for this")
    larger = ask(session, raw=body_of(size + 1))
    if told(session, "body_bytes"):
        ask(session, raw=body_of(size))
    if larger.observation.response is None:
        raise Unmet(f"the connection broke under a body of {size + 1} bytes: {larger.observation.failure}")


@suite.script("etri.error.request-timeout", "etri.limit.wait")
def half_a_request_is_waited_for_in_vain(session: Session) -> None:
    """Request Timeout for a request whose second half never comes."""
    wait = number(session, "wait_seconds")
    if wait > MOST_WAIT:
        raise Unmet(f"the target waits {wait} s, longer than a verification does")
    request = session.request("readPassage", body=HANGUL_WHO.body)
    observation = session.gate.stall(request, wait * 1.5 + 2)
    headers = {**request.headers, "content-length": str(len(request.body))}
    sent = request._replace(headers=headers, body=request.body[: len(request.body) // 2])
    reading = session.judged(observation._replace(request=sent))
    if reading.status == 408:
        if observation.elapsed >= wait * 0.5:
            session.note(reading.holds("etri.limit.wait", "time"))
    elif reading.status and (observation.elapsed < wait or not told(session, "wait_seconds")):
        raise Unmet(f"half a request was answered with status {reading.status} before it was too late")
    elif told(session, "wait_seconds"):
        expected = f"status 408 and reason 'Request Timeout' after {wait} s"
        seen = observation.failure or f"status {reading.status}"
        for clause in ("etri.error.request-timeout", "etri.limit.wait"):
            session.note(reading.expect(clause, False, expected, seen, "status"))
    else:
        raise Unmet(f"{observation.failure}; the target does not tell how long it waits")


@suite.script("etri.limit.concurrent")
def one_call_too_many_is_in_flight(session: Session) -> None:
    """Concurrent Limit Exceeded for one of one call more than may be in flight. Whether calls of which every head is
    sent before any body ends are in flight together is only known of an embedded mock."""
    if in_a_row(session):
        raise Unmet("the consecutive-calls dialect is in force")
    if not told(session, "concurrent_calls"):
        raise Unmet("the target does not tell how many calls may be in flight")
    if not session.embedded and session.target.values("burst"):
        raise Unmet("the number is only assumed, and the role burst shows the refusal in one call")
    most = int(number(session, "concurrent_calls"))
    if most >= MOST_TOGETHER:
        raise Unmet(f"the target takes {most} calls at one time, more than are made for this")
    request = session.request("readPassage", body=HANGUL_WHO.body)
    observations = session.gate.overlap([request] * (most + 1))
    in_order = sorted(observations, key=lambda entry: entry.response.status if entry.response else 0)
    readings = [session.judged(observation) for observation in in_order]
    refused = [reading for reading in readings if reading.status == 429]
    last = readings[-1]
    expected = f"one of {most + 1} calls at one time to be refused"
    session.note(last.expect("etri.limit.concurrent", len(refused) == 1, expected, f"{len(refused)} were", "status"))
    if refused or session.embedded:
        session.note(last.expect("etri.error.concurrent-limit", bool(refused), expected, "all were answered", "status"))


@suite.script("etri.limit.consecutive")
def one_call_too_many_in_a_second(session: Session) -> None:
    """By the consecutive-calls dialect one second has so many calls and no more."""
    if not in_a_row(session):
        raise Unmet("the consecutive-calls dialect is not in force")
    assumed_only(session)
    most = int(number(session, "consecutive_calls"))
    readings = [session.call("readPassage", body=HANGUL_WHO.body) for _ in range(most + 1)]
    answered = sum(reading.succeeded for reading in readings)
    expected = f"{most} of {most + 1} calls in a second to be answered"
    session.note(readings[-1].expect("etri.limit.consecutive", answered == most, expected, answered, "status"))
