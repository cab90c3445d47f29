"""The Entity Enricher mock over real HTTP: the document's two samples, and streams that other calls change."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.enricher import CLAUDE, GOOD, GPT, MISMATCHING, Enricher
from tests.server.wire import Client, request
from understudy.adapters.server import serving
from understudy.engine import Engine
from understudy.stage import ManualClock, ScaledClock

KEY = f"X-API-Key: {GOOD}"
HEADERS = {"X-API-Key": GOOD, "Content-Type": "application/json"}


@contextmanager
def served(engine: Engine) -> Iterator[int]:
    with serving({"entity_enricher": engine}) as running:
        yield running.ports["entity_enricher"]


@pytest.fixture(params=["standing still", "a hundred times as fast"])
def port(engine_for: EngineFor, request: pytest.FixtureRequest) -> Iterator[int]:
    still = request.param == "standing still"
    clock = ManualClock() if still else ScaledClock(time.time, 100)
    with served(engine_for("entity_enricher", clock=clock)) as port:
        yield port


def ask(port: int, method: str, path: str, body: Any = None) -> Any:
    """One call on a connection of its own, as a simple client makes it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), HEADERS)
        response = connection.getresponse()
        assert response.status == 200, response.read()
        return json.loads(response.read())
    finally:
        connection.close()


