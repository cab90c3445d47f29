"""What the names of properties mean: concepts.toml, found by the words of a name in English or Korean."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
CONCEPTS: Mapping[str, Mapping[str, Any]] = tomllib.loads((_HERE / "concepts.toml").read_text(encoding="utf-8"))
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_0-9A-Za-z]+")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a member's name in lower case: foundedYear, founded_year and "Founded year" have the same two."""
    return tuple(part.casefold() for part in _PARTS.findall(unicodedata.normalize("NFC", name)))


def has_hangul(text: str) -> bool:
    """Whether there is Korean writing in ``text``, composed or not."""
    return _HANGUL.search(text) is not None


def _listed() -> dict[tuple[str, ...], str]:
    """The words of all concepts and what would be their plurals, each with the first concept that lists it."""
    found: dict[tuple[str, ...], str] = {}
    listed = [(words_of(word), concept) for concept, entry in CONCEPTS.items() for word in entry["words"].split()]
    for tokens, concept in [*listed, *(((*tokens[:-1], tokens[-1] + "s"), concept) for tokens, concept in listed)]:
        found.setdefault(tokens, concept)
    return found


_BY_WORDS = _listed()
_IN_KOREAN = {"".join(words): concept for words, concept in _BY_WORDS.items() if has_hangul("".join(words))}
_MOST_WORDS = max(map(len, _BY_WORDS))
_LONGEST_KOREAN = max(map(len, _IN_KOREAN))
LONGEST_NAME = 120
"""Code points of a name that are read."""


@lru_cache(maxsize=4096)
def concept_of(name: str) -> str:
    """The concept that a name is about, empty where none is known. The longest word decides, then the last.

    A Korean word of two syllables or more may be a part of a longer one; one of a single syllable stands by itself.
    """
    words = words_of(name[:LONGEST_NAME])
    joined = "".join(words)
    found = [
        (len("".join(words[start:end])), end, _BY_WORDS[words[start:end]])
        for start, end in _parts(len(words), 1, _MOST_WORDS)
        if words[start:end] in _BY_WORDS
    ]
    if has_hangul(joined):
        found += [
            (end - start, end, _IN_KOREAN[joined[start:end]])
            for start, end in _parts(len(joined), 2, _LONGEST_KOREAN)
            if joined[start:end] in _IN_KOREAN
        ]
    return max(found)[2] if found else ""


def _parts(length: int, least: int, most: int) -> Iterator[tuple[int, int]]:
    """Begin and end of every part of so many, by size."""
    for size in range(least, min(most, length) + 1):
        yield from ((start, start + size) for start in range(length - size + 1))


def is_word(text: str) -> bool:
    """Whether ``text`` is one of the words of concepts.toml, whole."""
    return words_of(text) in _BY_WORDS


def title_of(name: str) -> str:
    """A name for people: foundedYear is Founded year. At most 80 code points; empty for a name without letters."""
    text = (" ".join(words_of(name)) or name.strip())[:80]
    return text[:1].upper() + text[1:]


def concept_entry(name: str) -> Mapping[str, Any]:
    """What concepts.toml has on the concept of a name; empty where none is known."""
    return CONCEPTS.get(concept_of(name), {})


def same_meaning(name: str, other: str) -> bool:
    """Whether two names are of one property: the same words, or the same concept in English and in Korean."""
    if words_of(name) == words_of(other):
        return bool(words_of(name)) or name == other
    return has_hangul(name) != has_hangul(other) and concept_of(name) == concept_of(other) != ""
