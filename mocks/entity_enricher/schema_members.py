"""Properties of a schema that come, go, or get another name."""

from __future__ import annotations

import re
from typing import Any

from .concepts import concept_entry, title_of, words_of
from .edit_requests import CannotEdit, Request, type_of
from .schema_fields import bare, find, found_in, holder_of, shown
from .schema_rules import require, set_nullable, values_of

LONGEST_NAME = 100
_VAGUE = (
    "more some any few several better other all everything something anything it them this that these those useful "
    "necessary relevant appropriate 좀 더 모든 여러 몇 적절한 필요한"
)
_GUESSED = {"email": "email", "url": "uri", "past_date": "date", "birth_date": "date", "past_time": "date-time"}


def add(content: dict[str, Any], request: Request) -> str:
    inside = find(content, request.parent) if request.parent else None
    holder = holder_of(inside.schema) if inside else content
    if inside is not None and holder is None:
        raise CannotEdit(f"{inside.shown} has no members of its own: nothing can be added to it.")
    assert holder is not None
    names = [_new_name(content, phrase) for phrase in request.fields]
    if not names:
        raise CannotEdit("It is not said what is to be added: name the property.")
    for name in names:
        if name in holder.get("properties", {}):
            raise CannotEdit(f"There is a property {name!r} already.")
        holder.setdefault("properties", {})[name] = _new_schema(content, name, request, inside is None)
        if request.wanted:
            require(holder, name)
    where = f" to {inside.shown}" if inside else ""
    return f"Added {shown(names)}{where}."


def _new_schema(content: dict[str, Any], name: str, request: Request, top: bool) -> dict[str, Any]:
    schema: dict[str, Any] = dict(request.type or _guessed(name, request))
    if request.values:
        schema = {**schema, "enum": values_of(schema, request.values)}
    if request.nullable:
        set_nullable(schema, True)
    if request.description:
        schema["description"] = request.description
    domain = concept_entry(name).get("domain")
    if top and domain in (content.get("x-expertiseDomains") or {}):
        schema["expertise"] = domain
    return schema


def _guessed(name: str, request: Request) -> dict[str, Any]:
    """The type that a name tells of: an email is one, a number of employees is whole."""
    if request.values:
        return {"type": "string"}
    entry = concept_entry(name)
    if "range" in entry:
        return {"type": "number" if isinstance(entry["range"][0], float) else "integer"}
    return type_of(_GUESSED.get(entry.get("shape", ""), "string"))


def _new_name(content: dict[str, Any], phrase: str) -> str:
    """The name as it is written; several words are joined in the manner of the other names."""
    name = bare(phrase) if " " in phrase.strip() else phrase.strip(" .,:")
    if not name or len(name) > LONGEST_NAME or not words_of(name):
        raise CannotEdit(f"{name[:LONGEST_NAME]!r} is no name for a property.")
    words = name.split()
    vague = sorted({word.lower() for word in words} & {*_VAGUE.split()})
    if vague:
        raise CannotEdit(f"{name!r} does not say which property is meant ({', '.join(vague)}): name it.")
    if len(words) == 1:
        return name
    if len(words) > 5:
        raise CannotEdit(
            f"{name!r} is not understood as the name of a property: put the name in quotation marks, without spaces."
        )
    if any(re.fullmatch(r"[a-z]+(?:[A-Z][a-z0-9]*)+", known) for known in content.get("properties", {})):
        return "".join(word.lower() if not place else word.capitalize() for place, word in enumerate(words))
    return "_".join(word.lower() for word in words)


def remove(content: dict[str, Any], request: Request) -> str:
    found = found_in(content, request)
    for field in found:
        del field.holder["properties"][field.name]
        _forget(field.holder, field.name)
    return f"Removed {shown([field.shown for field in found])}."


def _forget(holder: dict[str, Any], name: str) -> None:
    """Takes a property out of what requires it."""
    for rules in (holder, *([holder["dependentRequired"]] if "dependentRequired" in holder else [])):
        for key in ["required"] if rules is holder else list(rules):
            if name in rules.get(key, []):
                rules[key] = [other for other in rules[key] if other != name]
    for keyword in ("dependentRequired", "dependentSchemas"):
        holder.get(keyword, {}).pop(name, None)
    if holder.get("required") == []:
        del holder["required"]


def rename(content: dict[str, Any], request: Request) -> str:
    field, name = find(content, request.fields[0]), _new_name(content, request.to)
    if name in field.holder["properties"]:
        raise CannotEdit(f"There is a property {name!r} already.")
    before = field.shown
    properties = field.holder["properties"]
    field.holder["properties"] = {name if known == field.name else known: part for known, part in properties.items()}
    if "required" in field.holder:
        field.holder["required"] = _renamed(field.holder["required"], field.name, name)
    for keyword in ("dependentRequired", "dependentSchemas"):
        if keyword in field.holder:
            rules = field.holder[keyword]
            field.holder[keyword] = {
                name if key == field.name else key: _renamed(rule, field.name, name) for key, rule in rules.items()
            }
    schema = field.holder["properties"][name]
    if isinstance(schema, dict) and schema.get("title") == title_of(field.name):
        schema["title"] = title_of(name)
    return f"Renamed {before} to {'.'.join((*field.path[:-1], name))}."


def _renamed(rule: Any, before: str, after: str) -> Any:
    return [after if name == before else name for name in rule] if isinstance(rule, list) else rule
