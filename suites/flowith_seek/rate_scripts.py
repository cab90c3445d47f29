"""Scripts: how many requests a minute has, and how many seeks an account's Credits suffice for."""

from __future__ import annotations

from typing import Any

from understudy.verify.reading import Reading
from understudy.verify.session import Session, Unmet

from .answer_scripts import BATTERY, SAID
from .definition import OTHER_MODEL, PAUSE, ask, embedded_only, question, suite

MOST_COUNTED, MOST_COUNTED_ELSEWHERE = 200, 20
"""So many calls are made at most to reach a limit: of an embedded mock, and of a target that is not ours."""
SLOW = 2.5
"""Seconds after which an answer is too slow for a minute's requests to be made one after another."""
ELSEWHEN = 23.0
"""Seconds by which a second trial begins later within a minute of the clock than the first."""
TRIALS, MINUTES_BETWEEN, FREE_TOO_SOON = 7, 129.0, 50.0
"""Each trial begins nine seconds later in a minute of the clock, until none can have turned within all of them."""


@suite.script("flowith.rate.limit", "flowith.rate.refused")
def a_minute_has_so_many_requests(session: Session) -> None:
    """After a quiet minute an account has its requests at once, one more is refused, and after a minute it goes on.

    Where more are answered, a minute of the clock may have begun between them: then there is a second trial.
    """
    most = countable(session, "requests_per_minute")
    account = spare_account(session)
    session.elapse(PAUSE)
    if burst(session, account, most) > most:
        session.elapse(PAUSE + ELSEWHEN)
        burst(session, account, most)
    session.elapse(PAUSE)
    session.call("seek", body=question(session, BATTERY), credential=account)


@suite.script("flowith.rate.window")
def a_minute_is_not_shorter(session: Session) -> None:
    """What was used up is not free again after fifty seconds, whenever a minute of the clock begins."""
    embedded_only(session, "needs a hundred calls")
    most = countable(session, "requests_per_minute")
    account = session.credential(account="minute")
    for _ in range(TRIALS):
        session.elapse(MINUTES_BETWEEN - FREE_TOO_SOON)
        for _ in range(most + 1):  # that one is refused lets no other one in
            at_once(session, account, "seek")
        session.elapse(FREE_TOO_SOON)
        at_once(session, account, "seek")


@suite.script("flowith.rate.window", "flowith.rate.per-account", "flowith.rate.every-operation")
def a_minute_is_any_sixty_seconds_of_one_account(session: Session) -> None:
    """Requests in two halves, refusals between them; lists of models count as well, and other accounts do not."""
    embedded_only(session)
    most = countable(session, "requests_per_minute")
    account, other = session.credential(account="halves"), session.credential(account="other")
    session.elapse(PAUSE)
    operations = ("listKnowledgeBaseModels", "seek", "seekOldest")
    for place in range(most // 2):
        at_once(session, account, operations[place % 3])
    session.elapse(PAUSE / 2)
    for place in range(most - most // 2):
        at_once(session, account, operations[place % 3])
    sliding = session.judge.readings["flowith.rate-window"] == "sliding"
    refused = at_once(session, account, "listKnowledgeBaseModels")
    if sliding:  # a minute of the clock may have begun between the halves
        held = refused.status == 429
        session.note(refused.expect("flowith.rate.every-operation", held, "status 429", refused.status, "status"))
    answered = at_once(session, other, "listKnowledgeBaseModels")
    session.note(answered.expect("flowith.rate.per-account", answered.succeeded, "an answer", answered.status))
    session.elapse(PAUSE / 2)
    readings = [at_once(session, account, "seek") for _ in range(most // 2 + 1)]
    if sliding:
        held = [reading.status == 429 for reading in readings] == [False] * (most // 2) + [True]
        expected = "what was requested a minute ago to be free, and no more"
        seen = [reading.status for reading in readings]
        session.note(readings[-1].expect("flowith.rate.window", held, expected, seen, "status"))


@suite.script("flowith.credits.account", "flowith.credits.deducted")
def credits_are_used_up(session: Session) -> None:
    """An account of known Credits makes as many seeks as they suffice for, and one more."""
    if not {"credits_balance", "credits_per_call"} <= session.target.limits.keys() or not session.embedded:
        raise Unmet("no operation shows a balance, and the target does not tell what an account begins with")
    price, balance = session.limit("credits_per_call"), session.limit("credits_balance")
    if not price or balance is None or balance // price > MOST_COUNTED:
        raise Unmet(f"the Credits of an account do not end within {MOST_COUNTED} seeks")
    for place in range(int(balance // price) + 1):
        ask(session, body=question(session, BATTERY, stream=place % 2 == 1))


@suite.script("flowith.error.credits-used-up", roles=("good", "credits_exhausted"))
def no_credits_no_answer(session: Session) -> None:
    """A seek of an account without Credits."""
    embedded_only(session)
    for stream in (True, False):
        ask(session, body=question(session, BATTERY, stream=stream), role="credits_exhausted")


def burst(session: Session, account: str, most: int) -> int:
    """Make seeks until one is refused for its rate, and say how many came before.

    After twice the limit none was: even if a minute of the clock began between them, one of its two had too many.
    """
    answered = 0
    while answered <= 2 * most:
        reading = at_once(session, account, ("seek", "seekKnowledgeBase")[answered % 2], stream=answered % 4 in (0, 3))
        if reading.status == 429:
            return answered
        answered += 1
        if answered == 1 and reading.observation.elapsed > SLOW:
            return answered + together(session, account, most)
    return answered


def together(session: Session, account: str, most: int) -> int:
    """Make the rest of a minute's seeks, and one more, all at the same time: for answers that take long.

    Which of them comes first is the network's affair, so the refused ones are judged as the last.
    """
    bodies = [asked(session, stream=place % 2 == 0) for place in range(most)]
    requests = [session.request("seek", body=body, credential=account) for body in bodies]
    seen = session.gate.overlap(requests, at_once=True)
    seen.sort(key=lambda each: each.response is not None and each.response.status == 429)
    readings = [session.judged(each) for each in seen]
    return sum(reading.status != 429 for reading in readings)


def at_once(session: Session, account: str, operation: str, *, stream: bool = False) -> Reading:
    """One call, however soon after the last."""
    parts: dict[str, Any] = {} if operation.startswith("list") else {"body": asked(session, stream=stream)}
    return session.call(operation, at_once=True, credential=account, **parts)


def asked(session: Session, *, stream: bool) -> dict[str, Any]:
    """The same question every time, so that its answers can be compared."""
    return question(session, SAID, BATTERY, model=OTHER_MODEL, stream=stream)


def spare_account(session: Session) -> str:
    """An account of its own, the first of the role `more` where the target has one, else that of the other calls."""
    if session.embedded:
        return session.credential(account="burst")
    return session.credential("more" if session.target.values("more") else "good")


def countable(session: Session, limit: str) -> int:
    """A limit that can be reached. Raises `Unmet` when that takes too many calls."""
    most = session.limit(limit)
    if not isinstance(most, int) or most < 1:
        raise Unmet(f"the target has no {limit}")
    bound = MOST_COUNTED if session.embedded else MOST_COUNTED_ELSEWHERE
    if most > bound:
        raise Unmet(f"{most + 1} calls would be needed; at most {bound} are made for this")
    return most
