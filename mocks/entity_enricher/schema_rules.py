"""What a schema asks of a property: whether it is required, its type, its values, what it is said to be."""

from __future__ import annotations

import json
import re
from typing import Any

from .edit_requests import CannotEdit, Request
from .schema_fields import Field, find, found_in, kinds_of, own_of, shown

_OF_TYPE = {
    "string": {"minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType", "contentSchema"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "array": {"items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems"},
    "object": {"properties", "required", "additionalProperties", "patternProperties", "propertyNames", "multilingual"}
    | {"minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties"},
}
_ANY = {"enum", "const", "default", "examples", "type"}
_APPLIED = {"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"}


def set_required(content: dict[str, Any], request: Request) -> str:
    found = found_in(content, request)
    for field in found:
        if (field.name in field.holder.get("required", [])) == request.wanted:
            raise CannotEdit(f"{field.shown} is {'required' if request.wanted else 'optional'} already.")
        if request.wanted:
            require(field.holder, field.name)
        else:
            field.holder["required"] = [name for name in field.holder["required"] if name != field.name]
            if not field.holder["required"]:
                del field.holder["required"]
    return f"Made {shown([field.shown for field in found])} {'required' if request.wanted else 'optional'}."


def require(holder: dict[str, Any], name: str) -> None:
    holder["required"] = [*holder.get("required", []), name]


def set_null(content: dict[str, Any], request: Request) -> str:
    found = found_in(content, request)
    for field in found:
        before = json.dumps(own_of(field))
        set_nullable(field.schema, bool(request.wanted))
        if json.dumps(field.schema) == before:
            raise CannotEdit(f"{field.shown} {'may' if request.wanted else 'cannot'} be null already.")
    return f"{shown([field.shown for field in found])} {'may' if request.wanted else 'can no longer'} be null."


def set_nullable(schema: dict[str, Any], wanted: bool) -> None:
    if "type" not in schema:
        raise CannotEdit("The property has no type of its own: say which type it is to have first.")
    kinds = kinds_of(schema)
    kept = [kind for kind in kinds if kind != "null"] + (["null"] if wanted else [])
    if not [kind for kind in kept if kind != "null"]:
        raise CannotEdit("The property is never anything but null: say which type it is to have first.")
    schema["type"] = kept[0] if len(kept) == 1 else kept
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None] + ([None] if wanted else [])


def retype(content: dict[str, Any], request: Request) -> str:
    assert request.type is not None
    found = found_in(content, request)
    for field in found:
        own = own_of(field)
        kind = request.type["type"]
        if kinds_of(own) == [kind] and own.get("format") == request.type.get("format") and "items" not in request.type:
            raise CannotEdit(f"{field.shown} is of that type already.")
        nullable = "null" in kinds_of(own)
        fitting = _OF_TYPE.get("number" if kind == "integer" else kind, set()) - {"format"}
        dropped = (
            _ANY
            | {keyword for keywords in _OF_TYPE.values() for keyword in keywords if keyword not in fitting}
            | {"format"}
            | _APPLIED
        )
        kept = {keyword: value for keyword, value in own.items() if keyword not in dropped}
        field.holder["properties"][field.name] = {**kept, **request.type, "type": [kind, "null"] if nullable else kind}
    return f"{shown([field.shown for field in found])} is now {_type_shown(request.type)}."


def set_values(content: dict[str, Any], request: Request) -> str:
    field = find(content, request.fields[0])
    target = _valued(field)
    known = [] if request.wanted else list(target.get("enum", []))
    added = [value for value in values_of(target, request.values) if value not in known]
    if not added:
        raise CannotEdit(f"{field.shown} may have those values already.")
    null = [None] if request.wanted and "null" in kinds_of(target) else []
    target["enum"] = [*known, *added, *null]
    target.pop("const", None)
    return f"{field.shown} may be one of {shown([str(value) for value in target['enum']])}."


def drop_values(content: dict[str, Any], request: Request) -> str:
    field = find(content, request.fields[0])
    target = _valued(field)
    dropped = values_of(target, request.values)
    missing = [value for value in dropped if value not in target.get("enum", [])]
    left = [value for value in target.get("enum", []) if value not in dropped]
    if missing or not left:
        raise CannotEdit(
            f"{field.shown} has no value {missing[0]!r}."
            if missing
            else f"{field.shown} would be left without a value."
        )
    target["enum"] = left
    return f"{field.shown} may be one of {shown([str(value) for value in left])}."


def _valued(field: Field) -> dict[str, Any]:
    """The schema whose values are listed: that of the items, for an array."""
    own = own_of(field)
    if "array" in kinds_of(own):
        items: dict[str, Any] = own["items"] if isinstance(own.get("items"), dict) else {"type": "string"}
        own["items"] = items
        return items
    return own


def values_of(schema: dict[str, Any], texts: tuple[str, ...]) -> list[Any]:
    """The values as the type of the property has them."""
    kinds = kinds_of(schema)
    if not kinds or "string" in kinds:
        return list(dict.fromkeys(texts))
    found: list[Any] = []
    for text in texts:
        if {"integer", "number"} & {*kinds} and re.fullmatch(r"-?\d+", text):
            found.append(int(text))
        elif "number" in kinds and re.fullmatch(r"-?\d*\.\d+", text):
            found.append(float(text))
        else:
            raise CannotEdit(f"{text!r} is no {' or '.join(kinds)}.")
    return list(dict.fromkeys(found))


def describe(content: dict[str, Any], request: Request) -> str:
    field = find(content, request.fields[0])
    own = own_of(field)
    if own.get("description") == request.description:
        raise CannotEdit(f"{field.shown} has that description already.")
    own["description"] = request.description
    return f"Changed the description of {field.shown}."


def _type_shown(schema: dict[str, Any]) -> str:
    if "items" in schema:
        return f"an array of {schema['items']['type']}"
    return f"{schema['type']} ({schema['format']})" if "format" in schema else str(schema["type"])
