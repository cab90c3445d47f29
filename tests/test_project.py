"""The three folders are found from where one works, and files in them are opened by path."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import understudy.project
from understudy.errors import ContractError, ProjectError, ServiceError
from understudy.project import Project, configured_project, find_project

CHECKOUT = Path(__file__).resolve().parent.parent
SHIPPED = Path(understudy.__file__).resolve().parent / "_shipped"
OURS = SHIPPED if SHIPPED.is_dir() else CHECKOUT  # the first where the wheel is installed, as in tox
SERVICE = """
from understudy import Service


def _unused(*_):
    raise AssertionError


def make(stem):
    return Service(stem, state=dict, refused=_unused, violated=_unused, unmatched=_unused, wire={})
"""
MOCK = f"{SERVICE}\nother, mine = make('other'), make('notes')\n"


@pytest.fixture(autouse=True)
def _forget_modules() -> Iterator[None]:
    before = dict(sys.modules)
    yield
    for name in set(sys.modules) - set(before):
        if name.startswith(("understudy_mocks", "understudy_suites")):
            del sys.modules[name]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of a user's own, with folders of other names."""
    return make_project(tmp_path / "내 프로젝트")


def make_project(root: Path) -> Project:
    for name in ("약속", "mocks", "judges"):
        (root / name).mkdir(parents=True)
    table = '[tool.understudy]\ncontracts = "약속"\nsuites = "judges"\n'
    (root / "pyproject.toml").write_text(table, encoding="utf-8")
    found = configured_project(root)
    assert found is not None
    return found


def test_the_nearest_project_upwards_is_found(project: Project) -> None:
    inner = project.root / "a" / "b"
    inner.mkdir(parents=True)
    (project.root / "a" / "pyproject.toml").write_text("[project]\nname = 'a'\n", encoding="utf-8")
    root = project.root
    assert find_project(inner) == Project(root, root / "약속", root / "mocks", root / "judges", root / "scenarios")


def test_without_one_our_own_is_found(tmp_path: Path) -> None:
    assert find_project(tmp_path).root == OURS


def test_shipped_leaves_the_working_directory_out(project: Project) -> None:
    assert find_project(project.root).root == project.root
    assert find_project(project.root, shipped=True).root == OURS


def test_the_copy_in_the_wheel_goes_before_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "understudy"
    for name in ("contracts", "mocks", "suites"):
        (package / "_shipped" / name).mkdir(parents=True)
    monkeypatch.setattr(understudy.project, "_PACKAGE", package)
    shipped = package / "_shipped"
    expected = Project(shipped, shipped / "contracts", shipped / "mocks", shipped / "suites", shipped / "scenarios")
    assert find_project(tmp_path) == expected
    assert find_project(CHECKOUT, shipped=True) == expected


def test_where_there_is_none_the_error_says_what_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understudy.project, "_PACKAGE", tmp_path / "src" / "understudy")
    with pytest.raises(ProjectError, match=rf"\[tool.understudy\] from {re.escape(str(tmp_path))} upwards.*--project"):
        find_project(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.understudy", "cannot be read as TOML"),
        ("[tool.understudy]\ncontract = 'x'", "takes contracts, mocks, suites, scenarios; found contract"),
        ("[tool.understudy]\ncontracts = 7", "contracts is a path as a string, found 7"),
        ("[tool.understudy]\ncontracts = '없음'", "없음, which is no directory"),
        ("[tool]\nunderstudy = 'yes'", "takes contracts, mocks, suites, scenarios"),
    ],
)
def test_a_table_that_is_wrong_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError, match=re.escape(said)):
        find_project(tmp_path)


def test_contracts_are_read_by_stem(project: Project) -> None:
    small = CHECKOUT / "tests" / "contract" / "small.yaml"
    (project.contracts / "small.yaml").write_bytes(small.read_bytes())
    (project.contracts / "broken.yaml").write_text("[", encoding="utf-8")
    assert project.stems == ("broken", "small")
    assert project.contract("small").title == "작은 서비스"
    with pytest.raises(ContractError):
        project.contract("broken")
    with pytest.raises(ProjectError, match=r"no contract 'smal' in .*did you mean 'small'"):
        project.contract("smal")
    with pytest.raises(ProjectError, match="there are: broken, small"):
        project.contract("../../etc/passwd")


def test_a_mock_is_the_service_of_its_stem(project: Project) -> None:
    (project.mocks / "notes.py").write_text(MOCK, encoding="utf-8")
    service = project.load_mock("notes")
    assert service.stem == "notes"
    assert project.load_mock("notes") is service
    assert sys.modules["understudy_mocks.notes"].__file__ == str(project.mocks / "notes.py")


def test_a_mock_may_be_a_folder(project: Project) -> None:
    (project.mocks / "notes").mkdir()
    (project.mocks / "notes" / "state.py").write_text("STEM = 'notes'\n", encoding="utf-8")
    text = "from understudy_mocks.notes.state import STEM\nfrom . import state\nit = make(STEM)\n"
    (project.mocks / "notes" / "__init__.py").write_text(f"{SERVICE}{text}", encoding="utf-8")
    assert project.load_mock("notes").stem == "notes"


def test_two_projects_do_not_share_a_mock(project: Project, tmp_path: Path) -> None:
    other = make_project(tmp_path / "other")
    for one in (project, other):
        (one.mocks / "notes").mkdir()
        (one.mocks / "notes" / "name.py").write_text(f"ROOT = {str(one.root)!r}\n", encoding="utf-8")
        text = f"from .name import ROOT\n{MOCK}"
        (one.mocks / "notes" / "__init__.py").write_text(text, encoding="utf-8")
        one.load_mock("notes")
        assert vars(sys.modules["understudy_mocks.notes"])["ROOT"] == str(one.root)


def test_suites_are_modules(project: Project) -> None:
    (project.suites / "notes.py").write_text("JUDGE = '판사'\n", encoding="utf-8")
    assert project.load_suite("notes").JUDGE == "판사"
    assert "understudy_suites.notes" in sys.modules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"{SERVICE}x = make('memo')\n",
            "expected a Service('notes').*found 'memo'",
        ),
        ("x = 1\n", "expected a Service('notes').*found none"),
        ("x = (\n", r"notes.py:1: does not load: SyntaxError"),
        ("y = 1\nimport nothing_of_the_sort\n", r"notes.py:2: does not load: ModuleNotFoundError"),
        ("\n\nraise KeyError('가')\n", r"notes.py:3: does not load: KeyError: '가'"),
    ],
)
def test_a_mock_that_does_not_load_says_where(project: Project, text: str, said: str) -> None:
    (project.mocks / "notes.py").write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError, match=said.replace("('notes')", r"\('notes'\)")):
        project.load_mock("notes")
    if "expected" not in said:
        assert "understudy_mocks.notes" not in sys.modules


def test_a_mock_that_does_not_fit_its_contract_keeps_its_error(project: Project) -> None:
    text = "from understudy.errors import ServiceError\nraise ServiceError('no operation deleteNote')\n"
    (project.mocks / "notes.py").write_text(text, encoding="utf-8")
    with pytest.raises(ServiceError, match="deleteNote"):
        project.load_mock("notes")


def test_a_mock_that_is_not_there_says_where_it_was_looked_for(project: Project) -> None:
    with pytest.raises(ProjectError, match=r"looked for .*mocks/notes.py and .*mocks/notes/__init__.py"):
        project.load_mock("notes")
