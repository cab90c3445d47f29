"""Where sentences begin and end, in Korean and English alike.

A full stop ends no sentence inside a number, a date or an abbreviation, nor inside a quotation that goes on.
No sentence is longer than `LONGEST`, so that whatever works on one sentence takes bounded time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .vocabulary import ENGLISH, words

LONGEST = 500
"""Code points. What goes on for longer is cut at white space, or anywhere if it has none."""

_CLOSERS = "\"'”’»)\\]}」』》〉】"
_OPENERS = '"“‘「『《('
_STOP = re.compile(rf"[.!?。！？…]+[{_CLOSERS}]*|[\n\r\x0b\x0c\x85\u2028\u2029]+")
_LINE_ENDS = "\n\r\x0b\x0c\x85\u2028\u2029"
_WORD_BEFORE = re.compile(r"[A-Za-z][A-Za-z.]*\Z")
_ABBREVIATIONS = words(ENGLISH, "words", "abbreviations")
_LAST_ABBREVIATIONS = words(ENGLISH, "words", "last_abbreviations")
_QUOTES = {'"': '"', "“": "”", "‘": "’", "「": "」", "『": "』", "《": "》"}
_QUOTING = re.compile(r"\s(?:이?라|하)[고며는]")
_QUOTE = re.compile('["“‘「『《]')
WIDEST_QUOTATION = 200
WRAPPED_LINE = 60


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text`` as half-open ranges without surrounding white space, in order; empty ones left out."""
    found: list[tuple[int, int]] = []
    begin = 0
    quotations = _quotations(text)
    quoted = next(quotations, None)
    for stop in _STOP.finditer(text):
        while quoted is not None and quoted[1] <= stop.start():
            quoted = next(quotations, None)
        inside = quoted is not None and quoted[0] <= stop.start()
        if _ends(text, begin, stop.start(), stop.end(), inside):
            found.extend(_pieces(text, begin, stop.end()))
            begin = stop.end()
    found.extend(_pieces(text, begin, len(text)))
    return found


def _pieces(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    while begin < end:
        cut = end
        if end - begin > LONGEST:
            spaces = (text.rfind(space, begin + 1, begin + LONGEST) for space in " \t,")
            cut = max(*spaces, -1) + 1 or begin + LONGEST
        piece = text[begin:cut]
        first = begin + len(piece) - len(piece.lstrip())
        last = begin + len(piece.rstrip())
        if first < last:
            yield first, last
        begin = cut


def _ends(text: str, begin: int, start: int, end: int, quoted: bool) -> bool:
    """Whether the mark at ``start`` to ``end``, in a quotation or not, ends the sentence that began at ``begin``."""
    if text[start] in _LINE_ENDS:
        return _breaks_line(text, begin, start, end)
    if end == len(text):
        return True
    before, after = text[start - 1 : start], text[end]
    closed = end - start > 1 and text[end - 1] in _CLOSERS.replace("\\", "")
    if not after.isspace():
        bare = not closed and ("가" <= before <= "힣" or text[end - 1] in "。！？")
        return bare and ((after.isalpha() and not after.islower()) or after in _OPENERS or after > "\uffff")
    following = text[end : end + 3].lstrip()[:1]
    if text[start] == "." and _stands_for_more(text, start, before, following):
        return False
    if following.islower() and following.isascii():
        return False
    if closed:
        return _QUOTING.match(text, end) is None
    return not quoted


def _breaks_line(text: str, begin: int, start: int, end: int) -> bool:
    """A line end ends a sentence, unless the line was only wrapped."""
    if text[start:end].replace("\r\n", "\n").count("\n") != 1 or end == len(text):
        return True
    before, after = text[start - 1 : start], text[end]
    if before == "," or (after.islower() and after.isascii()):
        return False
    line = start - max(begin, text.rfind("\n", max(begin, start - WRAPPED_LINE), start))
    return line < WRAPPED_LINE or before in ".!?。！？"


def _stands_for_more(text: str, start: int, before: str, following: str) -> bool:
    """Whether a full stop before white space belongs to an abbreviation, an initial or a date such as 1950. 6. 25."""
    if before.isdigit():
        return following.isdigit()
    word = _WORD_BEFORE.search(text, max(0, start - 12), start)
    if word is None:
        return False
    name = word.group().lower()
    if name in _LAST_ABBREVIATIONS:
        return not following.isupper()
    return name in _ABBREVIATIONS or (len(name) == 1 and word.group().isupper() and name != "i")


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Quotations that close soon, on the same line, as ranges of what stands between the marks, in order."""
    index = 0
    while (mark := _QUOTE.search(text, index)) is not None:
        begin = index = mark.end()
        end = text.find(_QUOTES[mark.group()], begin, begin + WIDEST_QUOTATION)
        if end >= 0 and "\n" not in text[begin:end]:
            yield begin, end
            index = end + 1
