"""Candidates in an English sentence: runs of nouns, names, nouns joined by *of* and *and*, definitions, reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from .english_words import (
    AUXILIARIES,
    COPULAS,
    DETERMINERS,
    DIRECTIONS,
    FUNCTION_WORDS,
    NAME_PARTICLES,
    PLACING,
    PREPOSITIONS,
    looks_like_verb,
)
from .question import MANNER, REASON, Question
from .spans import CLAUSE, HEAD, JOINED, NAME, NOUN, Sentence, Span

_REASON = re.compile(
    r"\b(?:because of|because|due to|owing to|thanks to|as a result of|in order to|so that|since) ", re.IGNORECASE
)
_PURPOSE = re.compile(r"\bto (?=[a-z]+ )")
_WAY = re.compile(r"\b(?:by|using|with the help of) ", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:.]\s|[.!?)]{1,9}\Z")
_MOST_CLAUSES = 3


def candidates(read: Sentence, asked: Question) -> Iterator[Span]:
    runs = list(_runs(read))
    for place, (first, last) in enumerate(runs):
        whole = _span(read, first, last, HEAD if _describes(read, first, last) else NOUN)
        yield whole
        for name_first, name_last in _names(read, first, last):
            begin, end = read.words[name_first].begin, read.words[name_last].end
            if name_last < last:  # South Korean film: the name only describes
                yield Span(begin, end, name_first, name_last, HEAD, "")
            elif name_first > first:
                yield Span(begin, end, name_first, name_last, NAME, whole.slot)
        yield from _joined(read, runs[place : place + 4])
    if asked.defines:
        yield from _definitions(read)
    if asked.kind == REASON:
        yield from _clauses(read, _REASON)
        yield from _clauses(read, _PURPOSE)
    if asked.kind == MANNER:
        yield from _clauses(read, _WAY)


def _runs(read: Sentence) -> Iterator[tuple[int, int]]:
    """Words side by side that are neither function words nor verbs, as first and last index."""
    first = None
    for index in range(len(read.words)):
        if _breaks(read, index):
            if first is not None:
                yield first, index - 1
            first = None
        elif first is None or read.gap(index) not in (" ", ". ", ' "', '" '):
            if first is not None:
                yield first, index - 1
            first = index
    if first is not None:
        yield first, len(read.words) - 1


def _breaks(read: Sentence, index: int) -> bool:
    word, lower = read.words[index], read.lower(index)
    if index in read.counted or lower in FUNCTION_WORDS:
        return True
    if word.capital:
        return False
    return looks_like_verb(lower, read.lower(index - 1)) or (word.repeats and read.lower(index - 1) not in DETERMINERS)


def _describes(read: Sentence, first: int, last: int) -> bool:
    """A French company: the words before a noun that the question has already only describe it."""
    after = last + 1
    if after >= len(read.words) or read.gap(after) != " ":
        return False
    return read.words[after].repeats and not read.words[after].capital and read.lower(first - 1) in DETERMINERS


def _names(read: Sentence, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Runs of capitals, with a direction before them (southern Siberia) and von, de and the like inside."""
    begin = None
    for index in range(first, last + 1):
        if read.words[index].capital or (begin is None and read.lower(index) in DIRECTIONS):
            begin = index if begin is None else begin
        elif begin is not None and (read.lower(index) not in NAME_PARTICLES or index == last):
            yield begin, index - 1
            begin = None
    if begin is not None:
        yield begin, last


def _joined(read: Sentence, runs: list[tuple[int, int]]) -> Iterator[Span]:
    """The first of ``runs`` together with those that follow it after *of*, *and* or, between names, a comma."""
    first, last = runs[0]
    for follows, ends in runs[1:]:
        between = [read.lower(index) for index in range(last + 1, follows)]
        gap = read.text[read.words[last].end : read.words[follows].begin]
        alike = read.words[last].capital == read.words[follows].capital
        of = between[:1] == ["of"] and set(between[1:]) <= DETERMINERS and "," not in gap
        if not (of or (between == ["and"] and alike) or (gap == ", " and alike and read.words[last].capital)):
            return
        last = ends
        yield _span(read, first, last, JOINED)


def _span(read: Sentence, first: int, last: int, form: str) -> Span:
    return Span(read.words[first].begin, read.words[last].end, first, last, form, _slot(read, first, last))


def _slot(read: Sentence, first: int, last: int) -> str:
    place = first - 1
    if place in read.counted and read.lower(place - 1) in DETERMINERS:  # a 2019 film
        place -= 1
    while place > 0 and read.lower(place) in DETERMINERS:
        place -= 1
    before, after = read.lower(place), read.lower(last + 1)
    if _apposed(read, last):
        return "is"
    if before in COPULAS or before in ("called", "named", "as", "became", "become"):
        return "is"
    if before == "by" and any(word.repeats for word in read.words[max(0, place - 2) : place]):
        return "by"
    if before in PREPOSITIONS:
        return "place" if before in PLACING else "other"
    if first == 0 or place < 0 or after in AUXILIARIES or looks_like_verb(after, ""):
        return "subject"
    if place >= 0 and (looks_like_verb(before, "") or (read.words[place].repeats and not read.words[place].capital)):
        return "object"
    return "subject" if last + 1 < len(read.words) and read.words[last + 1].repeats else ""


def _apposed(read: Sentence, last: int) -> bool:
    """The nerpa, the only seal of its kind: what follows the comma says what the nerpa is."""
    after = last + 1
    if after >= len(read.words) or read.gap(after) != ", " or read.lower(after) not in DETERMINERS:
        return False
    return any(word.repeats for word in read.words[after + 1 : after + 4])


def _definitions(read: Sentence) -> Iterator[Span]:
    """What follows *is* after the thing that the question names."""
    for index in range(1, len(read.words)):
        if read.lower(index) in COPULAS and any(word.repeats for word in read.words[:index]):
            yield from _clause(read, read.words[index].end, DETERMINERS | {"called", "named"})
            return


def _clauses(read: Sentence, opening: re.Pattern[str]) -> Iterator[Span]:
    for match in islice(opening.finditer(read.text, read.begin, read.end), _MOST_CLAUSES):
        yield from _clause(read, match.end(), frozenset())


def _clause(read: Sentence, begin: int, left_out: frozenset[str]) -> Iterator[Span]:
    """From ``begin`` to the next comma or the end, without words of ``left_out`` in front."""
    end = _CLAUSE_END.search(read.text, begin, read.end)
    stop = end.start() if end is not None else read.end
    inside = [index for index, word in enumerate(read.words) if begin <= word.begin < stop]
    while len(inside) > 1 and read.lower(inside[0]) in left_out:
        inside.pop(0)
    if inside:
        yield Span(read.words[inside[0]].begin, stop, inside[0], inside[-1], CLAUSE, "is")
