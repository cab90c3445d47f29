"""``understudy strength`` measures what a suite finds, and says what it does not."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from understudy.adapters.cli import main
from understudy.adapters.commands import strength
from understudy.adapters.measuring import Measuring
from understudy.http import Request, Response
from understudy.mutants import Forward, Mutant
from understudy.project import find_project

ROOT = Path(__file__).resolve().parents[2]
FIELD = "dhub_knowledge/reply-field/createKnowledge.200.item.*"
HARMLESS = Mutant(
    "dhub_knowledge/value/nothing",
    "dhub_knowledge",
    "value",
    "Nothing is otherwise.",
    ("dhub.create-knowledge.kept",),
    lambda contract: lambda request, forward: forward(request),
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["--project", str(ROOT), "strength", *arguments])


def only(monkeypatch: pytest.MonkeyPatch, mutant: Mutant) -> None:
    """Let there be this mutant, and no other."""
    monkeypatch.setattr(strength, "_LOADED", {})
    monkeypatch.setattr(Measuring, "mutants", {mutant.id: mutant})


def test_mutants_are_told_by_kind_with_how_many_were_found() -> None:
    result = run("dhub_knowledge", "--only", FIELD, "--jobs", "1")

    assert result.exit_code == 0, result.output
    assert "reply-field" in result.output
    assert "5 of 5 mutants found (100.0 %)" in result.output


def test_processes_find_what_one_finds() -> None:
    alone, together = (
        run("etri_mrc", "--kind", "auth", "--kind", "limit", "--json", "--jobs", jobs) for jobs in ("1", "2")
    )

    assert alone.exit_code == together.exit_code == 0, together.output
    assert alone.stdout == together.stdout
    service = msgspec.json.decode(alone.stdout)["services"][0]
    assert service["score"] == 100
    assert {mutant["kind"] for mutant in service["mutants"]} == {"auth", "limit"}


def test_a_page_is_written_with_the_command_that_wrote_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["dhub_knowledge", "--only", FIELD, "--jobs", "1", "--write", str(tmp_path / "STRENGTH.md")]
    monkeypatch.setattr("sys.argv", ["understudy", "strength", *arguments])

    assert run(*arguments).exit_code == 0
    page = (tmp_path / "STRENGTH.md").read_text(encoding="utf-8")
    assert "understudy strength dhub_knowledge" in page
    assert "| all | 5 |" in page


def test_a_pattern_that_no_mutant_has_is_wrong_usage() -> None:
    result = run("dhub_knowledge", "--only", "없는 것")

    assert result.exit_code == 2
    assert "no mutant is of these kinds and has such an id" in result.output


def test_a_mutant_that_breaks_nothing_survives() -> None:
    measured = Measuring(find_project(ROOT), "dhub_knowledge").measure(HARMLESS)

    assert not measured.killed
    assert measured.embedded is not None
    assert not measured.crash


def test_too_few_found_is_told_by_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, HARMLESS)

    result = run("dhub_knowledge", "--jobs", "1", "--at-least", "95")

    assert result.exit_code == 1
    assert f"survives: {HARMLESS.id}: {HARMLESS.says}" in result.output


def test_what_a_suite_fails_at_is_told_and_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(request: Request, forward: Forward) -> Response:
        raise RuntimeError("모르는 답")

    broken = Mutant(**{**vars(HARMLESS), "wrap": lambda contract: fails})
    only(monkeypatch, broken)

    result = run("dhub_knowledge", "--jobs", "1")

    assert result.exit_code == 1
    assert f"the suite failed at {broken.id}: RuntimeError: 모르는 답" in result.output


def test_the_mock_itself_is_found_sound() -> None:
    for stem in ("dhub_knowledge", "etri_mrc", "flowith_seek", "entity_enricher"):
        measuring = Measuring(find_project(ROOT), stem)
        for embedded in (False, True):
            assert not measuring.judged(None, embedded=embedded).anything