def lines(port: int, job_id: str) -> Iterator[str]:
    """The lines of a stream, as they come; the connection is given up with the iterator."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", f"/api/llm/stream/{job_id}", headers=HEADERS)
        response = connection.getresponse()
        assert response.headers["Content-Type"] == "text/event-stream"
        for line in response:
            yield line.decode().rstrip("\r\n")
    finally:
        connection.close()


def events(port: int, job_id: str) -> Iterator[Any]:
    return (json.loads(line[6:]) for line in lines(port, job_id) if line.startswith("data: "))


def test_the_whole_workflow_of_the_document(port: int) -> None:
    schemas = ask(port, "GET", "/api/schema/saved")
    started = ask(port, "POST", "/api/single/enrich/stream", {
        "entity_data": {"name": "Moderna Inc", "country": "US"},
        "schema_id": schemas["schemas"][0]["id"],
        "models": ["anthropic::claude-sonnet-4-5-20250514"],
        "strategy": "multi_expertise",
    })  # fmt: skip
    record_id = None
    for event in events(port, started["job_id"]):
        if event["type"] == "model_completed" and event.get("record_id"):
            record_id = event["record_id"]
        elif event["type"] == "completed":
            break
    assert record_id is not None
    output = ask(port, "GET", f"/api/records/{record_id}")["structured_output"]
    assert "Moderna" in json.dumps(output)


def test_the_batch_of_the_document(port: int) -> None:
    schemas = ask(port, "GET", "/api/schema/saved")
    started = ask(port, "POST", "/api/enrichment/batch/start", {
        "entities": [{"name": "Pfizer Inc", "country": "US"}, {"name": "Roche", "country": "CH"}],
        "schema_id": schemas["schemas"][0]["id"],
        "models": [CLAUDE, GPT],
        "strategy": "multi_expertise",
        "arbitration_model": CLAUDE,
    })  # fmt: skip
    told = list(events(port, started["job_id"]))  # curl -N reads to the end of the answer
    assert told[-1]["type"] == "completed"
    assert [event["success"] for event in told if event["type"] == "fusion_completed"] == [True, True]
    records = ask(port, "GET", "/api/records?type=enrichment&page_size=10")["records"]
    assert sorted(record["entity_name"] for record in records) == ["Pfizer Inc", "Pfizer Inc", "Roche", "Roche"]


def test_a_blocking_enrichment_is_answered_when_its_record_is_there(port: int) -> None:
    schema_id = ask(port, "GET", "/api/schema/saved")["schemas"][0]["id"]
    order = {"entity_data": {"name": "삼성전자 🏢"}, "schema_id": schema_id, "models": [GPT]}
    answer = ask(port, "POST", "/api/single/enrich/sync", order)
    assert ask(port, "GET", f"/api/records/{answer['record_id']}")["structured_output"] == answer["result"]


def test_a_download_carries_a_korean_name_and_every_byte(port: int) -> None:
    data = bytes(range(256)) * 1000
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="\xeb\xb3\xb4\xea\xb3\xa0.bin"\r\n\r\n'
    body = head + data + b"\r\n--x--\r\n"
    with Client(port) as client:
        upload = request("POST", "/api/attachments", KEY, "Content-Type: multipart/form-data; boundary=x", body=body)
        (made,) = client.ask(upload).json
        answer = client.ask(request("GET", f"/api/attachments/{made['id']}/download", KEY))
    assert (made["filename"], answer.body) == ("보고.bin", data)
    assert answer.headers["content-disposition"].endswith("filename*=UTF-8''%EB%B3%B4%EA%B3%A0.bin")


# Streams that wait, in real time


@pytest.fixture
def live(engine_for: EngineFor) -> Engine:
    return engine_for("entity_enricher", clock=ScaledClock(time.time))


def opened(client: Client, job_id: str) -> dict[str, Any]:
    """Open a stream, and wait for its first event."""
    client.send(request("GET", f"/api/llm/stream/{job_id}", KEY)).until(b"\r\n\r\n")
    return next_event(client)


def next_event(client: Client) -> dict[str, Any]:
    size = int(client.until(b"\r\n"), 16)
    assert size, "the stream has ended"
    data = client.exactly(size + 2)
    event: dict[str, Any] = json.loads(data.removeprefix(b"data: "))
    return event


@pytest.mark.parametrize(("change", "kind"), [("cancel", "completed"), ("continue", "model_started")])
def test_another_call_wakes_the_streams_of_a_paused_job(live: Engine, change: str, kind: str) -> None:
    with served(live) as port, Client(port) as first, Client(port) as second, Client(port) as other:
        job_id = Enricher(live).start(MISMATCHING)
        assert opened(first, job_id)["type"] == opened(second, job_id)["type"] == "classification_mismatch_pause"
        begun = time.monotonic()
        assert other.ask(request("POST", f"/api/llm/{change}/{job_id}", KEY)).status == 200
        told = [next_event(first), next_event(second)]
        assert time.monotonic() - begun < 2.5, "no stream waited for its next heartbeat"
        assert [event["type"] for event in told] == [kind, kind]
        assert told[0] == told[1]
        if change == "cancel":
            assert first.until(b"\r\n") == b"0\r\n"
            assert first.until(b"\r\n") == b"\r\n"
            assert first.ask(request("GET", "/api/enrichment/options", KEY)).status == 200


def test_a_change_from_another_thread_wakes_a_stream_too(live: Engine) -> None:
    with served(live) as port, Client(port) as client:
        enricher = Enricher(live)
        job_id = enricher.start(MISMATCHING)
        opened(client, job_id)
        thread = threading.Thread(target=lambda: enricher("POST", f"/api/llm/cancel/{job_id}"))
        thread.start()
        assert next_event(client)["status"] == "cancelled"
        thread.join()


def test_a_client_that_leaves_is_not_woken(live: Engine) -> None:
    with served(live) as port, Client(port) as other:
        job_id = Enricher(live).start(MISMATCHING)
        for _ in range(10):
            with Client(port) as leaving:
                opened(leaving, job_id)
                leaving.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
        watchers = Enricher(live).state.jobs[job_id].watchers
        for _ in range(100_000):
            assert other.ask(request("GET", "/api/enrichment/options", KEY)).status == 200
            if not watchers:
                break
        assert watchers == []
        assert other.ask(request("POST", f"/api/llm/cancel/{job_id}", KEY)).status == 200


def test_an_event_that_breaks_the_contract_is_not_sent_and_not_hidden(
    live: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with served(live) as port, Client(port) as client:
        enricher = Enricher(live)
        job_id = enricher.start()
        opened(client, job_id)
        enricher.state.jobs[job_id].entries[-1].members["status"] = 7
        with pytest.raises((EOFError, ConnectionResetError)):
            client.until(b"0\r\n\r\n")
    *_, last = live.stage.journal
    assert "breaks its own contract" in caplog.text
    assert [violation.pointer for violation in last.violations] == ["/status"]
