"""What the Flowith mock refuses, with which status and in which order, and what a refusal looks like."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.flowith import (
    EXHAUSTED,
    FOREIGN,
    GOOD,
    KOREAN,
    LIVE_MODELS,
    MODELS,
    OLDEST_SEEK,
    SAMPLE_SEEK,
    SEEK,
    Answer,
    Flowith,
    question,
)

ASKED = question("배터리", KOREAN)
SEEKS = (SEEK, SAMPLE_SEEK, OLDEST_SEEK)


@pytest.fixture
def flowith(engine_for: EngineFor) -> Flowith:
    return Flowith(engine_for("flowith_seek", limits={"flowith_seek": {"requests_per_minute": None}}))


def assert_refused(answer: Answer, status: int, clause: str) -> str:
    """The refusal's words, when the answer is this refusal."""
    assert (answer.status, answer.clause) == (status, clause)
    assert answer.exchange.response.header("content-type") == "application/json"
    assert list(answer.body) == ["error"]
    assert isinstance(answer.body["error"], str)
    assert answer.body["error"]
    return answer.body["error"]


# Tokens


@pytest.mark.parametrize("target", [*SEEKS, MODELS, LIVE_MODELS])
def test_without_a_token_nothing_is_answered(flowith: Flowith, target: str) -> None:
    method, body = ("GET", None) if target in (MODELS, LIVE_MODELS) else ("POST", ASKED)
    missing = Flowith(flowith.engine, None)(method, target, body)
    assert missing.exchange.response.header("www-authenticate") == "Bearer"
    assert_refused(missing, 401, "flowith.error.token-missing")
    for stranger in ("someone", "flowith-test-goo", "flowith-test-good-", "flowith-test-good-한글", "a" * 9999):
        assert_refused(Flowith(flowith.engine, stranger)(method, target, body), 401, "flowith.error.token-unknown")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", f"Basic {GOOD}", GOOD, f"Token {GOOD}", "Bearer\t" + GOOD])
def test_what_is_no_bearer_token_is_refused(flowith: Flowith, header: str) -> None:
    assert flowith("GET", MODELS, headers={"authorization": header}).status == 401


@pytest.mark.parametrize("header", [f"bearer {GOOD}", f"BEARER   {GOOD}", f"Bearer {GOOD}-1.x~_"])
def test_the_scheme_is_read_in_any_case_and_a_suffix_makes_an_account(flowith: Flowith, header: str) -> None:
    assert flowith("GET", MODELS, headers={"authorization": header}).status == 200


def test_a_refusal_never_repeats_the_token(flowith: Flowith) -> None:
    answer = Flowith(flowith.engine, "s3cret-token")("GET", MODELS)
    assert "s3cret" not in str(answer.exchange.response)
    assert all("s3cret" not in str(exchange) for exchange in flowith.engine.stage.journal)


# Bodies


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"not json",
        b"'{}'",
        b"\xff\xfe{}",
        b'{"messages": "\xed\xa0\x80"}',
        b'{"model": "\\ud800"}',
        b"[" * 100_000,
        b'{"model": NaN}',
        b'{"a": 1} {"b": 2}',
        b"data: {}\n\n",
    ],
    ids=range(11),
)
@pytest.mark.parametrize("path", SEEKS)
def test_a_body_that_is_not_json_is_refused(flowith: Flowith, path: str, raw: bytes) -> None:
    answer = flowith("POST", path, raw=raw, headers={"content-type": "application/json"})
    assert_refused(answer, 400, "flowith.error.not-json")


@pytest.mark.parametrize("declared", ["text/plain", "application/x-www-form-urlencoded", "text/json", "json"])
def test_json_that_is_declared_as_something_else_is_refused(flowith: Flowith, declared: str) -> None:
    answer = flowith("POST", SEEK, ASKED, headers={"content-type": declared})
    assert_refused(answer, 400, "flowith.error.not-json")


@pytest.mark.parametrize("declared", ["application/json", "Application/JSON; charset=UTF-8", "application/json;x=y"])
def test_json_may_be_declared_with_parameters(flowith: Flowith, declared: str) -> None:
    assert flowith("POST", SEEK, ASKED, headers={"content-type": declared}).status == 200


MESSAGE = {"role": "user", "content": "배터리"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"messages": None}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "배터리"}, "messages"),
        ({"messages": ["배터리"]}, "messages/0"),
        ({"messages": [{"role": "user"}]}, "messages/0/content"),
        ({"messages": [{"content": "배터리"}]}, "messages/0/role"),
        ({"messages": [MESSAGE, {**MESSAGE, "role": "tool"}]}, "messages/1/role"),
        ({"messages": [{**MESSAGE, "role": "User"}]}, "messages/0/role"),
        ({"messages": [{**MESSAGE, "content": ["배터리"]}]}, "messages/0/content"),
        ({"messages": [{**MESSAGE, "content": None}]}, "messages/0/content"),
        ({"model": 4}, "model"),
        ({"model": None}, "model"),
        ({"stream": "true"}, "stream"),
        ({"stream": None}, "stream"),
        ({"stream": 1}, "stream"),
        ({"kb_list": KOREAN}, "kb_list"),
        ({"kb_list": [1]}, "kb_list/0"),
        ({"kb_list": [KOREAN, None]}, "kb_list/1"),
        ({"kb_list": None}, "kb_list"),
    ],
)
def test_a_member_of_another_type_or_value_is_named(flowith: Flowith, change: dict[str, Any], told: str) -> None:
    error = assert_refused(flowith("POST", SEEK, {**ASKED, **change}), 400, "flowith.error.invalid")
    assert error.startswith(f"{told}: expected ")


