"""What is promised of the pieces of knowledge in a seeds block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict, parsed, shown

MEMBERS = ("id", "tokens", "content", "order", "source_id", "source_title", "nip")
STRINGS = ("id", "content", "source_id", "source_title")


def judge_seeds(reading: Reading, content: Any, where: str) -> Iterator[Verdict]:
    """The content of a seeds block."""
    pieces = pieces_of(content)
    seen = shown(repr(content), 80)
    yield reading.expect("flowith.seeds.content", pieces is not None, "a JSON array", seen, where)
    if pieces is None:
        return
    yield reading.expect("flowith.seeds.content-itself", content is pieces, "the array itself", "a string", where)
    for place, piece in enumerate(pieces):
        yield from _piece(reading, piece, f"{where}/{place}")
    keys = [_key(piece) for piece in pieces if isinstance(piece, dict)]
    twice = [key for place, key in enumerate(keys) if key in keys[:place]]
    seen = f"{shown(repr(twice[0]), 80)} twice" if twice else ""
    yield reading.expect("flowith.seeds.distinct", not twice, "different pieces", seen, where)
    if not pieces:
        yield reading.holds("flowith.seeds.empty", where)


def pieces_of(content: Any) -> list[Any] | None:
    """The array of a seeds block, which may stand there as JSON within a string too; None when it is none."""
    value = parsed(content) if isinstance(content, str) else content
    return value if isinstance(value, list) else None


def _piece(reading: Reading, piece: Any, where: str) -> Iterator[Verdict]:
    held = isinstance(piece, dict)
    yield reading.expect("flowith.seeds.pieces", held, "an object", shown(repr(piece), 80), where)
    if not held:
        return
    for name in MEMBERS:
        clause = f"flowith.seed.{name.replace('_', '-')}"
        value = piece.get(name)
        seen = f"{name}: null" if name in piece else f"no {name}"
        yield reading.expect(clause, value is not None, f"a member {name}", seen, where)
        if value is not None:
            yield _type(reading, clause, name, value, f"{where}/{name}")


def _type(reading: Reading, clause: str, name: str, value: Any, where: str) -> Verdict:
    if name in STRINGS:
        held, kind = isinstance(value, str), "string"
    else:
        held, kind = isinstance(value, int | float) and not isinstance(value, bool), "number"
    return reading.expect(f"{clause}-{kind}", held, f"a {kind}", shown(repr(value), 80), where)


def _key(piece: dict[str, Any]) -> tuple[str, str]:
    """What makes a piece this one: the same text may stand in two places, and have two ids."""
    return repr(piece.get("id")), repr(piece.get("content"))
