"""Questions in English: the question word, the noun or adjective after it, and the order of what follows."""

from __future__ import annotations

import re

from .english_words import COPULAS, STOPWORDS
from .question import AMOUNT, DATE, FAMILY_OF, KIND_OF, LONGEST, MANNER, PERSON, PLACE, REASON, THING, Question
from .vocabulary import ENGLISH, words
from .words import TOKEN

_KINDS = {
    "who": PERSON, "whom": PERSON, "whose": PERSON, "when": DATE, "where": PLACE, "why": REASON, "how": MANNER,
}  # fmt: skip
_FINENESS = {"year": "year", "decade": "year", "century": "year", "time": "time", "date": "day", "day": "day"}
_ASKING = re.compile(r"\b(whom|whose|who|when|where|why|how|what|which)\b(?:'s\b)?(?: ([a-z]+))?(?: ([a-z]+))?")
_DEGREES = "many|much|tall|long|far|high|deep|wide|thick|old|fast|heavy|big|large|often|hot|cold"
_HOW = re.compile(rf"\bhow ({_DEGREES})\b(?: ([a-z]+))?")
_LONG_IS = re.compile(r"\bhow long (?:is|are|was|were)\b")
_PAID = re.compile(r"\b(?:cost|pay|paid|price|worth|charge|earn)")
_IS = r"\b(?:what|which|who)(?:'s| is| was| are| were)"
_WHAT_IS = re.compile(
    rf"{_IS} (?:the |its |his |her |their )?((?:[a-z-]+ ){{0,3}}?[a-z-]+)(?= (?:of|in|for|at|on)\b|'s\b|[?.]|\Z)"
)
_DEFINES = re.compile(rf"\s*{_IS} (?:a |an |the )?[\w-]+(?: [\w-]+)?\s*[?.]*\s*")
_DID = re.compile(r"\b(?:who|what|which)(?: [a-z]+)? (?:do|does|did)\b")
_CALLED = re.compile(r"\b(?:called|named|known as)\b")
_LIGHT, _LIGHT_KINDS = words(ENGLISH, "words", "light"), words(ENGLISH, "words", "light_kinds")


def read(text: str) -> Question:
    """What a question in English asks for."""
    text = text[:LONGEST].replace("’", "'")
    lower = text.lower()
    asked = _ASKING.search(lower)
    kind, family, unit = _kind(lower, asked)
    dropped = STOPWORDS | _LIGHT | (_LIGHT_KINDS if kind in (PLACE, DATE, AMOUNT) else frozenset())
    tokens = (token.group() for token in TOKEN.finditer(text))
    sought = tuple(word for word in tokens if word.lower() not in dropped)
    defines = kind in (THING, PERSON) and _DEFINES.fullmatch(lower) is not None
    return Question(kind, sought, family, unit, _slot(lower, asked), defines)


def _kind(lower: str, asked: re.Match[str] | None) -> tuple[str, str, str]:
    how = _HOW.search(lower)
    if how is not None:
        return _amount(lower, how)
    if asked is None:
        return THING, "", ""
    kind = _KINDS.get(asked.group(1), THING)
    return _kind_by_noun(lower, asked) if kind == THING else (kind, "", "")


def _amount(lower: str, how: re.Match[str]) -> tuple[str, str, str]:
    word, unit = how.group(1), how.group(2) or ""
    if word == "much":
        family = "money" if _PAID.search(lower) else "mass" if "weigh" in lower else FAMILY_OF.get(unit, "")
        return AMOUNT, family, ""
    if word == "many":
        return AMOUNT, FAMILY_OF.get(unit, ""), unit
    if word == "long" and _LONG_IS.search(lower) is None:
        return AMOUNT, "duration", ""
    return AMOUNT, FAMILY_OF.get(word, ""), ""


def _kind_by_noun(lower: str, asked: re.Match[str]) -> tuple[str, str, str]:
    """What, which: the noun that belongs to the question word decides."""
    noun = asked.group(2) or ""
    described = _WHAT_IS.search(lower)
    if described is not None:
        noun = described.group(1).split()[-1]
    if noun in FAMILY_OF:
        return AMOUNT, FAMILY_OF[noun], ""
    kind = KIND_OF.get(noun, THING)
    return kind, _FINENESS.get(noun, "") if kind == DATE else "", ""


def _slot(lower: str, asked: re.Match[str] | None) -> str:
    if asked is None:
        return ""
    word, following, third = asked.group(1), asked.group(2) or "", asked.group(3) or ""
    if word == "where":
        return "place"
    if word == "what" and _CALLED.search(lower):
        return "is"
    if word == "whom" or _DID.search(lower):
        return "object"
    copular = following in COPULAS or "'s" in asked.group() or (word in ("what", "which") and third in COPULAS)
    if copular:
        return "is"
    return "subject" if word in ("who", "what", "which") else ""
