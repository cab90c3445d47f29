"""What requests to one service on one stage share at the wire: the engine, its limits, its time, what is in flight."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from understudy.adapters.wire.limits import WireLimits
from understudy.adapters.wire.pace import Pace
from understudy.adapters.wire.provider import Provider
from understudy.adapters.wire.response_head import ResponseHeads


class Lane:
    """One service on one stage, behind one port.

    ``in_flight`` counts, by credential, the requests that are not answered yet: those whose body is still to come and
    those whose answer takes time. ``wait_seconds`` is the service's own limit for a whole request, if it has one.
    """

    def __init__(self, engine: Provider, loop: asyncio.AbstractEventLoop, wire: WireLimits) -> None:
        self.engine = engine
        self.pace = Pace(engine.stage, loop)
        self.response_heads = ResponseHeads(engine.stage)
        own = engine.limits.get("body_bytes")
        self.body_bytes: int = wire.body_bytes if own is None else min(own, wire.body_bytes)
        self.wait_seconds: float | None = engine.limits.get("wait_seconds")
        self.in_flight: dict[str, int] = {}
        self._credential_header = engine.credential_header

    def others(self, headers: Mapping[str, str]) -> int:
        """How many requests with the credential of ``headers`` are unanswered."""
        credential = headers.get(self._credential_header)
        return 0 if credential is None else self.in_flight.get(credential, 0)

    def enter(self, headers: Mapping[str, str]) -> str | None:
        """Count a request as unanswered; returns what it is counted under, which is given back to `leave`."""
        credential = headers.get(self._credential_header)
        if credential is not None:
            self.in_flight[credential] = self.in_flight.get(credential, 0) + 1
        return credential

    def leave(self, credential: str | None) -> None:
        """Count it as answered, or its client as gone."""
        if credential is not None:
            left = self.in_flight[credential] - 1
            if left:
                self.in_flight[credential] = left
            else:
                del self.in_flight[credential]
