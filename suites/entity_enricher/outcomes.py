"""What statuses say, what nobody has, and what it means when a call that had to succeed was refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.contract.bodies import media_type_of
from understudy.verify.reading import Reading, Verdict

from .world import Organisation

BUSY = frozenset((402, 408, 413, 425, 429, 502, 503, 504))
"""Statuses that say: too much, too long, too often or another time. Nothing documented forbids them."""

NOT_OFFERED = frozenset((404, 405, 410, 501))

SHORT_SPELLINGS = frozenset(("/api/batch/start", "/api/batch/fetch"))
"""Paths that the document does not have: an instance need not serve them."""

NOBODYS = "0b0d1e50-0000-4000-8000-00000000"
"""How the identifiers begin that this suite made up, so that nothing has them."""

COLLECTIONS = frozenset(("getOptions", "listSchemas", "listRecords", "createSchema", "createApiKey"))
"""Operations whose path names nothing that may be missing."""


def seen_status(reading: Reading) -> str:
    return f"status {reading.status}"


def uncertain(reading: Reading) -> bool:
    """Whether nobody can say if a call had its effect: it was not answered, or by a failure of the instance."""
    return reading.status == 0 or reading.status >= 500 or reading.status in (408, 425, 429)


def spelt_short(reading: Reading) -> bool:
    """Whether the call was made by a path that is only observed, so that it may not be there."""
    return reading.observation.request.path in SHORT_SPELLINGS


def is_json(content_type: str) -> bool:
    kind = media_type_of(content_type)
    return kind == "application/json" or kind.endswith("+json")


def must_succeed(reading: Reading, organisation: Organisation, *cited: str) -> Iterator[Verdict]:
    """A lawful call about what is there was refused."""
    if reading.status in BUSY or reading.succeeded:
        return
    expected, seen = "status 200: the call is lawful", seen_status(reading)
    found = [reading.expect(clause, False, expected, seen, "status") for clause in cited]
    if reading.status == 401:
        found.append(reading.expect("ee.auth.header", False, "a valid key to be accepted", seen, "status"))
    if reading.status in (401, 403):
        organisation.pending += found
        return
    yield from found
    if reading.operation in COLLECTIONS and reading.status in (404, 405, 501):
        yield reading.expect("ee.transport.base-path", False, "the path as it is documented", seen, "status")
    if reading.status == 415:
        yield reading.expect("ee.transport.json-body", False, "JSON declared as application/json", seen, "status")


def might_succeed(reading: Reading, organisation: Organisation, known: bool, *cited: str) -> Iterator[Verdict]:
    """A call was refused whose body is not documented, so that the instance may want another one.

    It counts when the operation is not there or fails, or when it is ``known`` to take such a body.
    """
    if known or reading.status in NOT_OFFERED or reading.status >= 500 or reading.status in (401, 403):
        yield from must_succeed(reading, organisation, *cited)


def texts(value: Any) -> Iterator[str]:
    """Every string in a JSON value, at any depth."""
    waiting = [value]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, dict):
            waiting += entry.values()
        elif isinstance(entry, list):
            waiting += entry
