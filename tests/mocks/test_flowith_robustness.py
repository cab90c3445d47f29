"""Whatever is sent to the Flowith mock, it answers; a lawful seek gets a lawful answer, the same streamed or not."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mocks.conftest import make_engine
from tests.mocks.flowith import ENGLISH, FOREIGN, KOREAN, MODELS, SEEK, Flowith
from understudy.contract.events import read_events
from understudy.http import Request

UNHURRIED = {"flowith_seek": {"requests_per_minute": None, "credits_balance": None}}
PLAIN = Flowith(make_engine("flowith_seek", limits=UNHURRIED))
OBSERVED = Flowith(make_engine("flowith_seek", limits=UNHURRIED, dialects=frozenset({"observed"})))

words = st.sampled_from(
    [
        *("배터리는", "등의", "작은", "충전하면", "환불", "언제", "얼마예요", "온빛"),
        *("battery", "lamp", "small?", "refund", "the", "12", "[DONE]"),
        *("e\u0301", "é", "🔋", "👩‍🔬", "\x00", "한", "\u1112\u1161\u11ab", "日本"),
    ]
)
texts = st.lists(words, max_size=8).map(" ".join) | st.text(max_size=40)
kb_ids = st.sampled_from([KOREAN, ENGLISH, "kb", "모르는 📚", ""]) | st.text(max_size=8)
messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system"]), "content": texts}, optional={"name": texts}
)
lawful = st.fixed_dictionaries(
    {
        "messages": st.lists(messages, min_size=1, max_size=5),
        "model": st.sampled_from(["gpt-4o-mini", "gpt-4.1-mini"]) | st.text(max_size=5),
        "kb_list": st.lists(kb_ids, max_size=6),
    },
    optional={"other": st.none() | texts},
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
members = st.sampled_from(["messages", "model", "stream", "kb_list", "role"])


@given(lawful, st.lists(st.tuples(texts, texts), max_size=3))
def test_a_lawful_seek_gets_a_lawful_answer_the_same_streamed_or_not(
    body: dict[str, Any], loaded: list[tuple[str, str]]
) -> None:
    answers = []
    for flowith in (PLAIN, OBSERVED):
        flowith.state.clear("kb")
        for title, text in loaded:
            flowith.load("kb", title, text)
        for stream in ({}, {"stream": False}, {"stream": True}):
            answer = flowith("POST", SEEK, {**body, **stream})
            assert (answer.status, answer.exchange.violations) == (200, ())
            answers.append(answer)
    assert len({answer.text for answer in answers}) == 1
    plain, observed = answers[2], answers[5]
    count = len(set(body["kb_list"]))
    assert plain.tags == ["searching"] * max(count, 1) + ["seeds", "final"]
    assert plain.seeds == observed.seeds
    assert len({piece["id"] for piece in plain.seeds}) == len(plain.seeds) <= 8


@given(st.lists(st.sampled_from(["배터리는", "환불을", "온빛에서", "lamps", "charging", "63", "é"]), min_size=1), texts)
def test_a_text_is_found_by_its_own_words(content: list[str], around: str) -> None:
    PLAIN.state.clear("kb")
    PLAIN.load("kb", "?", f"{around} {' '.join(content)}")
    found = PLAIN.seek(" ".join(content), "kb", stream=True).seeds
    assert found
    assert PLAIN.seek(" ".join(content * 2), "kb", stream=True).seeds == found


@given(st.dictionaries(members, values, max_size=5) | values)
def test_any_json_is_answered_and_a_refused_one_costs_nothing(body: Any) -> None:
    before = PLAIN.state.spent
    answer = PLAIN("POST", SEEK, raw=msgspec.json.encode(body))
    assert answer.status in (200, 400)
    assert PLAIN.state.spent - before == (answer.status == 200)


@given(lawful, members, values)
def test_one_wrong_member_is_refused_and_named_or_was_right_after_all(
    body: dict[str, Any], member: str, value: Any
) -> None:
    answer = PLAIN("POST", SEEK, {**body, member: value})
    if answer.status == 400:
        assert answer.clause == "flowith.error.invalid"
        assert answer.body["error"].startswith(member)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_answered(raw: bytes) -> None:
    assert PLAIN("POST", SEEK, raw=raw, headers={"content-type": "application/json"}).status in (200, 400)


@given(
    st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "BREW", ""]),
    st.sampled_from([SEEK, MODELS, "/external/use/", ""]),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=12),
)
def test_any_target_is_answered(method: str, target: str, text: str) -> None:
    for suffix in (text, "?" + text):
        assert PLAIN(method, target + suffix).status in (200, 400, 404, 405)


@settings(max_examples=30)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=20))
def test_any_headers_are_answered(value: str) -> None:
    for name in ("authorization", "content-type", "user-agent", "host", "accept"):
        request = Request("POST", SEEK, {"authorization": "Bearer flowith-test-good", name: value}, b"{}")
        assert PLAIN.engine.handle(request).response.status in (400, 401)


def test_the_largest_bodies_are_answered_in_time() -> None:
    """Texts on which careless reading takes time by the square of their length: minutes."""
    for text in ("a" + "\u0301\u0316" * 200_000, "가" * 300_000, "!" * 900_000, "1," * 400_000, "ab " * 300_000):
        answer = PLAIN.seek(text, stream=True)
        assert answer.status == 200
        assert read_events(answer.exchange.response.stream or ())[1].unfinished == b""
    kb_list = ["x" * 20] * 40_000 + [FOREIGN]
    assert PLAIN.seek("배터리", *kb_list).status == 403
