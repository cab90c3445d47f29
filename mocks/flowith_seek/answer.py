"""The text of an answer: the sentences that say most about the question, each with the title of its source.

Deterministic: the same question to the same texts is answered in the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .pieces import sentences
from .ranking import Found, Question

MOST_QUOTED = 5
"""Sentences that one answer quotes."""
BESIDE = 0.5
"""The part of the best sentence's value that another must reach to be quoted beside it."""


class Wording(NamedTuple):
    """What is said around the quotations, in one language."""

    intro: str
    quotation: str
    nothing_found: str
    searching: str
    nothing_to_search: str


ENGLISH = Wording(
    intro="This is what the knowledge bases say about it.",
    quotation="- {sentence} (source: {title})",
    nothing_found="Nothing about this was found in the knowledge bases.",
    searching="Searching knowledge base {number} of {count}",
    nothing_to_search="No knowledge base was named, so there is nothing to search",
)
KOREAN = Wording(
    intro="지식 베이스에서 찾은 내용입니다.",
    quotation="- {sentence} (출처: {title})",
    nothing_found="지식 베이스에서 이 질문에 관한 내용을 찾지 못했습니다.",
    searching="지식 베이스 {count}개 가운데 {number}번째를 검색하고 있습니다",
    nothing_to_search="지정된 지식 베이스가 없어 검색할 것이 없습니다",
)
_HANGUL = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ\u1100-\u11ff]")


def asked(messages: Sequence[Mapping[str, Any]]) -> str:
    """What a conversation asks: the user's last message, or the last where no user spoke (flowith.message.question)."""
    said = [message for message in messages if message["role"] == "user"] or messages
    return str(said[-1]["content"])


def wording_for(question: str) -> Wording:
    """Korean is answered in Korean, everything else in English."""
    return KOREAN if _HANGUL.search(question) else ENGLISH


def composed(question: Question, found: Sequence[Found], wording: Wording) -> str:
    """The whole text of the answer."""
    if not found:
        return wording.nothing_found
    by_source: dict[str, list[_Quotation]] = {}
    for quotation in _best(_quotations(question, found)):
        by_source.setdefault(quotation.title, []).append(quotation)
    quoted = [
        wording.quotation.format(sentence=" ".join(entry.sentence for entry in sorted(of_one, key=_place)), title=title)
        for title, of_one in by_source.items()
    ]
    return "\n".join((wording.intro, "", *quoted))


class _Quotation(NamedTuple):
    """A sentence, the title of its source, its place among all that were found, and what it is worth quoting."""

    sentence: str
    title: str
    place: int
    value: float


def _quotations(question: Question, found: Sequence[Found]) -> Iterator[_Quotation]:
    """Every sentence of the pieces, valued by what it says of the question; one that goes on from another has half of
    that one's value too."""
    place = 0
    for piece, score in found:
        title = " ".join(piece.source_title.split())
        before = 0.0
        for sentence in sentences(piece.content):
            value = score * (question.share(sentence) + question.share(title, sentence))
            yield _Quotation(sentence, title, place, value + before / 2)
            before, place = value, place + 1


def _best(quotations: Iterator[_Quotation]) -> list[_Quotation]:
    """The quotations that are made, the most valuable first; none is made twice."""
    unique = {(entry.sentence, entry.title): entry for entry in sorted(quotations, key=lambda entry: entry.value)}
    ordered = sorted(unique.values(), key=lambda entry: (-entry.value, entry.place))[:MOST_QUOTED]
    return [entry for entry in ordered if entry.value >= BESIDE * ordered[0].value]


def _place(quotation: _Quotation) -> int:
    return quotation.place
