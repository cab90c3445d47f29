"""Which pieces of text say most about a question: BM25 over just the knowledge bases that a seek names.

The statistics are those of the named knowledge bases together, whatever union of them a ``kb_list`` makes. bm25s and
rank-bm25 index one fixed corpus, and both bring numpy (0.1 s of CPU and 22 MiB for bm25s 0.3.16, measured at import);
the bm25() of SQLite's FTS5 gives a term that half of the pieces have next to no weight, so that it cannot rank the few
short texts that tests are made of. The formula with Lucene's weight, which stays above zero, takes the lines below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from math import log
from typing import NamedTuple

from .pieces import Piece, Source, pieces_of
from .words import terms

K1, B = 1.2, 0.75
"""How soon a repeated term counts no more, and how far long pieces are marked down (Robertson and Zaragoza, 2009)."""
ELSEWHERE = 50
"""Pieces that are thought to be somewhere else and to have none of the terms: a few texts say little of how rare a word
is."""
MOST_TERMS = 256
"""Different terms of a question that are looked for."""
RELEVANT, ENOUGH = 0.3, 4
"""The share of the question's weight that a piece must have to count as found. Of a long question, which is mostly told
around what is asked, no more is counted than that many terms weigh of which nothing is known."""
BESIDE = 0.5
"""The part of the best piece's score that another must reach to be found beside it."""


class Found(NamedTuple):
    """A piece, and its score: the BM25 sum over the question's terms, at least 0 and without an upper bound."""

    piece: Piece
    score: float


class Question(NamedTuple):
    """What is looked for: the terms of a question with their weights, which say how rare each is."""

    weights: dict[str, float]

    def share(self, *texts: str) -> float:
        """How much of the question ``texts`` speak of together, from 0 to 1."""
        said = {term for text in texts for term in terms(text)}
        whole = sum(self.weights.values())
        return sum(weight for term, weight in self.weights.items() if term in said) / whole if whole else 0.0


class Index:
    """The pieces of some sources and where each term occurs. A title counts twice in every piece of its source."""

    def __init__(self, sources: Sequence[Source] = ()) -> None:
        self.pieces: list[Piece] = []
        self.lengths: list[int] = []
        self.postings: dict[str, list[tuple[int, int]]] = {}
        for source in sources:
            self.add(source)

    def add(self, source: Source) -> None:
        """Index one source more."""
        title = [*terms(source.title)] * 2
        for piece in pieces_of(source):
            counts = Counter([*title, *terms(piece.content)])
            for term, count in counts.items():
                self.postings.setdefault(term, []).append((len(self.pieces), count))
            self.pieces.append(piece)
            self.lengths.append(counts.total())


def question_of(text: str, indexes: Sequence[Index]) -> Question:
    """The question that ``text`` asks of these indexes."""
    size = sum(len(index.pieces) for index in indexes)
    weights = {}
    for term in islice(dict.fromkeys(terms(text)), MOST_TERMS):
        having = sum(len(index.postings.get(term, ())) for index in indexes)
        weights[term] = _weight(size, having)
    return Question(weights)


def rank(question: Question, indexes: Sequence[Index], most: int) -> list[Found]:
    """At most ``most`` pieces that speak of the question, the best first; of equal ones that which was loaded first."""
    size = sum(len(index.pieces) for index in indexes)
    average = sum(sum(index.lengths) for index in indexes) / size if size else 0.0
    needed = RELEVANT * min(sum(question.weights.values()), ENOUGH * _weight(size, 0))
    found: list[Found] = []
    for index in indexes:
        scores: dict[int, float] = {}
        weights: dict[int, float] = {}
        for term, weight in question.weights.items():
            for place, count in index.postings.get(term, ()):
                damping = K1 * (1 - B + B * index.lengths[place] / average)
                scores[place] = scores.get(place, 0.0) + weight * count * (K1 + 1) / (count + damping)
                weights[place] = weights.get(place, 0.0) + weight
        found += [Found(index.pieces[place], scores[place]) for place in sorted(scores) if weights[place] >= needed]
    found.sort(key=lambda entry: -entry.score)
    return [entry for entry in found[:most] if entry.score >= BESIDE * found[0].score]


def _weight(size: int, having: int) -> float:
    """What a term weighs that ``having`` of ``size`` pieces have: the more, the rarer it is."""
    return log(1 + (size + ELSEWHERE - having + 0.5) / (having + 0.5))
