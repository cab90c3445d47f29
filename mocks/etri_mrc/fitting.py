"""How well a candidate is of the kind that the question asks for: 0 not at all, 1 wholly."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from .english_words import DIRECTIONS, FUNCTION_WORDS, NAME_PARTICLES, stem
from .question import AMOUNT, DATE, FAMILY_OF, KIND_OF, MANNER, PERSON, PLACE, REASON, THING, Question
from .spans import CLAUSE, JOINED, NAME, TITLE, Sentence, Span
from .vocabulary import ENGLISH, KOREAN, any_of, words
from .words import is_korean

_FINE = {"day": 1.0, "year": 0.97, "month": 0.85, "time": 0.85}
_ASKING = frozenset((*KIND_OF, *FAMILY_OF)) | words(KOREAN, "words", "asking") | words(ENGLISH, "words", "asking")
"""Nouns that ask rather than answer."""
_INTERCHANGEABLE = frozenset(("age", "people", "any", "ratio"))
"""Measures that are often written without a unit."""
_SURNAMES = words(KOREAN, "fit", "surnames")
_NO_PERSON = re.compile(".*" + any_of(words(KOREAN, "fit", "no_person")))
_PLACE = re.compile(".*" + any_of(words(KOREAN, "fit", "place")))
_NO_PLACE = re.compile(".*" + any_of(words(KOREAN, "fit", "no_place")))
_WITHIN_NAMES = FUNCTION_WORDS | NAME_PARTICLES | DIRECTIONS


def fit(asked: Question, span: Span, read: Sentence) -> float:
    if read.text[span.begin : span.end] in _ASKING:
        return 0.2
    return max(0.0, min(1.0, _FITS[asked.kind](asked, span, read)))


def _date(asked: Question, span: Span, read: Sentence) -> float:
    if span.form != DATE:
        return 0.1 if span.form == AMOUNT else 0.05
    if not asked.family:
        return _FINE[span.family]
    return 1.0 if asked.family == span.family else 0.6


def _amount(asked: Question, span: Span, read: Sentence) -> float:
    if span.form == DATE:
        return 0.2 if span.family == "year" and not asked.unit else 0.0
    if span.form != AMOUNT:
        return 0.0
    if asked.unit and _counts(asked.unit, span, read):
        return 1.0
    if not asked.family:
        return 0.5 if asked.unit else 0.7
    if span.family == asked.family:
        return 0.7 if asked.unit and asked.family in ("count", "duration") else 1.0
    if asked.family == "duration" and span.family == "year":
        return 0.95
    return 0.85 if asked.family in _INTERCHANGEABLE and span.family in ("", "year") else 0.25


def _counts(unit: str, span: Span, read: Sentence) -> bool:
    """Whether the amount counts what the question counts: 85명 for 몇 명, 79 known moons for how many moons."""
    if span.unit == unit:
        return True
    following = (read.lower(index) for index in range(span.last, min(span.last + 4, len(read.words))))
    return any(stem(word) == stem(unit) for word in following)


def _person(asked: Question, span: Span, read: Sentence) -> float:
    text = read.text[span.begin : span.end]
    if span.form in (DATE, AMOUNT) or any(letter.isdigit() for letter in text):
        return 0.05
    if span.form == CLAUSE:
        return 0.9
    if not is_korean(text):
        return _names(span, read) - (0.5 if span.slot == "place" else 0.0)
    if span.form == TITLE or _NO_PERSON.fullmatch(text):
        return 0.2
    if span.form == NAME:
        return 0.95
    if len(text) == 3 and text[0] in _SURNAMES:
        return 0.9
    return 0.8 if " " in text else 0.7


def _place(asked: Question, span: Span, read: Sentence) -> float:
    text = read.text[span.begin : span.end]
    if span.form in (DATE, AMOUNT):
        return 0.05
    placed = 0.2 if span.slot == "place" else 0.0
    if not is_korean(text):
        return max(_names(span, read), 0.5 if placed else 0.0) + placed
    if span.form == TITLE or _NO_PLACE.fullmatch(text):
        return 0.2
    return placed + (0.8 if _PLACE.fullmatch(text) else 0.6)


def _thing(asked: Question, span: Span, read: Sentence) -> float:
    if span.form in (DATE, AMOUNT):
        return 0.1
    return {TITLE: 1.0, CLAUSE: 1.0}.get(span.form, 0.8)


def _clause(asked: Question, span: Span, read: Sentence) -> float:
    return 1.0 if span.form == CLAUSE else 0.3


def _names(span: Span, read: Sentence) -> float:
    """How much of an English span is written as a name."""
    within = [word for word in read.words[span.first : span.last + 1] if word.text.lower() not in _WITHIN_NAMES]
    share = sum(word.capital for word in within) / max(1, len(within))
    several = 0.05 if share == 1 and (span.form == JOINED or len(within) > 1) else 0.0
    return 0.15 + 0.65 * share + several


_FITS: Mapping[str, Callable[[Question, Span, Sentence], float]] = {
    DATE: _date,
    AMOUNT: _amount,
    PERSON: _person,
    PLACE: _place,
    THING: _thing,
    REASON: _clause,
    MANNER: _clause,
}
