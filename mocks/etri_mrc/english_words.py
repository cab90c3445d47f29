"""English words: their stems, and which of them carry no meaning of their own."""

from __future__ import annotations

import re
from functools import lru_cache

from .vocabulary import ENGLISH, words

DETERMINERS = words(ENGLISH, "words", "determiners")
PREPOSITIONS = words(ENGLISH, "words", "prepositions")
PLACING = words(ENGLISH, "words", "placing")
COPULAS = words(ENGLISH, "words", "copulas")
_MODALS = words(ENGLISH, "words", "modals")
AUXILIARIES = COPULAS | _MODALS | words(ENGLISH, "words", "auxiliaries")
NAME_PARTICLES = words(ENGLISH, "words", "name_particles")
DIRECTIONS = words(ENGLISH, "words", "directions")
STOPWORDS = (
    DETERMINERS
    | PREPOSITIONS
    | AUXILIARIES
    | words(ENGLISH, "words", "pronouns")
    | words(ENGLISH, "words", "conjunctions")
)
FUNCTION_WORDS = STOPWORDS | words(ENGLISH, "words", "adverbs")

_ROWS: dict[str, list[list[str]]] = {
    name: [row.split() for row in rows.split("\n") if row] for name, rows in ENGLISH["forms"].items()
}
_KNOWN = {form: row[0] for rows in _ROWS.values() for row in rows for form in row}
VERB_FORMS = frozenset(form for row in _ROWS["verbs"] for form in row) - {"founder"}
_DOUBLED = re.compile(r"([bdglmnprt])\1\Z")
_ENDINGS = (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("est", ""), ("es", ""), ("s", ""))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """What the forms of a word share: invents, invented and inventing are all ``invent``. ``word`` in any case."""
    word = word.lower().replace("’", "'").removesuffix("'s").rstrip("'")
    if word in _KNOWN:
        return _KNOWN[word]
    if len(word) < 4 or not word.isalpha():
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us", "is")):
            return _bare(word.removesuffix(ending) + instead)
    return _bare(word)


def looks_like_verb(word: str, before: str) -> bool:
    """Whether a word in lower case is a verb of its sentence; ``before`` is the word before it, in lower case."""
    if before in DETERMINERS:
        return False
    return word in VERB_FORMS or before in _MODALS or (len(word) > 4 and word.endswith("ed"))


def _bare(word: str) -> str:
    word = _DOUBLED.sub(r"\1", word)
    return word[:-1] if word.endswith("e") and len(word) > 3 else word
