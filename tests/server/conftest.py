"""Servers for the tests of the wire, on both event loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.server.wire import Client, Told
from understudy.adapters.server import serving
from understudy.adapters.wire.limits import WireLimits

Serve = Callable[..., Callable[..., Client]]


@pytest.fixture(params=["asyncio", "uvloop"])
def loop_kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The event loop that drives the server."""
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    monkeypatch.setenv("UNDERSTUDY_LOOP", request.param)
    return str(request.param)


@pytest.fixture
def serve(loop_kind: str) -> Iterator[Serve]:
    """``serve(engine, **wire limits)`` starts a server and gives what connects to it."""
    with ExitStack() as stack:

        def start(engine: Told | None = None, **limits: Any) -> Callable[..., Client]:
            served = serving({"told": engine or Told()}, wire=WireLimits(**limits))
            port = stack.enter_context(served).ports["told"]
            return lambda **options: stack.enter_context(Client(port, **options))

        yield start
