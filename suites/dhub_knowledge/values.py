"""Values as they were given and as they are shown: whether they are the same, and what an odd answer may hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from understudy.verify.reading import parsed

from .kinds import FIELDS

MISSING: Any = object()
"""In place of a value that an answer does not show."""

Fields = Mapping[str, Any]

LONGEST_PLAIN = 100
DEEPEST_SEARCH = 4


class Likeness(Enum):
    """How a shown value relates to the given one.

    `TRIMMED`: it lacks nothing but white space at the ends and control characters.
    """

    SAME = "same"
    TRIMMED = "trimmed"
    OTHER = "other"


def likeness(field: str, given: Any, shown: Any) -> Likeness:
    """Whether ``shown`` is what was ``given`` for a field.

    Nothing given and nothing shown are the same, whatever stands for nothing (`dhub.unset-fields`). Options may have
    more members than were given: defaults that a service adds, or what it merged (`dhub.options-update`).
    """
    if empty(given) and empty(shown):
        return Likeness.SAME
    if field == "options" and isinstance(given, dict) and isinstance(shown, dict):
        shown = {name: value for name, value in shown.items() if name in given}
    if equal(given, shown):
        return Likeness.SAME
    return Likeness.TRIMMED if equal(trimmed(given), trimmed(shown)) else Likeness.OTHER


def empty(value: Any) -> bool:
    return value is MISSING or value is None or value == "" or value in ([], {})


def equal(one: Any, other: Any) -> bool:
    """JSON equality: the order of members does not matter, true is not 1, and 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def trimmed(value: Any) -> Any:
    """The value without white space at the ends of its strings and without control characters in them."""
    if isinstance(value, str):
        return "".join(char for char in value if unicodedata.category(char) != "Cc").strip()
    if isinstance(value, list):
        return [trimmed(entry) for entry in value]
    if isinstance(value, dict):
        return {trimmed(name): trimmed(entry) for name, entry in value.items()}
    return value


def plain_text(value: Any) -> bool:
    """Text that no service has a reason to refuse: not blank, not long, without control characters."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_PLAIN
        and value == value.strip()
        and not any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in value)
    )


def plain(value: Any, depth: int = 0) -> bool:
    """A JSON value that no service has a reason to refuse: text as in `plain_text`, few members, little nesting."""
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, list | dict):
        entries = value.values() if isinstance(value, dict) else value
        names = value if isinstance(value, dict) else ()
        short = len(value) <= 20 and depth <= 3
        return short and all(map(plain_text, names)) and all(plain(entry, depth + 1) for entry in entries)
    return value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 2**53)


def same_group(one: str, other: str) -> bool:
    """Whether two group names may count as one where the document is silent: by case, form or white space."""
    return _folded(one) == _folded(other)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def given(body: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """The fields of a request's body that have the type of the tables, and the names of those that do not."""
    if not isinstance(body, dict):
        return {}, frozenset((*FIELDS, "comment"))
    fields = {name: body[name] for name in (*FIELDS, "comment") if name in body}
    right = {name: value for name, value in fields.items() if well_typed(name, value)}
    return right, frozenset(fields) - frozenset(right)


def well_typed(field: str, value: Any) -> bool:
    if field in ("groups", "tags"):
        return isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    return isinstance(value, dict if field == "options" else str)


def object_in(text: Any) -> dict[str, Any] | None:
    """The JSON object that a string holds (or that is one already), None when it holds none."""
    value = parsed(text) if isinstance(text, str) else text
    return value if isinstance(value, dict) else None


def shown_object(value: Any, id: str) -> dict[str, Any] | None:
    """What an answer of unknown shape shows of the thing ``id``: the object that has this id, else the one named like
    the sample. None when there is none, as of a Document the document does not say how it is shown.
    """
    objects = list(_objects(value, 0))
    with_id = [entry for entry in objects if entry.get("id") == id]
    return next(iter(with_id or [entry for entry in objects if "name" in entry]), None)


def shows_nothing(value: Any) -> bool:
    """Whether an answer of whatever shape cannot show anything: it is no object and no array, nor holds one as text."""
    return not isinstance(value, dict | list) and object_in(value) is None


def strings_in(value: Any, depth: int = 0) -> Iterator[str]:
    """Every string and member name in a JSON value and in the JSON objects that its strings hold."""
    if isinstance(value, str):
        yield value
        value = object_in(value)
    if isinstance(value, list | dict) and depth <= DEEPEST_SEARCH:
        if isinstance(value, dict):
            yield from value
        for entry in value.values() if isinstance(value, dict) else value:
            yield from strings_in(entry, depth + 1)


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    found = object_in(value)
    if found is not None and depth <= 2:
        yield found
        for entry in found.values():
            yield from _objects(entry, depth + 1)
