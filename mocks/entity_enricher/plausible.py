"""Values that look like what a property is called, in the language of the entity: the words are in concepts.toml."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from .chance import number, pick
from .concepts import CONCEPTS, concept_of, words_of
from .subjects import Subject

_ENGLISH_NAMES = (
    ("Elena", "Marcus", "Priya", "Tomas", "Ingrid", "Daniel", "Yuki", "Amara"),
    ("Novak", "Whitfield", "Sharma", "Keller", "Lindgren", "Okafor", "Tanaka", "Moreau"),
)
_KOREAN_NAMES = ("김이박최정강조윤장임", ("민준", "서연", "도윤", "하은", "지훈", "수아", "예준", "지우"))
_ENGLISH_COMPANIES = ("Northwind Labs", "Alder Systems", "Helix Partners", "Bluefin Logistics", "Orchid Energy")
_KOREAN_COMPANIES = ("한빛소프트", "늘푸른바이오", "가온물류", "다온에너지", "새론전자")
_ENGLISH_DESCRIPTIONS = (
    "{label} is well known in the field.",
    "{label} works on several continents and grows steadily.",
    "Founded on long experience, {label} serves customers worldwide.",
)
_KOREAN_DESCRIPTIONS = (
    "{label}에 관한 간략한 소개입니다.",
    "{label}, 여러 지역에서 꾸준히 성장하고 있습니다.",
    "오랜 경험을 바탕으로 활동하는 {label}.",
)
_ENGLISH_PHRASES = ("{name} of {label}", "{label}: {name}", "main {name} of {label}")
_KOREAN_PHRASES = ("{label}의 {name}", "{label} {name}", "{label}의 주요 {name}")
_TELL_LITTLE = {(word,) for word in ("amount", "value", "total", "figure", "count", "text", "금액", "값", "수치")}
NEAR_PERCENT = 4
"""By how much models differ about a figure that is known."""


class Wanted(NamedTuple):
    """What a value is wanted for: the member's ``name`` (``within`` what), and the ``key`` that chance depends on.

    ``own``: the value is about the entity itself, not about another one that is told of within it.
    """

    name: str
    within: str
    subject: Subject
    key: tuple[Any, ...]
    own: bool = True
    diverges: bool = False

    @property
    def concept(self) -> str:
        """The concept of the name, or of what the member lies within where the name by itself tells little."""
        if words_of(self.name)[-1:] in _TELL_LITTLE or not self.name:
            return concept_of(self.within) or concept_of(self.name)
        return concept_of(self.name)


def tells_of_others(name: str) -> bool:
    """Whether what lies within the member ``name`` is about another person or company."""
    return CONCEPTS.get(concept_of(name), {}).get("shape") in {"company", "person", "name"}


def text(wanted: Wanted) -> str:
    """A text: a fact where one is known, else one that fits the name."""
    fact = fact_of(wanted)
    if isinstance(fact, str | int):
        return str(fact)
    entry = CONCEPTS.get(wanted.concept, {})
    if "shape" in entry:
        return _SHAPES[entry["shape"]](wanted)
    values = entry.get("both") or entry.get("korean" if wanted.subject.korean else "english")
    if values:
        return str(pick(values, *wanted.key))
    if "range" in entry:
        return str(_within(entry["range"], wanted))
    phrases = _KOREAN_PHRASES if wanted.subject.korean else _ENGLISH_PHRASES
    name = " ".join(words_of(wanted.name)) or wanted.name or ("내용" if wanted.subject.korean else "details")
    return pick(phrases, *wanted.key).format(label=wanted.subject.label, name=name)


def figure(wanted: Wanted) -> int | float:
    """A number: a fact where one is known (differing models give one near it), else one in the concept's range."""
    fact = fact_of(wanted)
    entry = CONCEPTS.get(wanted.concept, {})
    if isinstance(fact, int):
        if not (wanted.diverges and entry.get("near")):
            return fact
        return fact + fact * (number(*wanted.key, "near", below=2 * NEAR_PERCENT + 1) - NEAR_PERCENT) // 100
    return _within(entry.get("range", [1, 100]), wanted)


def has_range(wanted: Wanted) -> bool:
    """Whether the name is that of a number."""
    return "range" in CONCEPTS.get(wanted.concept, {})


def _within(bounds: Sequence[int | float], wanted: Wanted) -> int | float:
    least, most = bounds
    if isinstance(least, float) or isinstance(most, float):
        return round(least + (most - least) * number(*wanted.key, below=10_001) / 10_000, 4)
    found = least + number(*wanted.key, below=int(most) - int(least) + 1)
    return round(found, 2 - len(str(found))) if most > 5000 else found


def fact_of(wanted: Wanted) -> Any:
    """What is known of the entity under that concept; None where nothing is."""
    if not wanted.own:
        return None
    fact = wanted.subject.facts.get(wanted.concept)
    if isinstance(fact, list):
        place = next((part for part in reversed(wanted.key) if isinstance(part, int)), 0)
        return fact[place] if place < len(fact) else None
    return fact


