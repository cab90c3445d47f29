"""Where an answer stands: begin and end, both included, in code points of the passage as it was sent.

The document counts syllables from an index that it does not name. The contract takes the first for 0 and a syllable
for a code point. An instance that counts from 1, always, is lawful too. One that counts anything else than code points
breaks what is documented: half of an emoji, a byte, or a syllable of a passage that was first normalised, stripped or
given other line ends, is not one of the passage that was asked about.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from understudy.verify.reading import Reading, Verdict, shown

WHERE = "body /return_object/MRCInfo"

UNITS: Mapping[str, tuple[str, int]] = {"UTF-16 code units": ("utf-16-le", 2), "UTF-8 bytes": ("utf-8", 1)}
FORMS: Mapping[str, Callable[[str], str]] = {
    "characters of the NFC form": lambda text: unicodedata.normalize("NFC", text),
    "characters of the NFD form": lambda text: unicodedata.normalize("NFD", text),
    "characters without the white space around the passage": str.strip,
    "characters with LF for CR LF": lambda text: text.replace("\r\n", "\n"),
}


def index(value: Any) -> int | None:
    """A JSON value as an index: a whole number, or text of one, since no type is documented; None for all else."""
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    if isinstance(value, str) and len(value) < 16 and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    return None


class IndexBase:
    """What the first character's index is: 0 or 1, whichever the instance was seen to use first; always the same."""

    def __init__(self, *, one_based: bool) -> None:
        self._bases: tuple[int, ...] = (1,) if one_based else (0, 1)
        self._told = one_based

    def judge(self, reading: Reading, passage: str, answer: str, begin: int, end: int) -> Iterator[Verdict]:
        """Verdicts on the place of ``answer``, a text that is not empty."""
        fitting = [base for base in self._bases if _slice(passage, begin, end, base) == answer]
        if not fitting:
            yield from self._misplaced(reading, passage, answer, begin, end)
            return
        for clause in ("etri.result.slice", "etri.result.begin", "etri.result.end"):
            yield reading.holds(clause, WHERE)
        if _tells_units_apart(passage):
            yield reading.holds("etri.result.code-points", WHERE)
        if len(fitting) > 1:
            return
        self._bases = (fitting[0],)
        if not self._told:
            yield reading.expect(
                "etri.result.zero-based", fitting[0] == 0, "the first index to be 0", "counting from 1", WHERE
            )

    def _misplaced(self, reading: Reading, passage: str, answer: str, begin: int, end: int) -> Iterator[Verdict]:
        base = self._bases[0]
        seen = shown(_slice(passage, begin, end, base) or "nothing", 60)
        unit = _other_unit(passage, answer, begin, end)
        hint = f" (right in {unit})" if unit else ""
        yield reading.expect(
            "etri.result.slice", False, f"passage[{begin}..{end}] to be {shown(answer, 60)}", seen + hint, WHERE
        )
        if unit:
            yield reading.expect("etri.result.code-points", False, "code points of the passage", unit, WHERE)
        places = _places(passage, answer)
        if not places:
            return
        firsts = [place + base for place in places]
        lasts = [place + base + len(answer) - 1 for place in places]
        yield reading.expect("etri.result.begin", begin in firsts, _listed(firsts), begin, f"{WHERE}/begin")
        yield reading.expect("etri.result.end", end in lasts, _listed(lasts), end, f"{WHERE}/end")


def _slice(passage: str, begin: int, end: int, base: int) -> str | None:
    first, last = begin - base, end - base
    return passage[first : last + 1] if 0 <= first <= last < len(passage) else None


def _places(passage: str, answer: str) -> list[int]:
    places: list[int] = []
    at = passage.find(answer)
    while at >= 0 and len(places) < 1000:
        places.append(at)
        at = passage.find(answer, at + 1)
    return places


def _listed(places: list[int]) -> str:
    return " or ".join(map(str, places[:5]))


def _tells_units_apart(passage: str) -> bool:
    return len(_encoded(passage, "utf-16-le")) != 2 * len(passage) or not unicodedata.is_normalized("NFC", passage)


def _encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding, "surrogatepass")


def _other_unit(passage: str, answer: str, begin: int, end: int) -> str:
    """In what begin and end would be right, if in anything we can think of."""
    for name, (encoding, width) in UNITS.items():
        whole, wanted = _encoded(passage, encoding), _encoded(answer, encoding)
        starts = [(begin - base) * width for base in (0, 1)]
        if len(whole) != len(passage) * width and any(
            start >= 0 and whole[start : start + (end - begin + 1) * width] == wanted for start in starts
        ):
            return name
    for name, change in FORMS.items():
        changed = change(passage)
        if changed != passage and any(_slice(changed, begin, end, base) == change(answer) for base in (0, 1)):
            return name
    if begin >= 0 and passage[begin:end] == answer:
        return "an end that is not included"
    return ""
