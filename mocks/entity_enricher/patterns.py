"""Texts that match a pattern (ECMA-262 as JSON Schema uses it): parsed here, as no text can be had from a compiled one.

Lookarounds, backreferences and word boundaries are passed over: what comes out may not match, so callers check it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

LONGEST = 10_000
"""Code points of a text that is made; a pattern that asks for more has no text."""
_TRIED = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -_.,:;/@+#'\"!?()가나다라마바사é漢\t\n"
_HANGUL = "가나다라마바사아자차카타파하"
_LOWER, _UPPER, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_ESCAPED = {"d": _DIGITS, "w": _LOWER + _UPPER + _DIGITS + "_", "s": " \t\n\r\f\v"}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0", "a": "\a", "e": "\x1b"}
_CATEGORIES = {"L": _LOWER + _UPPER + _HANGUL, "Lu": _UPPER, "Ll": _LOWER, "Lo": _HANGUL, "N": _DIGITS, "Nd": _DIGITS}
_CATEGORIES |= {"P": ".,:;!?-", "Z": " ", "Zs": " ", "S": "+$", "Letter": _LOWER + _HANGUL, "Alphabetic": _LOWER}
_CATEGORIES |= {"Hangul": _HANGUL, "Latin": _LOWER + _UPPER, "Script=Hangul": _HANGUL, "Script=Latin": _LOWER + _UPPER}


class NoText(Exception):
    """The pattern is one that no text is made from."""


Choose = Callable[[int], int]
"""A number below the one given."""


class Letters(NamedTuple):
    """One character out of ``among``."""

    among: str


class Repeat(NamedTuple):
    """``part`` so many times; ``most`` is None without a limit."""

    part: Node
    least: int
    most: int | None


class Sequence(NamedTuple):
    """One after another."""

    parts: list[Node]


class Either(NamedTuple):
    """One of them."""

    branches: list[Node]


Node = Letters | Repeat | Sequence | Either


def text_for(pattern: str, choose: Choose, want: int = 0) -> str:
    """A text that ``pattern`` should match; repeats without a limit bring up to ``want`` more, for a text that long.

    Raises `NoText`.
    """
    try:
        node = _Parser(pattern).whole()
        made: list[str] = []
        _write(node, choose, want, made)
    except (IndexError, ValueError, OverflowError, RecursionError) as error:
        raise NoText(f"no text is made from the pattern {pattern!r}") from error
    return "".join(made)


def _write(node: Node, choose: Choose, want: int, made: list[str]) -> None:
    if len(made) > LONGEST:
        raise NoText(f"the pattern asks for more than {LONGEST} characters")
    match node:
        case Letters(among):
            made.append(among[choose(len(among))])
        case Sequence(parts):
            for part in parts:
                _write(part, choose, want, made)
        case Either(branches):
            _write(branches[choose(len(branches))], choose, want, made)
        case Repeat(part, least, most):
            more = want if want else choose(4)
            count = least + (more if most is None else min(most - least, more))
            for _ in range(count):
                made.append("")  # so that repeating nothing comes to an end too
                _write(part, choose, 0, made)


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._rest = list(reversed(pattern))

    def whole(self) -> Node:
        node = self._either()
        if self._rest:
            raise NoText("a bracket is closed that was not opened")
        return node

    def _next(self, *expected: str) -> bool:
        if self._rest and self._rest[-1] in expected:
            self._rest.pop()
            return True
        return False

    def _until(self, end: str) -> str:
        read = []
        while not self._next(end):
            read.append(self._rest.pop())
        return "".join(read)

    def _either(self) -> Node:
        branches = [self._sequence()]
        while self._next("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Either(branches)

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._rest and self._rest[-1] not in "|)":
            atom = self._atom()
            least, most = self._count()
            if atom is not None:
                parts.append(atom if (least, most) == (1, 1) else Repeat(atom, least, most))
        return Sequence(parts)

    def _count(self) -> tuple[int, int | None]:
        least, most = self._bounds()
        self._next("?", "+")
        if least > LONGEST:
            raise NoText(f"the pattern asks for more than {LONGEST} characters")
        return least, most

    def _bounds(self) -> tuple[int, int | None]:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._next(sign):
                return bounds
        if not self._is_counted():
            return 1, 1
        self._next("{")
        low, comma, high = self._until("}").partition(",")
        return int(low), (int(high) if high else None) if comma else int(low)

    def _is_counted(self) -> bool:
        """A brace that begins no count stands for itself."""
        inside, brace, _ = "".join(reversed(self._rest[-24:])).partition("}")
        return bool(brace) and inside.startswith("{") and inside[1:].replace(",", "", 1).isdigit() and inside[1] != ","

    def _atom(self) -> Node | None:
        character = self._rest.pop()
        if character in "^$":
            return None
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == ".":
            return Letters(_TRIED[:36])
        if character == "\\":
            return self._escape()
        return Letters(character)

    def _group(self) -> Node | None:
        seen = not self._next("?") or self._is_matched()
        inside = self._either()
        if not self._next(")"):
            raise NoText("a bracket is not closed")
        return inside if seen else None

    def _is_matched(self) -> bool:
        """Reads the marks of a group; whether the group is part of what is matched, which a lookaround is not."""
        if self._next("=", "!"):
            return False
        if self._next("<", "P"):
            self._next("<")
            if self._next("=", "!"):
                return False
            self._until(">")
        else:
            self._until(":")
        return True

    def _escape(self) -> Node | None:
        if self._rest[-1] in "bB":
            self._rest.pop()
            return None
        if self._rest[-1].isdigit() and self._rest[-1] != "0":
            raise NoText("the pattern refers back to what it matched")
        return Letters(_picked(*self._escaped()))

    def _escaped(self) -> tuple[str, bool]:
        """What a backslash stands for: characters, and whether all others are meant."""
        sign = self._rest.pop()
        if sign.lower() in _ESCAPED:
            return _ESCAPED[sign.lower()], sign.isupper()
        if sign in "pP":
            name = self._until("}").removeprefix("{")
            return _category(name), sign == "P"
        if sign == "u" and self._next("{"):
            return chr(int(self._until("}"), 16)), False
        if sign in "ux":
            return chr(int("".join(self._rest.pop() for _ in range(4 if sign == "u" else 2)), 16)), False
        return _CONTROLS.get(sign, sign), False

    def _class(self) -> Node:
        inverted = self._next("^")
        among: list[str] = []
        first = True
        while first or self._rest[-1] != "]":
            among.append(self._members())
            first = False
        self._rest.pop()
        return Letters(_picked("".join(among), inverted))

    def _members(self) -> str:
        start = self._class_part()
        if len(start) != 1 or len(self._rest) < 2 or self._rest[-1] != "-" or self._rest[-2] == "]":
            return start
        self._rest.pop()
        end = self._class_part()
        if len(end) != 1:
            return f"{start}-{end}"
        return _between(ord(start), ord(end))

    def _class_part(self) -> str:
        character = self._rest.pop()
        if character != "\\":
            return character
        if self._next("b"):
            return "\b"
        return _picked(*self._escaped())


def _between(first: int, last: int) -> str:
    """The characters of a range; of a long one its ends and whatever of it is tried elsewhere."""
    if last - first < 200:
        return "".join(map(chr, range(first, last + 1)))
    tried = [character for character in _TRIED + _HANGUL if first <= ord(character) <= last]
    return "".join([*map(chr, range(first, first + 50)), *tried, chr(last)])


def _picked(among: str, inverted: bool) -> str:
    found = "".join(character for character in _TRIED if character not in among) if inverted else among
    if not found:
        raise NoText("the pattern has an empty class")
    return found


def _category(name: str) -> str:
    for known in (name, name[:1]):
        if known in _CATEGORIES:
            return _CATEGORIES[known]
    raise NoText(f"the pattern names the category {name}")
