"""What the Entity Enricher mock refuses: by which clause, in which order, and whatever is sent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mocks.conftest import EngineFor, make_engine
from tests.mocks.enricher import CLAUDE, GOOD, GPT, MODERNA, Enricher
from understudy.http import Request

START, BATCH = "/api/single/enrich/stream", "/api/enrichment/batch/start"
BODIES: dict[str, dict[str, Any]] = {
    START: {"entity_data": MODERNA, "schema_id": "x", "models": [GPT]},
    "/api/single/enrich/sync": {"entity_data": MODERNA, "schema_id": "x", "models": [GPT]},
    BATCH: {"entities": [MODERNA], "schema_id": "x", "models": [GPT]},
    "/api/batch/fetch": {"url": "https://example.com"},
    "/api/schema/saved": {"name": "x", "schema_content": {"type": "object"}},
    "/api/schema/generate/stream": {"entity_samples": [MODERNA]},
    "/api/schema/saved/x/prompt/stream": {"prompt": "x"},
    "/api/records/batch-delete": {"ids": ["x"]},
    "/api/fusion/merge": {"result_ids": ["x", "y"]},
    "/api/attachments/base64": {"content_base64": "", "filename": "x"},
    "/api/auth/api-keys": {"name": "x"},
}
"""A body for each operation that takes JSON."""
OBSERVED = frozenset({"observed"})


@pytest.fixture
def enricher(engine_for: EngineFor) -> Enricher:
    return Enricher(engine_for("entity_enricher"))


def clause(name: str) -> str:
    return f"ee.error.{name}"


@pytest.mark.parametrize("path", BODIES)
def test_a_missing_field_is_named(enricher: Enricher, path: str) -> None:
    for field in BODIES[path]:
        body = {name: value for name, value in BODIES[path].items() if name != field}
        answer = enricher("POST", path, body)
        assert (answer.status, answer.clause) == (400, clause("missing-field")), field
        assert field in answer.body["detail"]
    empty = enricher("POST", path)
    assert (empty.status, empty.clause) == (400, clause("missing-field"))


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b"null", b'"\xed\xa0\x80"', b"\xff", b"NaN", b'{"a": 1e999}', b"[" * 100_000]
)
def test_what_is_no_object_is_a_bad_request(enricher: Enricher, path: str, raw: bytes) -> None:
    answer = enricher("POST", path, raw=raw)
    assert answer.status == 400
    assert isinstance(answer.body["detail"], str)


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("value", [7, "", {}, [], [{}], [[]], [None], None, True, "\x00", {"a": {}}])
def test_fields_of_other_types_never_break_it(enricher: Enricher, path: str, value: Any) -> None:
    for field in BODIES[path]:
        assert enricher("POST", path, {**BODIES[path], field: value}).status in (200, 400, 404)


def test_other_media_types_are_refused(enricher: Enricher) -> None:
    for path in (*BODIES, "/api/attachments"):
        answer = enricher("POST", path, raw=b"<a/>", headers={"content-type": "application/xml"})
        assert (answer.status, answer.clause) == (415, clause("unsupported-media-type"))
    request = Request("POST", START, {"x-api-key": GOOD}, b'{"entity_data": {"a": 1}}')
    assert enricher.engine.handle(request).response.header("understudy-clause") == clause("missing-field")


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"models": ["gpt-4o"]}, "bad-model-key"),
        ({"models": ["openai::"]}, "bad-model-key"),
        ({"models": ["::gpt-4o"]}, "bad-model-key"),
        ({"models": ["openai::gpt-9"]}, "bad-model-key"),
        ({"models": [GPT, "한글::모델"]}, "bad-model-key"),
        ({"models": []}, "bad-request"),
        ({"models": "auto"}, "bad-request"),
        ({"arbitration_model": "auto"}, "bad-model-key"),
        ({"arbitration_model": "openai::gpt-9"}, "bad-model-key"),
        ({"classification_model": "x"}, "bad-model-key"),
        ({"languages": ["ko", "xx"]}, "unknown-language"),
        ({"languages": []}, "bad-request"),
        ({"models": [GPT] * 17}, "too-many-models"),
        ({"strategy": "best"}, "bad-request"),
        ({"schema_id": "unknown"}, "unknown-schema"),
        ({"attachment_ids": ["unknown"]}, "unknown-attachment"),
        ({"entity_data": {}}, "bad-request"),
        ({"entity_data": [1]}, "bad-request"),
    ],
)
def test_what_an_enrichment_names_wrongly(enricher: Enricher, changed: dict[str, Any], refused: str) -> None:
    for path in (START, "/api/single/enrich/sync"):
        answer = enricher("POST", path, {**enricher.order(), **changed})
        assert answer.clause == clause(refused), answer.body
        assert answer.status == (404 if refused.startswith("unknown-") and refused != "unknown-language" else 400)
    assert enricher.state.jobs == {}


def test_of_several_errors_the_first_of_the_list_is_answered(enricher: Enricher) -> None:
    wrong: dict[str, Any] = {
        "models": ["x", *[GPT] * 16], "languages": ["xx"], "schema_id": "unknown", "attachment_ids": ["unknown"],
    }  # fmt: skip
    for repaired, expected in (
        ({}, "missing-field"),
        ({"entity_data": 7}, "bad-request"),
        ({"entity_data": MODERNA}, "bad-model-key"),
        ({"models": [GPT] * 17}, "unknown-language"),
        ({"languages": ["ko"]}, "too-many-models"),
        ({"models": [GPT]}, "unknown-schema"),
        ({"schema_id": enricher.schema_id()}, "unknown-attachment"),
    ):
        wrong.update(repaired)
        assert enricher("POST", START, wrong).clause == clause(expected)
    batch = {"entities": [MODERNA] * 101, "schema_id": "unknown", "models": [GPT]}
    assert enricher("POST", BATCH, batch).clause == clause("too-many-entities")
    assert enricher("POST", BATCH, {**batch, "models": [GPT] * 17}).clause == clause("too-many-models")


def test_members_that_the_contract_does_not_name_are_ignored(enricher: Enricher) -> None:
    assert enricher("POST", START, enricher.order(unknown="x", 한글={"😀": []})).status == 200


def test_paths_and_methods_that_there_are_not(enricher: Enricher) -> None:
    for path in ("/", "/api", "/api/records/", "/api/records/x/y", "/한글", "/api/llm/stream/", "//api/records"):
        assert enricher("GET", path).clause == clause("unknown-path"), path
    for method, path in (("PUT", "/api/records"), ("GET", START), ("PATCH", "/api/attachments/x"), ("TRACE", BATCH)):
        answer = enricher(method, path)
        assert (answer.status, answer.clause) == (405, clause("method-not-allowed"))
        assert answer.exchange.response.header("allow")


def test_options_list_what_an_enrichment_takes(enricher: Enricher) -> None:
    options = enricher("GET", "/api/enrichment/options").body
    keys = [model["key"] for model in options["models"] if model["is_available"]]
    assert {CLAUDE, GPT, "google::gemini-2.5-pro", "deepseek::deepseek-chat"} <= set(keys)
    for strategy in options["strategies"]:
        more = {"strategy": strategy["name"], "languages": [*options["languages"]], "arbitration_model": keys[0]}
        assert enricher("POST", START, enricher.order(models=keys, **more)).status == 200


# The dialect


def test_under_the_dialect_observed_a_422_lists_what_is_wrong(engine_for: EngineFor) -> None:
    observed = Enricher(engine_for("entity_enricher", dialects=OBSERVED))
    answer = observed("POST", START, {"entity_data": 7, "models": ["auto", 1]})
    assert (answer.status, answer.clause) == (422, clause("validation-422"))
    found = {tuple(entry["loc"]): entry["type"] for entry in answer.body["detail"]}
    assert found[("body", "schema_id")] == "missing"
    assert found[("body", "entity_data")] == found[("body", "models", 1)] == "type_error"
    assert all(isinstance(entry["msg"], str) for entry in answer.body["detail"])
    assert observed("GET", "/api/records?page=x").body["detail"][0]["loc"] == ["query", "page"]
    assert observed("POST", START).status == 422
    values: list[dict[str, Any]] = [
        {"models": ["gpt-4o"]},
        {"models": ["openai::gpt-9"]},
        {"strategy": "best"},
        {"models": []},
    ]
    for changed in values:
        assert observed("POST", START, {**observed.order(), **changed}).status == 400
    assert observed("POST", START, raw=b"{").status == 400


# Whatever is sent


TEXT = st.text(max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_nothing_that_is_sent_breaks_it(data: st.DataObject) -> None:
    enricher = Enricher(make_engine("entity_enricher"))
    path = data.draw(st.sampled_from([*BODIES, *(f"/api/llm/cancel/{x}" for x in ("x", "%ff", "%00"))]))
    known = BODIES.get(path, {})
    fields = st.sampled_from([*known, "strategy", "languages", "model", "tags", "role", "scopes"])
    body = {**known, **data.draw(st.dictionaries(fields, JSON, max_size=3))}
    try:
        sent = enricher("POST", path, body)
    except UnicodeEncodeError:  # a lone surrogate, which no JSON in UTF-8 can carry
        return
    assert sent.status in (200, 400, 404, 413)
    if sent.status != 200:
        assert isinstance(sent.body["detail"], str)
    elif "job_id" in sent.body and path != START:
        enricher.events(sent.body["job_id"])


def test_what_is_decided_at_the_wire_is_said_in_its_words(enricher: Enricher) -> None:
    for kind, status in (("body_too_large", 413), ("request_timeout", 408)):
        response = enricher.engine.refuse(kind, Request("POST", START, {"x-api-key": GOOD})).response
        assert response.status == status
        assert isinstance(msgspec.json.decode(response.body)["detail"], str)


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("POST", START, BODIES[START], 500),  # though there is no such schema
        ("GET", "/api/llm/stream/없는-작업", None, 500),
        ("GET", "/api/records?page=1", None, 500),
        ("DELETE", "/api/attachments/x", None, 500),
        ("POST", START, {"models": []}, 400),
        ("GET", "/api/records?page=0", None, 400),
        ("GET", "/api/nothing", None, 404),
        ("PUT", "/api/records", None, 405),
    ],
)
def test_the_failing_key_fails_on_all_that_is_lawful(
    engine_for: EngineFor, method: str, target: str, body: Any, status: int
) -> None:
    content = b"" if body is None else msgspec.json.encode(body)
    headers = {"x-api-key": "ent_test_internal_error-m1", "content-type": "application/json"}
    exchange = engine_for("entity_enricher").handle(Request(method, target, headers, content))
    assert exchange.response.status == status
    assert exchange.response.header("understudy-clause") is not None
    assert isinstance(msgspec.json.decode(exchange.response.body)["detail"], str)
