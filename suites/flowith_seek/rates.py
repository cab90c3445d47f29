"""How many requests an account made in a minute, as an observer can know it.

A minute may be any sixty seconds or one of the clock (flowith.rate-window), lists of models may count or not, and so
may refusals (flowith.rate-operations, flowith.rate-refusals), and an address may count instead of an account
(flowith.rate-scope). A violation is what breaks every one of these readings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from understudy.verify.reading import Reading, Verdict

MINUTE = 60.0
MARGIN = 2.0
"""Seconds by which the clocks of a provider and of its observer may differ within a minute."""


class Call(NamedTuple):
    """A request: sent ``at``, answered at ``end``. ``counts``: it counts by every reading."""

    at: float
    end: float
    account: str | None
    counts: bool


class Rates:
    """The calls of the last minutes, of all accounts. ``most`` is the limit, None where there is none; ``sliding`` says
    by which reading what is only assumed is judged."""

    def __init__(self, most: int | None, *, sliding: bool) -> None:
        self._sliding = sliding
        self._most = most
        self._calls: deque[Call] = deque()
        self._since: float | None = None
        self._turns: list[tuple[float, float]] = [(0.0, MINUTE)]  # where a minute of the clock may begin

    def judge(self, reading: Reading, account: str | None, *, counts: bool, due: bool) -> Iterator[Verdict]:
        """The next exchange. ``account`` is None when it has none that is known; ``due``: nothing but the rate is a
        reason to refuse it."""
        observation = reading.observation
        at, end = observation.at, observation.at + observation.elapsed
        if self._since is None:
            self._since = at
        while self._calls and self._calls[0].end < at - 2 * MINUTE:
            self._calls.popleft()
        if self._most is not None and account is not None:
            yield from self._judge(reading, Call(at, end, account, counts), self._most, due=due)
        self._calls.append(Call(at, end, account, counts))

    def _judge(self, reading: Reading, call: Call, most: int, *, due: bool) -> Iterator[Verdict]:
        counted = [
            each for each in self._calls
            if each.counts and each.account == call.account and call.end - each.at < MINUTE - MARGIN
        ]  # fmt: skip
        if reading.status == 429:
            yield from self._refused(reading, call, most, len(counted))
        elif call.counts:
            if len(counted) == most - 1:
                yield reading.holds("flowith.rate.limit", "status")
            if len(counted) >= most:
                yield from self._exceeded(reading, counted[-most], call, most)
        elif due and len(counted) >= most:
            expected = f"status 429: there were {len(counted)} requests in the last minute"
            yield reading.expect("flowith.rate.refused", False, expected, f"status {reading.status}", "status")

    def _refused(self, reading: Reading, call: Call, most: int, counted: int) -> Iterator[Verdict]:
        recent = [each for each in self._calls if each.end > call.at - MINUTE - MARGIN]
        own = sum(each.account == call.account for each in recent)
        if counted >= most:
            yield reading.holds("flowith.rate.refused", "status")
        assert self._since is not None
        if self._since > call.at - MINUTE - MARGIN:
            return  # what the account did before it was observed may count as well
        if len(recent) < most:
            expected = f"no refusal for the rate: {len(recent)} requests in the last minute"
            yield reading.expect("flowith.rate.limit", False, expected, "status 429", "status")
        elif own < most:
            expected = f"no refusal: the account made {own} requests in the last minute"
            yield reading.expect("flowith.rate.per-account", False, expected, "status 429", "status")
        yield from _retry_after(reading)

    def _exceeded(self, reading: Reading, first: Call, call: Call, most: int) -> Iterator[Verdict]:
        """One request too many within sixty seconds: lawful only if a minute of the clock began between them."""
        seconds = call.end - first.at
        seen = f"status {reading.status}; it is request {most + 1} of {seconds:.1f} s"
        if self._sliding:
            yield reading.expect("flowith.rate.window", False, f"at most {most} in any 60 s", seen, "status")
        self._turns = list(_both(self._turns, first.at, call.end))
        if not self._turns:
            expected = f"status 429 after {most} requests"
            yield reading.expect("flowith.rate.refused", False, expected, seen, "status")


def _both(turns: list[tuple[float, float]], begin: float, end: float) -> Iterator[tuple[float, float]]:
    """Those of ``turns`` that lie within ``begin`` and ``end`` as well, all counted from the minute."""
    start = begin % MINUTE
    spans = [(start, start + end - begin)]
    if spans[0][1] > MINUTE:
        spans = [(start, MINUTE), (0.0, spans[0][1] - MINUTE)]
    for low, high in turns:
        for from_, to in spans:
            if max(low, from_) < min(high, to):
                yield max(low, from_), min(high, to)


def _retry_after(reading: Reading) -> Iterator[Verdict]:
    told = reading.response.header("retry-after")
    held = told is not None and told.isascii() and told.isdigit() and 1 <= int(told[:9]) <= MINUTE
    yield reading.expect(
        "flowith.rate.retry-after", held, "1 to 60 whole seconds", told or "none", "header Retry-After"
    )
