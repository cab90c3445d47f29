"""Questions in Korean: the interrogative, its particle, and the nouns around it."""

from __future__ import annotations

import re

from .korean_words import Morph, analyse, final
from .quantities import family_of
from .question import AMOUNT, DATE, FAMILY_OF, KIND_OF, LONGEST, PERSON, PLACE, THING, Question
from .vocabulary import KOREAN, words
from .words import TOKEN

_NIEUN = 4
_LIGHT = words(KOREAN, "words", "light")
_PERIOD = "(?:년|달|개월|시간|분|주|일|초)"
_INTERROGATIVES = {  # the kind that an interrogative asks for; the first that fits
    "reason": r"왜(?=[ ?]|냐|$)|(?:무슨|어떤) (?:이유|까닭)|어째서",
    "duration": rf"(?:몇|얼마나?) ?{_PERIOD} ?(?:간|동안|마다|만에|전|후|뒤)|몇 시간|며칠 ?(?:동안|간)"
    r"|얼마나 (?:오래|걸)|얼마 ?동안",
    "date": r"언제|몇 ?년도?|몇 월|며칠|몇 시|몇 세기|(?:어느|무슨|어떤) (?:해|날|때|시대|요일|계절|연도)",
    "person": r"누구|누가|누굴|(?:어느|어떤) (?:사람|인물|왕|장군|작가|화가)",
    "place": r"어디|어딜|(?:어느|어떤|무슨) (?:나라|도시|지역|곳|장소|마을|지방|국가|대륙|대학)",
    "amount": r"몇|얼마",
    "manner": r"어떻게",
    "thing": r"무엇|뭐|뭘|뭔|무슨|어떤|어느",
}
_ASKING = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _INTERROGATIVES.items()))
_AFTER = re.compile(r"(께서|에서|에게|으로|이라고|라고|이라|와|과|를|을|가|이|에|로|의|서)(?![가-힣])")
_SLOTS = {
    "께서": "subject", "가": "subject", "이": "subject", "누가": "subject",
    "을": "object", "를": "object", "뭘": "object", "누굴": "object",
    "에서": "place", "서": "place", "에": "place", "에게": "dative", "으로": "to", "로": "to",
    "라고": "called", "이라고": "called", "이라": "called", "와": "with", "과": "with", "의": "of",
}  # fmt: skip
_COPULA = re.compile(r"[인이일입야였니예죠지]")
_CALLED = re.compile(r"이름|불리|불렸|부르|칭호|별명|라고 하")
_COUNTED = re.compile(r"몇 ?([가-힣a-zA-Z]{1,6})")
_AT_A_PLACE = re.compile(r"[곳장][은는소]")
_FINENESS = (
    ("year", re.compile(r"몇 ?년|(?:어느|무슨) 해|연도|년도|세기")),
    ("time", re.compile(r"몇 시|시각")),
    ("day", re.compile(r"며칠|날짜|생일|몇 월")),
)


def read(text: str) -> Question:
    """What a question in Korean asks for."""
    text = text[:LONGEST]
    asked, counted = _ASKING.search(text), _COUNTED.search(text)
    tokens = (token for token in TOKEN.finditer(text) if counted is None or token.start() != counted.start(1))
    told = [token for token in map(re.Match.group, tokens) if _ASKING.match(token) is None]
    morphs = [analyse(token) for token in told]
    kind, family, unit = _kind(asked, text, [morph.core for morph in morphs])
    sought = tuple(token for token in told if _is_sought(token))
    slot = _slot(asked, text)
    if slot == "is":
        slot = _slot_of_described(morphs)
    if slot == "is" and kind == PLACE and _AT_A_PLACE.search(text):
        slot = "place"
    return Question(kind, sought, family, unit, slot, kind in (THING, PERSON) and slot == "is" and len(sought) == 1)


def _is_sought(token: str) -> bool:
    morph = analyse(token)
    if token in _LIGHT or morph.core in _LIGHT:
        return False
    return morph.kind != "adverb" or token == "가장"


def _kind(asked: re.Match[str] | None, text: str, cores: list[str]) -> tuple[str, str, str]:
    kind = asked.lastgroup or "" if asked is not None else ""
    if kind == "duration":
        return AMOUNT, "duration", ""
    if kind == DATE:
        return DATE, next((family for family, pattern in _FINENESS if pattern.search(text)), ""), ""
    if kind == AMOUNT:
        counted = _COUNTED.search(text)
        unit = _unit(counted.group(1)) if counted is not None else ""
        return AMOUNT, family_of(unit) or _measured(cores), unit
    if kind in ("", THING) and cores:
        return _kind_by_nouns(kind, cores)
    return kind or THING, "", ""


def _kind_by_nouns(kind: str, cores: list[str]) -> tuple[str, str, str]:
    """The noun before the interrogative says what is asked (수도는 무엇); without one, the last that can (높이는?)."""
    last = cores[-1] if kind else next((core for core in reversed(cores) if core in KIND_OF or core in FAMILY_OF), "")
    if last in FAMILY_OF and FAMILY_OF[last] != "any":
        return AMOUNT, FAMILY_OF[last], ""
    return KIND_OF.get(last, THING), "", ""


def _measured(cores: list[str]) -> str:
    return next((FAMILY_OF[core] for core in reversed(cores) if core in FAMILY_OF), "")


def _unit(text: str) -> str:
    """The counter that what follows 몇 begins with."""
    return next((text[:length] for length in range(len(text), 0, -1) if family_of(text[:length])), "")


def _slot(asked: re.Match[str] | None, text: str) -> str:
    if asked is None:
        return "is"
    if _CALLED.search(text):
        return "called"
    if asked.group() in _SLOTS:
        return _SLOTS[asked.group()]
    after = _AFTER.match(text, asked.end())
    if after is not None:
        return _SLOTS[after.group(1)]
    return "is" if _COPULA.match(text, asked.end()) else ""


def _describes(morphs: list[Morph], index: int) -> bool:
    """딴 것, 본 사람: before such a noun a word that ends in ㄴ is a verb, however short."""
    return (
        morphs[index + 1 :][:1] != [] and morphs[index + 1].core in _LIGHT and final(morphs[index].core[-1]) == _NIEUN
    )


def _slot_of_described(morphs: list[Morph]) -> str:
    """What a thing does in the clause before it: the object in 그가 그린 그림, the subject in 그것을 그린 사람."""
    verb = next(
        (index for index, morph in enumerate(morphs) if morph.kind == "modifier" or _describes(morphs, index)), 0
    )
    slots = [morph.slot for morph in morphs[:verb]]
    return "object" if "subject" in slots else "subject" if "object" in slots else "is"
