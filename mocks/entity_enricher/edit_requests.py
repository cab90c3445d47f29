"""What one sentence asks to be changed in a schema, and the words for types that both languages use."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple


class CannotEdit(Exception):
    """The prompt asks for nothing that is understood, or for something that cannot be done; nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Request(NamedTuple):
    """``action`` is add, remove, rename, type, required, nullable, values, drop_values or description.

    ``fields`` are phrases for properties as the prompt has them, ``parent`` one for the property that they are in.
    """

    action: str
    fields: tuple[str, ...] = ()
    to: str = ""
    type: dict[str, Any] | None = None
    wanted: bool | None = None
    nullable: bool | None = None
    values: tuple[str, ...] = ()
    description: str = ""
    parent: str = ""


Reader = Callable[[re.Match[str]], Request]
_TYPES = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
    "email": {"type": "string", "format": "email"},
    "uri": {"type": "string", "format": "uri"},
    "uuid": {"type": "string", "format": "uuid"},
}
_WORDS = {
    "string": "strings string texts text 문자열 텍스트",
    "integer": "integers integer ints int whole_numbers whole_number 정수",
    "number": "numbers number numeric floats float decimals decimal doubles double 숫자 수치 실수 소수",
    "boolean": "booleans boolean bool flag true/false yes/no 불리언 불린 부울 참/거짓 논리",
    "object": "objects object 객체 오브젝트",
    "date-time": "date-times date-time datetimes datetime timestamps timestamp date_and_time 일시 타임스탬프",
    "date": "dates date 날짜",
    "email": "email_addresses email_address emails email 이메일_주소 이메일",
    "uri": "urls url uris uri links link web_address 링크",
    "uuid": "uuids uuid",
}
_MEANING = {word.replace("_", " "): kind for kind, words in _WORDS.items() for word in words.split()}
_SCALAR = "(?:" + "|".join(re.escape(word) for word in sorted(_MEANING, key=len, reverse=True)) + ")"
TYPE = (
    rf"(?:(?:array|list|set)s? of (?:{_SCALAR})|{_SCALAR}(?:형|의)?\s*(?:배열|목록|리스트|array|list)"
    rf"|{_SCALAR}|arrays?|lists?|배열|목록|리스트)(?![\w가-힣])"
)
"""A pattern for a type; what follows in Korean has to be cut off before (see `edit_korean`)."""
QUOTED = r"‹\d+›"


def type_of(words: str) -> dict[str, Any]:
    """The schema that type words stand for, a new one."""
    text = re.sub(r"\s+", " ", words.casefold().strip())
    scalar = re.search(_SCALAR, text)
    inner = dict(_TYPES[_MEANING[scalar.group()]]) if scalar else {"type": "string"}
    if re.search(r"\b(?:array|list|set)s?\b|배열|목록|리스트", text):
        return {"type": "array", "items": inner}
    return inner


class Quotes:
    """Quoted texts of a prompt, taken out so that nothing in them is read as a request."""

    _PAIRS = re.compile(r"\"([^\"\n]+)\"|“([^”\n]+)”|`([^`\n]+)`|‘([^’\n]+)’|「([^」\n]+)」|(?<![\w가-힣])'([^'\n]+)'")

    def __init__(self, prompt: str) -> None:
        self._texts: list[str] = []
        self.masked = self._PAIRS.sub(self._take, prompt.replace("‹", "<").replace("›", ">"))

    def _take(self, match: re.Match[str]) -> str:
        self._texts.append(next(text for text in match.groups() if text is not None))
        return f"‹{len(self._texts) - 1}›"

    def back(self, text: str) -> str:
        """``text`` with what was quoted, without the quotes."""
        return re.sub(r"‹(\d+)›", lambda match: self._texts[int(match.group(1))], text).strip()

    def fill(self, request: Request) -> Request:
        """The request with what was quoted."""
        return request._replace(
            fields=tuple(map(self.back, request.fields)),
            to=self.back(request.to),
            values=tuple(map(self.back, request.values)),
            description=self.back(request.description),
            parent=self.back(request.parent),
        )


def listed(text: str) -> tuple[str, ...]:
    """The parts of an enumeration: "a, b and c", "a와 b"."""
    parts = re.split(
        r"\s*(?:,|/|;|\band\b|\bor\b|&|(?<=[가-힣›])(?:와|과|이랑|하고)\s+|\s및\s|\s또는\s|、)\s*", text.strip()
    )
    return tuple(part.strip(" .:") for part in parts if part.strip(" .:"))
