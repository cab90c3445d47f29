"""The gate: every call to a target passes it, so that none is made too often, too fast or against what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from understudy.errors import GateClosed, TargetError
from understudy.http import Request, Response
from understudy.verify.observation import Observation, Transport, TransportFailure
from understudy.verify.retrying import retry_after


class Unmet(Exception):
    """The target lacks what a script needs, or is to be spared it: the text says why its clauses stay unchecked."""


class Allowance(NamedTuple):
    """What may be called: at most ``calls`` in all, ``seconds_between`` the starts of two calls.

    ``patience`` is how many seconds in a row may be spent on calls that are not answered, ``answer_bytes`` how many
    bytes of answers are kept in all. ``retry_seconds`` is how long in all calls are held back because the target asks
    for that (``Retry-After``); None where nobody is spared, as a mock whose clock is ours.
    """

    calls: int
    seconds_between: float = 0.0
    patience: float = 90.0
    retry_seconds: float | None = None
    answer_bytes: int = 512 * 2**20


class Watcher(Protocol):
    """Is told of every call: before it is sent, so that a crash leaves a trace of it, and what came of it."""

    def sending(self, number: int, request: Request) -> None: ...

    def came(self, observation: Observation) -> None: ...


class Gate:
    """Counts and paces calls. ``now`` gives seconds from any fixed moment; ``wait`` sleeps so many seconds.

    ``observations`` are all exchanges so far, in order, and hold credentials: show them redacted. ``reserved`` calls of
    the allowance are kept back, so that what was created can be deleted when the rest is used up. ``forbids`` says why
    a request may not be made, nothing when it may. ``halted`` says what the target did that ended the calls, if it did.
    """

    def __init__(
        self,
        transport: Transport,
        allowance: Allowance,
        now: Callable[[], float],
        wait: Callable[[float], None],
        *,
        forbids: Callable[[Request], str] = lambda request: "",
        watchers: Sequence[Watcher] = (),
    ) -> None:
        self._transport = transport
        self._allowance = allowance
        self._now = now
        self._wait = wait
        self._forbids = forbids
        self._watchers = watchers
        self._next = self._held = float("-inf")
        self._moved = 0.0
        self._unanswered = 0.0
        self._sent = self._bytes = 0
        self.waited_for_retry = 0.0
        self.stopped = self.halted = ""
        self.reserved = 0
        self.observations: list[Observation] = []

    @property
    def left(self) -> int:
        """How many calls may still be made."""
        return self._allowance.calls - self.reserved - self._sent

    def stop(self, why: str) -> None:
        """Let no more calls through, but those that delete what was created."""
        self.stopped = why

    def allows(self, request: Request) -> bool:
        """Whether such a request may be made at all."""
        return not self._forbids(request)

    def send(self, request: Request, *, after: int = 0, at_once: bool = False, cleaning: bool = False) -> Observation:
        """Make one call, if ``after`` it that many more may be made.

        ``at_once``: however soon that is after the last call, to find out what happens to calls that come too fast. The
        pause that was left out is made up for before the next call that is not made so. ``cleaning``: it deletes what
        was created, so it may be one of those kept back, and is made when the rest was stopped.

        Raises:
            GateClosed: the allowance is used up, or the target has not answered for as long as there was patience.
            Unmet: such a request is not allowed.
            TargetError: the first call of all could not reach the target.
        """
        self._admit([request], after=after, cleaning=cleaning)
        return self._one(request, lambda: self._transport.send(request), at_once=at_once, cleaning=cleaning)

    def wait(self, seconds: float) -> None:
        """Let ``seconds`` pass without a call. Raises `GateClosed` when the run was stopped meanwhile."""
        self._wait(seconds)
        if self.stopped:
            raise GateClosed(self.stopped)

    def moved(self, seconds: float) -> None:
        """The target's own clock was moved on: for what is observed, so much time has passed."""
        self._moved += seconds

    def stall(self, request: Request, seconds: float) -> Observation:
        """Make one call whose body is never finished; wait at most ``seconds`` for what the target says to that."""
        self._admit([request])
        return self._one(request, lambda: self._transport.stall(request, seconds), expected=True)

    def overlap(self, requests: list[Request], *, at_once: bool = False) -> list[Observation]:
        """Make calls that are all in flight at the same time. Raises as `send` does, if not all may be made.

        What they are too many for one moment is paused for before and after them, so that no window of time has more
        calls than it would have had one by one; ``at_once`` as in `send`.
        """
        if self.left < len(requests):
            raise GateClosed(f"{len(requests)} overlapping calls are needed and {self.left} may be made")
        self._admit(requests)
        self._pace(len(requests), at_once=at_once)
        first = self._announce(requests)
        began = self._time()
        answers = self._transport.overlap(requests)
        seen = [
            self._keep(first + place, request, began, answer)
            for place, (request, answer) in enumerate(zip(requests, answers, strict=True))
        ]
        silent = all(each.response is None for each in seen)
        self._unanswered = self._unanswered + seen[0].elapsed if silent and seen else 0.0
        return seen

    def _admit(self, requests: list[Request], *, after: int = 0, cleaning: bool = False) -> None:
        if self.stopped and not cleaning:
            raise GateClosed(self.stopped)
        for request in requests:
            why = self._forbids(request)
            if why:
                raise Unmet(why)
        if self.left + (self.reserved if cleaning else 0) < len(requests) + after:
            raise GateClosed(f"the cap of {self._allowance.calls} calls is used up")
        if self._unanswered >= self._allowance.patience:
            raise self._halt(f"the target has not answered a call for {self._unanswered:.0f} seconds")
        if self._bytes > self._allowance.answer_bytes:
            raise self._halt(f"the target has answered more than {self._allowance.answer_bytes} bytes in all")

    def _halt(self, why: str) -> GateClosed:
        self.halted = why
        return GateClosed(why)

    def _one(
        self,
        request: Request,
        call: Callable[[], Response],
        *,
        at_once: bool = False,
        cleaning: bool = False,
        expected: bool = False,
    ) -> Observation:
        """``expected``: that no answer comes would be no wonder."""
        self._pace(1, at_once=at_once, cleaning=cleaning)
        number = self._announce([request])
        began = self._time()
        try:
            answer: Response | TransportFailure = call()
        except TransportFailure as failure:
            answer = failure
        observation = self._keep(number, request, began, answer)
        if observation.response is not None:
            self._unanswered = 0.0
        elif not expected:
            self._unanswered += observation.elapsed
        return observation

    def _time(self) -> float:
        return self._now() + self._moved

    def _pace(self, calls: int, *, at_once: bool, cleaning: bool = False) -> None:
        """Wait until so many calls may begin."""
        between, now = self._allowance.seconds_between, self._time()
        start = max(now, self._next if at_once else self._next + between * (calls - 1))
        due = max(now if at_once else start, self._held)
        if self._held > start:
            self._spend(self._held - now)
        self._next = max(start, due) + between * calls
        if due > now:
            self._pause(due - now, cleaning=cleaning)

    def _spend(self, seconds: float) -> None:
        """Count what is waited because the target asked for it. Raises `GateClosed` when that becomes too much."""
        most = self._allowance.retry_seconds or 0.0
        if self.waited_for_retry + seconds > most:
            raise self._halt(
                f"the target asks for no call for {seconds:.0f} seconds (Retry-After); {most:.0f} are waited for in all"
            )
        self.waited_for_retry += seconds

    def _pause(self, seconds: float, *, cleaning: bool) -> None:
        before, until = self.stopped, self._time() + seconds
        self._wait(seconds)
        if self.stopped != before:  # which ends a pause early
            if not cleaning:
                raise GateClosed(self.stopped)
            self._wait(max(0.0, until - self._time()))

    def _announce(self, requests: list[Request]) -> int:
        """The number of the first of these calls; from here on they count."""
        first = self._sent + 1
        self._sent += len(requests)
        for place, request in enumerate(requests):
            for watcher in self._watchers:
                watcher.sending(first + place, request)
        return first

    def _keep(self, number: int, request: Request, began: float, answer: Response | TransportFailure) -> Observation:
        if isinstance(answer, TransportFailure):
            if answer.unreachable and not self.observations:
                raise TargetError(f"the target cannot be reached: {answer}") from answer
            response, failure, partial = None, str(answer), answer.partial
        else:
            response, failure, partial = answer, None, None
            if self._allowance.retry_seconds is not None:
                self._held = max(self._held, self._time() + retry_after(answer))
        elapsed = self._time() - began
        observation = Observation(number, began, elapsed, request, response, failure, partial)
        self.observations.append(observation)
        read = response or partial
        self._bytes += (
            0 if read is None else len(read.content) + sum(len(name) + len(text) for name, text in read.headers)
        )
        for watcher in self._watchers:
            watcher.came(observation)
        return observation
