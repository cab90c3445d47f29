"""JUnit XML: a test suite for each service and a test case for each clause, as CI servers read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from understudy.verify.findings import Finding
from understudy.verify.reports.rendering import Judged
from understudy.verify.retelling import as_curl
from understudy.verify.verification import Outcome, Row

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (section 2.2)."""


def junit(judged: Sequence[Judged]) -> bytes:
    """The report. What is accepted, noted or not checked is skipped, with the reason."""
    root = ElementTree.Element("testsuites", name="understudy")
    for one in judged:
        rows = one.verification.rows
        failing = {finding.row.clause.id: finding for finding in one.findings if _fails(finding, one)}
        skipped = [row for row in rows if row.outcome is not Outcome.HELD and row.clause.id not in failing]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=one.verification.stem,
            tests=str(len(rows)),
            failures=str(len(failing)),
            errors="0",
            skipped=str(len(skipped)),
        )
        for row in rows:
            case = ElementTree.SubElement(suite, "testcase", classname=one.verification.stem, name=row.clause.id)
            if row.clause.id in failing:
                _failure(case, failing[row.clause.id], one)
            elif row.outcome is not Outcome.HELD:
                ElementTree.SubElement(case, "skipped", message=_text(_reason(row, one)))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _fails(finding: Finding, one: Judged) -> bool:
    return finding.fails and finding.fingerprint not in one.accepted


def _failure(case: ElementTree.Element, finding: Finding, one: Judged) -> None:
    verdict, clause = finding.verdict, finding.row.clause
    message = f"expected {verdict.expected}; seen {verdict.seen or 'otherwise'}"
    failure = ElementTree.SubElement(case, "failure", message=_text(message), type=str(clause.grade))
    story = as_curl(finding.story, one.judge)
    failure.text = _text(f"{clause.says}\n{clause.source}\nfingerprint {finding.fingerprint}\n\n{story}\n")


def _reason(row: Row, one: Judged) -> str:
    if row.outcome is Outcome.NOT_CHECKED:
        return f"not checked: {row.reason}"
    if row.outcome is Outcome.VIOLATED:
        return "violated, and accepted by the baseline"
    return f"noted: expected {row.against[0].expected}; seen {row.against[0].seen}"


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
