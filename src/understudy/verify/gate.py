"""The gate: every call to a target passes it, so that nothing is called more often or faster than was allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from understudy.errors import GateClosed, TargetError
from understudy.http import Request, Response
from understudy.verify.observation import Observation, Transport, TransportFailure


class Allowance(NamedTuple):
    """What may be called: at most ``calls`` in all, ``seconds_between`` the starts of two calls.

    ``patience`` is how many seconds in a row may be spent on calls that are not answered.
    """

    calls: int
    seconds_between: float = 0.0
    patience: float = 90.0


class Gate:
    """Counts and paces calls. ``now`` gives seconds from any fixed moment; ``wait`` sleeps so many seconds.

    ``observations`` are all exchanges so far, in order, and hold credentials: show them redacted. ``reserved`` calls of
    the allowance are kept back, so that what was created can be deleted when the rest is used up.
    """

    def __init__(
        self,
        transport: Transport,
        allowance: Allowance,
        now: Callable[[], float],
        wait: Callable[[float], None],
    ) -> None:
        self._transport = transport
        self._allowance = allowance
        self._now = now
        self._wait = wait
        self._next = float("-inf")
        self._moved = 0.0
        self._unanswered = 0.0
        self.reserved = 0
        self.observations: list[Observation] = []

    @property
    def left(self) -> int:
        """How many calls may still be made."""
        return self._allowance.calls - self.reserved - len(self.observations)

    def send(self, request: Request, *, after: int = 0, at_once: bool = False) -> Observation:
        """Make one call, if ``after`` it that many more may be made.

        ``at_once``: however soon that is after the last call, to find out what happens to calls that come too fast. The
        pause that was left out is made up for before the next call that is not made so.

        Raises:
            GateClosed: the allowance is used up, or the target has not answered for as long as there was patience.
            TargetError: the first call of all could not reach the target.
        """
        if self.left < 1 + after:
            raise GateClosed(f"the cap of {self._allowance.calls} calls is used up")
        if self._unanswered >= self._allowance.patience:
            raise GateClosed(f"the target has not answered a call for {self._unanswered:.0f} seconds")
        observation = self._observe(request, lambda: self._transport.send(request), at_once=at_once)
        self._unanswered = 0.0 if observation.response is not None else self._unanswered + observation.elapsed
        return observation

    def wait(self, seconds: float) -> None:
        """Let ``seconds`` pass without a call."""
        self._wait(seconds)

    def moved(self, seconds: float) -> None:
        """The target's own clock was moved on: for what is observed, so much time has passed."""
        self._moved += seconds

    def stall(self, request: Request, seconds: float) -> Observation:
        """Make one call whose body is never finished; wait at most ``seconds`` for what the target says to that."""
        return self._observe(request, lambda: self._transport.stall(request, seconds))

    def overlap(self, requests: list[Request], *, at_once: bool = False) -> list[Observation]:
        """Make calls that are all in flight at the same time. ``at_once`` as in `send`.

        Raises:
            GateClosed: not all of them may be made.
        """
        if self.left < len(requests):
            raise GateClosed(f"{len(requests)} overlapping calls are needed and {self.left} may be made")
        self._pace(len(requests), at_once=at_once)
        began = self._time()
        answers = self._transport.overlap(requests)
        return [self._keep(request, began, answer) for request, answer in zip(requests, answers, strict=True)]

    def _observe(self, request: Request, call: Callable[[], Response], *, at_once: bool = False) -> Observation:
        if self.left < 1:
            raise GateClosed(f"the cap of {self._allowance.calls} calls is used up")
        self._pace(1, at_once=at_once)
        began = self._time()
        try:
            answer: Response | TransportFailure = call()
        except TransportFailure as failure:
            if failure.unreachable and not self.observations:
                raise TargetError(f"the target cannot be reached: {failure}") from failure
            answer = failure
        return self._keep(request, began, answer)

    def _time(self) -> float:
        return self._now() + self._moved

    def _pace(self, calls: int, *, at_once: bool) -> None:
        now = self._time()
        if now < self._next:
            if not at_once:
                self._wait(self._next - now)
            now = self._next
        self._next = now + self._allowance.seconds_between * calls

    def _keep(self, request: Request, began: float, answer: Response | TransportFailure) -> Observation:
        failed = isinstance(answer, TransportFailure)
        observation = Observation(
            number=len(self.observations) + 1,
            at=began,
            elapsed=self._time() - began,
            request=request,
            response=None if isinstance(answer, TransportFailure) else answer,
            failure=str(answer) if failed else None,
        )
        self.observations.append(observation)
        return observation
