"""The pytest plugin and the suite that ships, in somebody else's project: a folder of its own, with its own service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PROVIDER = HERE.parent / "suites" / "test_provider.py"

MOCK = '''
from understudy import Call, Refusal, Reply, Service
from understudy.guards import RequireCredential


class NoToken(Refusal):
    """토큰이 필요합니다."""
    status, clause = 401, "notes.auth.bearer"


class Invalid(Refusal):
    status, clause = 400, "notes.error.invalid"


class NoNote(Refusal):
    """쪽지가 없습니다."""
    status, clause = 404, "notes.error.missing"


class NoPath(Refusal):
    """그런 경로는 없습니다."""
    status, clause = 404, "notes.error.path"


class TooLarge(Refusal):
    status, clause = 413, "notes.error.large"


class TooSlow(Refusal):
    status, clause = 408, "notes.error.slow"


notes = Service(
    "notes", state=dict,
    refused=lambda refusal, case, call: Reply({"error": refusal.message}),
    violated=lambda violations, call: Invalid(str(violations[0])),
    unmatched=lambda near, call: NoPath(),
    wire={"body_too_large": TooLarge, "request_timeout": TooSlow},
    guards=[RequireCredential(NoToken, NoToken)],
)


@notes.operation("writeNote")
def write_note(state, call):
    id = call.new_id("note-")
    state[id] = call.body
    return Reply({"id": id}, headers=(("X-Count", str(len(state))),))


@notes.operation("listNotes")
def list_notes(state, call):
    return Reply({})


@notes.operation("readNote")
def read_note(state, call):
    if call.path["id"] not in state:
        raise NoNote
    return Reply(state[call.path["id"]])
'''

SUITE = """
from understudy.verify.judge import Judge, rule
from understudy.verify.suite import Arranged, Suite


class Notes(Judge):
    stem = "notes"

    def __init__(self, contract, briefing):
        super().__init__(contract, briefing)
        self.written = {}

    @rule("writeNote")
    def _written(self, reading):
        if reading.succeeded and reading.member("id"):
            self.written[reading.member("id")] = reading.body["text"]
        return ()

    @rule("readNote")
    def _read(self, reading):
        text = self.written.get(reading.path.get("id"))
        if reading.succeeded and text is not None:
            yield reading.expect("notes.read.note", reading.member("text") == text, repr(text), reading.member("text"))


def arrange(session, operation):
    if operation != "readNote":
        return Arranged(body={"text": "우유 사기"} if operation == "writeNote" else None)
    return Arranged(path={"id": session.call("writeNote", body={"text": "우유 사기 🥛"}).member("id")})


suite = Suite("notes", Notes, arrange)


@suite.script("notes.read.note")
def a_note_is_read(session):
    session.call("readNote", path=arrange(session, "readNote").path)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one service, and the suite that ships with understudy copied in."""
    for folder in ("contracts", "mocks", "suites"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.understudy]\n", encoding="utf-8")
    shutil.copy(HERE / "engine" / "notes.yaml", tmp_path / "contracts")
    (tmp_path / "mocks" / "notes.py").write_text(MOCK, encoding="utf-8")
    (tmp_path / "suites" / "notes.py").write_text(SUITE, encoding="utf-8")
    shutil.copy(PROVIDER, tmp_path / "suites")
    return tmp_path


def run_pytest(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:schemathesis", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "UNDERSTUDY_"))}
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_a_mock_that_keeps_its_contract_passes(project: Path) -> None:
    told = run_pytest(project, "suites", "-v")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "test_provider_keeps_its_contract[notes] PASSED" in told.stdout


def test_a_violation_is_told_with_clause_grade_source_expected_and_seen(project: Path) -> None:
    mock = project / "mocks" / "notes.py"
    broken = 'return Reply({**state[call.path["id"]], "text": "딴 쪽지"})'
    mock.write_text(MOCK.replace('return Reply(state[call.path["id"]])', broken), encoding="utf-8")
    told = run_pytest(project, "suites")
    assert told.returncode == 1, told.stdout + told.stderr
    for what in ("notes.read.note", "documented", "009", "Reading answers the note.", "우유 사기 🥛", "딴 쪽지"):
        assert what in told.stdout
    assert "Traceback" not in told.stdout


def test_the_instances_of_a_target_file_are_judged(project: Path) -> None:
    targets = project / "targets.json"
    targets.write_text(json.dumps({"notes": {"url": "http://127.0.0.1:1"}}), encoding="utf-8")
    told = run_pytest(project, "suites", "--understudy-target", str(targets))
    assert told.returncode == 1
    assert "127.0.0.1" in told.stdout, "the mock was judged, not the target"
    assert "TargetError: " in told.stdout
    assert "Traceback" not in told.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [("{}", "no target"), ("[", "is not JSON"), ('{"쪽지": {"url": "http://127.0.0.1:1"}}', "쪽지")],
)
def test_a_target_file_that_is_none_is_wrong_usage(project: Path, content: str, said: str) -> None:
    targets = project / "targets.json"
    targets.write_text(content, encoding="utf-8")
    told = run_pytest(project, "suites", "--understudy-target", str(targets))
    assert told.returncode == pytest.ExitCode.USAGE_ERROR, told.stdout
    assert said in told.stdout + told.stderr


def test_other_tests_do_not_notice_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text("def test_plain(): assert True\n", encoding="utf-8")
    told = run_pytest(tmp_path, "-W", "error")
    assert told.returncode == 0, told.stdout + told.stderr