@pytest.mark.parametrize("member", ["messages", "model", "kb_list"])
def test_a_missing_member_is_named(flowith: Flowith, member: str) -> None:
    body = {name: value for name, value in ASKED.items() if name != member}
    assert member in assert_refused(flowith("POST", SEEK, body), 400, "flowith.error.invalid")


@pytest.mark.parametrize("body", [[], "배터리", 1, None, True, [ASKED]])
def test_a_body_that_is_no_object_is_refused(flowith: Flowith, body: Any) -> None:
    raw = b"null" if body is None else None
    answer = flowith("POST", SEEK, body, raw=raw)
    assert "body" in assert_refused(answer, 400, "flowith.error.invalid")


def test_as_many_messages_and_knowledge_bases_as_the_limits_allow(flowith: Flowith) -> None:
    messages = [MESSAGE] * 200
    kb_list = [f"kb-{number}" for number in range(50)]
    assert flowith.seek("", messages=messages, kb_list=kb_list * 2).status == 200
    assert_refused(flowith.seek("", messages=[*messages, MESSAGE]), 400, "flowith.error.too-many-messages")
    assert_refused(flowith.seek("", kb_list=[*kb_list, "또"]), 400, "flowith.error.too-many-knowledge-bases")


def test_a_body_has_a_largest_size(flowith: Flowith) -> None:
    body = b'{"model": "m", "kb_list": [], "messages": [{"role": "user", "content": "%b"}]}'
    room = 1_048_576 - len(body) + 2
    assert flowith("POST", SEEK, raw=body % (b"a" * room)).status == 200
    for credential in (GOOD, None):
        answer = Flowith(flowith.engine, credential)("POST", SEEK, raw=body % (b"a" * (room + 1)))
        assert_refused(answer, 413, "flowith.error.body-too-large")
    assert flowith("GET", MODELS, raw=b"a" * 2_000_000).status == 200  # nobody reads that


# Knowledge bases of others


@pytest.mark.parametrize("path", SEEKS)
def test_a_foreign_knowledge_base_is_refused_wherever_it_stands(flowith: Flowith, path: str) -> None:
    for kb_list in ((FOREIGN,), (KOREAN, FOREIGN), ("unknown", FOREIGN, KOREAN)):
        for stream in (True, False):
            answer = flowith.seek("배터리", *kb_list, path=path, stream=stream)
            assert FOREIGN not in assert_refused(answer, 403, "flowith.error.foreign-knowledge-base")


# Paths


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/external/use/seek-knowledge/", 404),
        ("POST", SEEK + "/", 404),
        ("POST", "/external/use/knowledge-base", 404),
        ("POST", "/external/use/seek-knowledge/찾기", 404),
        ("GET", SEEK, 405),
        ("PUT", SAMPLE_SEEK, 405),
        ("DELETE", OLDEST_SEEK, 405),
        ("POST", MODELS, 405),
        ("BREW", LIVE_MODELS, 405),
    ],
)
def test_other_paths_and_methods_are_refused(flowith: Flowith, method: str, target: str, status: int) -> None:
    answer = flowith(method, target)
    assert_refused(answer, status, f"flowith.error.{'unknown-path' if status == 404 else 'method-not-allowed'}")
    allow = {MODELS: "GET", LIVE_MODELS: "GET"}.get(target, "POST") if status == 405 else None
    assert answer.exchange.response.header("allow") == allow


# Several refusals at once: the first of x-errors is answered


def test_of_several_refusals_the_first_in_the_order_of_the_contract_is_answered(engine_for: EngineFor) -> None:
    limits = {"requests_per_minute": 2, "messages_per_call": 2, "knowledge_bases_per_call": 1, "body_bytes": 500}
    engine = engine_for("flowith_seek", limits={"flowith_seek": limits})
    large = b" " * 600
    bad = {**ASKED, "stream": 1, "messages": [MESSAGE] * 3, "kb_list": [KOREAN, FOREIGN]}
    many = {**bad, "stream": True}
    listed = {**many, "messages": [MESSAGE]}
    foreign = {**listed, "kb_list": [FOREIGN]}

    def first(body: Any = None, credential: str | None = GOOD + "-x", raw: bytes | None = None) -> str:
        clause = Flowith(engine, credential)("POST", SEEK, body, raw=raw, headers={"content-type": "application/json"})
        return str(clause.clause).removeprefix("flowith.").removeprefix("error.")

    assert first(raw=large, credential=None) == "body-too-large"
    assert first(raw=b"{", credential=None) == "token-missing"
    assert first(raw=b"{", credential="stranger") == "token-unknown"
    broke = EXHAUSTED + "-x"
    assert [first(raw=b"{", credential=broke) for _ in range(3)] == [*["credits-used-up"] * 2, "rate.refused"]
    assert first(bad, f"{GOOD}-1") == "invalid"
    assert first(many, f"{GOOD}-2") == "too-many-messages"
    assert first(listed, f"{GOOD}-3") == "too-many-knowledge-bases"
    assert first(foreign, f"{GOOD}-4") == "foreign-knowledge-base"
    assert first(raw=b"{", credential=f"{GOOD}-json") == "not-json"


def test_every_error_of_the_contract_is_one_that_the_tests_of_this_mock_show() -> None:
    """A new error in the contract wants a test above, in the tests of the rate, or in those of the stream."""
    from tests.mocks.conftest import make_engine

    names = [case.name for case in make_engine("flowith_seek").contract.errors]
    assert names == [
        "path_gone",
        "body_too_large",
        "token_missing",
        "token_unknown",
        "rate_exceeded",
        "credits_used_up",
        "unknown_path",
        "method_not_allowed",
        "not_json",
        "invalid_request",
        "too_many_messages",
        "too_many_knowledge_bases",
        "foreign_knowledge_base",
    ]
