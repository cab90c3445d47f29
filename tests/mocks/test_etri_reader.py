"""What the reader of the ETRI mock finds: Korean and English questions with the part of a passage that answers them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.mocks.etri import part

GROUPS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "etri_questions.toml").read_text(encoding="utf-8")
)


def cases(*names: str) -> list[tuple[str, str, str]]:
    """Question, passage and answer of every case in these groups."""
    return [
        (question, entry["passage"], answer)
        for name in names
        for entry in GROUPS[name]
        for question, answer in entry["asked"]
    ]


def found(passage: str, question: str) -> str | None:
    answer = part("reader").read(passage, question)
    return None if answer is None else passage[answer.begin : answer.end + 1]


def confidence(passage: str, question: str) -> float:
    value: float = part("reader").read(passage, question).confidence
    return value


@pytest.mark.parametrize(("question", "passage", "answer"), cases("korean", "english"))
def test_the_answer_is_found(question: str, passage: str, answer: str) -> None:
    assert found(passage, question) == answer


@pytest.mark.parametrize("name", ["korean_longer", "english_longer"])
def test_of_harder_questions_most_are_answered(name: str) -> None:
    asked = cases(name)
    missed = [question for question, passage, answer in asked if found(passage, question) != answer]
    assert len(asked) > 60
    assert len(missed) * 10 <= len(asked), missed


@pytest.mark.parametrize(("question", "passage", "answer"), cases("korean", "english"))
def test_the_answer_is_found_among_other_things(question: str, passage: str, answer: str) -> None:
    before = "날씨가 맑다. The weather is fine.\n\n" * 20
    after = "\r\n\r\n저녁에는 비가 온다고 한다. Rain is expected." * 20
    assert found(before + passage + after, question) == answer


def test_the_same_question_has_the_same_answer() -> None:
    for question, passage, _ in cases("korean_longer", "english_longer"):
        read = part("reader").read
        assert read(passage, question) == read(passage, question)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("", "한강은 서울을 흐른다."),
        ("한강은 어디를 흐르는가?", ""),
        ("", ""),
        ("   \n", " \r\n "),
        ("누구인가?", "세종은 왕이다."),
        ("Who is it?", "Rain fell all day."),
        ("무지개는 무슨 색인가?", "The committee met on Tuesday."),
        ("Which team won?", "고래는 포유류이다."),
        ("한강의 길이는?", "....!!! ??? ~~~"),
        ("한강의 길이는?", "\x00\x00\x00"),
    ],
)
def test_where_nothing_is_shared_nothing_is_found(question: str, passage: str) -> None:
    assert found(passage, question) is None


def test_confidence_tells_how_much_of_the_question_was_found() -> None:
    passage = "에펠탑은 프랑스 파리에 있는 철탑이다. 1889년에 완공되었으며 높이는 330미터이다."
    whole = confidence(passage, "에펠탑은 언제 완공되었는가?")
    part_of_it = confidence(passage, "개선문 공사는 언제 완공되었는가?")
    wrong_kind = confidence(passage, "에펠탑 철탑의 설계자는 누구인가?")
    assert 0.7 < whole <= 1
    assert part_of_it < whole - 0.2
    assert wrong_kind < whole - 0.1


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("한 문장이다. 두 문장이다.", ["한 문장이다.", "두 문장이다."]),
        ("왔다.갔다.", ["왔다.", "갔다."]),
        ("정말? 그래! 응…", ["정말?", "그래!", "응…"]),
        ('그는 "가자. 어서." 하고 말했다. 끝.', ['그는 "가자. 어서." 하고 말했다.', "끝."]),
        ("“비가 온다.”라고 했다. 그쳤다.", ["“비가 온다.”라고 했다.", "그쳤다."]),
        ("1950. 6. 25. 새벽이었다. 3.14도", ["1950. 6. 25.", "새벽이었다.", "3.14도"]),
        ("제목\n본문이다.\r\n\r\n끝이다", ["제목", "본문이다.", "끝이다"]),
        ("Dr. A. Smith met Mr. Lee at 9 a.m. on Jan. 5. He left.", [
            "Dr. A. Smith met Mr. Lee at 9 a.m. on Jan. 5.",
            "He left.",
        ]),
        ("It ended at 5 p.m. Nobody stayed.", ["It ended at 5 p.m.", "Nobody stayed."]),
        ("See example.com now. Version 2.0 works", ["See example.com now.", "Version 2.0 works"]),
        ("a line that was wrapped by hand after some seventy characters or so of text\nand goes on. Next.", [
            "a line that was wrapped by hand after some seventy characters or so of text\nand goes on.",
            "Next.",
        ]),
        ("日本語です。次です。", ["日本語です。", "次です。"]),
        (" \n ", []),
    ],
)  # fmt: skip
def test_sentences_end_where_they_end(text: str, parts: list[str]) -> None:
    assert [text[begin:end] for begin, end in part("sentences").sentences(text)] == parts


@pytest.mark.parametrize("unit", ["가", "달의 ", "a,", "“", "한\u200d", "1 ", "e.g. "])
def test_no_sentence_is_so_long_that_reading_it_takes_long(unit: str) -> None:
    text = unit * 5_000
    ranges = part("sentences").sentences(text)
    assert max(end - begin for begin, end in ranges) <= 1_000
    assert "".join(text[begin:end] for begin, end in ranges).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("word", "core", "slot", "kind"),
    [
        ("세종대왕은", "세종대왕", "topic", "noun"),
        ("고양이가", "고양이", "subject", "noun"),
        ("고양이", "고양이", "", "noun"),
        ("서울에서는", "서울", "place", "noun"),
        ("서울로", "서울", "to", "noun"),
        ("제주로", "제주", "to", "noun"),
        ("국가를", "국가", "object", "noun"),
        ("작곡가였다", "작곡가", "is", "noun"),
        ("포유류다", "포유류", "is", "noun"),
        ("494km이다", "494km", "is", "noun"),
        ("DNA의", "DNA", "of", "noun"),
        ("천지라는", "천지", "called", "noun"),
        ("도로", "도로", "", "noun"),
        ("창제하였다", "창제", "", "predicate"),
        ("창제되었는가", "창제", "", "predicate"),
        ("먹으며", "먹", "", "predicate"),
        ("끓는", "끓", "", "modifier"),
        ("가장", "가장", "", "adverb"),
    ],
)
def test_korean_words_are_taken_apart(word: str, core: str, slot: str, kind: str) -> None:
    assert part("korean_words").analyse(word) == (core, slot, kind)


@pytest.mark.parametrize(
    "forms",
    ["invent invents invented inventing", "write wrote written", "city cities", "run running ran", "Tesla's Tesla"],
)
def test_forms_of_an_english_word_have_one_stem(forms: str) -> None:
    stem = part("english_words").stem
    assert len({stem(form) for form in forms.split()}) == 1
