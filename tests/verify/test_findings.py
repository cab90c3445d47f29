"""What is found has a name that lasts, is told in few calls, and comes out in every form."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.suites.dhub_defects.creating import ForgetsWhatItCreates
from tests.suites.dhub_defects.deleting import DeletesOnlyInWords
from tests.suites.dhub_provider import TOKENS, Provider
from tests.suites.dhub_verification import CONTRACT, SUITE, verified
from understudy.errors import UsageError
from understudy.verify.baseline import Accepted, read_baseline, weigh, written
from understudy.verify.findings import Finding, findings
from understudy.verify.har import read_har
from understudy.verify.recorded import Told, judge_recording
from understudy.verify.report import told, violations
from understudy.verify.reports import KINDS, Judged, render
from understudy.verify.retelling import as_curl, as_pytest
from understudy.verify.verification import Outcome, Verification

GONE = "dhub.delete-knowledge.gone"


@pytest.fixture(scope="module")
def broken() -> Verification:
    return verified(DeletesOnlyInWords())


@pytest.fixture(scope="module")
def found(broken: Verification) -> tuple[Finding, ...]:
    return tuple(findings(broken))


@pytest.fixture(scope="module")
def gone(found: tuple[Finding, ...]) -> Finding:
    """That what was deleted is still there."""
    return next(finding for finding in found if finding.row.clause.id == GONE)


@pytest.fixture(scope="module")
def judged(broken: Verification, found: tuple[Finding, ...]) -> Judged:
    return Judged(broken, CONTRACT, found)


def test_a_story_has_the_calls_that_show_it_and_no_other(gone: Finding, broken: Verification) -> None:
    methods = [observation.request.method for observation in gone.story]

    assert methods[-2] == "DELETE"
    assert len(methods) <= 3
    assert len(broken.observations) > 50


def test_names_are_the_same_in_every_run(found: tuple[Finding, ...]) -> None:
    class LaterAndOtherwise(DeletesOnlyInWords):
        """The same defect, at another time, with other identifiers."""

        def __init__(self) -> None:
            super().__init__()
            self.clock += 86_400
            self.count = 5_000

    again = {finding.fingerprint: finding.row.clause.id for finding in findings(verified(LaterAndOtherwise()))}

    assert again == {finding.fingerprint: finding.row.clause.id for finding in found}
    other = {finding.fingerprint for finding in findings(verified(ForgetsWhatItCreates()))}
    assert not other & set(again)


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert tuple(findings(verified(Provider()))) == ()


def test_no_credential_is_told(judged: Judged) -> None:
    for kind in KINDS:
        content = render(kind, [judged]).decode()
        assert not any(token in content for token in TOKENS), kind
    for text in violations(judged.verification):
        assert not any(token in text for token in TOKENS)


def test_curl_commands_can_be_run(gone: Finding, judged: Judged) -> None:
    lines = as_curl(gone.story, judged.judge).splitlines()

    assert lines[0].startswith('curl -i -X DELETE "$UNDERSTUDY_DHUB_KNOWLEDGE_URL"/api/v1/knowledges/knowledge-')
    assert '-H "authorization: Bearer $UNDERSTUDY_DHUB_KNOWLEDGE_GOOD"' in lines[0]
    assert lines[0].endswith("# 200")


def test_a_pytest_function_is_python(gone: Finding, judged: Judged) -> None:
    text = as_pytest(gone, judged.judge)

    compile(text, "test_story.py", "exec")
    assert "def test_dhub_delete_knowledge_gone_" in text
    assert "expected" in text


def test_people_read_what_was_expected_and_seen(gone: Finding, judged: Judged) -> None:
    text = told(gone, judged.judge)

    assert text.startswith(f"✗ {headline(gone)}  {gone.fingerprint}")
    assert "    expected " in text
    assert "    curl " in text


def headline(finding: Finding) -> str:
    clause = finding.row.clause
    return f"{clause.id} [{clause.grade}; {clause.source}]"


def test_junit_has_a_case_for_every_clause(judged: Judged) -> None:
    root = ElementTree.fromstring(render("junit", [judged]))

    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert set(cases) == set(CONTRACT.clauses)
    failure = cases[GONE].find("failure")
    assert failure is not None
    assert "curl" in (failure.text or "")
    assert root.find("testsuite").get("failures") == str(len(judged.verification.of(Outcome.VIOLATED)))  # type: ignore[union-attr]


def test_sarif_points_at_the_clauses_line(judged: Judged, gone: Finding) -> None:
    run = json.loads(render("sarif", [judged]))["runs"][0]

    result = next(result for result in run["results"] if result["ruleId"] == GONE)
    place = result["locations"][0]["physicalLocation"]
    line = CONTRACT.path.read_text(encoding="utf-8").splitlines()[place["region"]["startLine"] - 1]
    assert GONE in line
    assert place["artifactLocation"]["uri"].endswith("contracts/dhub_knowledge.yaml")
    assert result["partialFingerprints"] == {"understudy/v1": gone.fingerprint}
    assert result["level"] == "error"


def test_html_is_one_file_and_runs_nothing(judged: Judged) -> None:
    text = render("html", [judged]).decode()

    assert 'charset="utf-8"' in text
    assert "<script" not in text
    assert "http-equiv" not in text
    assert "src=" not in text
    assert text.count('<section class="finding') == len(judged.findings)
    for clause in CONTRACT.clauses:
        assert f"<code>{clause}</code>" in text


def test_a_har_of_the_stories_is_judged_alike(judged: Judged, gone: Finding) -> None:
    document = json.loads(render("har", [judged]))
    document["log"]["entries"] = [
        entry for entry in document["log"]["entries"] if entry["comment"].startswith(gone.fingerprint)
    ]

    again = judge_recording(CONTRACT, SUITE, read_har(json.dumps(document).encode()), Told())

    assert GONE in {row.clause.id for row in again.of(Outcome.VIOLATED)}


def test_json_has_findings(judged: Judged, gone: Finding) -> None:
    told: Any = json.loads(render("json", [judged]))["verifications"][0]

    finding = next(entry for entry in told["findings"] if entry["fingerprint"] == gone.fingerprint)
    assert finding["clause"] == GONE
    assert finding["calls"] == [observation.number for observation in gone.story]
    assert told["passed"] is False


# Baselines


def accepting(found: tuple[Finding, ...], until: date | None = None) -> list[Accepted]:
    return [Accepted(finding.fingerprint, finding.row.clause.id, "이슈 12", until) for finding in found]


def test_what_is_accepted_does_not_fail(found: tuple[Finding, ...], broken: Verification) -> None:
    weighed = weigh(found, accepting(found), date(2026, 11, 20))

    assert weighed.failing == ()
    assert {finding.fingerprint for finding in weighed.accepted} == {one.fingerprint for one in found if one.fails}
    names = frozenset(finding.fingerprint for finding in weighed.accepted)
    assert Judged(broken, CONTRACT, found, names).passed
    assert not Judged(broken, CONTRACT, found).passed


def test_what_is_over_fails_again_and_is_told(found: tuple[Finding, ...]) -> None:
    entries = accepting(found, until=date(2026, 11, 19))

    weighed = weigh(found, entries, date(2026, 11, 20))

    assert weighed.failing == tuple(finding for finding in found if finding.fails)
    assert "was accepted until 2026-11-19: that is over" in weighed.remarks[0]
    assert weigh(found, entries, date(2026, 11, 19)).failing == ()


def test_what_is_not_found_any_more_is_told(found: tuple[Finding, ...]) -> None:
    weighed = weigh((), accepting(found[:1]), date(2026, 11, 20))

    assert weighed.remarks == (
        f"{found[0].fingerprint} {found[0].row.clause.id} is accepted, but was not found: take it out of the baseline",
    )


def test_a_baseline_is_written_and_read(found: tuple[Finding, ...], tmp_path: Path) -> None:
    file = tmp_path / "baseline.toml"
    file.write_text(written(found, '"아직" 고치는 중 🔧'), encoding="utf-8")

    read = read_baseline(file)

    assert [entry.fingerprint for entry in read] == [finding.fingerprint for finding in found if finding.fails]
    assert read[0].reason == '"아직" 고치는 중 🔧'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[accepted]]\nfingerprint = 'a'\n", "clause"),
        ("[[accepted]]\nfingerprint = 'a'\nclause = 'b'\nreason = ' '\n", "a: give a reason"),
        ("[[accepted]]\nfingerprint = 'a'\nclause = 'b'\nreason = 'c'\nuntil = 'soon'\n", "until"),
        ("accepted = 3", "no baseline"),
        ("[", "no baseline"),
    ],
)
def test_what_is_no_baseline_is_refused(text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "baseline.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        read_baseline(file)
