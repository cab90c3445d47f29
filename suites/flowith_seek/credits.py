"""Credits. No operation shows a balance, so only an instance that tells what it begins with can be held to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.verify.reading import Reading, Verdict


class Credits:
    """What every account has spent, by the seeks that were answered. ``told`` are the limits that the target tells."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        begun, price = told.get("credits_balance"), told.get("credits_per_call")
        self._most: int | None = None
        if isinstance(begun, int | float) and isinstance(price, int | float) and price > 0:
            self._most = int(begun // price)
        self._answered: dict[str, int] = {}

    def judge_answered(self, reading: Reading) -> Iterator[Verdict]:
        """A request with the token of a user was answered."""
        if reading.operation != "seek":
            return
        if reading.role == "credits_exhausted":
            clause, seen = "flowith.error.credits-used-up", f"status {reading.status}"
            yield reading.expect(clause, False, "status 402: no Credits are left", seen, "status")
            return
        answered = self._answered[reading.credential or ""] = self._answered.get(reading.credential or "", 0) + 1
        if self._most is not None and answered > self._most:
            seen = f"seek {answered} was answered"
            expected = f"a refusal after {self._most} seeks, which use up the account's Credits"
            yield reading.expect("flowith.credits.deducted", False, expected, seen, "status")

    def judge_refused(self, reading: Reading) -> Iterator[Verdict]:
        """A lawful request was refused with 402, or one of an account that began with nothing."""
        if reading.operation != "seek" or reading.status == 429:
            return
        seen = f"status {reading.status}"
        if reading.role == "credits_exhausted":
            yield reading.expect("flowith.error.credits-used-up", reading.status == 402, "status 402", seen, "status")
            return
        if self._most is None:
            return
        answered = self._answered.get(reading.credential or "", 0)
        held = answered >= self._most
        expected = f"an answer: {answered} seeks of {self._most} that the account's Credits suffice for"
        yield reading.expect("flowith.credits.account", held, expected, seen, "status")
        if held:
            yield reading.holds("flowith.credits.deducted", "status")
            yield reading.holds("flowith.error.credits-used-up", "status")
