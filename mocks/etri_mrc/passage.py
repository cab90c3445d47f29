"""A passage as the reader sees it, and the way back to the code points that were sent.

Text arrives composed or decomposed, with emoji of many code points, with CR LF. The reader works on a plain view in
which every user-perceived character (UAX #29) of several code points is composed (NFC); what it finds there is carried
back by whole characters, so that no answer begins or ends inside one.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

_EXOTIC = re.compile(r"[^\x00-ÿ‐-‧‰-⁞、-〩ぁ-ゖ゠-ヿ一-鿿가-힣！-～]")
_ZWJ = "\u200d"
LONGEST_COMPOSED = 32
"""Clusters of more code points stay as they are: ordering their marks takes quadratic time, and no word needs it."""


class _Cluster(NamedTuple):
    """A character of several code points: where it stands in the plain view and where in the passage."""

    plain: int
    plain_end: int
    begin: int
    end: int


class Passage:
    """``plain`` is the view that is read; ``original`` leads back to code point indexes of the passage as sent."""

    def __init__(self, sent: str) -> None:
        self.sent = sent
        pieces: list[str] = []
        self._clusters: list[_Cluster] = []
        done = length = 0
        for begin, end in _clusters(sent):
            composed = sent[begin:end]
            if end - begin <= LONGEST_COMPOSED:
                composed = unicodedata.normalize("NFC", composed)
            length += begin - done
            self._clusters.append(_Cluster(length, length + len(composed), begin, end))
            pieces += (sent[done:begin], composed)
            length += len(composed)
            done = end
        self.plain = "".join((*pieces, sent[done:])) if pieces else sent
        self._starts = [cluster.plain for cluster in self._clusters]

    def original(self, begin: int, end: int) -> tuple[int, int]:
        """The half-open range of the passage that holds ``plain[begin:end]``, by whole characters."""
        return self._back(begin)[0], self._back(end - 1)[1]

    def _back(self, index: int) -> tuple[int, int]:
        place = bisect_right(self._starts, index) - 1
        if place < 0:
            return index, index + 1
        cluster = self._clusters[place]
        if index < cluster.plain_end:
            return cluster.begin, cluster.end
        begin = cluster.end + index - cluster.plain_end
        return begin, begin + 1


def _clusters(text: str) -> list[tuple[int, int]]:
    """The characters of several code points, except CR LF, as ranges in order."""
    found: list[tuple[int, int]] = []
    begin = end = -1
    for match in _EXOTIC.finditer(text):
        index = match.start()
        start = begin if index == end else index - 1
        if index and _joins(text, start, index):
            if found and found[-1][0] == start:
                found.pop()
            begin, end = start, index + 1
            found.append((begin, end))
        else:
            begin, end = index, index + 1
    return found


def _joins(text: str, begin: int, index: int) -> bool:
    """Whether the code point at ``index`` belongs to the character that began at ``begin`` (UAX #29, GB3 to GB13)."""
    before, here = text[index - 1], text[index]
    if before in "\r\n":
        return False
    if here == _ZWJ or "\U0001f3fb" <= here <= "\U0001f3ff" or "\U000e0020" <= here <= "\U000e007f":
        return True
    if before == _ZWJ:
        return here > "\u00a8"
    if "\U0001f1e6" <= here <= "\U0001f1ff":  # flags are pairs of regional indicators
        return index - begin == 1 and "\U0001f1e6" <= before <= "\U0001f1ff"
    if "\u1100" <= here <= "\u11ff":
        return _joins_jamo(before, here)
    return here > "\u02ff" and unicodedata.category(here) in ("Mn", "Me", "Mc")


def _joins_jamo(before: str, here: str) -> bool:
    """Hangul syllables written as consonant, vowel, final consonant (GB6 to GB8)."""
    leading, vowel = "\u1100" <= before <= "\u115f", "\u1160" <= before <= "\u11a7"
    if here <= "\u115f":
        return leading
    open_syllable = "가" <= before <= "힣" and (ord(before) - 0xAC00) % 28 == 0
    if here <= "\u11a7":
        return leading or vowel or open_syllable
    return vowel or "\u11a8" <= before <= "\u11ff" or "가" <= before <= "힣"
