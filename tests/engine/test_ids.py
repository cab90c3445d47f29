"""Identifiers: all different, and the same again for the same seed."""

from __future__ import annotations

from understudy.stage import Ids


def test_identifiers_never_repeat() -> None:
    ids = Ids(0, "dhub_knowledge", "good")
    made = [ids.next() for _ in range(100_000)]
    assert len(set(made)) == len(made)
    assert {len(id) for id in made} == {12}


def test_identifiers_follow_from_seed_and_names() -> None:
    def first(seed: int, *names: str) -> list[str]:
        ids = Ids(seed, *names)
        return [ids.next() for _ in range(3)]

    assert first(1, "가", "나") == first(1, "가", "나")
    assert len({id for args in ((1, "가"), (2, "가"), (1, "나")) for id in first(*args)}) == 9
