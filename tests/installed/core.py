"""The core install, checked from inside: run by tox in an environment that has the wheel and nothing else.

A script and no test, because pytest is one of the things that the core install must do without.
"""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from understudy.adapters.controlling import controlling
from understudy.adapters.server import serving
from understudy.engine import Engine
from understudy.project import Project, find_project
from understudy.stage import ManualClock, Stage
from understudy.stages import Stages

EXTRAS = ("h11", "httpx", "hypothesis", "pytest", "schemathesis")
CORE = ("understudy.adapters.cli", "understudy.adapters.commands.contract", "understudy.adapters.commands.serve")


def main() -> None:
    present = [name for name in EXTRAS if find_spec(name) is not None]
    expect(not present, f"the core install brought {', '.join(present)}")
    for name in CORE:
        import_module(name)
    project = find_project(Path.cwd(), shipped=True)
    expect(project.root.name == "_shipped", f"the wheel has no shipped copy: found {project.root}")
    for stem in filter(project.has_mock, project.stems):
        answers(project, stem)
    is_controlled(project)
    told = understudy("verify")
    expect(told.returncode == 2, f"verify without its extra exits {told.returncode}, expected 2")
    expect("understudy[verify]" in told.stderr, f"verify without its extra does not name it: {told.stderr}")


def answers(project: Project, stem: str) -> None:
    """The shipped mock of ``stem`` answers over HTTP as an engine does: here, that a path is unknown."""
    engine = Engine(project.load_mock(stem), project.contract(stem), Stage(ManualClock()))
    with serving({stem: engine}) as running:
        try:
            urllib.request.urlopen(running.urls[stem] + "/%EC%97%86%EC%9D%8C")
        except urllib.error.HTTPError as refusal:
            expect(400 <= refusal.code < 500, f"{stem} answers an unknown path with {refusal.code}")
        else:
            raise SystemExit(f"{stem} answers an unknown path with success")


def is_controlled(project: Project) -> None:
    """The wheel has what the control plane needs, its contract too."""
    stem = next(filter(project.has_mock, project.stems))
    engine = Engine(project.load_mock(stem), project.contract(stem), Stage(ManualClock()))
    with controlling(Stages({stem: engine})) as plane:
        told = understudy("control", "--url", plane.url, "--token", plane.token, "stages")
    expect(told.stdout.startswith("default  manual "), f"understudy control stages prints {told.stdout}{told.stderr}")


def understudy(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "understudy.adapters.cli", "--shipped", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def expect(held: bool, otherwise: str) -> None:
    if not held:
        raise SystemExit(otherwise)


if __name__ == "__main__":
    main()
