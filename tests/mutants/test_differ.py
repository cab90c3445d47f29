"""Every mutant answers otherwise than the mock that it is made of, so that none of them is missed by right."""

from __future__ import annotations

from functools import cache

import pytest

from tests.mutants.differing import Comparing

STEMS = ("dhub_knowledge", "entity_enricher", "etri_mrc", "flowith_seek")
PORTIONS = 8
LEAST, LEAST_RARE = 400, 1 / 3
comparing = cache(Comparing)


@pytest.mark.parametrize("portion", range(PORTIONS))
@pytest.mark.parametrize("stem", STEMS)
def test_each_mutant_differs_from_the_mock(stem: str, portion: int) -> None:
    known = comparing(stem)

    same = [
        mutant.id
        for mutant in [*known.measuring.mutants.values()][portion::PORTIONS]
        if not known.calls_to_tell(mutant)
    ]

    assert not same


def test_there_are_enough_of_them_and_enough_are_hard_to_find() -> None:
    mutants = [mutant for stem in STEMS for mutant in comparing(stem).measuring.mutants.values()]

    assert len(mutants) >= LEAST
    assert sum(mutant.rare for mutant in mutants) >= LEAST_RARE * len(mutants)
    assert all(sum(mutant.stem == stem for mutant in mutants) >= 100 for stem in STEMS)


def test_the_same_calls_of_the_mock_itself_are_answered_alike() -> None:
    """Else every mutant would seem to differ."""
    known = comparing("etri_mrc")
    harmless = next(iter(known.measuring.mutants.values()))

    assert known.calls_to_tell(harmless) is not None
    assert (
        known.calls_to_tell(harmless.__class__(**{**vars(harmless), "wrap": lambda contract: lambda r, f: f(r)}))
        is None
    )
