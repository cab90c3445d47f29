"""What a question asks for: a person, a date, a place, an amount, a reason or a thing, and the words to look for."""

from __future__ import annotations

from typing import NamedTuple

from .vocabulary import meanings

PERSON, PLACE, DATE, AMOUNT, REASON, MANNER, THING = "person", "place", "date", "amount", "reason", "manner", "thing"

LONGEST = 2000
"""Code points of a question that are read; nobody asks a longer one."""

KIND_OF = meanings("kinds")
"""What kind of answer a noun in a question asks for."""
FAMILY_OF = meanings("measures")
"""What an amount measures, by the noun or adjective that asks for it."""


class Question(NamedTuple):
    """``kind`` is one of the kinds above and ``words`` are looked for in the passage.

    ``family`` is what an amount measures (length, people, ...) or how fine a date is (day, year, time); ``unit`` is the
    word that is counted. ``slot`` is what the answer does in its sentence, as far as the question tells. ``defines``:
    the question names a thing and asks for nothing but what it is.
    """

    kind: str
    words: tuple[str, ...]
    family: str = ""
    unit: str = ""
    slot: str = ""
    defines: bool = False
