"""Texts and numbers that keep what a schema asks of them: candidates, the best first, until one passes the check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation, localcontext
from itertools import chain
from math import ceil, floor, isfinite
from typing import Any

from . import plausible
from .chance import number
from .checking import is_valid
from .patterns import LONGEST, NoText, text_for
from .plausible import Wanted
from .shapes import Plain, largest, smallest

Number = int | float
MISSING: Any = object()
"""Nothing is known of the value."""
PATTERN_TRIES = 12
_KEYWORDS = {
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}

ENUMERATED = ("type", *_KEYWORDS["string"], *_KEYWORDS["number"])


class Impossible(Exception):
    """No value is found for this place; another alternative may still do."""


def leaf(plain: Plain, kind: str, wanted: Wanted, known: Any, place: int) -> Any:
    """A scalar of type ``kind``: what is ``known``, if that passes, else the candidate number ``place`` that does.

    Raises `Impossible`.
    """
    schema = {"type": kind, **_local(plain, _KEYWORDS[kind])}
    found = MISSING
    for candidate in _candidates(plain, kind, wanted, known):
        if is_valid(schema, candidate):
            found = candidate
            if place <= 0:
                break
            place -= 1
    if found is MISSING:
        raise Impossible(f"no {kind} was found that keeps {_asked(plain, kind)}")
    return found


def enumerated(values: list[Any], plain: Plain, wanted: Wanted, known: Any, place: int) -> Any:
    """One of the values that enum and const leave: the known one if it is among them. Raises `Impossible`."""
    passing = [value for value in values if is_valid(_local(plain, ENUMERATED), value)]
    if not passing:
        raise Impossible("enum and const leave no value")
    if place == 0 and any(known == value and type(known) is type(value) for value in passing):
        return known
    fact = str(plausible.fact_of(wanted)).casefold()
    facts = [value for value in passing if place == 0 and str(value).casefold() == fact and value is not None]
    if facts:
        return facts[0]
    useful = [value for value in passing if value is not None] or passing
    start = number(*wanted.key, below=len(useful))
    return [*useful[start:], *useful[:start], *passing][place % (len(useful) + len(passing))]


def _local(plain: Plain, keywords: tuple[str, ...]) -> dict[str, Any]:
    """What ``plain`` asks by ``keywords`` and by a ``not`` that refers to nothing, as one schema.

    References point into the whole schema, against which the whole value is checked.
    """
    parts = [{keyword: schema[keyword] for keyword in (*keywords, "not") if keyword in schema} for schema in plain]
    for part in parts:
        if "not" in part and any(mark in json.dumps(part["not"]) for mark in ('"$ref"', '"$dynamicRef"')):
            del part["not"]
    return {"allOf": [part for part in parts if part] or [{}]}


def _asked(plain: Plain, kind: str) -> str:
    asked = {keyword: schema[keyword] for schema in plain for keyword in (*_KEYWORDS[kind], "not") if keyword in schema}
    return ", ".join(f"{keyword} {value!r}"[:120] for keyword, value in asked.items()) or "the schema"


def _candidates(plain: Plain, kind: str, wanted: Wanted, known: Any) -> Iterator[Any]:
    written = [value for schema in plain for value in (*schema.get("examples", ()), schema.get("default", MISSING))]
    given = [] if known is MISSING else [_converted(known, kind)]
    own = _texts(plain, wanted) if kind == "string" else _numbers(plain, kind, wanted)
    return (value for value in chain(given, own, written) if value is not MISSING)


def _converted(known: Any, kind: str) -> Any:
    """What is known as the type that is asked for: "88,000" is a number, 88000 may be a text."""
    if isinstance(known, str) and kind != "string":
        try:
            found = Decimal(known.replace(",", "").strip())
        except InvalidOperation:
            return MISSING
        if not found.is_finite() or abs(found.adjusted()) > 300:
            return MISSING
        return int(found) if found == found.to_integral_value() else float(found)
    if isinstance(known, int | float) and not isinstance(known, bool) and kind == "string":
        return str(known)
    return known


def _texts(plain: Plain, wanted: Wanted) -> Iterator[str]:
    least, most = largest(plain, "minLength"), smallest(plain, "maxLength")
    if least > LONGEST:
        raise Impossible(f"minLength {least} is more than the {LONGEST} characters that are made")
    for text in _looking_right(plain, wanted):
        yield text
        yield _sized(text, least, most)
    for schema in plain:
        if "pattern" in schema:
            yield from _matching(schema["pattern"], wanted, least)
    for text in ("", "a", "0", "A", "가", " ", "true", "-"):
        yield _sized(text, least, most)


def _looking_right(plain: Plain, wanted: Wanted) -> Iterator[str]:
    yield plausible.text(wanted)
    for schema in plain:
        if schema.get("format") in plausible.FORMATS:
            yield plausible.FORMATS[schema["format"]](wanted)
    for again in range(1, 4):
        yield plausible.text(wanted._replace(key=(*wanted.key, again)))


def _sized(text: str, least: int, most: int | None) -> str:
    """``text`` cut, or repeated, to a length in code points that is allowed."""
    if most is not None and len(text) > most:
        return text[:most].rstrip() if len(text[:most].rstrip()) >= least else text[:most]
    if len(text) >= least:
        return text
    filler = f" {text}" if text else "a"
    return (text + filler * (least // len(filler) + 1))[: most if most is not None else None][: max(least, len(text))]


def _matching(pattern: str, wanted: Wanted, least: int) -> Iterator[str]:
    for again in range(PATTERN_TRIES):
        steps = iter(range(10**9))

        def choose(below: int, again: int = again, steps: Iterator[int] = steps) -> int:
            return number(*wanted.key, pattern, again, next(steps), below=below)

        try:
            yield text_for(pattern, choose, least if again % 2 else 0)
        except NoText:
            return


def _numbers(plain: Plain, kind: str, wanted: Wanted) -> Iterator[int | float]:
    low, high = _bounds(plain)
    steps = [Decimal(str(schema["multipleOf"])) for schema in plain if "multipleOf" in schema]
    for found in _raw_numbers(low, high, wanted):
        for snapped in [*_snapped(found, steps), found]:
            if isinstance(snapped, float) and not isfinite(snapped):
                continue
            yield from (floor(snapped), ceil(snapped)) if kind == "integer" else (snapped,)


def _raw_numbers(low: Number | None, high: Number | None, wanted: Wanted) -> Iterator[Number]:
    likely = plausible.figure(wanted)
    if (low is None or likely >= low) and (high is None or likely <= high):
        yield likely
    if low is not None and high is not None:
        for share in (number(*wanted.key, below=57) + 4, 32, 16, 48, 1, 63):
            yield from _share(low, high, share)
    for edge, step in ((low, 1), (high, -1)):
        if edge is not None:
            yield from (edge, edge + step, edge + step * 7)
    yield from (0, 1, -1, 0.5, -0.5, 10**6, -(10**6))


def _share(low: Number, high: Number, share: int) -> Iterator[Number]:
    """What lies ``share`` of 64 parts above ``low``, rounded and as it is."""
    if isinstance(low, int) and isinstance(high, int):
        yield low + (high - low) * share // 64
    try:
        found = float(low) + (float(high) - float(low)) * share / 64
    except OverflowError:
        return
    yield from (round(found, 2), found)


def _bounds(plain: Plain) -> tuple[Number | None, Number | None]:
    lows = [schema[keyword] for schema in plain for keyword in ("minimum", "exclusiveMinimum") if keyword in schema]
    highs = [schema[keyword] for schema in plain for keyword in ("maximum", "exclusiveMaximum") if keyword in schema]
    return max(lows, default=None), min(highs, default=None)


def _snapped(value: Number, steps: list[Decimal]) -> list[Number]:
    """The multiples of all ``steps`` on both sides of ``value``."""
    if not steps:
        return []
    with localcontext() as context:
        context.prec = 60
        step = steps[0]
        for other in steps[1:]:
            step = _common(step, other)
        try:
            count = (Decimal(str(value)) / step).to_integral_value()
            found = [(count + shift) * step for shift in (0, 1, -1)]
        except ArithmeticError:
            return []
    return [int(one) if one == one.to_integral_value() else float(one) for one in found]


def _common(one: Decimal, other: Decimal) -> Decimal:
    """The least common multiple of two decimals."""
    scale = Decimal(10) ** max(0, -int(one.as_tuple().exponent), -int(other.as_tuple().exponent))
    first, second = int(one * scale), int(other * scale)
    left, right = first, second
    while right:
        left, right = right, left % right
    return Decimal(first // left * second) / scale
