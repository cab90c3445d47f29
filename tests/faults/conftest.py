"""A service with whole answers and streams, served on a stage of its own, and what it answers when nothing is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from typing import Any, NamedTuple

import pytest

from tests.faults.clients import Asked, Raw, through_a_socket
from tests.mocks.conftest import PROJECT, contract_of
from tests.mocks.flowith import GOOD, KOREAN, SEEK, question
from tests.server.conftest import loop_kind
from understudy.adapters.server import serving
from understudy.clock import Clock
from understudy.contract import Contract
from understudy.engine import Engine
from understudy.faults import Fault, Planned
from understudy.http import Request
from understudy.stage import ManualClock, Stage

__all__ = ["loop_kind"]

STEM = "flowith_seek"
HEADERS = {"authorization": f"Bearer {GOOD}", "content-type": "application/json"}
QUESTION = "배터리는 얼마나 오래 가나요? 🔋👩‍🔬 e\u0301"


def engine_on(clock: Clock, stem: str = STEM, **options: Any) -> Engine:
    return Engine(PROJECT.load_mock(stem), contract_of(stem), Stage(clock, **options))


def body_of(streamed: bool) -> dict[str, Any]:
    return {**question(QUESTION, KOREAN), "stream": streamed}


def request_of(streamed: bool) -> Request:
    return Request("POST", SEEK, HEADERS, json.dumps(body_of(streamed)).encode())


@cache
def right_body() -> bytes:
    """The whole answer, where nothing goes wrong."""
    return engine_on(ManualClock()).handle(request_of(False)).response.body


@cache
def right_events() -> tuple[bytes, ...]:
    """The events of the stream, where nothing goes wrong."""
    stream = engine_on(ManualClock()).handle(request_of(True)).response.stream
    assert stream is not None
    return tuple(chunk.data for chunk in stream)


class Served(NamedTuple):
    """A service that is served, and what is asked of it."""

    engine: Engine
    url: str
    stack: ExitStack

    def connect(self) -> Raw:
        """A connection, which is closed when the test ends."""
        return self.stack.enter_context(closing(Raw(self.url)))

    def asked(self, streamed: bool, **changed: Any) -> Asked:
        return Asked(self.url, SEEK, body_of(streamed), HEADERS)._replace(**changed)

    def settle(self) -> None:
        """Return when the server has done what was due: it has answered another request meanwhile."""
        assert through_a_socket(self.asked(False, path="/nowhere")).end == "whole"

    def add(self, fault: Fault, **plan: Any) -> str:
        return self.engine.stage.faults.add(Planned(fault, self.engine.stem, **plan))


Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(clock)``: the service, on a stage that goes by ``clock``."""
    with ExitStack() as stack:

        def start(clock: Clock | None = None, stem: str = STEM, **options: Any) -> Served:
            engine = engine_on(clock or ManualClock(), stem, **options)
            return Served(engine, stack.enter_context(serving({stem: engine})).urls[stem], stack)

        yield start


@pytest.fixture
def contract() -> Contract:
    return contract_of(STEM)
