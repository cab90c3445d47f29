"""The samples of Entity Enricher's document: the Python workflow, the bash batch, and the first curl.

With nothing but address, key and schema changed, in real time, as ``understudy serve`` has it.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.samples.documents import Client, excerpt, filled, need, replies, served, shell
from tests.streams import judged, rules_of

STEM = "entity_enricher"
FIRST_CURL = r"^curl -H .*?/enrichment/options"
PYTHON = r"^import httpx$.*?indent=2\)\)"
BASH = r"^# Start batch.*?jq '\.records'"
ORIGIN = "https://your-instance.example.com"
MODELS = {"anthropic::claude-sonnet-4-5-20250514", "openai::gpt-4o"}


def indented(source: str) -> str:
    """The repair of the Python sample: its blocks are indented again, which the document's text has lost.

    A line that ends in a colon opens a block; ``continue`` and ``break`` end theirs; ``elif`` stands where its ``if``
    does; a comment stands at the margin.
    """
    depth, lines = 0, []
    for line in source.splitlines():
        if line.startswith("#"):
            depth = 0
        elif line.startswith("elif "):
            depth -= 1
        lines.append("    " * depth + line)
        if line.endswith(":"):
            depth += 1
        elif line in {"continue", "break"}:
            depth -= 1
    return "\n".join(lines)


def read(mock: Any, path: str) -> Any:
    """What a GET is answered."""
    request = Request(mock["url"] + path, headers={"X-API-Key": mock["credentials"]["good"]})
    with urlopen(request, timeout=10) as response:
        return json.load(response)


def test_the_python_workflow_prints_the_entity_as_the_schema_has_it(tmp_path: Path) -> None:
    if importlib.util.find_spec("httpx") is None:
        pytest.skip("httpx is not installed")
    source = indented(excerpt(STEM, PYTHON))
    with served(STEM, tmp_path) as mock:
        ready = filled(source, {ORIGIN: mock["url"], "ent_your_api_key": mock["credentials"]["good"]})
        (tmp_path / "sample.py").write_text(ready, encoding="utf-8")
        output = json.loads(Client([sys.executable, "sample.py"], tmp_path).run())
        (listed,) = read(mock, "/api/records")["records"]
        record = read(mock, f"/api/records/{listed['id']}")
    assert output["name"] == "Moderna Inc"
    assert output["country"] == "US"
    assert output == record["structured_output"]
    assert (record["entity_name"], record["success"]) == ("Moderna Inc", True)


def test_the_bash_batch_streams_every_entity_and_lists_the_records(tmp_path: Path) -> None:
    need("jq")
    source = excerpt(STEM, BASH)
    with served(STEM, tmp_path) as mock:
        schema_id = read(mock, "/api/schema/saved")["schemas"][0]["id"]
        variables = {"BASE": mock["url"], "KEY": mock["credentials"]["good"]}
        printed = shell(filled(source, {"your-schema-uuid": schema_id}), tmp_path, **variables).run()
    stream, end, listed = printed.rpartition("\r\n\r\n")
    events = judged(rules_of(STEM, "streamJob"), (stream + end).encode(), {})
    assert (events[-1]["type"], events[-1]["status"]) == ("completed", "completed")
    completed = [event for event in events if event["type"] == "entity_completed"]
    assert sorted((event["entity_index"], event["success"]) for event in completed) == [(0, True), (1, True)]
    fused = [event for event in events if event["type"] == "fusion_completed"]
    assert [event["success"] for event in fused] == [True, True]
    records = json.loads(listed)
    assert {record["entity_name"] for record in records} == {"Pfizer Inc", "Roche"}
    found = {(record["entity_name"], record["model_composite_key"]) for record in records}
    assert found >= {(name, model) for name in ("Pfizer Inc", "Roche") for model in MODELS}
    told = {event["record_id"] for event in events if event["type"] == "model_completed"}
    assert {record["id"] for record in records} >= told


def test_the_first_curl_shows_the_models_of_the_document(tmp_path: Path) -> None:
    source = excerpt(STEM, FIRST_CURL)
    with served(STEM, tmp_path) as mock:
        ready = filled(source, {ORIGIN: mock["url"], "ent_your_key_here": mock["credentials"]["good"]})
        (reply,) = replies(ready, tmp_path)
    assert reply.status == 200
    assert {model["key"] for model in reply.json["models"] if model["is_available"]} >= MODELS
