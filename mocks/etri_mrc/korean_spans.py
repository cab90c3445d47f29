"""Candidates in a Korean sentence: nouns with the nouns before them, predicates that define, reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from .question import MANNER, PERSON, REASON, Question
from .spans import CLAUSE, HEAD, JOINED, NAME, NOUN, Sentence, Span
from .vocabulary import KOREAN, any_of, words

_WIDEST = 7
_MOST_CLAUSES = 3
_RANK = re.compile("[가-힣]*" + any_of(words(KOREAN, "words", "ranks")))
_REASON = re.compile(r" ?(?:때문에|때문이|덕분에|덕분이|탓에|탓이|(?<=[로]) 인해|(?<=[로]) 인하여)")
_WAY = re.compile(r"(?:을|를) (?:통해|통하여|이용해|이용하여|사용해|사용하여)|(?<=[가-힣])(?:함으로써|하여|해서)(?= )")
_CLAUSE_BEGIN = re.compile(r"[,;] ?|(?:은|는) ")


def candidates(read: Sentence, asked: Question) -> Iterator[Span]:
    for last, word in enumerate(read.words):
        if word.kind == "noun" and last not in read.counted and not _goes_on(read, last):
            yield from _nouns(read, last, asked)
    if asked.defines:
        yield from _definitions(read)
    if asked.kind == REASON:
        yield from _clauses(read, _REASON)
    if asked.kind == MANNER:
        yield from _clauses(read, _WAY)


def _goes_on(read: Sentence, index: int) -> bool:
    """Whether the noun at ``index`` is followed by one that belongs to it."""
    after = index + 1
    if read.words[index].slot or after >= len(read.words) or read.words[after].kind != "noun":
        return False
    return read.gap(after) == " " and (after not in read.counted or after + 1 < len(read.words))


def _nouns(read: Sentence, last: int, asked: Question) -> Iterator[Span]:
    """The noun at ``last`` with the bare nouns before it, alone and joined by 의 or 와 with those further left."""
    word, form, first = read.words[last], NOUN, last
    while _extends(read, first, last):
        if read.words[first - 1].slot:
            yield Span(read.words[first].begin, word.core, first, last, form, word.slot)
            form = JOINED
        first -= 1
    while first < last and first in read.counted:
        first += 1
    yield Span(read.words[first].begin, word.core, first, last, form, word.slot)
    if first < last and form == NOUN:
        yield Span(word.begin, word.core, last, last, HEAD, word.slot)
    if asked.kind == PERSON:
        yield from _without_rank(read, first, last, form)


def _extends(read: Sentence, first: int, last: int) -> bool:
    if not first or last - first >= _WIDEST:
        return False
    before = read.words[first - 1]
    return before.kind == "noun" and before.slot in ("", "of", "with") and read.gap(first) in (" ", "·")


def _without_rank(read: Sentence, first: int, last: int, form: str) -> Iterator[Span]:
    """이순신 장군, 영국의 작가 조앤 롤링: the name alone."""
    before = [index for index in range(first, last) if read.words[index].slot == "of" or _is_rank(read, index)]
    begin = before[-1] + 1 if before else first
    end = last - 1 if last > begin and _is_rank(read, last) else last
    if (begin, end) != (first, last) or form == JOINED:
        yield Span(read.words[begin].begin, read.words[end].core, begin, end, NAME, read.words[last].slot)


def _is_rank(read: Sentence, index: int) -> bool:
    word = read.words[index]
    return _RANK.fullmatch(read.text, word.begin, word.core) is not None


def _definitions(read: Sentence) -> Iterator[Span]:
    """What stands between the topic that the question names and the 이다 of its predicate."""
    topic = next((i for i, word in enumerate(read.words) if word.repeats and word.slot in ("topic", "subject")), None)
    if topic is None:
        return
    last = next((i for i in range(topic + 1, len(read.words)) if read.words[i].slot in ("is", "called")), None)
    if last is not None and topic + 1 <= last:
        yield Span(read.words[topic + 1].begin, read.words[last].core, topic + 1, last, CLAUSE, "is")


def _clauses(read: Sentence, closing: re.Pattern[str]) -> Iterator[Span]:
    """From the last comma or topic to the word that says it was a reason, or a way."""
    for match in islice(closing.finditer(read.text, read.begin, read.end), _MOST_CLAUSES):
        begins = [found.end() for found in _CLAUSE_BEGIN.finditer(read.text, read.begin, match.start())]
        begin = begins[-1] if begins else read.begin
        inside = [i for i, word in enumerate(read.words) if begin <= word.begin < match.start()]
        while len(inside) > 1 and read.words[inside[0]].kind == "adverb":
            inside.pop(0)
        if inside:
            end = min(match.start(), read.end)
            yield Span(read.words[inside[0]].begin, end, inside[0], inside[-1], CLAUSE, "")
