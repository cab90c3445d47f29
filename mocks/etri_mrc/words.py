"""Words of a sentence, and how well each of them agrees with a word of the question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .english_words import stem
from .korean_words import analyse, skeleton, slot_of

_HANGUL = re.compile("[가-힣]")
TOKEN = re.compile(r"\w+(?:(?:(?<=[0-9])[.,·](?=[0-9])|['’](?=[A-Za-z])|[-&](?=\w))\w+)*")
LONGEST_WORD = 40
"""Code points of a word that are compared; what is longer is no word of a language."""
MOST_TERMS = 32
"""Different words of a question that are looked for."""
SAME = 0.8
"""The degree of agreement from which on a word of the passage repeats a word of the question."""
_CLOSERS = frozenset("\"'”’)]」』》〉】")


class Hit(NamedTuple):
    """That a word of the passage agrees with the question's ``term`` (an index) to a ``degree`` above 0, at most 1."""

    term: int
    degree: float


class Word(NamedTuple):
    """A word of a sentence: ``begin`` to ``core`` is the noun without its particle, ``begin`` to ``end`` all of it."""

    begin: int
    core: int
    end: int
    text: str
    slot: str
    kind: str
    hits: tuple[Hit, ...]

    @property
    def repeats(self) -> bool:
        """Whether it says what the question says already."""
        return any(hit.degree >= SAME for hit in self.hits)

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


class _Term(NamedTuple):
    stem: str
    skeleton: str


def is_korean(text: str) -> bool:
    return _HANGUL.search(text) is not None


def stem_of(word: str) -> str:
    return analyse(word).core if is_korean(word) else stem(word)


class Matcher:
    """Which words of the question a word of the passage agrees with. Every word is worked out once."""

    def __init__(self, words: Iterable[str]) -> None:
        terms: dict[_Term, None] = {}
        for word in words:
            terms.setdefault(_term(word[:LONGEST_WORD]))
        self.terms = tuple(terms)[:MOST_TERMS]
        self._near: dict[str, list[int]] = {}
        for index, term in enumerate(self.terms):
            for key in _keys(term):
                self._near.setdefault(key, []).append(index)
        self._known: dict[str, tuple[Hit, ...]] = {}

    def hits(self, word: str) -> tuple[Hit, ...]:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._compare(_term(word[:LONGEST_WORD]))
        return known

    def _compare(self, word: _Term) -> tuple[Hit, ...]:
        near = sorted({index for key in _keys(word) for index in self._near.get(key, ())})
        degrees = ((index, _agreement(self.terms[index], word)) for index in near)
        return tuple(Hit(index, degree) for index, degree in degrees if degree)


def words_of(text: str, begin: int, end: int, matcher: Matcher) -> list[Word]:
    """The words of ``text[begin:end]``; a particle after a closing quote or bracket belongs to the word before that."""
    words: list[Word] = []
    for token in TOKEN.finditer(text, begin, end):
        slot = slot_of(token.group()) if words and text[token.start() - 1] in _CLOSERS else None
        if slot is None:
            words.append(_word(token.start(), token.group(), matcher))
        else:
            words[-1] = words[-1]._replace(slot=slot)
            if text[token.start() - 1] == ")":
                _mark_before_bracket(words, text.rfind("(", begin, token.start()), slot)
    return words


def _word(begin: int, text: str, matcher: Matcher) -> Word:
    core, slot, kind = analyse(text) if is_korean(text) else (text, "", "noun")
    length = len(core) if kind == "noun" else len(text)
    return Word(begin, begin + length, begin + len(text), text, slot, kind, matcher.hits(text))


def _mark_before_bracket(words: list[Word], bracket: int, slot: str) -> None:
    """In 세종(世宗)은 the particle is also that of 세종."""
    for index, word in enumerate(words):
        if word.end in (bracket, bracket - 1):
            words[index] = word._replace(slot=slot)


def _term(word: str) -> _Term:
    if not is_korean(word):
        return _Term(stem(word), "")
    morph = analyse(word)
    return _Term(morph.core, skeleton(word) if morph.kind in ("predicate", "modifier") else "")


def _keys(term: _Term) -> Iterator[str]:
    """Terms that have none of these in common do not agree at all."""
    yield term.stem
    if not is_korean(term.stem):
        yield "^" + term.stem[:4]
        return
    if len(term.stem) > 1:
        yield "^" + term.stem[:2]
        yield "$" + term.stem[-2:]
    if term.skeleton:
        yield "~" + term.skeleton


def _agreement(asked: _Term, seen: _Term) -> float:
    """How far two terms mean the same: 1 wholly, 0 not at all."""
    if asked.stem == seen.stem:
        return 1.0
    shorter, longer = sorted((asked.stem, seen.stem), key=len)
    if not is_korean(longer):
        return 0.7 if len(shorter) >= 4 and longer.startswith(shorter) and shorter.isalpha() else 0.0
    if len(shorter) >= 2 and longer.startswith(shorter):
        return 0.8 if shorter == seen.stem else 0.75  # 회의실 says more than 회의
    if asked.skeleton and asked.skeleton == seen.skeleton:
        return 0.75
    if len(shorter) >= 2 and longer.endswith(shorter):
        return 0.6
    common = _common(asked.stem, seen.stem)
    return 0.5 if common >= 2 and common * 2 >= len(longer) else 0.0


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many letters two words begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))
