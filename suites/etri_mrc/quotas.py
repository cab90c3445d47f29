"""The quotas by day, month and year: what calls and refusals say of them."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.verify.judge import Judge
from understudy.verify.reading import Reading, Verdict

from .calendar import surely_since
from .calls import Calls, Quota
from .causes import Cause, Key, Table, certain, fresh

QUOTAS = (
    ("daily_limit_exceeded", "daily_calls", "etri.limit.daily"),
    ("monthly_limit_exceeded", "monthly_calls", "etri.limit.monthly"),
    ("yearly_limit_exceeded", "yearly_calls", "etri.limit.yearly"),
)


class Quotas:
    """The three quotas of one instance. Every key is counted by itself."""

    def __init__(self, judge: Judge, table: Table) -> None:
        self._judge = judge
        self._table = table
        self._all = {error: _quota(judge, error, limit, clause) for error, limit, clause in QUOTAS}

    @property
    def errors(self) -> frozenset[str]:
        """The names of the errors that say that a quota is used up."""
        return frozenset(self._all)

    def may_be_used_up(self, key: Key, calls: Calls, at: float | None, error: str) -> bool:
        """Whether the quota may be used up, for all that is known: unless the key is fresh and has made few calls."""
        quota, most = self._all[error], self._most(self._all[error])
        if at is None or not fresh(self._judge, key):
            return True
        return calls.made(quota, at) >= most or calls.lately_answered(quota, at) >= most

    def used_up(self, key: Key, calls: Calls, at: float | None) -> tuple[Cause, ...]:
        """The quotas that are used up by every calendar, as causes of a refusal."""
        if at is None or key.role != "good":
            return ()
        return tuple(
            self._table.cause(quota.error)
            for quota in self._all.values()
            if certain(self._judge, quota.limit, key) and calls.surely_answered(quota, at) >= self._most(quota)
        )

    def judge_served(self, reading: Reading, key: Key, calls: Calls, at: float | None) -> Iterator[Verdict]:
        """A call was answered. By some calendar it may have been beyond a quota, or the first after it."""
        if at is None or key.role != "good":
            return
        for quota in self._all.values():
            yield from self._judge_belied(reading, calls, at, quota)
            most, answered = self._most(quota), calls.answered(quota, at)
            if answered >= most:
                told = certain(self._judge, quota.limit, key)
                sure = calls.surely_answered(quota, at) >= most
                clause = "etri.limit.calendar" if told and not sure else quota.clause
                expected = f"a refusal: {answered} calls were answered in this {quota.per} of {quota.calendar}"
                yield reading.expect(clause, False, expected, "an answer", "status")
            elif calls.lately_answered(quota, at) >= most:
                yield reading.holds("etri.limit.calendar", "status")
            if answered < most <= calls.made(quota, at):
                yield reading.holds("etri.limit.counting", "status")

    def _judge_belied(self, reading: Reading, calls: Calls, at: float, quota: Quota) -> Iterator[Verdict]:
        """An earlier refusal said that the quota was used up, and by every calendar it is still the same period."""
        refused_at, number = calls.refused.pop(quota.error, (float("-inf"), 0))
        if surely_since(at, quota.per, quota.calendar) <= refused_at <= at:
            expected = f"a reason whose cause is there: call {reading.observation.number} of the key was answered"
            seen = self._table.cause(quota.error).expected
            yield Verdict("etri.error.reason-phrase", False, number, "body /reason", expected, seen)

    def judge_refused(
        self, reading: Reading, key: Key, calls: Calls, at: float | None, error: str
    ) -> Iterator[Verdict]:
        """A call was refused by the quota ``error``."""
        quota = self._all[error]
        most = self._most(quota)
        answered = 0 if at is None else calls.answered(quota, at)
        if at is not None and answered >= most:
            yield from self.judge_kept(reading, error, sure=calls.surely_answered(quota, at) >= most)
            return
        if not fresh(self._judge, key):
            expected = f"an answer: {answered} of {most} calls of the {quota.per} were seen to be answered"
            yield reading.expect(
                quota.clause, False, expected, "a refusal (the key may have been used before)", "status"
            )
            return
        if at is None:
            return
        expected = f"an answer: {answered} of {most} calls of this {quota.per} of {quota.calendar} were answered"
        yield reading.expect(self._blamed(quota, calls, at), False, expected, "a refusal", "status")
        if self._blamed(quota, calls, at) == quota.clause:
            clause = "etri.limit.allowance" if quota.per == "day" else "etri.error.reason-phrase"
            yield reading.expect(clause, False, expected, "a refusal", "status")

    def judge_kept(self, reading: Reading, error: str, *, sure: bool = True) -> Iterator[Verdict]:
        """A call beyond the quota ``error`` was refused by it; ``sure``: it was beyond by every calendar."""
        quota = self._all[error]
        yield reading.holds(self._table.cause(error).clause, "status")
        yield reading.holds(quota.clause, "status")
        if not sure:
            yield reading.holds("etri.limit.calendar", "status")

    def _blamed(self, quota: Quota, calls: Calls, at: float) -> str:
        """The clause that an early refusal breaks: what is counted, when a period begins, or the number itself."""
        most = self._most(quota)
        if calls.made(quota, at) >= most:
            return "etri.limit.counting"
        return "etri.limit.calendar" if calls.lately_answered(quota, at) >= most else quota.clause

    def _most(self, quota: Quota) -> float:
        most = self._judge.limits[quota.limit]
        return most if isinstance(most, int | float) else float("inf")


def _quota(judge: Judge, error: str, limit: str, clause: str) -> Quota:
    window = judge.contract.limits[limit]
    return Quota(error, limit, clause, window.per or "day", window.calendar or "UTC")
