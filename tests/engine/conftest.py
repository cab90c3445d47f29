"""A small service for the engine's tests, by the contract beside this file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from understudy import Call, Refusal, Reply, Request, Service
from understudy.contract import Contract, ErrorCase, read_contract
from understudy.engine import Engine
from understudy.guards import CalendarQuota, InFlight, Rate, RequireCredential
from understudy.journal import Exchange
from understudy.stage import ManualClock, Stage

GOOD = "notes-test-good"


class NoToken(Refusal):
    """토큰이 필요합니다."""

    status, clause = 401, "notes.auth.bearer"


class NoPath(Refusal):
    """No such path."""

    status, clause = 404, "notes.error.path"


class Invalid(Refusal):
    status, clause = 400, "notes.error.invalid"


class NoNote(Refusal):
    """There is no such note."""

    status, clause = 404, "notes.error.missing"


class TooLarge(Refusal):
    status, clause = 413, "notes.error.large"


class TooSlow(Refusal):
    status, clause = 408, "notes.error.slow"


class DayOver(Refusal):
    status, clause = 429, "notes.rate.day"


class MinuteOver(Refusal):
    status, clause = 429, "notes.rate.minute"


class TooMany(Refusal):
    status, clause = 429, "notes.rate.flight"


def refused(refusal: Refusal, case: ErrorCase, call: Call) -> Reply:
    return Reply({"error": refusal.message})


def new_service() -> Service[dict[str, Any]]:
    service: Service[dict[str, Any]] = Service(
        "notes",
        state=dict,
        refused=refused,
        violated=lambda violations, call: Invalid(str(violations[0])),
        unmatched=lambda near, call: NoPath(),
        wire={"body_too_large": TooLarge, "request_timeout": TooSlow},
        guards=[
            RequireCredential(NoToken, NoToken),
            CalendarQuota("calls_per_day", DayOver),
            Rate("calls_per_minute", MinuteOver, reading="notes.minute"),
            InFlight("in_flight", TooMany),
        ],
        charset="UTF-8",
    )

    @service.operation("writeNote")
    def write_note(state: dict[str, Any], call: Call) -> Reply:
        id = call.new_id("note-")
        state[id] = call.body
        return Reply({"id": id}, headers=(("X-Count", str(len(state))),))

    @service.operation("listNotes")
    def list_notes(state: dict[str, Any], call: Call) -> Reply:
        kept = list(state.items())[: call.query["limit"]]
        return Reply({id: json.dumps(note, ensure_ascii=False) for id, note in kept})

    @service.operation("readNote")
    def read_note(state: dict[str, Any], call: Call) -> Reply:
        if call.path["id"] not in state:
            raise NoNote
        return Reply(state[call.path["id"]])

    return service


@pytest.fixture(scope="session")
def contract() -> Contract:
    return read_contract(Path(__file__).with_name("notes.yaml"))


@pytest.fixture
def engine(contract: Contract) -> Engine:
    return Engine(new_service(), contract, Stage(ManualClock()))


@pytest.fixture
def engine_with(contract: Contract) -> Callable[..., Engine]:
    def make(service: Service[Any] | None = None, **options: Any) -> Engine:
        return Engine(service or new_service(), contract, Stage(options.pop("clock", ManualClock()), **options))

    return make


def ask(
    engine: Engine,
    method: str,
    target: str,
    body: Any = None,
    *,
    token: str | None = GOOD,
    headers: Mapping[str, str] | None = None,
    raw: bytes | None = None,
    in_flight: int = 0,
) -> Exchange:
    """One request, as an adapter would hand it over."""
    sent = {"authorization": f"Bearer {token}"} if token is not None else {}
    content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
    if content:
        sent["content-type"] = "application/json"
    return engine.handle(Request(method, target, {**sent, **(headers or {})}, content, in_flight=in_flight))


def answer(exchange: Exchange) -> Any:
    return json.loads(exchange.response.body)
