"""Entity Enricher as a test speaks to it: one organisation of one engine, and its streams read event by event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from understudy.contract.events import read_events
from understudy.engine import Engine
from understudy.http import Chunk, LiveStream, Request
from understudy.journal import Exchange

GOOD, READ_ONLY, NO_PERMISSION = "ent_test_good", "ent_test_read_only", "ent_test_no_permission"
CLAUDE, GPT = "anthropic::claude-sonnet-4-5-20250514", "openai::gpt-4o"
GEMINI, DEEPSEEK = "google::gemini-2.5-pro", "deepseek::deepseek-chat"
FAILING = {"name": "Always Fails Inc", "country": "US"}
MISMATCHING = {"name": "Mount Fuji", "country": "JP"}
MODERNA = {"name": "Moderna Inc", "country": "US"}
TEXTS = ("삼성전자", "🏳️‍🌈 Büro e\u0301", "\u1112\u1161\u11ab글", "a\x00b", "\u2028", '"; \\ %', "x" * 5_000)
"""What an entity, a schema or a file may be called."""


class Answer(NamedTuple):
    """A status, a body that has been read, and the exchange that they come from. A stream is read by `events`."""

    status: int
    body: Any
    exchange: Exchange

    @property
    def clause(self) -> str | None:
        """The clause that a refusal rests on."""
        return self.exchange.response.header("understudy-clause")

    @property
    def live(self) -> LiveStream:
        stream = self.exchange.response.stream
        assert isinstance(stream, LiveStream)
        return stream

    def events(self, until: float | None = None) -> list[dict[str, Any]]:
        """The events of a stream; only those that are due ``until`` seconds after its begin, where that is given."""
        live = self.live
        chunks: list[Chunk] = []
        while len(chunks) < len(live) and (until is None or live.at(len(chunks)) <= until):
            chunks.append(live[len(chunks)])
        return decoded(chunks)


class Enricher:
    """One organisation. A call that fails by a fault of the mock (status 500) fails the test."""

    def __init__(self, engine: Engine, key: str | None = GOOD) -> None:
        self.engine = engine
        self.key = key

    def __call__(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = {"x-api-key": self.key} if self.key is not None else {}
        content = msgspec.json.encode(body) if raw is None and body is not None else raw or b""
        if content:
            sent["content-type"] = "application/json"
        exchange = self.engine.handle(Request(method, target, {**sent, **(headers or {})}, content))
        response = exchange.response
        assert response.status != 500, response.body
        kind = response.header("content-type") or ""
        read = msgspec.json.decode(response.body) if kind.startswith("application/json") else response.body
        return Answer(response.status, read, exchange)

    def schema_id(self, name: str = "") -> str:
        """The first saved schema, or the one called ``name``."""
        schemas = self("GET", "/api/schema/saved").body["schemas"]
        return str(next(schema["id"] for schema in schemas if name in ("", schema["name"])))

    def order(
        self, entity: Mapping[str, Any] = MODERNA, models: Sequence[str] = (CLAUDE,), **more: Any
    ) -> dict[str, Any]:
        """The shortest body that enriches ``entity``."""
        return {"entity_data": entity, "schema_id": self.schema_id(), "models": models, **more}

    def start(self, entity: Mapping[str, Any] = MODERNA, models: Sequence[str] = (CLAUDE,), **more: Any) -> str:
        answer = self("POST", "/api/single/enrich/stream", self.order(entity, models, **more))
        assert answer.status == 200, answer.body
        return str(answer.body["job_id"])

    def start_batch(self, entities: Sequence[Mapping[str, Any]], models: Sequence[str] = (CLAUDE,), **more: Any) -> str:
        body = {"entities": entities, "schema_id": self.schema_id(), "models": models, **more}
        answer = self("POST", "/api/enrichment/batch/start", body)
        assert (answer.status, answer.body.get("total")) == (200, len(entities)), answer.body
        return str(answer.body["job_id"])

    def create_schema(self, content: Any, name: str = "새 스키마", **more: Any) -> Answer:
        return self("POST", "/api/schema/saved", {"name": name, "schema_content": content, **more})

    def stream(self, job_id: str) -> Answer:
        return self("GET", f"/api/llm/stream/{job_id}")

    def events(self, job_id: str) -> list[dict[str, Any]]:
        """The whole stream of a job, read at once."""
        return self.stream(job_id).events()

    def records(self, query: str = "") -> list[dict[str, Any]]:
        return list(self("GET", f"/api/records{query and '?' + query}").body["records"])

    def record(self, record_id: str) -> dict[str, Any]:
        answer = self("GET", f"/api/records/{record_id}")
        assert answer.status == 200
        return dict(answer.body)

    @property
    def state(self) -> Any:
        """What the mock holds for this organisation."""
        assert self.key is not None
        account = self.engine.account(self.key)
        assert account is not None
        return account.state


def decoded(chunks: Iterable[Chunk]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(event.data) for event in read_events(chunks)[0]]


def kinds(events: Iterable[Mapping[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def of_kind(events: Iterable[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]


def quiet(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events without heartbeats."""
    return [event for event in events if event["type"] != "heartbeat"]
