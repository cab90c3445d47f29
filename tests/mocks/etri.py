"""ETRI machine reading as a test speaks to it: one caller of one engine, in JSON."""

from __future__ import annotations

import importlib
from datetime import datetime
from types import ModuleType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from tests.mocks.conftest import PROJECT
from understudy.engine import Engine
from understudy.http import Request
from understudy.journal import Exchange

STEM = "etri_mrc"
PATH = "/MRCServlet"
GOOD = "etri-test-good"
PASSAGE = "🐋 고래는 포유류이다.\r\n상어는 어류이다. 한강의 길이는 약 494km이다."
QUESTION = "한강의 길이는 얼마인가?"
READING = {"argument": {"question": QUESTION, "passage": PASSAGE}}
SEOUL = ZoneInfo("Asia/Seoul")


class Answer(NamedTuple):
    """A status, a body that has been read, and the exchange that they come from."""

    status: int
    body: Any
    exchange: Exchange

    @property
    def reason(self) -> str | None:
        """Why there is no reading; None when there is one."""
        reason: str | None = self.body.get("reason")
        return reason

    @property
    def found(self) -> Any:
        """MRCInfo, or None where nothing was found."""
        return self.body["return_object"].get("MRCInfo")


class Etri:
    """A caller with a key and an address. What is not said otherwise is a lawful call."""

    def __init__(self, engine: Engine, key: str | None = GOOD, peer: str = "127.0.0.1") -> None:
        self.engine = engine
        self.key = key
        self.peer = peer

    def __call__(
        self,
        body: Any = READING,
        *,
        raw: bytes | None = None,
        key: str | None = "",
        peer: str | None = None,
        method: str = "POST",
        target: str = PATH,
        content_type: str | None = "application/json; charset=UTF-8",
        in_flight: int = 0,
    ) -> Answer:
        key = self.key if key == "" else key
        headers = {} if key is None else {"authorization": key}
        if content_type is not None:
            headers["content-type"] = content_type
        content = msgspec.json.encode(body) if raw is None else raw
        exchange = self.engine.handle(Request(method, target, headers, content, peer or self.peer, in_flight))
        return Answer(exchange.response.status, msgspec.json.decode(exchange.response.body), exchange)

    def ask(self, question: str, passage: str) -> Answer:
        return self({"argument": {"question": question, "passage": passage}})

    def reasons(self, count: int) -> list[str | None]:
        """The reasons of so many calls in a row."""
        return [self().reason for _ in range(count)]


def seoul(*parts: int) -> float:
    """A time of day in Seoul, in epoch seconds."""
    return datetime(*parts, tzinfo=SEOUL).timestamp()  # type: ignore[misc,arg-type]


def part(name: str) -> ModuleType:
    """A module of the mock, which is loaded by its path."""
    PROJECT.load_mock(STEM)
    return importlib.import_module(f"understudy_mocks.{STEM}.{name}")
