"""D.Hub as a test speaks to it: one account of one engine, in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from understudy.engine import Engine
from understudy.http import Request
from understudy.journal import Exchange

KNOWLEDGES = "/api/v1/knowledges/"
SAMPLE = KNOWLEDGES + "knowledge-abc123"
TEXTS = (
    "Product FAQ",
    "제품 자주 묻는 질문",
    "📝👩‍🔬 emoji",
    "é ≠ e\u0301",
    "nul \x00 inside",
    '"quoted" \\ [{',
    "x" * 100_000,
)
"""Names, tags, groups and comments that are ordinary input."""


class Answer(NamedTuple):
    """A status, a body that has been read, and the exchange that they come from."""

    status: int
    body: Any
    exchange: Exchange

    @property
    def clause(self) -> str | None:
        """The clause that a refusal rests on."""
        return self.exchange.response.header("understudy-clause")

    @property
    def item(self) -> str:
        """The id of what was created."""
        return str(self.body["item"])


class Dhub:
    """One account. A call that fails by a fault of the mock (status 500) fails the test."""

    def __init__(self, engine: Engine, credential: str = "dhub-test-good") -> None:
        self.engine = engine
        self.credential = credential

    def __call__(self, method: str, target: str, body: Any = None, *, raw: bytes | None = None) -> Answer:
        headers = {"authorization": f"Bearer {self.credential}"}
        content = msgspec.json.encode(body) if raw is None and body is not None else raw
        if content is not None:
            headers["content-type"] = "application/json"
        exchange = self.engine.handle(Request(method, target, headers, content or b""))
        response = exchange.response
        assert response.status != 500, response.body
        return Answer(response.status, msgspec.json.decode(response.body), exchange)

    def create(self, **fields: Any) -> str:
        """The id of a new Knowledge."""
        return self("POST", KNOWLEDGES, {"name": "이름", **fields}).item

    def create_document(self, knowledge: str, **fields: Any) -> str:
        """The id of a new Document."""
        return self("POST", path(knowledge, "documents/"), {"name": "문서", **fields}).item

    def page(self, target: str = KNOWLEDGES, **query: Any) -> Answer:
        return self("GET", f"{target}?{urlencode(query)}")

    def pages(self, target: str = KNOWLEDGES, **query: Any) -> Iterator[list[str]]:
        """The ids of each page from the first to the last. A token that comes twice fails the test."""
        tokens: list[str] = []
        while True:
            found = self.page(target, **query, **({"token": tokens[-1]} if tokens else {})).body
            yield list(found["items"])
            if found["token"] is None:
                return
            assert found["token"] not in tokens
            tokens.append(found["token"])

    def listed(self, target: str = KNOWLEDGES, **query: Any) -> list[str]:
        """The ids of all pages."""
        return [id for page in self.pages(target, **query) for id in page]

    @property
    def state(self) -> Any:
        """What the mock holds for this account."""
        account = self.engine.account(self.credential)
        assert account is not None
        return account.state


def path(knowledge: str, *rest: str) -> str:
    """The path of a Knowledge, or of what is below it."""
    return KNOWLEDGES + "/".join((quote(knowledge, safe=""), *rest))
