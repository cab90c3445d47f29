"""What the names of properties mean: concepts.toml, found by the words of a name in English or Korean."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_HERE = Path(__file__).parent
CONCEPTS: Mapping[str, Mapping[str, Any]] = tomllib.loads((_HERE / "concepts.toml").read_text(encoding="utf-8"))
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_0-9A-Za-z]+")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


class _Word(NamedTuple):
    tokens: tuple[str, ...]
    concept: str


def words_of(name: str) -> tuple[str, ...]:
    """The words of a member's name in lower case: foundedYear, founded_year and "Founded year" have the same two."""
    return tuple(part.casefold() for part in _PARTS.findall(unicodedata.normalize("NFC", name)))


def has_hangul(text: str) -> bool:
    """Whether there is Korean writing in ``text``, composed or not."""
    return _HANGUL.search(text) is not None


def _words() -> list[_Word]:
    listed = [_Word(words_of(word), concept) for concept, entry in CONCEPTS.items() for word in entry["words"].split()]
    return [*listed, *(_Word((*tokens[:-1], tokens[-1] + "s"), concept) for tokens, concept in listed)]


_ALL = _words()
_SINGLE_SYLLABLE = 1


@lru_cache(maxsize=4096)
def concept_of(name: str) -> str:
    """The concept that a name is about, empty where none is known. The longest word decides, then the last."""
    tokens = words_of(name)
    joined = "".join(tokens)
    best, found = (0, -1), ""
    for word in _ALL:
        place = _place(word.tokens, tokens, joined)
        rank = (len("".join(word.tokens)), place)
        if place >= 0 and rank > best:
            best, found = rank, word.concept
    return found


def _place(word: tuple[str, ...], tokens: tuple[str, ...], joined: str) -> int:
    """Where ``word`` ends in the name, -1 where it is not. A Korean word of one syllable has to be a word by itself."""
    text = "".join(word)
    if has_hangul(text) and len(text) > _SINGLE_SYLLABLE:
        return joined.rfind(text)
    ends = [end for end in range(len(word), len(tokens) + 1) if tokens[end - len(word) : end] == word]
    return ends[-1] if ends else -1


def is_word(text: str) -> bool:
    """Whether ``text`` is one of the words of concepts.toml, whole."""
    return any(word.tokens == words_of(text) for word in _ALL)


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
