"""A reading as ETRI answers it: its members, its indexes and their dialect, and whatever else may be sent."""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.mocks.conftest import EngineFor, contract_of, make_engine
from tests.mocks.etri import GOOD, PASSAGE, PATH, QUESTION, READING, STEM, Etri, part
from understudy.http import Request


@pytest.fixture
def etri(engine_for: EngineFor) -> Etri:
    return Etri(engine_for(STEM))


def test_a_reading_has_the_documented_members(etri: Etri) -> None:
    answer = etri()
    assert answer.status == 200
    assert set(answer.body) == {"request_id", "result", "return_type", "return_object"}
    assert (answer.body["request_id"], answer.body["result"]) == ("reserved field", 0)
    found = answer.found
    assert (found["answer"], found["passage"], found["question"]) == ("약 494km", PASSAGE, QUESTION)
    assert (found["begin"], found["end"]) == (PASSAGE.index("약"), PASSAGE.index("km") + 1)
    assert isinstance(found["confidence"], str)
    assert 0 < float(found["confidence"]) <= 1


@pytest.mark.parametrize("name", ["korean", "codePoints", "nothingFound"])
def test_the_answers_that_the_contract_shows_are_those_that_come(name: str, etri: Etri) -> None:
    responses = contract_of(STEM).document["components"]["responses"]
    shown = responses["Reading"]["content"]["application/json"]["examples"][name]["value"]["return_object"]
    if name == "nothingFound":
        assert etri.ask("무지개는 무슨 색인가?", "고래는 포유류이다.").body["return_object"] == shown == {}
        return
    found = etri.ask(shown["MRCInfo"]["question"], shown["MRCInfo"]["passage"]).found
    assert found | {"confidence": None} == shown["MRCInfo"] | {"confidence": None}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (READING | {"request_id": "요청 1 🐋"}, "요청 1 🐋"),
        (READING | {"request_id": ""}, ""),
        (READING, "reserved field"),
        ({"request_id": "r", "argument": {}}, "r"),
        ({"request_id": 5, "argument": {}}, "reserved field"),
        ([], "reserved field"),
    ],
)
def test_an_answer_repeats_the_request_id(body: Any, expected: str, etri: Etri) -> None:
    assert etri(body).body["request_id"] == expected
    assert etri(body, key="etri-test-blocked").body["request_id"] == expected


def test_both_orders_escapes_space_and_unknown_members_are_read(etri: Etri) -> None:
    found = etri().found
    argument = {"passage": PASSAGE, "question": QUESTION, "알 수 없는": [1]}
    body = {"argument": argument, "access_key": "unread", "other": None}
    assert etri(body).found == found
    assert etri(raw=json.dumps(body, indent="\t").encode()).found == found
    assert etri(raw=json.dumps(body, ensure_ascii=False).encode(), content_type="application/json").found == found
    assert etri(content_type=None).found == found
    assert etri(content_type="text/plain").reason == "Bad Request"


def test_the_dialect_counts_from_one(engine_for: EngineFor) -> None:
    found = Etri(engine_for(STEM)).ask("상어는 무엇인가?", PASSAGE).found
    from_one = Etri(engine_for(STEM, dialects=frozenset(("one-based-indexes",)))).ask("상어는 무엇인가?", PASSAGE).found
    assert from_one == found | {"begin": found["begin"] + 1, "end": found["end"] + 1}
    assert PASSAGE[from_one["begin"] - 1 : from_one["end"]] == from_one["answer"] == "어류"


def test_every_dialect_of_the_contract_is_honoured() -> None:
    assert contract_of(STEM).dialects == {"body-key", "one-based-indexes", "consecutive-calls"}


