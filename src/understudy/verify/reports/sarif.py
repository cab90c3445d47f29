"""SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/): findings at the lines of the contract's clauses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from understudy.contract.document import escape
from understudy.contract.lines import compose
from understudy.verify.findings import Finding
from understudy.verify.reports.rendering import Judged

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(judged: Sequence[Judged]) -> bytes:
    """The report: a run for each service, a rule for each clause that was found broken."""
    runs = [_run(one) for one in judged]
    return msgspec.json.format(msgspec.json.encode({"$schema": SCHEMA, "version": "2.1.0", "runs": runs})) + b"\n"


def _run(one: Judged) -> dict[str, Any]:
    path = one.contract.path
    lines = compose(path.read_text(encoding="utf-8")) if path.is_file() else None
    clauses = {finding.row.clause.id: finding.row.clause for finding in one.findings}
    rules = [
        {
            "id": clause.id,
            "shortDescription": {"text": clause.says},
            "help": {"text": str(clause.source)},
            "properties": {"grade": str(clause.grade)},
        }
        for clause in clauses.values()
    ]
    driver = {"name": "understudy", "informationUri": "https://pypi.org/project/understudy/", "rules": rules}
    results = [_result(finding, one, path, lines, list(clauses)) for finding in one.findings]
    automation = {"id": f"understudy/{one.contract.stem}"}
    return {"tool": {"driver": driver}, "automationDetails": automation, "results": results}


def _result(finding: Finding, one: Judged, path: Path, lines: Any, rules: list[str]) -> dict[str, Any]:
    clause, verdict = finding.row.clause, finding.verdict
    line = 1 if lines is None else lines.line(f"/x-clauses/{escape(clause.id)}")
    place: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(path)}, "region": {"startLine": line}},
        "logicalLocations": [{"fullyQualifiedName": f"{one.contract.stem}.{finding.operation or 'unmatched'}"}],
    }
    told = {
        "ruleId": clause.id,
        "ruleIndex": rules.index(clause.id),
        "level": "error" if finding.fails else "note",
        "message": {"text": f"expected {verdict.expected}; seen {verdict.seen or 'otherwise'} in {verdict.where}"},
        "locations": [place],
        "partialFingerprints": {"understudy/v1": finding.fingerprint},
    }
    if finding.fingerprint in one.accepted:
        told["suppressions"] = [{"kind": "external", "justification": "accepted by the baseline"}]
    return told


def _uri(path: Path) -> str:
    """Relative to the working directory where it lies below, as code hosts want it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.resolve().as_uri()
