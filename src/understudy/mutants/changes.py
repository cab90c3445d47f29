"""What mutants do to answers: to a JSON body, a header, a status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Any, NamedTuple

import msgspec

from understudy.contract.bodies import BodyError, decode_json
from understudy.http import Response


class Step(Enum):
    """A step into a JSON value: every entry of an array or member of an object; the JSON that a string holds."""

    EACH = auto()
    TEXT = auto()


class Where(NamedTuple):
    """A step that stays where it is, and ends unless the object there has this member with this value."""

    member: str
    value: Any


class Renamed(NamedTuple):
    """What a change makes of a member that gets another name."""

    name: str
    value: Any


Steps = tuple["str | int | Step | Where", ...]
Change = Callable[[Any], Any]
GONE = object()
"""What a change makes of a member or entry that is dropped."""


def value_of(response: Response) -> Any:
    """The answer's JSON, None when it holds none or is a stream."""
    if response.stream is not None or not response.body:
        return None
    try:
        return decode_json(response.body)
    except BodyError:
        return None


def with_value(response: Response, value: Any) -> Response:
    """The answer with another JSON body."""
    return response._replace(body=msgspec.json.encode(value))


def edited_body(response: Response, steps: Steps, change: Change) -> Response:
    """The answer with what its JSON has at ``steps`` changed; itself where it has nothing there."""
    value = value_of(response)
    if value is None:
        return response
    changed = edited(value, steps, change)
    return response if changed == value and type(changed) is type(value) else with_value(response, changed)


def edited(value: Any, steps: Sequence[Any], change: Change) -> Any:
    """``value`` with what stands at ``steps`` changed. What is not there is left alone."""
    if not steps:
        return change(value)
    step, rest = steps[0], steps[1:]
    if isinstance(step, Where):
        fits = isinstance(value, dict) and step.member in value and value[step.member] == step.value
        return edited(value, rest, change) if fits else value
    if step is Step.TEXT:
        return _edited_text(value, rest, change)
    if isinstance(value, dict):
        return _edited_object(value, step, rest, change)
    if isinstance(value, list) and (step is Step.EACH or isinstance(step, int)):
        chosen = range(len(value)) if step is Step.EACH else range(*slice(step, step + 1 or None).indices(len(value)))
        entries = [edited(entry, rest, change) if place in chosen else entry for place, entry in enumerate(value)]
        return [entry for entry in entries if entry is not GONE]
    return value


def _edited_object(value: dict[str, Any], step: Any, rest: Sequence[Any], change: Change) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, entry in value.items():
        new = edited(entry, rest, change) if step is Step.EACH or step == name else entry
        if isinstance(new, Renamed):
            made[new.name] = new.value
        elif new is not GONE:
            made[name] = new
    return made


def _edited_text(value: Any, rest: Sequence[Any], change: Change) -> Any:
    if not isinstance(value, str):
        return value
    try:
        held = decode_json(value.encode())
    except (BodyError, UnicodeEncodeError):
        return value
    changed = edited(held, rest, change)
    return value if changed == held else msgspec.json.encode(changed).decode()


def without_header(response: Response, name: str) -> Response:
    return response._replace(headers=tuple(field for field in response.headers if field[0].lower() != name.lower()))


def with_header(response: Response, name: str, value: str) -> Response:
    """The answer with one field of this name, and no other."""
    return without_header(response, name)._replace(headers=(*without_header(response, name).headers, (name, value)))


def answered(status: int, value: Any) -> Response:
    """A JSON answer of a mutant's own."""
    return Response(status, (("Content-Type", "application/json"),), msgspec.json.encode(value))
