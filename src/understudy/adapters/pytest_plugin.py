"""The pytest plugin: what the suites that come with understudy need, and yours may use.

pytest loads it in every environment that has understudy, so it imports nothing but pytest; a fixture imports what it
needs when it is used.

``understudy_stem``          a parameter: every service of the project (of the target file) that has a suite, in turn
``understudy_verification``  the verification of that service, made once a session
``--understudy-target FILE`` judge the instances of a target file, not the project's mocks
``--understudy-writes``      let those instances be changed; else only safe operations are called
``--understudy-shipped``     the contracts, mocks and suites that come with understudy, whatever project is around
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.project import Project
    from understudy.verify.target import Target
    from understudy.verify.verification import Verification


TARGETS: pytest.StashKey[Mapping[str, Target]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("understudy")
    group.addoption(
        "--understudy-shipped",
        action="store_true",
        help="Use the contracts, mocks and suites that come with understudy, not the project around this directory.",
    )
    group.addoption(
        "--understudy-target",
        metavar="FILE",
        type=Path,
        help="Judge the instances of this TOML or JSON file, {stem: {url, credentials, fixtures, limits}}, "
        "not the project's mocks. Credentials also come from UNDERSTUDY_<STEM>_<ROLE>.",
    )
    group.addoption(
        "--understudy-writes",
        action="store_true",
        help="Let those instances be changed: things of the suite's own are created and deleted.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the target file. Raises `pytest.UsageError` when it is none, or names what the project does not have."""
    path: Path | None = config.getoption("--understudy-target")
    if path is None:
        return
    from understudy.errors import UnderstudyError
    from understudy.verify.target import read_targets

    try:
        targets = read_targets(path)
        for stem in targets:
            _project(config).contract_path(stem)
    except UnderstudyError as error:
        raise pytest.UsageError(str(error)) from error
    if not targets:
        raise pytest.UsageError(f"{path}: names no target: expected {{stem: {{url, credentials, fixtures, limits}}}}")
    config.stash[TARGETS] = targets


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "understudy_stem" in metafunc.fixturenames:
        metafunc.parametrize("understudy_stem", _stems(metafunc.config), scope="session")


@pytest.fixture(scope="session")
def understudy_verification(understudy_stem: str, pytestconfig: pytest.Config) -> Verification:
    """The verification of one service: of the project's mock, or of the instance that the target file names."""
    from understudy.adapters.judging import Effort, judge_embedded, judge_target
    from understudy.errors import UnderstudyError

    project, targets = _project(pytestconfig), pytestconfig.stash.get(TARGETS, None)
    try:
        if targets is None:
            return judge_embedded(project, understudy_stem, Effort())
        effort = Effort(writes=pytestconfig.getoption("--understudy-writes"))
        return judge_target(project, understudy_stem, targets[understudy_stem], effort, environment=os.environ)
    except UnderstudyError as error:
        pytest.fail(f"{type(error).__name__}: {error}", pytrace=False)


def _stems(config: pytest.Config) -> list[str]:
    project, targets = _project(config), config.stash.get(TARGETS, None)
    if targets is None:
        return [stem for stem in project.stems if project.has_suite(stem) and project.has_mock(stem)]
    return [stem for stem in targets if project.has_suite(stem)]


def _project(config: pytest.Config) -> Project:
    """The project, found from the directory in which pytest was started, as the command line finds it."""
    from understudy.project import find_project

    return find_project(config.invocation_params.dir, shipped=config.getoption("--understudy-shipped"))
