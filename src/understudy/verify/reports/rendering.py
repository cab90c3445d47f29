"""Which report is made by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from understudy.contract import Contract
from understudy.verify import har
from understudy.verify.findings import Finding
from understudy.verify.hiding import Hiding
from understudy.verify.judge import Judge
from understudy.verify.report import as_json
from understudy.verify.verification import Verification


@dataclass(frozen=True)
class Judged:
    """One service: what came out. ``accepted`` are the fingerprints that a baseline accepts.

    ``judge`` knows what the one that judged was told.
    """

    verification: Verification
    contract: Contract
    findings: tuple[Finding, ...]
    accepted: frozenset[str] = frozenset()
    judge: Judge = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "judge", self.verification.judge())

    @property
    def passed(self) -> bool:
        """Nothing documented was violated that is not accepted."""
        return not any(finding.fails and finding.fingerprint not in self.accepted for finding in self.findings)


def render(kind: str, judged: Sequence[Judged]) -> bytes:
    """A report of a kind of `KINDS`. Raises KeyError for another one."""
    return KINDS[kind](judged)


def _json(judged: Sequence[Judged]) -> bytes:
    return msgspec.json.format(msgspec.json.encode({"verifications": [whole(one) for one in judged]})) + b"\n"


def whole(judged: Judged) -> dict[str, object]:
    """A verification as JSON, with its findings and their stories."""
    told = as_json(judged.verification)
    told["passed"] = judged.passed
    told["findings"] = [
        {
            "fingerprint": finding.fingerprint,
            "clause": finding.row.clause.id,
            "fails": finding.fails,
            "accepted": finding.fingerprint in judged.accepted,
            "operation": finding.operation,
            "where": finding.verdict.where,
            "expected": finding.verdict.expected,
            "seen": finding.verdict.seen,
            "calls": [observation.number for observation in finding.story],
        }
        for finding in judged.findings
    ]
    return told


def _har(judged: Sequence[Judged]) -> bytes:
    """The shortest stories of all findings, each call named by the finding that it belongs to."""
    entries = []
    for one in judged:
        hiding = Hiding(one.contract)
        for finding in one.findings:
            for observation in finding.story:
                entry = har.entry_of(hiding.hidden(observation), one.verification.target or "http://recorded.invalid")
                entries.append(entry | {"comment": f"{finding.fingerprint} {finding.row.clause.id}"})
    log = {"version": "1.2", "creator": {"name": "understudy", "version": ""}, "entries": entries}
    return msgspec.json.format(msgspec.json.encode({"log": log})) + b"\n"


def _junit(judged: Sequence[Judged]) -> bytes:
    from understudy.verify.reports.junit import junit

    return junit(judged)


def _sarif(judged: Sequence[Judged]) -> bytes:
    from understudy.verify.reports.sarif import sarif

    return sarif(judged)


def _html(judged: Sequence[Judged]) -> bytes:
    from understudy.verify.reports.page import page

    return page(judged)


KINDS: Mapping[str, Callable[[Sequence[Judged]], bytes]] = {
    "junit": _junit,
    "json": _json,
    "html": _html,
    "sarif": _sarif,
    "har": _har,
}
