"""What the tests of every mock share: an engine for a service on a stage of its own, and calls in one line."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from understudy.contract import Contract
from understudy.engine import Engine
from understudy.project import find_project
from understudy.stage import ManualClock, Stage

EngineFor = Callable[..., Engine]
PROJECT = find_project(Path(__file__).parent)


@cache
def contract_of(stem: str) -> Contract:
    """Read once: a contract does not change."""
    return PROJECT.contract(stem)


def make_engine(stem: str, **stage_options: Any) -> Engine:
    """An engine for ``stem`` on a fresh stage; ``clock`` defaults to a manual one."""
    clock = stage_options.pop("clock", None) or ManualClock()
    return Engine(PROJECT.load_mock(stem), contract_of(stem), Stage(clock, **stage_options))


@pytest.fixture
def engine_for() -> EngineFor:
    return make_engine
