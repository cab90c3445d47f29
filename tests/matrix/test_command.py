"""``understudy contract errors``: what it prints is enough to come by an error, without this project at hand."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from tests.matrix.walking import PROJECT, cells_of, instance_for
from understudy.adapters.cli import main
from understudy.contract.recipes import Cell, Way

NEEDED = ("bash", "curl", "jq")
COLUMNS = re.compile(r" {2,}")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ("--project", str(PROJECT.contracts.parent), "contract", "errors", *arguments))


def printed(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def cell_of(stem: str, operation: str, name: str) -> Cell:
    return next(cell for cell in cells_of(stem) if (cell.operation, cell.error.name) == (operation, name))


# Lines


@pytest.mark.parametrize("stem", PROJECT.stems)
def test_there_is_a_line_for_each_cell_and_one_that_counts_them(stem: str) -> None:
    *lines, count = printed(stem).splitlines()
    rows = [COLUMNS.split(line) for line in lines]
    told = {(row[0], row[1], row[2].split(" ")[0]) for row in rows if row[1] != "a lawful call"}
    cells = cells_of(stem)
    assert told == {(cell.operation or "(no operation)", str(cell.error.status), cell.error.name) for cell in cells}
    assert count.startswith(f"{stem}: {len(cells)} cells: ")


@pytest.mark.parametrize(
    ("stem", "line"),
    [
        (
            "dhub_knowledge",
            "deleteKnowledge  409  knowledge_not_empty  naturally: after createDocument | "
            "force: refuse knowledge_not_empty",
        ),
        (
            "etri_mrc",
            "readPassage  429  concurrent_limit_exceeded (Concurrent Limit Exceeded)  naturally: "
            "limit concurrent_calls=2; while 2 others are unanswered | "
            "credential: etri-test-burst | force: refuse concurrent_limit_exceeded",
        ),
        (
            "entity_enricher",
            "getOptions  500  internal_error  credential: ent_test_internal_error | force: refuse internal_error",
        ),
        (
            "entity_enricher",
            'getOptions  403  forbidden  naturally: after createApiKey (body {"scopes": ["write"]}); credential $key | '
            "credential: ent_test_no_permission | force: refuse forbidden",
        ),
        (
            "entity_enricher",
            "(no operation)  404  unknown_path  naturally: GET /api/enrichment | force: refuse unknown_path",
        ),
        ("flowith_seek", "listModels  404  path_gone  naturally: dialect observed | force: refuse path_gone"),
        ("dhub_knowledge", "getDocument  a lawful call  GET /api/v1/knowledges/$knowledge/documents/$document; after "
         "createKnowledge, createDocument"),
    ],
)  # fmt: skip
def test_a_line_says_the_smallest_change(stem: str, line: str) -> None:
    assert line in [COLUMNS.sub("  ", found) for found in printed(stem).splitlines()]


def test_two_forms_at_once_are_wrong_usage() -> None:
    result = run("etri_mrc", "--json", "--curl")
    assert (result.exit_code, "give one of them" in result.stderr) == (2, True)


# JSON, read with nothing but the standard library


@pytest.mark.parametrize("stem", PROJECT.stems)
def test_json_has_every_way_of_every_cell(stem: str) -> None:
    found = json.loads(printed(stem, "--json"))
    cells = cells_of(stem)
    assert [(one["operation"], one["name"], one["status"]) for one in found] == [
        (cell.operation, cell.error.name, cell.error.status) for cell in cells
    ]
    assert [one["naturally"] is None for one in found] == [cell.natural is None for cell in cells]
    assert [one["credential"] is None for one in found] == [cell.credential is None for cell in cells]
    assert {one["force"]["fault"]["fault"]["error"] for one in found} == {cell.error.name for cell in cells}


@pytest.mark.parametrize("stem", ["dhub_knowledge", "flowith_seek"])
def test_json_is_enough_to_make_the_calls(stem: str) -> None:
    cell = cells_of(stem)[0]
    matrix = [one for one in json.loads(printed(stem, "--json")) if plain(one["naturally"])]
    with instance_for(stem, Way(cell.call.call)) as instance:
        answers = {
            (one["operation"], one["name"], one["status"]): replayed(instance.url, one["naturally"]) for one in matrix
        }
    assert len(answers) > 10
    assert {key: status for key, status in answers.items() if status != key[2]} == {}


def plain(way: dict[str, Any]) -> bool:
    """Whether the way wants nothing of the instance and nothing of a connection."""
    return not (way["limits"] or way["dialects"] or way["stall"] or way["overlapping"] or way["advance"])


def replayed(url: str, way: dict[str, Any]) -> int:
    """The status of the way's last call."""
    values: dict[str, str] = {}
    for call in way["before"]:
        answer = json.loads(sent(url, call, values)[1])
        for name, pointer in call["keep"].items():
            found = answer
            for token in pointer.split("/")[1:]:
                found = found[int(token) if isinstance(found, list) else token]
            values[name] = found
    return [sent(url, way["call"], values)[0] for _ in range(way["times"])][-1]


def sent(url: str, call: dict[str, Any], values: dict[str, str]) -> tuple[int, bytes]:
    def told(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"${name}", value)
        return text

    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        headers = {name: told(value) for name, value in call["headers"].items()}
        connection.request(call["method"], told(call["target"]), told(call["body"]).encode() or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


# A shell script


@pytest.mark.skipif(any(shutil.which(tool) is None for tool in NEEDED), reason=f"needs {', '.join(NEEDED)}")
@pytest.mark.parametrize(
    ("stem", "operation", "name"),
    [
        ("dhub_knowledge", "deleteKnowledge", "knowledge_not_empty"),
        ("dhub_knowledge", "getKnowledge", "request_violation"),
        ("dhub_knowledge", "updateDocument", "payload_too_large"),
        ("dhub_knowledge", "createDocument", "request_timeout"),
        ("etri_mrc", "readPassage", "concurrent_limit_exceeded"),
        ("etri_mrc", "readPassage", "daily_limit_exceeded"),
        ("flowith_seek", "listModels", "path_gone"),
        ("entity_enricher", "mergeRecords", "cannot_merge"),
        ("entity_enricher", "uploadAttachments", "missing_field"),
        ("entity_enricher", "uploadAttachments", "attachment_too_large"),
        ("entity_enricher", "deleteAttachment", "forbidden_write"),
        ("entity_enricher", "continueJob", "internal_error"),
    ],
)
def test_the_shell_script_comes_by_the_error(stem: str, operation: str, name: str) -> None:
    cell = cell_of(stem, operation, name)
    way = cell.natural or cell.credential
    assert way is not None
    with instance_for(stem, way) as instance:
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", block(stem, f"{operation} {cell.error.status} {name}")],
            env={"PATH": "/usr/bin:/bin", "URL": instance.url},
            capture_output=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.startswith(f"HTTP/1.1 {cell.error.status} ".encode()), done.stdout.decode()


def block(stem: str, heading: str) -> str:
    """What the script does for a cell: the lines from its comment up to the next one."""
    found = printed(stem, "--curl").partition(f"\n# {heading}: ")[2]
    return f"# {found.partition(chr(10) * 2 + '# ')[0]}\n"
