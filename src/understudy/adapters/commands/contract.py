"""``understudy contract``: check, read and export contracts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from understudy.adapters.commands import Chosen, pass_chosen
from understudy.errors import ContractError, UsageError

if TYPE_CHECKING:
    from understudy.contract import Clause
    from understudy.contract.lint import Finding

_GRADES = ("documented", "example", "observed", "assumed")


@click.group()
def contract() -> None:
    """Check, read and export contracts."""


@contract.command()
@click.argument("stems", metavar="[STEM]...", nargs=-1)
@pass_chosen
@click.pass_context
def lint(ctx: click.Context, chosen: Chosen, stems: tuple[str, ...]) -> None:
    """Say everything that is wrong with contracts (all of them, if none is named).

    Exits 0 if they are clean and 1 if there are findings; warnings alone do not count.
    """
    from understudy.contract.lint import lint as lint_contract

    wrong = False
    for stem in chosen.stems(stems):
        path = chosen.project.contract_path(stem)
        findings = lint_contract(path)
        for finding in findings:
            said = f"{finding.rule} {finding.name}: {finding.message} (at {finding.pointer})"
            click.echo(f"{_near(path)}:{finding.line}: {finding.severity}: {said}")
        click.echo(_summary(chosen, stem, findings))
        wrong = wrong or any(finding.severity == "error" for finding in findings)
    ctx.exit(1 if wrong else 0)


@contract.command()
@click.argument("stem")
@pass_chosen
def show(chosen: Chosen, stem: str) -> None:
    """Print what a contract promises, to be read by people."""
    from understudy.adapters.commands.contract_page import print_contract

    print_contract(chosen.project.contract(stem))


@contract.command()
@click.argument("stems", metavar="[STEM]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array instead of a line for each clause.")
@click.option("--grade", "grades", type=click.Choice(_GRADES), multiple=True, help="Only this grade. Repeatable.")
@pass_chosen
def clauses(chosen: Chosen, stems: tuple[str, ...], as_json: bool, grades: tuple[str, ...]) -> None:
    """Print clauses: id, grade, what it says, and where in which document."""
    found = [
        (stem, clause)
        for stem in chosen.stems(stems)
        for clause in chosen.project.contract(stem).clauses.values()
        if not grades or clause.grade in grades
    ]
    if as_json:
        text = json.dumps([_as_json(stem, clause) for stem, clause in found], ensure_ascii=False, indent=2)
        click.echo(text)
        return
    for _, clause in found:
        click.echo(f"{clause.id}  [{clause.grade}]  {clause.says}  ({clause.source})")


@contract.command()
@click.argument("stem")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array, every way laid out as the calls to make.")
@click.option(
    "--curl", "as_curl", is_flag=True, help="Print a script for bash: the calls of each cell with curl and jq."
)
@pass_chosen
def errors(chosen: Chosen, stem: str, as_json: bool, as_curl: bool) -> None:
    """Print how every error is come by, at each operation: naturally, by test credential, by force.

    A line says what is changed of the operation's lawful call, or of the instance that it is made to. By force: a fault
    of the stage answers instead of the service.
    """
    from understudy.adapters.commands.contract_curl import curl_lines
    from understudy.adapters.commands.contract_errors import error_lines, error_matrix

    if as_json and as_curl:
        raise UsageError("--json and --curl are two forms of the same: give one of them")
    contract = chosen.project.contract(stem)
    if as_json:
        click.echo(json.dumps(error_matrix(contract), ensure_ascii=False, indent=2))
        return
    for line in curl_lines(contract) if as_curl else error_lines(contract):
        click.echo(line)


@contract.command()
@click.argument("stem")
@click.option("--openapi", type=click.Choice(["3.1"]), required=True, help="The version of OpenAPI to write.")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it: YAML if the name ends in .yaml or .yml, else JSON. Without it, JSON is printed.",
)
@pass_chosen
def export(chosen: Chosen, stem: str, openapi: str, output: Path | None) -> None:
    """Write a contract as OpenAPI 3.1, for tools that do not read 3.2."""
    from understudy.contract.export import export_openapi_31

    exports = {"3.1": export_openapi_31}
    document = exports[openapi](chosen.project.contract(stem))
    if output is None:
        click.echo(_written(document, ".json"), nl=False)
        return
    try:
        output.write_text(_written(document, output.suffix), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written: {error}") from error


def _near(path: Path) -> Path:
    """The path as seen from the working directory, where it is below that."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _summary(chosen: Chosen, stem: str, findings: list[Finding]) -> str:
    severities = Counter(finding.severity for finding in findings)
    told = f"{stem}: {_count(severities['error'], 'error')}, {_count(severities['warning'], 'warning')}"
    try:
        return f"{told}; {count_by_grade(chosen.project.contract(stem).clauses.values())}"
    except ContractError:
        return told


def count_by_grade(found: Iterable[Clause]) -> str:
    """``3 clauses (1 documented, 0 example, 1 observed, 1 assumed)``."""
    grades = Counter[str](clause.grade for clause in found)
    counts = ", ".join(f"{grades[grade]} {grade}" for grade in _GRADES)
    return f"{_count(grades.total(), 'clause')} ({counts})"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _as_json(stem: str, clause: Clause) -> dict[str, Any]:
    source = clause.source
    return {
        "stem": stem,
        "id": clause.id,
        "grade": clause.grade,
        "binds": clause.binds,
        "says": clause.says,
        "source": {
            "document": source.document,
            "section": source.section,
            "title": source.title,
            "heading": source.heading,
        },
    }


def _written(document: dict[str, Any], suffix: str) -> str:
    if suffix.lower() not in (".yaml", ".yml"):
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    import yaml

    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(document, Dumper=dumper, allow_unicode=True, sort_keys=False, width=120)
    return text
