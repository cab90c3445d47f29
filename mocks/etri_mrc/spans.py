"""Parts of a sentence that may be the answer: what they have in common whatever the language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from .english_words import FUNCTION_WORDS
from .quantities import amounts, dates
from .words import Word

TITLE, NOUN, JOINED, NAME, HEAD, CLAUSE = "title", "noun", "joined", "name", "head", "clause"
MOST_QUANTITIES = 64
"""Dates, and amounts, of one sentence: a table of figures is no sentence."""
_QUOTES = {"《": "》", "「": "」", "『": "』", "‘": "’", "“": "”", '"': '"', "〈": "〉"}


class Span(NamedTuple):
    """A candidate: ``begin`` to ``end`` in the plain text, over the words ``first`` to ``last``.

    ``form`` is date, amount, title (it stands in quotation marks), noun, joined (nouns with *of*, *and*, 의 or 와
    between), name (the part of a noun that names), head (another part of one) or clause. ``slot`` is what it does in
    its sentence. ``family``, ``unit`` and ``bare`` are those of a `Quantity`.
    """

    begin: int
    end: int
    first: int
    last: int
    form: str
    slot: str
    family: str = ""
    unit: str = ""
    bare: int = 0


class Sentence(NamedTuple):
    """A sentence that is read closely.

    ``counted`` are the indexes of words that are dates or amounts, ``hit`` of those that agree with the question.
    ``commas`` and ``verbs`` say for every word how many there are up to it.
    """

    text: str
    begin: int
    end: int
    words: Sequence[Word]
    quantities: Sequence[Span]
    counted: frozenset[int]
    hit: Sequence[int]
    commas: Sequence[int]
    verbs: Sequence[int]

    def gap(self, index: int) -> str:
        """What stands between the word before ``index`` and the word there."""
        return self.text[self.words[index - 1].end : self.words[index].begin]

    def lower(self, index: int) -> str:
        """The word at ``index`` in lower case, empty outside the sentence."""
        return self.words[index].text.lower() if 0 <= index < len(self.words) else ""

    def away(self, index: int, span: Span) -> float:
        """How far the word at ``index`` is from a span: in words, the end of a clause counting as two more."""
        left, right = (index, span.first) if index < span.first else (span.last, index)
        if left >= right:
            return 0.0
        clauses = self.commas[right] > self.commas[left] or self.verbs[right - 1] > self.verbs[left]
        return right - left + 2.0 * clauses


def sentence(text: str, begin: int, end: int, words: Sequence[Word]) -> Sentence:
    quantities = list(_quantities(text, begin, end, words))
    counted = frozenset(
        index for span in quantities for index in range(span.first, span.last + 1) if words[index].begin >= span.begin
    )
    gaps = [text[words[index - 1].end if index else begin : word.begin] for index, word in enumerate(words)]
    return Sentence(
        text,
        begin,
        end,
        words,
        quantities,
        counted,
        hit=[index for index, word in enumerate(words) if word.hits],
        commas=list(accumulate("," in gap or ";" in gap for gap in gaps)),
        verbs=list(accumulate(word.kind == "predicate" for word in words)),
    )


def titles(read: Sentence) -> Iterator[Span]:
    """What stands in quotation marks or brackets of a title."""
    index = read.begin
    while index < read.end:
        close = _QUOTES.get(read.text[index])
        index += 1
        if close is None:
            continue
        end = read.text.find(close, index, read.end)
        inside = [place for place, word in enumerate(read.words) if index <= word.begin < end]
        if inside:
            yield Span(index, end, inside[0], inside[-1], TITLE, read.words[inside[-1]].slot)
            index = end + 1


def trimmed(read: Sentence, span: Span) -> Span | None:
    """The span without the words at its ends that the question has already; None if nothing is left."""
    first, last = span.first, span.last
    while first <= last and _says_nothing_new(read, first, span):
        first += 1
    while last > first and _says_nothing_new(read, last, span):
        last -= 1
    if first > last:
        return None
    begin = span.begin if first == span.first else read.words[first].begin
    end = span.end if last == span.last else read.words[last].core
    form = HEAD if last < span.last and span.form == NOUN else span.form
    return span._replace(begin=begin, end=end, first=first, last=last, form=form)


def repetition(read: Sentence, span: Span) -> int:
    """How many words of the span the question has already."""
    inside = (index for index in range(span.first, span.last + 1) if read.words[index].repeats)
    return sum(_says_nothing_new(read, index, span) for index in inside)


def _says_nothing_new(read: Sentence, index: int, span: Span) -> bool:
    word = read.words[index]
    if read.lower(index) in FUNCTION_WORDS:
        return True
    return word.repeats and not (word.capital and _beside_new_name(read, index, span))


def _beside_new_name(read: Sentence, index: int, span: Span) -> bool:
    """River Wye stays whole though the question says river."""
    beside = [place for place in (index - 1, index + 1) if span.first <= place <= span.last]
    return any(read.words[place].capital and not read.words[place].repeats for place in beside)


def _quantities(text: str, begin: int, end: int, words: Sequence[Word]) -> Iterator[Span]:
    found = list(islice(dates(text, begin, end), MOST_QUANTITIES))
    ranges = [(date.begin, date.end) for date in found]
    for amount in islice(amounts(text, begin, end), MOST_QUANTITIES):
        dated = any(first < amount.end and amount.begin < last for first, last in ranges)
        if not dated or amount.family in ("year", "duration"):
            found.append(amount)
    for entry in found:
        inside = [index for index, word in enumerate(words) if word.begin < entry.end and entry.begin < word.end]
        if inside:
            slot = words[inside[-1]].slot
            yield Span(
                entry.begin, entry.end, inside[0], inside[-1], entry.kind, slot, entry.family, entry.unit, entry.bare
            )
