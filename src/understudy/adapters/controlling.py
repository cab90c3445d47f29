"""The control plane, served: on loopback only, behind a token that is made anew each time.

::

    with serving({stem: stages.service(stem) for stem in engines}) as running:
        with controlling(stages, running.urls) as plane:
            plane.url, plane.token

Requests to it run in the thread of the mocks (all servers of a process share a loop), so that a stage needs no lock.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from understudy.adapters.server import serving
from understudy.clock import ScaledClock
from understudy.control import Plane, plane_engine
from understudy.engine import Engine
from understudy.errors import UsageError
from understudy.http import Request
from understudy.journal import Exchange
from understudy.stages import Stages

TOKEN_BYTES = 32
CONTROL = "control"
"""What the plane is called where services are called by their stems."""


class Controlling(NamedTuple):
    """Where the plane is, and what opens it."""

    url: str
    token: str

    def __repr__(self) -> str:
        return f"Controlling(url={self.url!r}, token=...)"


@contextmanager
def controlling(
    stages: Stages,
    urls: Mapping[str, str] | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    scenarios: Path | None = None,
) -> Iterator[Controlling]:
    """Serve the control plane of ``stages`` until the block ends. ``urls`` are those of the mocks, by stem.
    ``scenarios`` is the folder that has them.

    Raises:
        UsageError: ``host`` is not loopback, or the port cannot be bound.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    plane = Plane(stages, token, time.time, scenarios)
    door = Door(plane_engine(plane, ScaledClock(time.time)), plane)
    with serving({CONTROL: door}, host=host, ports={CONTROL: port}) as running:
        if running.exposed:
            raise UsageError(f"the control plane listens on loopback only; {host} can be reached from other machines")
        plane.listens(running.ports[CONTROL], urls or {})
        yield Controlling(running.urls[CONTROL], token)


class Door:
    """The plane's engine at the wire, where nobody without the token has a long body read."""

    def __init__(self, engine: Engine, plane: Plane) -> None:
        self._engine = engine
        self._plane = plane
        self._trusted = _Trusted(engine)
        self.stem, self.stage, self.limits = engine.stem, engine.stage, engine.limits
        self.credential_header = engine.credential_header

    def choose(self, headers: Mapping[str, str]) -> Door | _Trusted:
        token = self._engine.credentials.read(headers)
        return self._trusted if token and self._plane.opens(token) else self

    def handle(self, request: Request) -> Exchange:
        return self._engine.handle(request)

    def refuse(self, kind: str, request: Request) -> Exchange:
        return self._engine.refuse(kind, request)


class _Trusted:
    """The engine for whoever has the token: a body may be as long as a snapshot."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.stem, self.stage = engine.stem, engine.stage
        self.limits: Mapping[str, Any] = {**engine.limits, "body_bytes": engine.limits["snapshot_bytes"]}
        self.credential_header = engine.credential_header

    def choose(self, headers: Mapping[str, str]) -> _Trusted:
        return self

    def handle(self, request: Request) -> Exchange:
        return self._engine.handle(request)

    def refuse(self, kind: str, request: Request) -> Exchange:
        return self._engine.refuse(kind, request)
