"""How much of what a test allocates is still held after it has done the same thing again and again."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable, Sequence

SLACK = 0.03
"""How much two amounts may differ, as a part of the first: caches that are bounded fill up by and by."""


def held_after(play: Callable[[int], None], counts: Sequence[int], settle: Callable[[], None]) -> list[int]:
    """Bytes held after ``play`` has been called with 0, 1, 2 ... so many times in all.

    ``settle`` is called before each look: it lets happen what is still to come of what was played.
    """
    held: list[int] = []
    played = 0
    tracemalloc.start()
    try:
        for count in counts:
            for number in range(played, count):
                play(number)
            played = count
            settle()
            _forget()
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    return held


def _forget() -> None:
    """Let the interpreter forget which attributes it has looked up: it holds up to 4096 names that no one else does."""
    forget = getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache
    forget()
