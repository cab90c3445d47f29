"""Reading details, versions and histories."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

from understudy.verify.reading import Reading, Verdict

from .access import BUSY
from .kinds import DOCUMENT, KNOWLEDGE
from .outcomes import must_fail, must_succeed
from .shown import judge_shown, not_there, still_there
from .values import shown_object, shows_nothing
from .versions import judge_listing, judge_version
from .world import Standing, Subject

MISSING_THING = frozenset((Standing.GONE, Standing.ELSEWHERE, Standing.ABSENT))


def judge_details(reading: Reading, subject: Subject) -> Iterator[Verdict]:
    """The details of a Knowledge or a Document, as it is or as it was."""
    fields = parse_qs(reading.observation.request.query, keep_blank_values=True)
    version = fields.get("knowledge_version" if subject.kind is KNOWLEDGE else "document_version", [None])[-1]
    if subject.standing in MISSING_THING:
        old = version is not None and subject.standing is Standing.GONE  # versions may outlive what they are of
        yield from must_fail(reading, subject, subject.kind.unknown if old else subject.kind.delete + "gone")
    elif reading.succeeded:
        yield from _shown(reading, subject, version)
    elif subject.item is not None and subject.standing is Standing.HERE and reading.lawful:
        yield from _not_shown(reading, subject, version)


def _shown(reading: Reading, subject: Subject, version: str | None) -> Iterator[Verdict]:
    kind, item = subject.kind, subject.item
    shown = reading.value if kind is KNOWLEDGE else shown_object(reading.value, subject.id)
    something = bool(reading.value) and not shows_nothing(reading.value)
    yield reading.expect(kind.read + "operation", something, f"the {kind.noun} {subject.id}", reading.value)
    if not isinstance(shown, dict):
        return
    if item is None:
        if isinstance(shown.get("id"), str):
            yield reading.expect(kind.id_in_path, shown["id"] == subject.id, f"the id {subject.id}", shown["id"])
        return
    if version is None:
        yield from still_there(reading, item)
        yield from judge_shown(reading, subject.account, item, shown, details=True)
        if kind is DOCUMENT:
            yield reading.holds("dhub.create-document.kid")
        else:
            yield reading.holds(kind.read + "version-optional")
        yield reading.holds(kind.read + "version-newest")
    elif version in item.history.versions:
        yield from judge_version(reading, item, version, shown)
    elif item.ours and item.history.at == item.newest:
        yield reading.expect(kind.unknown_version, False, "status 404", f"status {reading.status}", "status")


def _not_shown(reading: Reading, subject: Subject, version: str | None) -> Iterator[Verdict]:
    kind, item = subject.kind, subject.item
    assert item is not None
    cited = (kind.read + "operation", kind.read + "status")
    if version is None and reading.status in (404, 410):
        yield from not_there(reading, item, f"status {reading.status}", *cited)
    elif version is None:
        yield from must_succeed(reading, subject, *cited)
    elif version in item.history.versions:
        yield from must_succeed(reading, subject, kind.version_listed)
    elif item.ours and item.history.at is not None and reading.status not in BUSY:
        yield reading.expect(kind.unknown_version, reading.status == 404, "status 404", f"status {reading.status}")


def judge_history(reading: Reading, subject: Subject) -> Iterator[Verdict]:
    """The versions of a Knowledge or a Document."""
    kind, item = subject.kind, subject.item
    if subject.standing in MISSING_THING:
        yield from must_fail(reading, subject, kind.unknown)  # a history may outlive what it is of
    elif item is None or subject.standing is not Standing.HERE:
        return
    elif reading.succeeded:
        yield from judge_listing(reading, item)
    else:
        yield from must_succeed(reading, subject, kind.history + "operation", kind.history + "status")
