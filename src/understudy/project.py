"""The project: the folders ``contracts``, ``mocks``, ``suites`` and ``scenarios``, found and opened, never imported.

A project is any directory whose ``pyproject.toml`` has a ``[tool.understudy]`` table; the copy that ships in the wheel
and the checkout of this package have the same shape.
"""

from __future__ import annotations

import difflib
import importlib.util
import sys
import tomllib
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from understudy.errors import ProjectError, UnderstudyError

if TYPE_CHECKING:
    from understudy.contract import Contract
    from understudy.service import Service

_PACKAGE = Path(__file__).resolve().parent
FOLDERS = ("contracts", "mocks", "suites", "scenarios")


@dataclass(frozen=True, slots=True)
class Project:
    """Three folders with a file (or package) for every service in each, and one, which need not be there, with named
    starting states (understudy.scenarios). ``root`` is the directory that has them.
    """

    root: Path
    contracts: Path
    mocks: Path
    suites: Path
    scenarios: Path

    @property
    def stems(self) -> tuple[str, ...]:
        """The services, in alphabetical order: the names of the files ``contracts/*.yaml``."""
        return tuple(sorted(path.stem for path in self.contracts.glob("*.yaml")))

    def contract_path(self, stem: str) -> Path:
        """Where the contract of ``stem`` stands. Raises `ProjectError` if the project has none."""
        if stem in self.stems:
            return self.contracts / f"{stem}.yaml"
        close = difflib.get_close_matches(stem, self.stems, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(self.stems) or 'none'}"
        raise ProjectError(f"no contract {stem!r} in {self.contracts}; {hint}")

    def contract(self, stem: str) -> Contract:
        """The contract of ``stem``.

        Raises:
            ProjectError: the project has no such contract.
            ContractError: the file is no contract.
        """
        from understudy.contract import read_contract

        return read_contract(self.contract_path(stem))

    def load_mock(self, stem: str) -> Service[Any]:
        """The service that ``mocks/<stem>.py`` (or ``mocks/<stem>/__init__.py``) makes, as ``understudy_mocks.<stem>``.

        Raises:
            ProjectError: there is no such file, it does not load, or it holds no `Service` of that stem.
        """
        from understudy.service import Service

        module = _load(self.mocks, stem, "understudy_mocks")
        services = [value for value in vars(module).values() if isinstance(value, Service)]
        for service in services:
            if service.stem == stem:
                return service
        found = ", ".join(repr(service.stem) for service in services) or "none"
        raise ProjectError(f"{module.__file__}: expected a Service({stem!r}) among its names, found {found}: add one")

    def has_mock(self, stem: str) -> bool:
        """Whether ``mocks`` holds the service ``stem``."""
        return _file(self.mocks, stem) is not None

    def has_suite(self, stem: str) -> bool:
        """Whether ``suites`` holds the suite of ``stem``."""
        return _file(self.suites, stem) is not None

    def load_suite(self, stem: str) -> ModuleType:
        """The module of ``suites/<stem>.py`` (or ``suites/<stem>/__init__.py``), as ``understudy_suites.<stem>``.

        Raises:
            ProjectError: there is no such file, or it does not load.
        """
        return _load(self.suites, stem, "understudy_suites")

    def has_mutants(self, stem: str) -> bool:
        """Whether ``suites/mutants`` holds mutants of ``stem`` that were written by hand."""
        return _file(self.suites / "mutants", stem) is not None

    def load_mutants(self, stem: str) -> ModuleType:
        """The module of ``suites/mutants/<stem>.py`` (or of that folder), as ``understudy_mutants.<stem>``.

        Raises:
            ProjectError: there is no such file, or it does not load.
        """
        return _load(self.suites / "mutants", stem, "understudy_mutants")


