"""Scripts: quotas by day, month and year, and keys of an address. Calls are counted where they cost nothing: of an
embedded mock, whose clock they move, or of a second key of a target that tells of a small quota."""

from __future__ import annotations

from understudy.verify.session import Session, Unmet

from .calendar import DAY, next_start, told_time
from .definition import ask, assumed_only, number, suite, told
from .passages import ITEMS

HOUR = 3600.0
MOST_COUNTED, MOST_COUNTED_ELSEWHERE = 6_000, 20
"""So many calls of a quota are made at most: of an embedded mock, and of a target that is not ours."""
SAFE_DAYS = 25
"""On so many days of a month calls are counted, from its second: on none of them any calendar has another month."""


@suite.script("etri.error.daily-limit", "etri.limit.allowance", "etri.limit.daily")
def a_day_has_so_many_calls(session: Session) -> None:
    """Every call of the day's allowance is answered, and one more is Daily Limit Exceeded."""
    most = countable(session, "daily_calls")
    use_up(session, session.credential(account="quota"), most + 1)


@suite.script("etri.limit.counting")
def only_answers_are_counted(session: Session) -> None:
    """Refused calls leave the day's allowance as it is."""
    assumed_only(session)
    most = countable(session, "daily_calls")
    for _ in range(3):
        ask(session, raw=b"{")
    use_up(session, session.credential(), most)


@suite.script("etri.limit.calendar", clock=True)
def a_day_begins_at_midnight_in_seoul(session: Session) -> None:
    """What is used up stays so over midnight in London, until midnight in Seoul, and by no calendar for two days."""
    most = countable(session, "daily_calls")
    key = session.credential(account="day")
    day = next_start(now(session), "day", calendar(session, "daily_calls"))
    move(session, day + 8 * HOUR)
    use_up(session, key, most)
    for moment in (day + 10 * HOUR, day + DAY - 2, day + DAY, day + 3 * DAY):
        move(session, moment)
        ask(session, credential=key)


@suite.script("etri.error.monthly-limit", "etri.limit.monthly", clock=True)
def a_month_has_so_many_calls(session: Session) -> None:
    """Over the days of a month, each within its own allowance; then Monthly Limit Exceeded, until the month is over."""
    most = countable(session, "monthly_calls")
    key = session.credential(account="month")
    spend_in_month(session, key, most, "month")
    ask(session, credential=key)
    move(session, next_start(now(session), "month", calendar(session, "monthly_calls")) + HOUR)
    ask(session, credential=key)


@suite.script("etri.error.yearly-limit", "etri.limit.yearly", clock=True)
def a_year_has_so_many_calls(session: Session) -> None:
    """Over the months of a year, each within its own allowance; then Yearly Limit Exceeded, until the year is over."""
    most, monthly = countable(session, "yearly_calls"), countable(session, "monthly_calls")
    if most > 11 * monthly:
        raise Unmet(f"{most} calls a year cannot be reached with {monthly} a month")
    key = session.credential(account="year")
    for month, begun in enumerate(range(0, most, monthly)):
        spend_in_month(session, key, min(monthly, most - begun), "month" if month else "year")
    move(session, next_start(now(session), "month", calendar(session, "monthly_calls")) + DAY)
    ask(session, credential=key)
    move(session, next_start(now(session), "year", calendar(session, "yearly_calls")) + HOUR)
    ask(session, credential=key)


@suite.script("etri.limit.keys-per-ip", clock=True)
def an_address_has_so_many_keys(session: Session) -> None:
    """Of so many keys in a day each is answered, one more is Too Many Keys, and the first goes on working."""
    most = countable(session, "keys_per_ip")
    zone = calendar(session, "keys_per_ip")
    move(session, next_start(now(session), "day", zone) + HOUR)
    keys = [session.credential(account=f"key-{each}") for each in range(most + 1)]
    *within, beyond, again = [ask(session, credential=key) for key in (*keys, keys[0])]
    move(session, next_start(now(session), "day", zone) + HOUR)
    clause = "etri.limit.keys-per-ip"
    answered = all(reading.succeeded for reading in (*within, again))
    expected = f"{most} keys of an address to be answered"
    session.note(again.expect(clause, answered, expected, "a refusal of one", "status"))
    refused = beyond.status == 403 and beyond.member("reason") == "Too Many Keys"
    session.note(beyond.expect(clause, refused, f"key {most + 1} to be refused", f"status {beyond.status}", "status"))


def countable(session: Session, limit: str) -> int:
    """A limit whose calls may be made and counted. Raises `Unmet` when they are too many, or not worth it."""
    if not told(session, limit):
        raise Unmet(f"the target does not tell its {limit}")
    most = int(number(session, limit))
    bound = min(MOST_COUNTED if session.embedded else MOST_COUNTED_ELSEWHERE, session.gate.left)
    if most >= bound:
        raise Unmet(f"{most + 1} calls would be needed; at most {bound} are made for this")
    return most


def use_up(session: Session, key: str, calls: int) -> None:
    """Make so many calls with a key, about all kinds of passages, as long as they are answered."""
    for made in range(calls):
        if not ask(session, ITEMS[made % len(ITEMS)], credential=key).succeeded:
            return


def spend_in_month(session: Session, key: str, calls: int, per: str) -> None:
    """Make so many calls in the next month, or in the first of the next year, and stop on a day without any."""
    daily = countable(session, "daily_calls")
    if calls > daily * SAFE_DAYS:
        raise Unmet(f"{calls} calls a month cannot be reached with {daily} a day")
    move(session, next_start(now(session), per, calendar(session, "monthly_calls")) + DAY + 12 * HOUR)
    for begun in range(0, calls, daily):
        use_up(session, key, min(daily, calls - begun))
        session.advance(DAY)


def now(session: Session) -> float:
    """What time it is for the target, by the Date of a refusal. Raises `Unmet` when it does not say."""
    reading = ask(session, headers={"authorization": None})
    at = told_time(reading) if reading.observation.response is not None else None
    if at is None:
        raise Unmet("the target's answers have no Date: what time it has is not known")
    return at


def move(session: Session, moment: float) -> None:
    """Move the target's clock on to ``moment`` (epoch seconds). Raises `Unmet` when it is not ours to move."""
    session.advance(max(0.0, moment - now(session)))


def calendar(session: Session, limit: str) -> str:
    """The time zone by which a quota's periods begin."""
    return session.contract.limits[limit].calendar or "UTC"
