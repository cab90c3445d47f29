"""Reading: of the sentences that share most with the question, the span that is most of the kind asked for.

1. The passage is cut into sentences; each is measured by the words of the question that it has, rare words counting
   more, and by what the sentence before it adds (a pronoun or an omitted subject stands for that).
2. The best few are read closely. Dates, amounts, quoted titles, nouns, names and clauses are the candidates.
3. A candidate is as good as its sentence, its kind, its part in the sentence and its nearness to the question's words.

Deterministic, in time that grows with the length of the passage and no faster.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from . import english_questions, english_spans, korean_questions, korean_spans
from .fitting import fit
from .passage import Passage
from .question import AMOUNT, DATE, PERSON, PLACE, Question
from .sentences import sentences
from .spans import CLAUSE, HEAD, JOINED, TITLE, Sentence, Span, repetition, sentence, titles, trimmed
from .words import TOKEN, Matcher, Word, is_korean, words_of

READ_CLOSELY = 6
"""How many sentences are searched for candidates."""


class Answer(NamedTuple):
    """``passage[begin : end + 1]``, in code points of the passage as sent; ``confidence`` from 0 to 1."""

    begin: int
    end: int
    confidence: float


class _Ranked(NamedTuple):
    cover: float
    begin: int
    end: int


class _Choice(NamedTuple):
    score: float
    begin: int
    end: int
    confidence: float


def read(passage: str, question: str) -> Answer | None:
    """The part of ``passage`` that answers ``question``, None where they have no word in common."""
    text = Passage(passage)
    plain_question = Passage(question).plain
    asks = korean_questions.read if is_korean(plain_question) else english_questions.read
    asked = asks(plain_question)
    matcher = Matcher(asked.words)
    if not matcher.terms:
        return None
    weights, ranked = _rank(text.plain, matcher)
    best: _Choice | None = None
    for place in ranked:
        words = words_of(text.plain, place.begin, place.end, matcher)
        for choice in _choices(sentence(text.plain, place.begin, place.end, words), place.cover, asked, weights):
            if best is None or choice.score > best.score:
                best = choice
    if best is None:
        return None
    begin, end = text.original(best.begin, best.end)
    return Answer(begin, end - 1, best.confidence)


def _rank(text: str, matcher: Matcher) -> tuple[list[float], list[_Ranked]]:
    """How much each word of the question weighs, and the sentences that have most of them, best first."""
    ranges = sentences(text)
    shares = [_shared(text, begin, end, matcher) for begin, end in ranges]
    having = [0] * len(matcher.terms)
    for share in shares:
        for term in share:
            having[term] += 1
    weights = [math.log(1 + len(ranges) / max(1, count)) + 0.3 for count in having]
    ranked: list[_Ranked] = []
    carried: dict[int, float] = {}
    for (begin, end), share in zip(ranges, shares, strict=True):
        cover = _cover(share, carried, _CARRIED_BY_PRONOUN if _points_back(text, begin) else _CARRIED, weights)
        ranked.append(_Ranked(cover, begin, end))
        kept = {term: _KEPT * degree for term, degree in carried.items() if degree > _FORGOTTEN}
        carried = {term: max(share.get(term, 0.0), kept.get(term, 0.0)) for term in (*kept, *share)}
    found = sorted((place for place in ranked if place.cover > 0), key=lambda place: (-place.cover, place.begin))
    return weights, found[:READ_CLOSELY]


def _shared(text: str, begin: int, end: int, matcher: Matcher) -> dict[int, float]:
    degrees: dict[int, float] = {}
    for token in TOKEN.finditer(text, begin, end):
        for term, degree in matcher.hits(token.group()):
            degrees[term] = max(degrees.get(term, 0.0), degree)
    return degrees


_PRONOUN = re.compile(r"(?:It|He|She|They|Its|His|Her|Their|This|These)\b|[이그] ?[가-힣]|그(?:는|녀|가|의)")
_SUBJECT = re.compile("[가-힣][은는이가] ")
_OPENING = 16
"""Code points at the start of a Korean sentence where its subject stands, if it has one."""
_CARRIED, _CARRIED_BY_PRONOUN, _KEPT, _FORGOTTEN = 0.45, 0.7, 0.85, 0.2
"""How much of what the sentence before had counts for a sentence, and how much of that the next one keeps."""


def _points_back(text: str, begin: int) -> bool:
    """Whether a sentence begins with a pronoun, or in Korean without a subject."""
    if _PRONOUN.match(text, begin):
        return True
    return is_korean(text[begin : begin + 1]) and _SUBJECT.search(text, begin, begin + _OPENING) is None


def _cover(share: dict[int, float], carried: dict[int, float], part: float, weights: Sequence[float]) -> float:
    """What part of the question's weight a sentence has, from 0 to 1."""
    own = sum(weights[term] * degree for term, degree in share.items())
    more = sum(weights[term] * degree for term, degree in carried.items() if term not in share)
    return min(1.0, (own + part * more) / sum(weights))


