"""The sample clients of ETRI's document, with nothing but address and key changed, print the documented result.

``UNDERSTUDY_SAMPLE_RUNS`` is how many times in a row each does so: if it is not set, 50 for Java and Python and 10 for
the others.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.mocks.conftest import make_engine
from tests.mocks.etri import GOOD, STEM, Etri
from tests.samples.etri import LANGUAGES, client, printed
from understudy.adapters.server import serving
from understudy.stage import ScaledClock

RUNS = {"java": 50, "python": 50}
QUESTION = "한강의 길이는 얼마인가?"
PASSAGE = "한강은 서울을 지나 황해로 흘러든다. 🐋 길이는 약 494km이다."


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_prints_the_documented_result_every_time(language: str, tmp_path: Path) -> None:
    engine = make_engine(STEM, clock=ScaledClock(time.time), limits={STEM: {"daily_calls": None}})
    expected = Etri(engine).ask(QUESTION, PASSAGE).body
    assert expected["return_object"]["MRCInfo"]["answer"] == "약 494km"
    with serving({STEM: engine}) as running:
        ready = client(language, tmp_path, running.urls[STEM], f"{GOOD}-{language}", PASSAGE, QUESTION)
        runs = int(os.environ.get("UNDERSTUDY_SAMPLE_RUNS") or RUNS.get(language, 10))
        outputs = [ready.run() for _ in range(runs)]
    assert [printed(output) for output in outputs] == [expected] * runs
    if language != "php":  # which prints no status
        assert ["200" in output.partition("{")[0] for output in outputs] == [True] * runs