# Whatever is sent


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"argument"',
        b"{}",
        b'{"argument": null}',
        b'{"argument": []}',
        b'{"argument": {"question": "q"}}',
        b'{"argument": {"passage": "p"}}',
        b'{"argument": {"question": 1, "passage": "p"}}',
        b'{"argument": {"question": "q", "passage": null}}',
        b'{"argument": {"question": "q", "passage": "p"}, "request_id": 1}',
        b'{"argument": {"question": "q", "passage": "p"}, "access_key": {}}',
        b'{"argument": {"question": "q", "passage": "\\ud83d"}}',
        b'{"argument": {"question": "q", "passage": "\xed\xa0\xbd"}}',
        b'{"argument": {"question": "q", "passage": "\xff"}}',
        '{"argument": {"question": "질문", "passage": "글"}}'.encode("euc-kr"),
        '{"argument": {"question": "q", "passage": "p"}}'.encode("utf-16"),
        b'{"argument": {"question": "q", "passage": NaN}}',
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"\x00" * 100,
    ],
)
@pytest.mark.parametrize("dialects", [frozenset(), frozenset(("body-key",))], ids=["default", "body-key"])
def test_what_is_no_request_is_a_bad_one(raw: bytes, dialects: frozenset[str], engine_for: EngineFor) -> None:
    answer = Etri(engine_for(STEM, dialects=dialects))(raw=raw)
    assert (answer.status, answer.reason, answer.body["result"]) == (400, "Bad Request", -1)
    assert answer.exchange.violations


def test_nul_and_controls_are_text(etri: Etri) -> None:
    passage = "한강의\x00 길이는 \u202e494km\u2028이다.\x1b"
    found = etri.ask("한강의\x00 길이는 얼마인가?", passage).found
    assert found["passage"] == passage
    assert passage[found["begin"] : found["end"] + 1] == found["answer"]


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
members = st.dictionaries(st.sampled_from(["argument", "request_id", "access_key", "question", "passage"]), values)


@given(
    st.binary(max_size=60) | (values | members | st.fixed_dictionaries({"argument": members})).map(msgspec.json.encode)
)
def test_whatever_the_body_is_the_answer_is_documented(raw: bytes) -> None:
    for dialects in (frozenset[str](), frozenset(("body-key", "one-based-indexes", "consecutive-calls"))):
        answer = Etri(make_engine(STEM, dialects=dialects))(raw=raw)
        assert answer.status in (200, 400)
        assert answer.body["result"] == (0 if answer.status == 200 else -1)


@given(st.text(max_size=30), st.text(alphabet=st.characters(max_codepoint=255), max_size=30), st.text(max_size=30))
def test_whatever_the_head_is_the_answer_is_documented(method: str, key: str, target: str) -> None:
    engine = make_engine(STEM)
    for place in (target, PATH + target, f"{PATH}?{target}"):
        exchange = engine.handle(Request(method, place, {"authorization": key}, b"{}", peer=target))
        assert (exchange.response.status, msgspec.json.decode(exchange.response.body)["result"]) == (403, -1)
    assert engine.handle(Request("POST", f"{PATH}?{target}", {"authorization": GOOD}, b"{}")).response.status == 400


# Indexes

EMOJI = ["👩\u200d👩\u200d👧\u200d👦", "🇰🇷", "👍\U0001f3fd", "❤\ufe0f", "1\ufe0f\u20e3"]
MARKS = [
    "\u0301",
    "\u0323",
    "\u200d",
    "e\u0301",
    "e\u0301\u0323\u0301",
    "가\u0301",
    "न\u093f",
    "é",
    "İ",
    "ß",
    "ﬁ",
    "㎢",
    "１２",
]
JAMO = ["\u1112\u1161\u11ab", "\u1100\u1161\u11a8", "\u1112", "\u1161", "\u11a8", "가\u11a8", "한"]
ENDS = ["\r\n", "\r", "\n", "\u2028", "\x00", "\ufeff", " ", ". ", "다. ", "“가.” "]
WORDS = [
    "서울은 ",
    "서울의 ",
    "한강이 ",
    "494km",
    "길이는 ",
    "1443년에 ",
    "세종(世宗)은 ",
    "《토지》를 ",
    "Seoul ",
    "is in ",
    "1889.",
]
pieces = st.sampled_from([*EMOJI, *MARKS, *JAMO, *ENDS, *WORDS])
texts = st.lists(pieces | st.text(max_size=3), max_size=25).map("".join)
questions = st.lists(
    pieces | st.sampled_from(["누구", "언제", "얼마", "몇 km", "who ", "when ", "how many "]), max_size=8
)


