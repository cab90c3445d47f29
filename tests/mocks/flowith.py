"""Flowith as a test speaks to it: one account of one engine, and its streams read block by block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from understudy.contract.events import read_events
from understudy.engine import Engine
from understudy.http import Request
from understudy.journal import Exchange

SEEK = "/external/use/seek-knowledge/seek"
SAMPLE_SEEK = "/external/use/knowledge-base/seek"
OLDEST_SEEK = "/external/use/seek-knowledge"
MODELS = "/external/use/seek-knowledge/models"
LIVE_MODELS = "/external/use/knowledge-base/models"
KOREAN = "c0ffee00-0000-4000-8000-000000000001"
ENGLISH = "c0ffee00-0000-4000-8000-000000000002"
FOREIGN = "c0ffee00-0000-4000-8000-000000000403"
GOOD = "flowith-test-good"
EXHAUSTED = "flowith-test-credits-exhausted"
TEXTS = (
    "작은 등의 배터리는 얼마나 오래 가나요? 🔋",
    "How long does the battery last?",
    "📝👩‍🔬 🏳️‍🌈",
    "é ≠ e\u0301 \u1112\u1161\u11ab글",
    "nul \x00 inside, \u2028 too",
    'data: {"tag": "final"}\n\ndata: [DONE]\n\n',
    '"quoted" \\ [{',
    "",
    " \t\r\n",
    "배터리 battery " * 5_000,
)
"""What a message may say."""


class Answer(NamedTuple):
    """A status, a body that has been read (the blocks of a stream), and the exchange that they come from."""

    status: int
    body: Any
    exchange: Exchange

    @property
    def clause(self) -> str | None:
        """The clause that a refusal rests on."""
        return self.exchange.response.header("understudy-clause")

    def contents(self, tag: str) -> list[Any]:
        """The contents of the blocks with this tag, in order."""
        return [block["content"] for block in self.body if block["tag"] == tag]

    @property
    def tags(self) -> list[str]:
        return [block["tag"] for block in self.body]

    @property
    def seeds(self) -> list[dict[str, Any]]:
        """The pieces that were found."""
        return [piece for pieces in self.contents("seeds") for piece in pieces]

    @property
    def text(self) -> str:
        """The whole text of an answer, streamed or not."""
        if isinstance(self.body, dict):
            return str(self.body["content"])
        pieces: list[str] = self.contents("final")
        return "".join(pieces[:-1] if pieces[-1] == "[DONE]" else pieces)


class Flowith:
    """One account. A call that fails by a fault of the mock (status 500) fails the test."""

    def __init__(self, engine: Engine, credential: str | None = GOOD) -> None:
        self.engine = engine
        self.credential = credential

    def __call__(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = {"authorization": f"Bearer {self.credential}"} if self.credential is not None else {}
        content = msgspec.json.encode(body) if raw is None and body is not None else raw or b""
        if content:
            sent["content-type"] = "application/json"
        exchange = self.engine.handle(Request(method, target, {**sent, **(headers or {})}, content))
        response = exchange.response
        assert response.status != 500, response.body
        if response.stream is not None:
            read = [msgspec.json.decode(event.data) for event in read_events(response.stream)[0]]
        else:
            read = msgspec.json.decode(response.body)
        return Answer(response.status, read, exchange)

    def seek(self, text: str, *kb_list: str, stream: bool = False, path: str = SEEK, **members: Any) -> Answer:
        return self("POST", path, {**question(text, *kb_list or (KOREAN, ENGLISH)), "stream": stream, **members})

    def load(self, kb_id: str, title: str, text: str) -> None:
        self.state.load(kb_id, title, text)

    @property
    def state(self) -> Any:
        """What the mock holds for this account."""
        assert self.credential is not None
        account = self.engine.account(self.credential)
        assert account is not None
        return account.state


def question(text: str, *kb_list: str) -> dict[str, Any]:
    """The shortest body that asks ``text``."""
    return {"messages": [{"role": "user", "content": text}], "model": "gpt-4o-mini", "kb_list": list(kb_list)}
