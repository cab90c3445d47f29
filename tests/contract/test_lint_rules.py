"""Every rule, shown by the smallest change that breaks it: which rule speaks, and where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.broken import MEDIA, NOTE, STREAM, Case, clauses, description, recipes, streams
from understudy.contract.lint import RULES, Finding, lint, lint_text
from understudy.project import find_project

PROJECT = find_project(Path(__file__).parent)

CASES = {**description.CASES, **clauses.CASES, **streams.CASES, **recipes.CASES}

TEXTS = {
    "a key twice": ("L003", "info: {title: a, title: b}", "#/info/title"),
    "a number as a key": ("L004", "paths: {/a: {get: {responses: {200: {}}}}}", "#/paths/~1a/get/responses/200"),
    "a date": ("L004", "info: {version: 2026-11-20}", "#/info/version"),
    "yes": ("L004", "info: {version: yes}", "#/info/version"),
    "minutes": ("L004", "info: {version: 12:30}", "#/info/version"),
    "infinity": ("L004", "info: {version: .inf}", "#/info/version"),
    "a tag": ("L004", "info: {version: !mine 1}", "#/info/version"),
    "a question mark that ends a plain text in braces": ("L005", "info: {title: 왜?}", "#"),
    "an empty file": ("L002", "", "#"),
    "a list at the top": ("L002", "- openapi", "#"),
    "an anchor": ("L002", "info: &i {title: a}\nagain: *i", "#"),
    "an endless alias": ("L002", "info: &i [*i]", "#"),
    "two documents": ("L002", "openapi: 3.2.0\n---\nopenapi: 3.2.0", "#"),
    "open brackets": ("L002", "openapi: [", "#"),
    "a hundred thousand brackets": ("L002", "[" * 100_000, "#"),
    "NUL": ("L002", "openapi: \0", "#"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_rule_speaks_where_the_contract_is_broken(
    case: Case, findings_after: Callable[[dict[str, Any]], list[Finding]]
) -> None:
    findings = findings_after(case.changes)
    places = {(finding.rule, finding.pointer) for finding in findings}
    assert (case.rule, "#" + case.at.rstrip("/")) in places, [str(finding) for finding in findings]
    assert "L009" not in {finding.rule for finding in findings}


@pytest.mark.parametrize(("rule", "text", "pointer"), TEXTS.values(), ids=TEXTS)
def test_text_that_is_no_plain_yaml(rule: str, text: str, pointer: str) -> None:
    findings = lint_text(text, "small")
    assert (rule, pointer) in {(finding.rule, finding.pointer) for finding in findings}


LAWFUL: dict[str, dict[str, Any]] = {
    "nothing changed": {},
    "a pattern with an escaped backslash before w": {f"{NOTE}/properties/text/pattern": r"^[^/\\w]*$"},
    "a pattern with a group": {f"{NOTE}/properties/text/pattern": r"^(?:[가-힣]|[^/]|\.)*$"},
    "required beside a $ref adds to it": {
        f"{MEDIA}/itemSchema": {"$ref": "#/components/schemas/Begun", "required": ["event", "by"]},
        f"{STREAM}/order": {"begun": []},
        f"{STREAM}/terminal": ["begun"],
        f"{STREAM}/pairs": [],
        f"{MEDIA}/examples": {"one": {"value": [{"event": "begun", "by": "a"}]}},
        "/components/schemas/Event": ...,
        "/components/schemas/Done": ...,
    },
    "an error of requests that match no operation": {
        "/x-errors/2": {
            "name": "no_path",
            "status": 403,
            "cause": "No such path.",
            "operations": [],
            "recipes": [{"method": "PUT", "target": "/notes/%EA%B0%80"}],
            "clauses": ["small.note.id"],
        }
    },
    "a condition names properties": {
        f"{NOTE}/if": {"properties": {"text": {"const": ""}}},
        f"{NOTE}/then": {"required": ["stored"]},
    },
    "a limit that is none": {"/x-limits/daily_calls/value": None},
    "several credentials": {"/x-credentials/roles/good/value": ["small-a", "small-b"]},
}


@pytest.mark.parametrize("changes", LAWFUL.values(), ids=LAWFUL)
def test_lawful_contracts_are_clean(
    changes: dict[str, Any], findings_after: Callable[[dict[str, Any]], list[Finding]]
) -> None:
    assert [str(finding) for finding in findings_after(changes)] == []


def test_every_rule_is_shown() -> None:
    shown = {case.rule for case in CASES.values()} | {rule for rule, _, _ in TEXTS.values()} | {"L001", "L009"}
    assert {rule.id for rule in RULES} == shown


def test_missing_and_undecodable_files_are_findings(tmp_path: Path) -> None:
    undecodable = tmp_path / "bytes.yaml"
    undecodable.write_bytes(b"openapi: \xff\xfe")
    for path in (tmp_path / "missing.yaml", undecodable, tmp_path):
        assert [finding.rule for finding in lint(path)] == ["L001"]


@pytest.mark.parametrize("stem", PROJECT.stems)
def test_contracts_of_the_project_are_clean(stem: str) -> None:
    assert [str(finding) for finding in lint(PROJECT.contract_path(stem))] == []
