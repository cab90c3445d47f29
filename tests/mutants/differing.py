"""Whether a mutant answers otherwise than the mock: the same calls are made of both, until an answer differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from understudy.adapters.measuring import Measuring
from understudy.http import Request, Response
from understudy.mutants import Mutant
from understudy.project import find_project
from understudy.verify.observation import Transport, TransportFailure
from understudy.verify.session import Session
from understudy.verify.verification import verify

PROJECT = find_project(Path(__file__))
Answer = Response | str


class Differs(BaseException):
    """The answer is not the mock's. No suite catches it."""


class Recorded:
    """Carries requests and keeps what became of them."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.exchanges: list[tuple[Request, Answer]] = []

    def send(self, request: Request) -> Response:
        try:
            response = self._inner.send(request)
        except TransportFailure as failure:
            self.keep(request, str(failure))
            raise
        self.keep(request, response)
        return response

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        answers = self._inner.overlap(requests)
        for request, answer in zip(requests, answers, strict=True):
            self.keep(request, str(answer) if isinstance(answer, TransportFailure) else answer)
        return answers

    def stall(self, request: Request, seconds: float) -> Response:
        try:
            response = self._inner.stall(request, seconds)
        except TransportFailure as failure:
            self.keep(request, str(failure))
            raise
        self.keep(request, response)
        return response

    def keep(self, request: Request, answer: Answer) -> None:
        self.exchanges.append((request, answer))


class Compared(Recorded):
    """Raises `Differs` at the first exchange that is not as recorded."""

    def __init__(self, inner: Transport, recorded: Sequence[tuple[Request, Answer]]) -> None:
        super().__init__(inner)
        self._recorded = recorded

    def keep(self, request: Request, answer: Answer) -> None:
        super().keep(request, answer)
        number = len(self.exchanges) - 1
        if number >= len(self._recorded) or self._recorded[number] != (request, answer):
            raise Differs


class Comparing:
    """The calls that tell mutants from one service's mock, as the mock answers them: those of the suite, made as of a
    target that is not ours and as of an embedded mock, and a few lawful calls of each operation.
    """

    def __init__(self, stem: str) -> None:
        self.measuring = Measuring(PROJECT, stem)
        self._recorded: dict[str, list[tuple[Request, Answer]]] = {}
        for name, (embedded, calls) in self._conversations().items():
            kept: list[Recorded] = []
            calls(self.measuring.session(None, embedded=embedded, through=_keeping(Recorded, kept)))
            self._recorded[name] = kept[0].exchanges

    def calls_to_tell(self, mutant: Mutant) -> int | None:
        """How many calls it takes to tell the mutant from the mock, None when none of the conversations does."""
        for name, (embedded, calls) in self._conversations().items():
            kept: list[Recorded] = []
            compared = partial(Compared, recorded=self._recorded[name])
            try:
                calls(self.measuring.session(mutant, embedded=embedded, through=_keeping(compared, kept)))
            except Differs:
                return len(kept[0].exchanges)
        return None

    def _conversations(self) -> dict[str, tuple[bool, Callable[[Session], None]]]:
        return {"elsewhere": (False, self._verify), "lawful": (True, self._lawful), "embedded": (True, self._verify)}

    def _verify(self, session: Session) -> None:
        verify(session, self.measuring.suite, examples=0, lawful_bodies=_no_bodies)

    def _lawful(self, session: Session) -> None:
        """Every operation four times, in accounts of its own."""
        for operation in session.contract.operations.values():
            session.begin(operation.id.lower())
            for _ in range(4):
                lawful = self.measuring.suite.arrange(session, operation.behaves_as)
                if lawful is not None:
                    session.call(operation.id, path=lawful.path, query=lawful.query, body=lawful.body)


def _keeping(make: Callable[[Transport], Recorded], kept: list[Recorded]) -> Callable[[Transport], Transport]:
    def through(inner: Transport) -> Transport:
        kept.append(make(inner))
        return kept[0]

    return through


def _no_bodies() -> Any:
    raise AssertionError("no generated cases were asked for")
