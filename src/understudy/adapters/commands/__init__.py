"""The commands of the command line, a module for each group, and the project that they work on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from understudy.errors import ProjectError, UsageError

if TYPE_CHECKING:
    from understudy.project import Project


class Chosen:
    """What ``--shipped`` and ``--project`` choose. The project is looked for when a command first asks for it."""

    def __init__(self, shipped: bool = False, directory: Path | None = None) -> None:
        self.shipped = shipped
        self.directory = directory

    @cached_property
    def project(self) -> Project:
        """The project. Raises `ProjectError` if there is none."""
        from understudy.project import configured_project, find_project

        if self.directory is None:
            return find_project(Path.cwd(), shipped=self.shipped)
        found = configured_project(self.directory)
        if found is None:
            directory = self.directory.resolve()
            raise ProjectError(f"no pyproject.toml with [tool.understudy] in {directory} or above it: add that table")
        return found

    def stems(self, named: Sequence[str]) -> tuple[str, ...]:
        """The services to work on: those ``named``, each once and in that order, else all of the project.

        Raises:
            ProjectError: one of them is not in the project, or the project has none.
        """
        if named:
            return tuple(dict.fromkeys(self.project.contract_path(stem).stem for stem in named))
        if not self.project.stems:
            raise ProjectError(f"no contracts in {self.project.contracts}: expected files <stem>.yaml")
        return self.project.stems


def needs_verify() -> None:
    """Raise `UsageError` where the extra ``verify`` is not installed."""
    missing = [name for name in ("h11", "hypothesis", "pydantic", "schemathesis") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"judging needs {', '.join(missing)}, which the core install leaves out: pip install 'understudy[verify]'"
        )


pass_chosen = click.make_pass_decorator(Chosen, ensure=True)
"""Gives a command its `Chosen` as the first argument; outside `main` the one for the working directory."""
