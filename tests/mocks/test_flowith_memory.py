"""What the mock holds after very many answers is what it held after some."""

from __future__ import annotations

import pytest

from tests.memory import SLACK, held_after
from tests.mocks.conftest import EngineFor
from tests.mocks.flowith import TEXTS, Flowith
from understudy.stage import ManualClock

ANSWERS = 60


@pytest.mark.parametrize("stream", [True, False])
def test_what_is_held_does_not_grow_with_the_answers(engine_for: EngineFor, stream: bool) -> None:
    clock = ManualClock()
    flowith = Flowith(engine_for("flowith_seek", clock=clock, journal_size=30))

    def ask(number: int) -> None:
        assert flowith.seek(TEXTS[number % len(TEXTS)], stream=stream).status in {200, 429}
        clock.advance(4.9)

    def settle() -> None:
        clock.advance(60.0)

    some, more = held_after(ask, (ANSWERS, 3 * ANSWERS), settle)
    assert abs(more - some) < SLACK * some, f"{some} bytes after {ANSWERS} answers, {more} after three times as many"
