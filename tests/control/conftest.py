"""Three mocks on a manual clock, served with their control plane; a fresh stage for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.control.served import Served
from understudy.adapters.controlling import controlling
from understudy.adapters.server import serving
from understudy.engine import Engine
from understudy.project import find_project
from understudy.stage import ManualClock, Stage
from understudy.stages import Stages

STEMS = ("dhub_knowledge", "entity_enricher", "flowith_seek")


@pytest.fixture(scope="session")
def engines() -> dict[str, Engine]:
    """Engines that are compiled once; tests take them to stages of their own by `Engine.on`."""
    project, stage = find_project(Path(__file__)), Stage(ManualClock())
    return {stem: Engine(project.load_mock(stem), project.contract(stem), stage) for stem in STEMS}


@pytest.fixture
def served(engines: dict[str, Engine]) -> Iterator[Served]:
    stage = Stage(ManualClock())
    stages = Stages({stem: engine.on(stage) for stem, engine in engines.items()})
    with (
        serving({stem: stages.service(stem) for stem in STEMS}) as running,
        controlling(stages, running.urls, scenarios=find_project(Path(__file__)).scenarios) as plane,
    ):
        yield Served(stages, running.urls, plane.url, plane.token)