_KIND_WEIGHT = {DATE: 2.0, AMOUNT: 2.0, PERSON: 1.3, PLACE: 1.3}
_FORM_BONUS = {HEAD: -0.15, JOINED: 0.08, CLAUSE: 0.1, TITLE: 0.05}
_SAME_SLOTS = {
    "subject": ("subject", "topic", "by"),
    "is": ("is", "subject", "topic"),
}


def _choices(read: Sentence, cover: float, asked: Question, weights: Sequence[float]) -> Iterator[_Choice]:
    for span in _candidates(read, asked):
        kind = fit(asked, span, read)
        score = 1.8 * cover + _KIND_WEIGHT.get(asked.kind, 1.2) * kind + _slot(asked, span)
        score += 0.8 * _nearness(read, span, weights) + _FORM_BONUS.get(span.form, 0.0)
        if span.form not in (DATE, AMOUNT, CLAUSE):
            score -= 0.3 * repetition(read, span)
        end = span.bare if _leaves_unit(asked, span) else span.end
        yield _Choice(score, span.begin, end, cover * (0.4 + 0.6 * kind))
    yield _Choice(cover - 1.0, read.begin, read.end, 0.4 * cover)


def _candidates(read: Sentence, asked: Question) -> Iterator[Span]:
    yield from read.quantities
    nouns = korean_spans if is_korean(read.text[read.begin : read.end]) else english_spans
    for span in (*titles(read), *nouns.candidates(read, asked)):
        kept = span if span.form == CLAUSE else trimmed(read, span)
        if kept is not None:
            yield kept


def _leaves_unit(asked: Question, span: Span) -> bool:
    """How many people is answered by the number, 몇 명 by the number with its counter."""
    return bool(span.bare and asked.unit and span.unit and span.unit.isascii() and asked.unit.isascii())


def _slot(asked: Question, span: Span) -> float:
    if not asked.slot:
        return 0.1 if span.slot in ("topic", "subject", "is") else 0.0
    if span.slot in _SAME_SLOTS.get(asked.slot, (asked.slot,)):
        return 0.5
    if asked.slot in ("subject", "object") and span.slot == "is":
        return 0.2
    return -0.3 if span.slot in ("with", "of") else 0.0


def _nearness(read: Sentence, span: Span, weights: Sequence[float]) -> float:
    """How near the question's words stand to the span: 1 when all are beside it, towards 0 with the distance."""
    nearest: dict[int, float] = {}
    whole = span.form in (DATE, AMOUNT)
    for index in read.hit:
        if span.first <= index <= span.last and not whole:
            continue
        word = read.words[index]
        part = _relation(span, index, word) / (1 + read.away(index, span) / 3)
        for term, degree in word.hits:
            nearest[term] = max(nearest.get(term, 0.0), weights[term] * degree * part)
    return sum(nearest.values()) / sum(weights)


def _relation(span: Span, index: int, word: Word) -> float:
    """Some neighbours tell more than others: the Korean verb that follows, the Korean noun that an amount counts."""
    if word.kind == "predicate" and index > span.last:
        return 1.3
    counted = index == span.first - 1 and word.kind == "noun" and word.slot in ("", "subject")
    return 1.6 if span.form == AMOUNT and counted else 1.0
