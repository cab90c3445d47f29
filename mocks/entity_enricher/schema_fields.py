"""Finds the property that a phrase of a prompt names: "headcount", "the founding year field", "주소의 도시를"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .concepts import has_hangul, same_meaning, words_of
from .edit_requests import CannotEdit, Request

DEEPEST = 16
_ENGLISH_AROUND = re.compile(
    r"(?i)^(?:the|an?|each|every|all|both|new|existing|field|property|attribute|column|member)\s+"
    r"|\s+(?:fields?|propert(?:y|ies)|attributes?|columns?|members?|keys?)$|^(?:called|named)\s+|\s+from\s+(?:the\s+)?schema$|'s$"
)
_KOREAN_AROUND = re.compile(
    r"^(?:이\s)?스키마(?:에서|의)\s+|^(?:기존|모든)\s+|(?:이라는|라는)$|\s*(?:필드|속성|항목|컬럼|열|프로퍼티)$"
    r"|(?<=[\w가-힣\]])(?:을|를|은|는|이|가|의|에|로|으로)$"
)
_WITHIN = re.compile(r"(?i)^(?P<inner>.+?)\s+(?:in|of|inside|under|within|from)\s+(?:the\s+)?(?P<outer>.+)$")
_KOREAN_WITHIN = re.compile(r"^(?P<outer>\S+?)(?:의|에서|\s?안의|\s?아래의)\s+(?P<inner>.+)$")


class Field(NamedTuple):
    """A property: the schema that has it, its name there, and its path from the top."""

    holder: dict[str, Any]
    name: str
    path: tuple[str, ...]

    @property
    def schema(self) -> Any:
        return self.holder["properties"][self.name]

    @property
    def shown(self) -> str:
        return ".".join(self.path)


def fields_of(schema: Any, path: tuple[str, ...] = ()) -> Iterator[Field]:
    """Every property, those at the top first."""
    holder = holder_of(schema)
    if holder is None or len(path) > DEEPEST:
        return
    names = list(holder.get("properties", {}))
    yield from (Field(holder, name, (*path, name)) for name in names)
    for name in names:
        yield from fields_of(holder["properties"][name], (*path, name))


def holder_of(schema: Any) -> dict[str, Any] | None:
    """What the members of ``schema`` are described by: itself, or an array's items; None where it has no members."""
    if not isinstance(schema, dict):
        return None
    if isinstance(schema.get("items"), dict) and "properties" not in schema:
        return holder_of(schema["items"])
    kind = schema.get("type")
    return (
        schema if "properties" in schema or kind == "object" or (isinstance(kind, list) and "object" in kind) else None
    )


def find(content: dict[str, Any], phrase: str) -> Field:
    """The property that ``phrase`` names. Raises `CannotEdit` where there is none, or more than one."""
    known = list(fields_of(content))
    for spoken in _readings(phrase):
        found = _named(known, spoken)
        if found:
            return _only(found, phrase)
    shown = ", ".join(field.shown for field in known[:20]) or "none"
    raise CannotEdit(f"There is no property {bare(phrase)!r} in the schema; its properties are: {shown}.")


def bare(phrase: str) -> str:
    """The phrase without articles, particles and the word field."""
    return _readings(phrase)[-1]


def _readings(phrase: str) -> list[str]:
    """The phrase as it is, then with what may be around a name taken off step by step."""
    found = [phrase.strip(" .,:")]
    while True:
        shorter = _ENGLISH_AROUND.sub("", found[-1]).strip()
        if shorter == found[-1]:
            shorter = _KOREAN_AROUND.sub("", found[-1]).strip() if has_hangul(phrase) else shorter
        if not shorter or shorter == found[-1]:
            return found
        found.append(shorter)


def _named(known: list[Field], spoken: str) -> list[Field]:
    """By the exact path or name, then by the words, then by the meaning in the other language, then inside another."""
    path = re.sub(r"\[\d*\]", "", spoken)
    ways: tuple[Callable[[Field], bool], ...] = (
        lambda field: field.shown == path or field.name == spoken,
        lambda field: field.shown.casefold() == path.casefold() or (words_of(field.name) == words_of(spoken) != ()),
        lambda field: "".join(words_of(field.name)) == "".join(words_of(spoken)) != "",
        lambda field: same_meaning(field.name, spoken),
    )
    for same in ways:
        found = [field for field in known if same(field)]
        if found:
            return found
    return _within(known, spoken)


def _within(known: list[Field], spoken: str) -> list[Field]:
    for pattern in (_WITHIN, _KOREAN_WITHIN):
        if match := pattern.match(spoken):
            outer = {field.path for part in _readings(match["outer"]) for field in _named(known, part)}
            inner = [field for part in _readings(match["inner"]) for field in _named(known, part)]
            return [field for field in inner if field.path[:-1] in outer]
    return []


def _only(found: list[Field], phrase: str) -> Field:
    top = [field for field in found if len(field.path) == min(len(other.path) for other in found)]
    if len({field.path for field in top}) == 1:
        return top[0]
    shown = ", ".join(field.shown for field in top)
    raise CannotEdit(f"{bare(phrase)!r} may be any of {shown}: name it with its path.")


def found_in(content: dict[str, Any], request: Request) -> list[Field]:
    """The properties that are meant: the phrases together may be one name ("research and development")."""
    together = " and ".join(request.fields)
    exact = [field for field in fields_of(content) if words_of(field.name) == words_of(bare(together))]
    found = exact[:1] if len(request.fields) > 1 and exact else [find(content, phrase) for phrase in request.fields]
    if not found:
        raise CannotEdit("It is not said which property is meant: name it.")
    return list({field.path: field for field in found}.values())


def own_of(field: Field) -> dict[str, Any]:
    if not isinstance(field.schema, dict):
        field.holder["properties"][field.name] = {} if field.schema else {"not": {}}
    own: dict[str, Any] = field.schema
    return own


def kinds_of(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


def shown(names: list[str]) -> str:
    return ", ".join(names[:-1]) + (f" and {names[-1]}" if len(names) > 1 else names[-1])