def find_project(start: Path, *, shipped: bool = False) -> Project:
    """The project to work on: the nearest one from ``start`` upwards, else the shipped one, else this checkout.

    ``shipped`` leaves out the first: whatever the working directory says, the copy in the wheel is used (this checkout,
    if the package is installed in editable form).

    Raises:
        ProjectError: there is none, or a ``pyproject.toml`` on the way is not TOML.
    """
    found = None if shipped else configured_project(start)
    if found is not None:
        return found
    copy = _PACKAGE / "_shipped"
    if (copy / "contracts").is_dir():
        return Project(copy, *(copy / name for name in FOLDERS))
    checkout = _of(_PACKAGE.parent.parent / "pyproject.toml")
    if checkout is not None:
        return checkout
    looked = "" if shipped else f"no pyproject.toml with [tool.understudy] from {start.resolve()} upwards, "
    raise ProjectError(
        f"no project: {looked}no shipped copy in {copy}, and this is no checkout: "
        "name a directory by --project, or install understudy from a wheel"
    )


def configured_project(start: Path) -> Project | None:
    """The nearest project from ``start`` upwards; None if there is none. Raises `ProjectError` like `find_project`."""
    directory = start.resolve()
    for candidate in (directory, *directory.parents):
        found = _of(candidate / "pyproject.toml")
        if found is not None:
            return found
    return None


def _of(path: Path) -> Project | None:
    if not path.is_file():
        return None
    try:
        table: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProjectError(f"{path}: cannot be read as TOML: {error}") from error
    for key in ("tool", "understudy"):
        table = table.get(key) if isinstance(table, Mapping) else None
    if table is None:
        return None
    return Project(path.parent, *_folders(path, table))


def _folders(path: Path, table: Any) -> list[Path]:
    unknown = sorted(set(table) - set(FOLDERS)) if isinstance(table, Mapping) else ["(no table)"]
    if unknown:
        raise ProjectError(f"{path}: [tool.understudy] takes {', '.join(FOLDERS)}; found {', '.join(unknown)}")
    folders = []
    for name in FOLDERS:
        value = table.get(name, name)
        if not isinstance(value, str):
            raise ProjectError(f"{path}: [tool.understudy] {name} is a path as a string, found {value!r}")
        folders.append(path.parent / value)
    if not folders[0].is_dir():
        raise ProjectError(f"{path}: [tool.understudy] contracts names {folders[0]}, which is no directory: make it")
    return folders


def _places(folder: Path, stem: str) -> tuple[Path, Path]:
    return folder / f"{stem}.py", folder / stem / "__init__.py"


def _file(folder: Path, stem: str) -> Path | None:
    return next((place for place in _places(folder, stem) if place.is_file()), None)


def _load(folder: Path, stem: str, package: str) -> ModuleType:
    path = _file(folder, stem)
    if path is None:
        places = " and ".join(map(str, _places(folder, stem)))
        raise ProjectError(f"no file for {stem!r}: looked for {places}")
    name = f"{package}.{stem}"
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__file__ == str(path):
        return loaded
    _forget(name)
    if package not in sys.modules:
        sys.modules[package] = ModuleType(package, "Loaded by path from a project's folder, a module for every stem.")
        sys.modules[package].__path__ = []
    return _execute(name, path)


def _forget(name: str) -> None:
    for known in [known for known in sys.modules if known == name or known.startswith(f"{name}.")]:
        del sys.modules[known]


def _execute(name: str, path: Path) -> ModuleType:
    inside = [str(path.parent)] if path.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=inside)
    if spec is None or spec.loader is None:
        raise ProjectError(f"{path}: Python has no loader for it: expected a .py file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except UnderstudyError:
        _forget(name)
        raise
    except Exception as error:
        _forget(name)
        line = _line_within(error, path)
        raise ProjectError(f"{path}{line}: does not load: {type(error).__name__}: {error}") from error
    return module


def _line_within(error: Exception, path: Path) -> str:
    """``:line`` of the last frame of ``error`` below the folder of ``path``."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f":{error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f":{frames[-1].lineno}" if frames else ""