@given(texts, questions.map("".join))
@example("👩\u200d👧서울은 대한민국의 수도이다.", "대한민국의 수도는 어디인가?")
@example("서\u0301울\u0301은 수도이다.", "수도는 어디인가?")
@example("한강\r\n서울\r\n", "한강 어디")
@example("1\ufe0f\u20e3e\u0301", "é")
def test_begin_and_end_are_those_of_the_answer(passage: str, question: str) -> None:
    answer = part("reader").read(passage, question)
    if answer is None:
        return
    assert 0 <= answer.begin <= answer.end < len(passage)
    assert 0 <= answer.confidence <= 1
    assert whole_characters(passage, answer.begin, answer.end + 1)


def whole_characters(text: str, begin: int, end: int) -> bool:
    """Whether neither end stands between a character and its mark, between two jamo, or inside CR LF."""
    places = (place for place in (begin, end) if 0 < place < len(text))
    return not any(_one_character(text[place - 1], text[place]) for place in places)


def _one_character(before: str, after: str) -> bool:
    if before in "\r\n\u2028\x00\ufeff":  # no mark joins a control
        return (before, after) == ("\r", "\n")
    jamo = before in "\u1112\u1100가" and after in "\u1161"
    return after in "\u0301\u0323\u200d\ufe0f\u20e3\u093f\U0001f3fd" or jamo


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_decomposed_text_is_read_like_composed_text(form: Any, etri: Etri) -> None:
    from unicodedata import normalize

    passage = normalize(form, "🇰🇷 한강은 서울을 지난다. 😀 한강의 길이는 약 494킬로미터이다.")
    for question_form in ("NFC", "NFD"):
        found = etri.ask(normalize(question_form, "한강의 길이는 몇 킬로미터인가?"), passage).found
        assert normalize("NFC", found["answer"]) == "약 494킬로미터"
        assert passage[found["begin"] : found["end"] + 1] == found["answer"]


# Time


def calls_made(passage: str, question: str) -> int:
    """How many calls of functions a reading takes: a measure of its time that is always the same."""
    read, count = part("reader").read, 0

    def counted(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        read(passage, question)
    finally:
        sys.setprofile(None)
    return count


UNITS = [
    "조수는 달이 만든다. ",
    "Tides are made by the moon. ",
    "1 ",
    "1,",
    ". ",
    '". ',
    "“",
    "달",
    "달의 ",
    "moon-",
    "《달",
]
UNITS += ["e\u0301\u0323", "👩‍👧", "한", "\r\n", " ", "one ", "because ", "약 ", "1만 ", "(달)은 "]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("question", ["조수는 왜 달의 1 때문인가?", "Why does the moon make 1 tide?"])
def test_twice_the_passage_takes_twice_the_calls(unit: str, question: str) -> None:
    short, long = (calls_made(unit * (size // len(unit)), question) for size in (2_000, 4_000))
    assert long < 2.6 * short + 1_000


@pytest.mark.parametrize("unit", UNITS)
def test_a_passage_as_large_as_a_body_may_be_is_read(unit: str, engine_for: EngineFor) -> None:
    most = 1_048_576
    room = (most - 200) // len(msgspec.json.encode(unit)[1:-1])
    answer = Etri(engine_for(STEM)).ask(
        "Why does the moon make 1 tide? 달은?", unit * min(room, most // 3 // len(unit))
    )
    assert answer.status == 200
