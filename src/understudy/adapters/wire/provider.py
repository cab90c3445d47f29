"""What an adapter needs of an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from understudy.http import Request
from understudy.journal import Exchange
from understudy.stage import Stage

BODY_TOO_LARGE = "body_too_large"
REQUEST_TIMEOUT = "request_timeout"


class Provider(Protocol):
    """The part of `understudy.engine.Engine` that the wire sees."""

    @property
    def stem(self) -> str: ...

    @property
    def stage(self) -> Stage: ...

    @property
    def limits(self) -> Mapping[str, Any]: ...

    @property
    def credential_header(self) -> str: ...

    def choose(self, headers: Mapping[str, str]) -> Provider:
        """Who answers a request with these headers: the same service on the stage that they name."""
        ...

    def handle(self, request: Request) -> Exchange: ...

    def refuse(self, kind: str, request: Request) -> Exchange: ...


def refusal(engine: Provider, kind: str, request: Request) -> Exchange | None:
    """The service's own answer for what is decided at the wire; None if it has no answer of its own."""
    try:
        return engine.refuse(kind, request)
    except KeyError as error:
        if error.args != (kind,):
            raise
        return None
