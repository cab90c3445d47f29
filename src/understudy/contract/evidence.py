"""Which clauses an answer bears witness to: those of every documented part that it really has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from understudy.contract.bodies import BodyError, decoder_for, media_type_of
from understudy.contract.responses import ResponseChecker
from understudy.contract.schemas import Checker
from understudy.http import Response


def clauses_met(checker: ResponseChecker, response: Response) -> tuple[str, ...]:
    """The clauses of the answer's status and media type, of the headers it has and the members its body has, each once.

    That a part is there is not that it is right: ask `ResponseChecker.check` for what is wrong. The clauses of a
    refusal's status are left out: whether it was due is more than the answer can tell.
    """
    documented = checker.documented(response.status)
    if documented is None:
        return ()
    found = dict.fromkeys(documented.clauses if response.status < 300 else ())
    carried = {name.lower() for name, _ in response.headers}
    for header in documented.headers:
        if header.name.lower() in carried:
            found.update(dict.fromkeys(header.clauses))
    content_type = response.header("content-type") or ""
    media_type = media_type_of(content_type)
    if media_type not in documented.contents:
        return tuple(found)
    try:
        value = decoder_for(media_type)(response.content, content_type)
    except BodyError:
        return tuple(found)
    found.update(dict.fromkeys(documented.media_clauses[media_type]))
    schema_checker = documented.contents[media_type]
    if schema_checker is not None:
        found.update(dict.fromkeys(clauses_of_value(schema_checker.schema, value)))
    return tuple(found)


def clauses_of_value(schema: Any, value: Any) -> Iterator[str]:
    """The clauses of every part of ``schema`` that ``value`` has something for."""
    if not isinstance(schema, Mapping):
        return
    yield from schema.get("x-clauses", ())
    for branch in (*schema.get("allOf", ()), *_taken(schema, value)):
        yield from clauses_of_value(branch, value)
    if isinstance(value, Mapping):
        yield from _clauses_of_object(schema, value)
    elif isinstance(value, list):
        for entry in value:
            yield from clauses_of_value(schema.get("items"), entry)
    elif isinstance(value, str) and "contentSchema" in schema:
        try:
            yield from clauses_of_value(schema["contentSchema"], msgspec.json.decode(value))
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return


def _clauses_of_object(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[str]:
    named = schema.get("properties", {})
    for member, entry in value.items():
        yield from clauses_of_value(schema.get("propertyNames"), member)
        if member in named:
            yield from clauses_of_value(named[member], entry)
        else:
            yield from clauses_of_value(schema.get("additionalProperties"), entry)


def _taken(schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
    """The branches of ``oneOf`` and ``anyOf`` that the value keeps."""
    for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if _checker(branch).valid(value):
            yield branch


def _checker(branch: Any) -> Checker:
    """The branch, compiled once. The branch is kept with it, so that its id is not given to another."""
    known = _COMPILED.get(id(branch))
    if known is None:
        known = _COMPILED[id(branch)] = (branch, Checker(branch))
    return known[1]


_COMPILED: dict[int, tuple[Any, Checker]] = {}
