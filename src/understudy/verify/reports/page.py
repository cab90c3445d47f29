"""An HTML report: one file that reads well offline, in light and dark, on paper, and in Korean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from understudy.verify.findings import Finding
from understudy.verify.report import MARKS, ORDER
from understudy.verify.reports.rendering import Judged
from understudy.verify.retelling import as_curl, as_pytest
from understudy.verify.verification import Outcome, Row

STYLE = """
:root { color-scheme: light dark; --held: #1a7f37; --violated: #c4232f; --noted: #9a6700; --grey: #6e7781; }
body { font: 15px/1.5 system-ui, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", sans-serif;
  margin: 2rem auto; max-width: 75rem; padding: 0 1rem; word-break: keep-all; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem } h2 { margin-top: 2.5rem; border-bottom: 1px solid; padding-bottom: .2rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .25rem .6rem }
tr { border-bottom: 1px solid color-mix(in srgb, currentcolor 15%, transparent) }
code, pre { font: 13px/1.45 ui-monospace, "D2Coding", "Noto Sans Mono CJK KR", monospace }
pre { white-space: pre-wrap; padding: .6rem; border-radius: 6px;
  background: color-mix(in srgb, currentcolor 7%, transparent) }
.held { color: var(--held) } .violated { color: var(--violated) } .noted { color: var(--noted) }
.unchecked { color: var(--grey) } .finding { border-left: 4px solid; padding-left: 1rem; margin: 1.5rem 0 }
.finding > * { color: CanvasText } .small { color: var(--grey); font-size: .9em }
@media print { details { display: block } details > summary { display: none } }
"""
CLASSES = {
    Outcome.HELD: "held",
    Outcome.VIOLATED: "violated",
    Outcome.NOTED: "noted",
    Outcome.NOT_CHECKED: "unchecked",
}


def page(judged: Sequence[Judged]) -> bytes:
    """The report, in UTF-8. Nothing in it is loaded from elsewhere, and nothing in it runs."""
    verdict = "passed" if all(one.passed for one in judged) else "FAILED"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>understudy: {verdict}</title><style>{STYLE}</style></head><body>",
        f"<h1>Verification: {verdict}</h1>",
        *(part for one in judged for part in _service(one)),
        "</body></html>",
    ]
    return "\n".join(parts).encode("utf-8", "replace") + b"\n"


def _service(one: Judged) -> Iterator[str]:
    verification = one.verification
    counts = ", ".join(f"{len(verification.of(outcome))} {outcome}" for outcome in ORDER)
    yield f"<h2>{escape(one.contract.title)} <code>{escape(verification.stem)}</code></h2>"
    yield f"<p>{'passed' if one.passed else '<strong class=violated>FAILED</strong>'}: {counts}, in "
    where = f" of {escape(verification.target)}" if verification.target else ""
    yield f"{len(verification.observations)} calls{where}.</p>"
    for finding in one.findings:
        yield from _finding(finding, one)
    yield "<details><summary>Every clause</summary><table>"
    yield "<tr><th>outcome<th>clause<th>grade<th>source<th>what was seen, or why nothing was</tr>"
    for row in sorted(verification.rows, key=lambda row: ORDER.index(row.outcome)):
        yield _row(row)
    yield "</table></details>"


def _finding(finding: Finding, one: Judged) -> Iterator[str]:
    clause, verdict = finding.row.clause, finding.verdict
    accepted = " · accepted by the baseline" if finding.fingerprint in one.accepted else ""
    yield f'<section class="finding {CLASSES[finding.row.outcome]}" id="{finding.fingerprint}">'
    yield f"<h3>{MARKS[finding.row.outcome]} <code>{escape(clause.id)}</code></h3>"
    yield f"<p>{escape(clause.says)}<br><span class=small>{escape(str(clause.grade))}, {escape(str(clause.source))}"
    yield f" · {escape(finding.operation or 'no operation')} · {finding.fingerprint}{accepted}</span></p>"
    yield f"<p>expected {escape(verdict.expected or 'the clause to hold')}<br>"
    yield f"seen {escape(verdict.seen or 'otherwise')} in {escape(verdict.where or 'the answer')}</p>"
    if finding.story:
        yield f"<pre>{escape(as_curl(finding.story, one.judge))}</pre>"
        told = escape(as_pytest(finding, one.judge))
        yield f"<details><summary>as a pytest function</summary><pre>{told}</pre></details>"
    yield "</section>"


def _row(row: Row) -> str:
    if row.outcome is Outcome.NOT_CHECKED:
        remark = row.reason
    elif row.outcome is Outcome.HELD:
        remark = f"{row.held} times" if row.held > 1 else "once"
    else:
        remark = f"expected {row.against[0].expected}; seen {row.against[0].seen}"
    cells = (
        f'<td class="{CLASSES[row.outcome]}">{MARKS[row.outcome]} {row.outcome}',
        f"<td><code>{escape(row.clause.id)}</code><br>{escape(row.clause.says)}",
        f"<td>{escape(str(row.clause.grade))}",
        f"<td>{escape(str(row.clause.source))}",
        f"<td>{escape(remark)}",
    )
    return f"<tr>{''.join(cells)}</tr>"
