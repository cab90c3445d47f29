"""A baseline: findings that are accepted for now, each with a reason and a day on which that ends.

A TOML file::

    [[accepted]]
    fingerprint = "0c1d2e3f4a5b"
    clause = "dhub.delete.conflict"       # for people; it has to be the finding's
    reason = "reported as #123"
    until = 2026-12-31                    # the last day

A finding that is accepted does not fail a verification. An entry that is over, or that nothing was found for, is told.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from understudy.errors import UsageError
from understudy.verify.findings import Finding


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry. ``until`` is the last day on which it holds; without one it holds for good."""

    fingerprint: str
    clause: str
    reason: str
    until: date | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    accepted: list[Accepted] = []


class Weighed(NamedTuple):
    """``failing`` are the findings that are not accepted and fail; ``remarks`` are about the baseline itself."""

    failing: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    remarks: tuple[str, ...]


def read_baseline(path: Path) -> tuple[Accepted, ...]:
    """The entries of a file. Raises `UsageError` when it is no baseline."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: no baseline: {error}") from None
    without = [entry.fingerprint for entry in found.accepted if not entry.reason.strip()]
    if without:
        raise UsageError(f"{path}: {', '.join(without)}: give a reason, so that somebody can decide when it ends")
    return tuple(found.accepted)


def weigh(found: Sequence[Finding], baseline: Sequence[Accepted], today: date) -> Weighed:
    """Which findings fail, given what is accepted on this day."""
    by_name = {entry.fingerprint: entry for entry in baseline}
    failing, accepted, remarks = [], [], []
    for finding in found:
        entry = by_name.pop(finding.fingerprint, None)
        if not finding.fails:
            continue
        if entry is None or entry.clause != finding.row.clause.id:
            failing.append(finding)
        elif entry.until is not None and today > entry.until:
            failing.append(finding)
            remarks.append(f"{finding.fingerprint} {entry.clause} was accepted until {entry.until}: that is over")
        else:
            accepted.append(finding)
    remarks += [
        f"{entry.fingerprint} {entry.clause} is accepted, but was not found: take it out of the baseline"
        for entry in by_name.values()
    ]
    return Weighed(tuple(failing), tuple(accepted), tuple(remarks))


def written(found: Sequence[Finding], reason: str) -> str:
    """A baseline that accepts all findings that fail, for a person to finish."""
    lines = []
    for finding in found:
        if finding.fails:
            lines += [
                "[[accepted]]",
                f'fingerprint = "{finding.fingerprint}"',
                f'clause = "{finding.row.clause.id}"',
                f"reason = {msgspec.json.encode(reason).decode()}",
                "",
            ]
    return "\n".join(lines)
