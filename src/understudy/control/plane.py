"""What the control plane works on. It is the state of its one account, and what its guards share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hmac import compare_digest
from pathlib import Path
from typing import Any

from understudy.control.refusals import UnknownStage
from understudy.errors import UsageError
from understudy.stage import Stage
from understudy.stages import Stages


class Plane:
    """The stages of a server, and what opens them.

    ``source`` is the machine's time, which clocks that run are made from. ``port`` and ``urls`` (of the mocks, by stem)
    are told once it listens; until then nobody is let in. ``scenarios`` is the folder that has them, if there is one.
    """

    def __init__(self, stages: Stages, token: str, source: Callable[[], float], scenarios: Path | None = None) -> None:
        self.stages = stages
        self.scenarios = scenarios
        self.source = source
        self.port: int | None = None
        self.urls: Mapping[str, str] = {}
        self.description: dict[str, Any] = {}
        self._token = token.encode()

    def listens(self, port: int, urls: Mapping[str, str]) -> None:
        """The plane listens on ``port`` of loopback, the mocks at ``urls``."""
        self.port, self.urls = port, dict(urls)

    def opens(self, token: str) -> bool:
        """Whether this is the token. It takes as long for any text of one length."""
        return compare_digest(token.encode("utf-8", "surrogatepass"), self._token)

    def stage(self, path: Mapping[str, Any]) -> Stage:
        """The stage that a path names. Raises `UnknownStage`."""
        try:
            return self.stages[path["stage"]]
        except UsageError as error:
            raise UnknownStage(str(error)) from error
