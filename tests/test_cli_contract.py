"""``understudy contract``, as one uses it from a shell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from understudy.adapters import cli
from understudy.adapters.cli import main
from understudy.errors import GateClosed, ServiceError, TargetError, UnderstudyError, UsageError

SMALL = Path(__file__).parent / "contract" / "small.yaml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory that is a project with one contract."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.understudy]\n", encoding="utf-8")
    (tmp_path / "contracts" / "small.yaml").write_bytes(SMALL.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def break_contract(project: Path) -> None:
    path = project / "contracts" / "small.yaml"
    text = path.read_text(encoding="utf-8").replace('"^[^/]*$"', r'"^[^/]*$|\\w"')
    path.write_text(text, encoding="utf-8")


def test_lint_of_a_clean_contract_counts_its_clauses(project: Path) -> None:
    result = run("contract", "lint")
    assert result.exit_code == 0
    counts = "10 clauses (6 documented, 1 example, 1 observed, 2 assumed)"
    assert result.output == f"small: 0 errors, 0 warnings; {counts}\n"


def test_lint_of_a_broken_contract_says_where_and_fails(project: Path) -> None:
    break_contract(project)
    result = run("contract", "lint", "small")
    line = next(number for number, text in enumerate(SMALL.read_text("utf-8").splitlines(), 1) if "pattern:" in text)
    assert result.exit_code == 1
    assert f"contracts/small.yaml:{line}: error: L701 pattern: " in result.output
    assert "small: 1 error, 0 warnings" in result.output


def test_warnings_alone_do_not_fail(project: Path) -> None:
    path = project / "contracts" / "small.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "{notes: 노트, errors: 오류}", "{notes: 노트, errors: 오류, more: 더}"
    )
    path.write_text(text, encoding="utf-8")
    result = run("contract", "lint")
    assert (result.exit_code, "warning: L402 uncited-section" in result.output) == (0, True)


def test_lint_of_what_is_no_yaml_fails_without_a_count(project: Path) -> None:
    (project / "contracts" / "small.yaml").write_text("{", encoding="utf-8")
    result = run("contract", "lint")
    assert result.exit_code == 1
    assert "L002 invalid-yaml" in result.output
    assert result.output.endswith("small: 1 error, 0 warnings\n")


def test_show_prints_every_part(project: Path) -> None:
    result = run("contract", "show", "small")
    assert result.exit_code == 0
    for part in (
        "작은 서비스 (small)",
        "https://api.example.com",
        "GET /notes/{id}",
        "wrong_key",
        "10 calls per day (Asia/Seoul)",
        "small-blocked",
        "노트-1 🙂",
        "begun → begun | done",
        "When does a day begin?",
        "calendar [default]: At midnight in Seoul.",
        "sliding [dialect sliding-day]: With the first call.",
    ):
        assert part in result.output


def test_show_lists_errors_in_order_of_precedence(project: Path) -> None:
    output = run("contract", "show", "small").output
    assert 0 < output.index("wrong_key") < output.index("no_note")


def test_clauses_are_lines_that_grep_finds(project: Path) -> None:
    lines = run("contract", "clauses", "small").output.splitlines()
    assert len(lines) == 10
    assert lines[0] == "small.note.read  [documented]  A note is read by its id.  (001 § 노트)"


def test_clauses_of_a_grade_as_json(project: Path) -> None:
    result = run("contract", "clauses", "--json", "--grade", "example", "--grade", "observed")
    found = json.loads(result.output)
    assert [clause["id"] for clause in found] == ["small.note.stored", "small.stream.order"]
    assert found[0] == {
        "stem": "small",
        "id": "small.note.stored",
        "grade": "example",
        "binds": "provider",
        "says": "A note is kept as JSON text.",
        "source": {"document": "001", "section": "notes", "title": "Notes API", "heading": "노트"},
    }


@pytest.mark.parametrize(("name", "read"), [("out.json", json.loads), ("out.yaml", yaml.safe_load)])
def test_export_writes_the_form_that_the_name_asks_for(project: Path, name: str, read: Any) -> None:
    result = run("contract", "export", "small", "--openapi", "3.1", "--output", name)
    assert (result.exit_code, result.output) == (0, "")
    text = (project / name).read_text(encoding="utf-8")
    assert read(text) == json.loads(run("contract", "export", "small", "--openapi", "3.1").output)
    assert "작은 서비스" in text


def test_export_to_where_nothing_can_be_written_is_wrong_usage(project: Path) -> None:
    result = run("contract", "export", "small", "--openapi", "3.1", "--output", "없는/out.json")
    assert result.exit_code == 2
    assert result.stderr.startswith("understudy: --output 없는/out.json: cannot be written")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("contract", "lint", "smal"), "understudy: no contract 'smal' in"),
        (("contract", "show", "nothing"), "there are: small"),
        (("--shipped", "--project", ".", "contract", "lint"), "understudy: --shipped and --project name two projects"),
    ],
)
def test_what_is_not_there_is_one_clear_line(project: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_contract_that_cannot_be_read_is_one_clear_line(project: Path) -> None:
    (project / "contracts" / "small.yaml").write_text("openapi: [\n", encoding="utf-8")
    result = run("contract", "show", "small")
    assert result.exit_code == 2
    assert "is not YAML" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("error", "code"), [(UsageError, 2), (ServiceError, 2), (TargetError, 3), (GateClosed, 3)])
def test_errors_become_exit_codes(error: type[UnderstudyError], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error("대상이\n없다")

    monkeypatch.setattr(cli, "Chosen", fail)
    result = run("contract", "lint")
    assert (result.exit_code, result.stderr) == (code, "understudy: 대상이 없다\n")


def test_project_names_another_directory(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert run("--project", str(project), "contract", "lint").exit_code == 0
    result = run("--project", str(elsewhere), "contract", "lint")
    assert result.exit_code == 2
    assert f"no pyproject.toml with [tool.understudy] in {elsewhere}" in result.stderr


def test_shipped_contracts_do_not_depend_on_the_working_directory(project: Path) -> None:
    output = run("--shipped", "contract", "clauses", "--grade", "observed").output
    assert output
    assert "small." not in output


def test_help_imports_no_command() -> None:
    code = (
        "import sys\nfrom understudy.adapters.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "print([name for name in ('yaml', 'rich', 'jsonschema', 'jsonschema_rs', 'asyncio') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "contract  Check, read and export contracts." in done.stdout
    assert done.stdout.endswith("[]\n")


def test_version_is_that_of_the_package() -> None:
    from understudy import __version__

    assert run("--version").output == f"understudy, version {__version__}\n"


def test_errors_say_how_one_comes_by_each(project: Path) -> None:
    lines = [" ".join(line.split()) for line in run("contract", "errors", "small").output.splitlines()]
    assert lines == [
        "readNote a lawful call GET /notes/%EB%85%B8%ED%8A%B8-1",
        "readNote 401 wrong_key naturally: limit daily_calls=1; dialect sliding-day; called 2 times | "
        "credential: small-blocked | force: refuse wrong_key",
        'readNote 404 no_note naturally: path id="없는 노트" | force: refuse no_note',
        'writeNote a lawful call POST /notes; {"text":"$text"}; after readNote',
        "writeNote 401 wrong_key naturally: after another readNote; an unknown credential; "
        'body {"text": "$other"} | credential: small-blocked | force: refuse wrong_key',
        "small: 3 cells: 3 naturally, 2 by credential, 3 by force",
    ]


def test_errors_of_a_contract_without_lawful_calls_is_one_clear_line(project: Path) -> None:
    path = project / "contracts" / "small.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  writeNote: {before: [readNote], body: {text: $text}}\n", ""), encoding="utf-8")
    result = run("contract", "errors", "small")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "#/x-calls has no call of writeNote: add one that is lawful" in result.stderr
