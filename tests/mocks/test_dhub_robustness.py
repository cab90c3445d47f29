"""Whatever is sent to the D.Hub mock, it answers, and what it holds stays whole."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mocks.conftest import EngineFor, make_engine
from tests.mocks.dhub import KNOWLEDGES, SAMPLE, Dhub, path
from understudy.contract.bodies import DEEPEST
from understudy.http import Request

texts = st.text(max_size=12) | st.sampled_from(["é", "e\u0301", "한", "\x00", "👩‍🔬", "a,b", "🏳️‍🌈", "\u202e"])
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(["name", "alias", "type", "groups", "tags", "options", "comment", "id", "다른"])


@pytest.fixture
def dhub(engine_for: EngineFor) -> Dhub:
    return Dhub(engine_for("dhub_knowledge"))


def whole(dhub: Dhub) -> None:
    """Everything listed can be read, in every version, and by every group; the indexes are those of the items."""
    listed: dict[str, Any] = {}
    token: dict[str, str] | None = {}
    while token is not None:
        page = dhub.page(**token).body
        listed |= {id: msgspec.json.decode(text) for id, text in page["items"].items()}
        token = {"token": page["token"]} if page["token"] else None
    for id, entry in listed.items():
        assert dhub("GET", path(id)).body == entry
        for version in dhub("GET", path(id, "versions")).body:
            assert dhub("GET", path(id) + f"?knowledge_version={version['version_id']}").status == 200
    state = dhub.state
    assert list(listed) == list(state.items)
    rebuilt = type(state)(state.items)
    names = frozenset(name for entry in listed.values() for name in entry["groups"])
    for name in names:
        expected = [id for id, entry in listed.items() if name in entry["groups"]]
        for shelf in (state.shelf(), rebuilt.shelf()):
            assert [item.id for item in shelf.after(0, frozenset([name]), 10_000)] == expected


@given(st.lists(st.tuples(st.booleans(), values | st.dictionaries(fields, values, max_size=6)), max_size=12))
def test_any_json_body_is_answered_and_a_refused_one_changes_nothing(calls: list[tuple[bool, Any]]) -> None:
    dhub = Dhub(make_engine("dhub_knowledge"))
    for create, body in calls:
        before = msgspec.json.encode(dhub.state)
        answer = dhub("POST", KNOWLEDGES, body) if create else dhub("PUT", SAMPLE, body)
        assert answer.status in (200, 422)
        assert (msgspec.json.encode(dhub.state) == before) == (answer.status == 422)
    whole(dhub)


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_any_bytes_are_answered(raw: bytes) -> None:
    dhub = Dhub(make_engine("dhub_knowledge"))
    assert dhub("POST", KNOWLEDGES, raw=raw).status in (200, 422)
    whole(dhub)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=20))
def test_any_target_is_answered(text: str) -> None:
    dhub = Dhub(make_engine("dhub_knowledge"))
    for target in (
        text,
        KNOWLEDGES + text,
        f"{SAMPLE}?knowledge_version={text}",
        f"{KNOWLEDGES}?groups={text}&token={text}",
    ):
        for method in ("GET", "DELETE"):
            assert dhub(method, target.replace("#", "")).status in (200, 404, 405, 422)


@pytest.mark.parametrize(
    ("segment", "status"),
    [
        ("knowledge%2Dabc123", 200),
        ("%6B%6eowledge-abc123", 200),
        ("knowledge-abc123%00", 404),
        ("knowledge-abc123%20", 404),
        ("KNOWLEDGE-ABC123", 404),
        ("knowledge-abc123%2Fversions", 404),
        ("%EC%A7%80%EC%8B%9D", 404),
        ("지식", 404),
        ("%ED%A0%80", 422),
        ("%FF", 422),
        ("\ud800", 422),
        ("%zz", 404),
        ("..", 422),
        ("%2e%2E", 422),
        ("a" * 100_000, 404),
        (";", 404),
        ("__class__", 404),
    ],
)
def test_an_id_is_read_percent_decoded(dhub: Dhub, segment: str, status: int) -> None:
    assert dhub("GET", KNOWLEDGES + segment).status == status


@pytest.mark.parametrize("kind", ["[]", "{}"])
def test_options_may_be_nested_as_deeply_as_a_body_may(dhub: Dhub, kind: str) -> None:
    def nested(levels: int) -> bytes:
        opening, closing = ("[", "]") if kind == "[]" else ('{"a":', "}")
        inner = opening * (levels - 1) + ("" if kind == "[]" else "1") + closing * (levels - 1)
        return f'{{"name":"깊이","options":{{"deep":{inner}}}}}'.encode()

    deep = dhub("POST", KNOWLEDGES, raw=nested(DEEPEST - 1))
    assert deep.status == 200
    for levels in (DEEPEST, 2_000, 100_000):
        assert dhub("POST", KNOWLEDGES, raw=nested(levels)).clause == "dhub.error.malformed-json"
    assert dhub("GET", path(deep.item)).body["options"] == msgspec.json.decode(nested(DEEPEST - 1))["options"]
    assert deep.item in dhub.page().body["items"]


@pytest.mark.parametrize(
    "number", ["123456789012345678901234567890", "-9223372036854775809", "1e308", "-0.0", "5e-324"]
)
def test_numbers_are_kept(dhub: Dhub, number: str) -> None:
    item = dhub("POST", KNOWLEDGES, raw=f'{{"name":"수","options":{{"n":{number}}}}}'.encode()).item
    body = dhub("GET", path(item)).exchange.response.body
    assert json.loads(body)["options"]["n"] == json.loads(number)


@pytest.mark.parametrize("number", ["1e400", "1" + "0" * 5000, "NaN", "Infinity", "01", "0x1"])
def test_numbers_that_nothing_can_hold_are_refused(dhub: Dhub, number: str) -> None:
    refused = dhub("POST", KNOWLEDGES, raw=f'{{"name":"수","options":{{"n":{number}}}}}'.encode())
    assert refused.clause == "dhub.error.malformed-json"


def test_of_a_member_that_is_given_twice_the_last_counts(dhub: Dhub) -> None:
    item = dhub("POST", KNOWLEDGES, raw=b'{"name":"a","name":"b","groups":["x"],"groups":["y"]}').item
    assert dhub("GET", path(item)).body["name"] == "b"
    assert (dhub.listed(groups="x"), dhub.listed(groups="y")) == ([], [item])


def test_a_long_text_is_kept_and_listed(dhub: Dhub) -> None:
    item = dhub.create(name="가" * 100_000, groups=["나" * 10_000] * 3)
    assert dhub.listed(groups="나" * 10_000) == [item]
    assert dhub("GET", path(item, "versions")).body[0]["size"] > 300_000


def test_head_is_answered_as_get(dhub: Dhub) -> None:
    assert dhub("HEAD", SAMPLE).exchange.operation == "getKnowledge"


def test_what_cannot_be_told_of_yet_is_refused_as_a_whole(dhub: Dhub) -> None:
    """The adapter decides these two before there is a whole request."""
    for kind, status, clause in (
        ("body_too_large", 413, "dhub.error.payload-too-large"),
        ("request_timeout", 408, "dhub.error.request-timeout"),
    ):
        response = dhub.engine.refuse(kind, Request("POST", KNOWLEDGES)).response
        assert (response.status, response.header("understudy-clause")) == (status, clause)
        assert list(msgspec.json.decode(response.body)) == ["detail"]
