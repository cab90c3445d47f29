"""What a text is searched by: its terms, in Korean, English and any other language that is written.

A Korean word is searched by its noun or root (particles and endings stripped) and by the pairs of letters in that, so
that 충전하면, 충전은 and 완전충전 find one another; an English word by its stem. What every question is made of
is left out. The lists are in words.toml.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

LONGEST_WORD = 40
"""Code points of a word that count; what is longer is no word of a language."""
LONGEST_TEXT = 10_000
"""Code points of a text that are read: normalising takes time by the square of a run of combining characters."""


def terms(text: str) -> Iterator[str]:
    """The terms of ``text`` in their order, each as often as it occurs."""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold()):
        yield from _terms_of(word[:LONGEST_WORD])


@lru_cache(maxsize=16384)
def _terms_of(word: str) -> tuple[str, ...]:
    if "가" <= word[0] <= "힣":
        return tuple(term for stem in _stems(word) if stem not in _KOREAN_UNASKED for term in _pairs(stem))
    if _EAST_ASIAN.match(word):
        return tuple(_pairs(word))
    return () if word in _ENGLISH_UNASKED else (_english_stem(word),)


def _pairs(stem: str) -> Iterator[str]:
    """The stem, and the pairs of letters inside a longer one."""
    yield stem
    if len(stem) > 2:
        yield from (stem[at : at + 2] for at in range(len(stem) - 1))


def _stems(word: str) -> Iterator[str]:
    """A Korean word without particles and endings. One of two letters, which may be whole (회의), comes both ways."""
    if word in _KOREAN_UNASKED or _ASKING.match(word):
        return
    made = _VERB.match(word)
    word = made[1] if made else word
    while (shorter := _shortened(word)) != word:
        if len(word) == 2:
            yield word
        word = shorter
    yield word


def _shortened(word: str) -> str:
    """The word without its last ending or particle; the word itself when it has none."""
    shorter = _ENDING.sub("", word)
    if shorter and shorter != word:
        return shorter
    for particle, when in _PARTICLES:
        core = word.removesuffix(particle)
        if core and core != word and _agrees(core, when):
            return core
    return word


def _agrees(core: str, when: str) -> bool:
    """Whether ``core`` ends in what a particle of this group stands after."""
    final = (ord(core[-1]) - 0xAC00) % 28  # the final consonant of a Hangul syllable in the order of Unicode, 0 none
    if when == "after_vowel_or_lieul":
        return final in (0, 8)
    return when == "after_any" or (when == "after_consonant") == (final > 0)


def _english_stem(word: str) -> str:
    """A word without its plural, past or progressive ending: batteries, charged and charging to battery and charg."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and _VOWEL.search(stem):
            return stem[:-1] if stem[-1] == stem[-2] and stem[-1] not in "lsz" else stem
    return word.removesuffix("e") if len(word) > 3 else word


def _any_of(names: str) -> str:
    """A pattern that matches any of the listed words, the longest that fits."""
    return "(?:" + "|".join(sorted(names.split(), key=_by_length)) + ")"


def _by_length(name: str) -> int:
    return -len(name)


def _particles(groups: dict[str, str]) -> Iterable[tuple[str, str]]:
    return sorted(((name, when) for when, names in groups.items() for name in names.split()), key=lambda p: -len(p[0]))


_LISTS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
_ENGLISH_UNASKED = frozenset(_LISTS["english"]["unasked"].split())
_KOREAN = _LISTS["korean"]
_KOREAN_UNASKED = frozenset(_KOREAN["unasked"].split())
_ASKING = re.compile(_any_of(_KOREAN["asking"]))
_VERB = re.compile(f"([가-힣]{{2,}}?){_any_of(_KOREAN['verbs'])}")
_ENDING = re.compile(_any_of(_KOREAN["endings"]) + "$")
_PARTICLES = tuple(_particles(_KOREAN["particles"]))
_CJK = "가-힣\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_EAST_ASIAN = re.compile(f"[{_CJK}]")
_WORD = re.compile(rf"[가-힣]+|[{_CJK}]+|[0-9]+(?:[.,][0-9]+)*|(?:(?![{_CJK}])[^\W\d_])+|\d+")
_VOWEL = re.compile("[aeiouy]")
