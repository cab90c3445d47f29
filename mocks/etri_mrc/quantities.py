"""Dates and amounts in a sentence, Korean and English.

Every repetition in the patterns is bounded and none begins inside a number, so that a sentence is searched in linear
time whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .question import AMOUNT, DATE
from .vocabulary import ENGLISH, KOREAN, any_of, meanings, words


class Quantity(NamedTuple):
    """A date or an amount at ``begin`` to ``end``.

    ``family`` is how fine a date is (day, year, month, time) or what an amount measures; ``unit`` is its word for that,
    and ``bare`` is where the amount ends without it.
    """

    begin: int
    end: int
    kind: str
    family: str
    unit: str = ""
    bare: int = 0


_FAMILY_OF = meanings("units")


def family_of(unit: str) -> str:
    """What a unit measures; empty for a word that is no unit."""
    return _FAMILY_OF.get(unit, "")


def dates(text: str, begin: int, end: int) -> Iterator[Quantity]:
    """Dates and times of day; the year of a full date is found on its own too."""
    for match in _date_pattern().finditer(text, begin, end):
        family = (match.lastgroup or "").removeprefix("ko_")
        piece = match.group().rstrip()
        yield Quantity(match.start(), match.start() + len(piece), DATE, family)
        year = _YEAR_OF_DAY.search(piece) if family == "day" else None
        if year is not None:
            yield Quantity(match.start() + year.start(), match.start() + year.end(), DATE, "year")


def amounts(text: str, begin: int, end: int) -> Iterator[Quantity]:
    """Numbers with their units, number words, native Korean numerals with their counters."""
    for match in _amount_pattern().finditer(text, begin, end):
        last = match.start() + len(match.group().rstrip())
        name = next((name for name in ("unit", "counter", "named_unit") if match.group(name)), "")
        unit = "일" if match.group("days") else match.group(name) if name else ""
        bare = match.start() + len(text[match.start() : match.start(name)].rstrip()) if name else last
        yield Quantity(match.start(), last, AMOUNT, "money" if match.group("sign") else family_of(unit), unit, bare)


_NAMED_MONTHS = sorted(words(ENGLISH, "calendar", "months"))
_MONTHS = "|".join((*_NAMED_MONTHS, *(rf"{name[:3]}\.?" for name in _NAMED_MONTHS), r"Sept\.?"))
_MONTHS_ALONE = "|".join(name for name in _NAMED_MONTHS if name != "May")
_YEAR_OF_DAY = re.compile(r"(?:(?:기원전|서기) ?)?[0-9]{1,4}년|(?<![0-9])[0-9]{4}(?![0-9])")
_K = r"(?<![0-9.,])"  # a Korean date is not the tail of a number
_E = r"(?<![0-9A-Za-z.,])"
_NTH = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_PART = r"(?: ?(?:초반?|중반|중엽|말|후반))?"
_DATES = {  # family, with ko_ before it where it is written in Korean -> its forms
    "ko_day": (
        rf"(?:(?:기원전|서기|음력|양력) ?)?{_K}[0-9]{{1,4}}년 ?[0-9]{{1,2}}월 ?[0-9]{{1,2}}일",
        rf"(?:(?:음력|양력) ?)?{_K}[0-9]{{1,2}}월 ?[0-9]{{1,2}}일",
        rf"{_K}[0-9]{{4}}\. ?[0-9]{{1,2}}\. ?[0-9]{{1,2}}(?:\.|(?![0-9]))",
        rf"{_K}[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?![0-9])",
    ),
    "ko_year": (
        rf"(?:(?:기원전|서기) ?)?{_K}[0-9]{{1,4}}년(?: ?[0-9]{{1,2}}월)?(?! ?(?:동안|만에|간|째|전|후|뒤|마다))",
        rf"{_K}[0-9]{{1,4}}년대{_PART}",
        rf"(?:기원전 ?)?{_K}[0-9]{{1,2}}세기{_PART}",
    ),
    "ko_month": (
        rf"{_K}[0-9]{{1,2}}월(?: ?(?:초|중순|말))?",
        r"[가-힣]{2,4} ?시대(?=에)",
        r"(?<![가-힣])(?:봄|여름|가을|겨울|아침|저녁|새벽|정오|자정)(?=[에부까마]|이면)",
    ),
    "ko_time": (
        rf"(?:(?:오전|오후|새벽|아침|저녁|밤|낮) ?)?{_K}[0-9]{{1,2}}시(?!간)(?: ?(?:[0-9]{{1,2}}분|반))?",
        r"[월화수목금토일]요일",
    ),
    "day": (
        rf"{_E}{_NTH} (?:of )?(?:{_MONTHS})\b(?:,? [0-9]{{4}}\b)?",
        rf"\b(?:{_MONTHS}) {_NTH}\b(?![0-9])(?:, [0-9]{{4}}\b)?",
    ),
    "year": (
        rf"\b(?:{_MONTHS}),? [0-9]{{4}}\b",
        rf"{_E}[0-9]{{1,4}} (?:BCE?|AD|CE)\b",
        rf"{_E}[0-9]{{4}}s\b",
        rf"{_E}{_NTH} century\b",
        rf"{_E}(?:1[0-9]|20)[0-9]{{2}}(?![0-9A-Za-z가-힣%]|[.,][0-9])",
    ),
    "month": (
        rf"\b(?:{_MONTHS_ALONE})\b",
        rf"\b{any_of(words(ENGLISH, 'calendar', 'days'))}\b",
        rf"(?<=\bin ){any_of(words(ENGLISH, 'calendar', 'seasons'))}\b",
    ),
    "time": (
        rf"{_E}[0-9]{{1,2}}(?::[0-9]{{2}})? ?(?:a\.m\.|p\.m\.|am\b|pm\b|AM\b|PM\b|o'clock)",
        rf"{_E}[0-9]{{1,2}}:[0-9]{{2}}(?![0-9:])",
        r"\b(?:noon|midnight)\b",
    ),
}


@cache
def _date_pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{family}>{'|'.join(forms)})" for family, forms in _DATES.items()))


@cache
def _amount_pattern() -> re.Pattern[str]:
    latin = any_of(unit for unit in _FAMILY_OF if unit[-1].isascii()) + r"(?![A-Za-z²/])"
    unit = f"(?:{latin}|{any_of(unit for unit in _FAMILY_OF if not unit[-1].isascii())})"
    scale = (
        r"(?: ?(?:[0-9]{1,4}(?:,[0-9]{3})?)?[십백천만억조]){1,5}(?: ?[0-9]{1,4}(?=[가-힣]))?(?=[ 0-9가-힣%.,]|\Z)"
        r"| (?:hundred|thousand|million|billion|trillion)\b"
    )
    korean = {name: any_of(words(KOREAN, "numerals", name)) for name in KOREAN["numerals"]}
    named = any_of(words(ENGLISH, "numerals", "names"))
    about = rf"(?i:{any_of(words(ENGLISH, 'numerals', 'about'))}|more than|at least|up to)"
    return re.compile(
        rf"(?:{korean['about']} ?|(?<![A-Za-z]){about} )?(?:"
        r"(?:(?P<sign>[$€£¥₩]) ?)?(?<![0-9A-Za-z])(?<![0-9][.,])[-−]?[0-9]{1,15}(?:,[0-9]{3}){0,6}(?:\.[0-9]{1,9})?"
        rf"(?:{scale})?(?:여 ?)?(?: ?(?P<unit>{unit}))?"
        rf"|(?<![A-Za-z가-힣]){korean['native']} (?P<counter>{korean['counters']})(?: 반)?(?=[가-힣 .,]|\Z)"
        rf"|(?<![A-Za-z가-힣])(?P<days>{korean['days']})(?![가-힣]{{3}})"
        rf"|(?<![A-Za-z-]){named}(?:[ -]{named}){{0,4}}(?![A-Za-z-])(?: (?P<named_unit>{unit}))?)"
    )
