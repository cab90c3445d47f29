"""Why a request may or must be refused, as far as an observer can know: the table of errors, read backwards.

Several causes may apply to one request. That the first in the table is answered is assumed, so an answer by any of them
is lawful; what the documents say nothing of (a body that is no JSON, another method) may be refused in any way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from understudy.verify.judge import Judge
from understudy.verify.reading import Reading

Answer = tuple[int, str]
"""A status and a reason."""

OTHER_PHRASES: Mapping[str, tuple[str, ...]] = {
    "invalid_key": ("Invalid Key KEY",),
    "blocked_key": ("Blocked",),
}
"""Where the table does not show where the reason ends: the other readings of etri.invalid-key-phrase."""

BREACHES: Mapping[str, str] = {
    "required": "etri.request.mandatory",
    "media-type": "etri.request.other-content-type",
}
"""The clause that a broken request shows, by the rule it broke; etri.error.bad-request for every other."""

UNPAIRED = re.compile(r"\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f][0-9a-f]{2})", re.IGNORECASE)


class Cause(NamedTuple):
    """A reason to refuse a request. ``answers`` say so, any refusal does where there are none.

    ``clause`` is violated by another answer; its grade says how much that weighs. ``rank`` is the place in the table.
    """

    name: str
    clause: str
    answers: tuple[Answer, ...]
    rank: int

    @property
    def expected(self) -> str:
        """What should have been answered, for a person."""
        if not self.answers:
            return "a refusal"
        status, reason = self.answers[0]
        others = [f"{reason!r} with {status}" for status, reason in self.answers[1:]]
        return f"status {status} and reason {reason!r}" + (f" (or {', '.join(others)})" if others else "")


class Table:
    """The errors of the contract by name, with every phrase that the document may be read to give them."""

    def __init__(self, judge: Judge) -> None:
        self._answers: dict[str, tuple[Answer, ...]] = {}
        self._clauses: dict[str, str] = {}
        self._ranks: dict[str, int] = {}
        self.by_role: dict[str, str] = {}
        for case in judge.contract.errors:
            phrases = (case.reason or "", *OTHER_PHRASES.get(case.name, ()))
            self._answers[case.name] = tuple((case.status, phrase) for phrase in phrases)
            self._clauses[case.name] = case.clauses[0]
            self._ranks[case.name] = case.rank
            if case.role is not None:
                self.by_role[case.role] = case.name
        self.statuses = {case.status for case in judge.contract.errors if case.name != "bad_request"}

    def cause(self, name: str, *others: str, clause: str = "", free: bool = False) -> Cause:
        """The cause ``name``, for which the answers of ``others`` are lawful too; ``free``: any refusal is."""
        answers = () if free else tuple(answer for entry in (name, *others) for answer in self._answers[entry])
        return Cause(name, clause or self._clauses[name], answers, self._ranks[name])

    def name_of(self, answer: Answer) -> str | None:
        """The error that is answered with this status and reason."""
        return next((name for name, answers in self._answers.items() if answer in answers), None)

    def of_phrase(self, reason: Any) -> str | None:
        """The error that has this reason, whatever the status; Bad Request, which no document has, is none."""
        return next(
            (
                name
                for name, answers in self._answers.items()
                if name != "bad_request" and any(phrase == reason for _, phrase in answers)
            ),
            None,
        )


class Key(NamedTuple):
    """What is known of the key of a request. ``role`` is None for a key that nobody told us of."""

    value: str
    role: str | None


def key_of(judge: Judge, reading: Reading) -> Key:
    """The key of a request: the header's, or by the body-key dialect that of the body when there is no header."""
    header = reading.observation.request.headers.get(judge.credential_header)
    body = reading.body
    if header is None and judge.readings["etri.key-place"] == "body" and isinstance(body, dict):
        value = body.get("access_key")
        if isinstance(value, str) and value:
            return Key(value, judge.roles.get(value))
    return Key(header or "", reading.role)


def causes(judge: Judge, table: Table, reading: Reading, key: Key, used_up: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Everything that is known to forbid the request, in the order of the table. ``used_up``: quotas that are."""
    found = [*_size(judge, table, reading), *_key(judge, table, reading, key), *used_up]
    found += [*_place(judge, table, reading), *_body(table, reading)]
    return tuple(sorted(found, key=lambda cause: cause.rank))


def incomplete(reading: Reading) -> bool:
    """Whether less of the body was sent than the request declares."""
    declared = reading.observation.request.headers.get("content-length", "")
    if not (declared.isascii() and declared.isdigit() and len(declared) < 16):
        return False
    return len(reading.observation.request.body) < int(declared)


def certain(judge: Judge, limit: str, key: Key) -> bool:
    """Whether a limit's number is known: the target told it, or the key is a fresh one of an embedded mock."""
    return limit in judge.briefing.limits or fresh(judge, key)


def fresh(judge: Judge, key: Key) -> bool:
    """Whether the key is a test credential with a suffix: an account of its own, which nobody has used before."""
    role = judge.contract.roles.get(key.role or "")
    return role is not None and any(key.value.startswith(value + "-") for value in role.values)


def _size(judge: Judge, table: Table, reading: Reading) -> Iterator[Cause]:
    most = judge.limits["body_bytes"]
    if most is not None and len(reading.observation.request.body) > most:
        told = "body_bytes" in judge.briefing.limits
        yield table.cause("body_size_limit_exceeded", clause="" if told else "etri.limit.body")


def _key(judge: Judge, table: Table, reading: Reading, key: Key) -> Iterator[Cause]:
    header = reading.observation.request.headers.get(judge.credential_header)
    if not key.value:
        if header is None:
            in_body = isinstance(reading.body, dict) and reading.body.get("access_key")
            yield table.cause("empty_auth_header", clause="etri.auth.access-key-unread" if in_body else "")
        else:
            yield table.cause("empty_auth_header", "invalid_key", clause="etri.auth.issued-key")
    elif key.role is None and key.value.partition(" ")[2] in judge.roles:
        yield table.cause("invalid_key", clause="etri.auth.whole-value")
    elif key.role is None and judge.without_access(reading):
        yield table.cause("invalid_key")
    elif key.role in table.by_role:
        yield table.cause(table.by_role[key.role])


def _place(judge: Judge, table: Table, reading: Reading) -> Iterator[Cause]:
    if reading.operation is not None:
        return
    path = reading.observation.request.target.partition("?")[0]
    own = judge.contract.operations["readPassage"].path
    below = path.removeprefix(own)
    if path == own:
        yield table.cause("invalid_api", clause="etri.error.other-method", free=True)
    elif not path.startswith(own):
        yield table.cause("invalid_api")
    elif below in (judge.limits["allowed_subpaths"] or ()):
        yield table.cause("invalid_api", clause="etri.limit.allowed-subpath-served")
    else:
        told = "allowed_subpaths" in judge.briefing.limits
        clause = "" if told else "etri.limit.allowed-subpaths"
        yield table.cause("not_allowed_subpath", "invalid_api", clause=clause)


def _body(table: Table, reading: Reading) -> Iterator[Cause]:
    if not reading.breaches:
        return
    clause = BREACHES.get(reading.breaches[0].rule, "etri.error.bad-request")
    if reading.breaches[0].rule == "syntax" and unencodable(reading.observation.request.body):
        clause = "etri.request.unencodable"
    yield table.cause("bad_request", clause=clause, free=True)


def unencodable(body: bytes) -> bool:
    """Whether the body holds what UTF-8 cannot: broken bytes, or an escape of an unpaired surrogate."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return True
    return UNPAIRED.search(text) is not None
