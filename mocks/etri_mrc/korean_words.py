"""Korean words: the noun or the root they hold, and the particle that says what the noun does in its sentence.

No morphological analyser: particles are stripped where the final consonant before them agrees, verbs are known by their
endings. That is enough to find the noun that an answer is made of.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .vocabulary import KOREAN, any_of, words


class Morph(NamedTuple):
    """A word taken apart.

    ``core`` is a noun without its particle, or what a verb shares with its other forms. ``slot`` is what the particle
    makes of the noun (a name of ``[particles]`` in korean.toml), empty without one. ``kind`` is noun, predicate,
    modifier (a verb before the noun that it describes) or adverb.
    """

    core: str
    slot: str
    kind: str


class _Particle(NamedTuple):
    text: str
    slot: str
    needs: str


_PARTICLES = sorted(
    (
        _Particle(text, slot, needs)
        for slot, forms in KOREAN["particles"].items()
        for needs, listed in forms.items()
        for text in listed.split()
    ),
    key=lambda particle: -len(particle.text),
)
_BY_LAST: dict[str, list[_Particle]] = {}
for _particle in _PARTICLES:
    _BY_LAST.setdefault(_particle.text[-1], []).append(_particle)
_SLOT_OF = {particle.text: particle.slot for particle in _PARTICLES}

_WHOLE, _SHORT = words(KOREAN, "words", "whole"), words(KOREAN, "words", "short")
_RARE_AFTER_SHORT, _ADVERBS = words(KOREAN, "words", "rare_after_short"), words(KOREAN, "words", "adverbs")
_BEFORE_DA, _BEFORE_YEOT = words(KOREAN, "endings", "stem_before_da"), words(KOREAN, "endings", "stem_before_yeot")
_MODIFIER_WHOLE = words(KOREAN, "endings", "modifier_whole")
_ROOT = re.compile(f"([가-힣]{{2,8}}?){any_of(words(KOREAN, 'endings', 'light_verb'))}[가-힣]*")
_TAIL = re.compile(any_of(words(KOREAN, "endings", "tail")) + r"\Z")
_PREDICATE = re.compile(f"[가-힣]*{any_of(words(KOREAN, 'endings', 'predicate'))}")
_MODIFIER = re.compile(
    f"[가-힣]+{any_of(words(KOREAN, 'endings', 'modifier'))}"
    f"|[가-힣]*{any_of(words(KOREAN, 'endings', 'modifier_present'))}"
    f"|[가-힣]*{any_of(words(KOREAN, 'endings', 'modifier_stems'))}은"
)
_PAST, _LIEUL, _PRESENT = 20, 8, 4  # final consonants: ㅆ, ㄹ, ㄴ
_PRESENT_TENSE = "있겠"


@lru_cache(maxsize=8192)
def analyse(word: str) -> Morph:
    """Take one word apart: no white space, no punctuation around it."""
    if word in _ADVERBS:
        return Morph(word, "", "adverb")
    if word in _WHOLE or final(word[-1]) < 0:
        return Morph(word, "", "noun")
    particle, slot = _particle_of(word)
    if slot not in ("is", "called"):
        if _modifies(word):
            return Morph(root(word), "", "modifier")
        if _predicates(word):
            return Morph(root(word), "", "predicate")
    return Morph(word.removesuffix(particle), slot, "noun")


def slot_of(particle: str) -> str | None:
    """The slot of a word that is nothing but a particle, as after a closing quote; None for other words."""
    return _SLOT_OF.get(particle)


def root(word: str) -> str:
    """What a verb shares with its other forms: the noun of one with 하다, what is left of others without an ending."""
    made = _ROOT.fullmatch(word)
    if made is not None:
        return made.group(1)
    past = next(
        (index for index, letter in enumerate(word) if final(letter) == _PAST and letter not in _PRESENT_TENSE), -1
    )
    if past >= 0:  # 먹었다 is 먹, 태어났다 and 태어난 are 태어나
        return (word[:past] or word) if word[past] in "았었였" else word[:past] + _open(word[past])
    tail = _TAIL.search(word)
    if tail is not None and tail.start():
        return word[: tail.start()]
    return word[:-1] + _open(word[-1]) if final(word[-1]) == _PRESENT else word


def skeleton(word: str) -> str:
    """What the endings of a short verb leave alone: 만든, 만들어 and 만들었다 share 만 and the consonant ㄷ."""
    if len(word) < 2 or final(word[0]) < 0 or final(word[1]) < 0:
        return ""
    return word[0] + chr(0x1100 + (ord(word[1]) - 0xAC00) // 588)


def final(letter: str) -> int:
    """The final consonant of a Hangul syllable as Unicode numbers them (0: none, 4: ㄴ); -1 for other letters."""
    return (ord(letter) - 0xAC00) % 28 if "가" <= letter <= "힣" else -1


def _open(letter: str) -> str:
    """A Hangul syllable without its final consonant."""
    return chr(ord(letter) - final(letter))


def _particle_of(word: str) -> tuple[str, str]:
    for particle, slot, needs in _BY_LAST.get(word[-1], ()):
        core = word[: -len(particle)]
        if core and word.endswith(particle) and _agrees(core, particle, needs):
            return particle, slot
    return "", ""


def _agrees(core: str, particle: str, needs: str) -> bool:
    last = final(core[-1])
    if len(core) == 1 and particle in _RARE_AFTER_SHORT and core not in _SHORT:
        return False
    if particle in ("다", "며") and (core[-1] in _BEFORE_DA or last == _PRESENT):
        return False
    if particle.startswith("였") and core[-1] in _BEFORE_YEOT:
        return False
    if any(final(letter) == _PAST for letter in core):
        return False
    if last < 0:  # how a digit or a Latin letter is read aloud is not known
        return particle not in ("다", "며", "란")
    if needs == "l":
        return last in (0, _LIEUL)
    return needs == "any" or (needs == "c") == (last > 0)


def _modifies(word: str) -> bool:
    if word.endswith("는") and len(word) > 1 and final(word[-2]) > 0:
        return True
    return word in _MODIFIER_WHOLE or _MODIFIER.fullmatch(word) is not None


def _predicates(word: str) -> bool:
    if any(final(letter) == _PAST for letter in word):
        return True
    if word.endswith("다") and len(word) > 1 and final(word[-2]) == _PRESENT:
        return True
    return _PREDICATE.fullmatch(word) is not None