def person(wanted: Wanted) -> str:
    """A person's name."""
    first, last = (number(*wanted.key, part, below=8) for part in ("first", "last"))
    if wanted.subject.korean:
        return _KOREAN_NAMES[0][last] + _KOREAN_NAMES[1][first]
    return f"{_ENGLISH_NAMES[0][first]} {_ENGLISH_NAMES[1][last]}"


def company(wanted: Wanted) -> str:
    """A company's name."""
    return pick(_KOREAN_COMPANIES if wanted.subject.korean else _ENGLISH_COMPANIES, *wanted.key)


def slug(wanted: Wanted) -> str:
    """The entity's name as a part of a host name."""
    letters = "".join(part for part in words_of(wanted.subject.label) if part.isascii() and part.isalnum())
    return letters[:40] or f"entity{number(wanted.subject.label, below=10_000)}"


def date(wanted: Wanted, first: int = 1990, years: int = 34) -> str:
    """A day that is past, by RFC 3339."""
    year, month, day = (number(*wanted.key, part, below=below) for part, below in (("y", years), ("m", 12), ("d", 28)))
    return f"{first + year:04}-{month + 1:02}-{day + 1:02}"


def time(wanted: Wanted) -> str:
    """A time of day in UTC, by RFC 3339."""
    hour, minute = number(*wanted.key, "h", below=24), number(*wanted.key, "min", below=60)
    return f"{hour:02}:{minute:02}:00Z"


def uuid(wanted: Wanted) -> str:
    """A UUID of version 4."""
    return str(UUID(int=number(*wanted.key, "high") << 64 | number(*wanted.key, "low"), version=4))


def _name(wanted: Wanted) -> str:
    """The entity's own name; the name of something else within something else."""
    if wanted.own:
        return wanted.subject.label
    return person(wanted) if CONCEPTS.get(concept_of(wanted.within), {}).get("shape") == "person" else company(wanted)


def _description(wanted: Wanted) -> str:
    texts = _KOREAN_DESCRIPTIONS if wanted.subject.korean else _ENGLISH_DESCRIPTIONS
    return pick(texts, *wanted.key).format(label=wanted.subject.label)


def _title(wanted: Wanted) -> str:
    return ("{} 현황" if wanted.subject.korean else "{} at a glance").format(wanted.subject.label)


def _phone(wanted: Wanted) -> str:
    line = f"{number(*wanted.key, 'a', below=9000) + 1000}-{number(*wanted.key, 'b', below=9000) + 1000}"
    return f"+82-2-{line}" if wanted.subject.korean else f"+1-617-555-{line[:4]}"


def _registration(wanted: Wanted) -> str:
    digits = f"{number(*wanted.key, below=10**10):010}"
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"


def _legal_name(wanted: Wanted) -> str:
    label = wanted.subject.label if wanted.own else company(wanted)
    return f"주식회사 {label}" if wanted.subject.korean and "주식회사" not in label else label


def _ticker(wanted: Wanted) -> str:
    if wanted.subject.korean:
        return f"{number(wanted.subject.label, below=10**6):06}"
    return slug(wanted).upper()[:4]


_SHAPES: dict[str, Callable[[Wanted], str]] = {
    "name": _name,
    "legal_name": _legal_name,
    "id": uuid,
    "registration_number": _registration,
    "description": _description,
    "title": _title,
    "url": lambda wanted: f"https://www.{slug(wanted)}.example/",
    "email": lambda wanted: f"{pick(('info', 'contact', 'press'), *wanted.key)}@{slug(wanted)}.example",
    "phone": _phone,
    "person": person,
    "company": company,
    "ticker": _ticker,
    "past_date": date,
    "past_time": lambda wanted: f"{date(wanted)}T{time(wanted)}",
    "birth_date": lambda wanted: date(wanted, 1940, 60),
}

FORMATS: dict[str, Callable[[Wanted], str]] = {
    "date": lambda wanted: date(wanted, 1940, 60) if wanted.concept == "birth_date" else date(wanted),
    "date-time": lambda wanted: f"{date(wanted)}T{time(wanted)}",
    "time": time,
    "duration": lambda wanted: f"P{number(*wanted.key, below=30) + 1}D",
    "email": _SHAPES["email"],
    "idn-email": _SHAPES["email"],
    "hostname": lambda wanted: f"www.{slug(wanted)}.example",
    "idn-hostname": lambda wanted: f"www.{slug(wanted)}.example",
    "ipv4": lambda wanted: f"192.0.2.{number(*wanted.key, below=254) + 1}",
    "ipv6": lambda wanted: f"2001:db8::{number(*wanted.key, below=65_000) + 1:x}",
    "uri": _SHAPES["url"],
    "uri-reference": _SHAPES["url"],
    "iri": _SHAPES["url"],
    "iri-reference": _SHAPES["url"],
    "uri-template": _SHAPES["url"],
    "uuid": uuid,
    "json-pointer": lambda wanted: "/" + "-".join(words_of(wanted.name)),
    "relative-json-pointer": lambda wanted: "0/" + "-".join(words_of(wanted.name)),
    "regex": lambda wanted: "^.+$",
}
"""For each format of JSON Schema 2020-12 a text that has it."""
