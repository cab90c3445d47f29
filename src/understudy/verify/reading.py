"""A reading: an observation decoded by its contract, as a judge's rules see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from understudy.contract import Contract
from understudy.contract.bodies import BodyError, decode_json
from understudy.contract.violations import Violation
from understudy.http import Response
from understudy.verify.observation import Observation


class Verdict(NamedTuple):
    """Whether one clause held in one exchange, with the smallest reason if it did not."""

    clause: str
    held: bool
    observation: int
    where: str = ""
    expected: str = ""
    seen: str = ""


class Reading:
    """One exchange, decoded.

    ``operation`` is an operationId (of the operation that a second spelling behaves as), None when nothing matched.
    ``breaches`` say how the *request* breaks the contract; it is lawful when there are none. ``role`` is that of the
    credential: ``""`` when there is no credential, None when it is one that nobody gave us.
    """

    def __init__(
        self,
        observation: Observation,
        *,
        operation: str | None,
        path: Mapping[str, Any],
        query: Mapping[str, Any],
        body: Any,
        breaches: tuple[Violation, ...],
        credential: str | None,
        role: str | None,
    ) -> None:
        self.observation = observation
        self.operation = operation
        self.path = path
        self.query = query
        self.body = body
        self.breaches = breaches
        self.credential = credential
        self.role = role

    @property
    def asked(self) -> Mapping[str, Any]:
        """The request's values by place, as streams are compared with them."""
        return {"path": self.path, "query": self.query, "body": self.body}

    @property
    def lawful(self) -> bool:
        return self.operation is not None and not self.breaches

    @property
    def response(self) -> Response:
        """The response. A rule is asked only about exchanges that have one."""
        assert self.observation.response is not None
        return self.observation.response

    @property
    def status(self) -> int:
        """The status code; 0 when no answer came back."""
        return self.observation.response.status if self.observation.response is not None else 0

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    @cached_property
    def value(self) -> Any:
        """The response's JSON, None when it holds none. Any bytes are read safely."""
        if self.observation.response is None:
            return None
        try:
            return decode_json(self.observation.response.content)
        except BodyError:
            return None

    def member(self, *names: str | int) -> Any:
        """What stands in the response's JSON under these names, None when any of them is missing."""
        found = self.value
        for name in names:
            try:
                found = found[name]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def holds(self, clause: str, where: str = "") -> Verdict:
        return Verdict(clause, True, self.observation.number, where)

    def expect(self, clause: str, held: bool, expected: str, seen: object = "", where: str = "body") -> Verdict:
        """A verdict on ``clause``. ``seen`` is shown as text, cut to a line."""
        if held:
            return self.holds(clause, where)
        return Verdict(clause, False, self.observation.number, where, expected, shown(seen))


def parsed(text: str) -> Any:
    """The JSON that a string holds, None when it holds none. Any text is read safely."""
    try:
        return decode_json(text.encode())
    except (BodyError, UnicodeEncodeError):
        return None


def readable(response: Response) -> Response:
    """The response with U+FFFD for every escaped surrogate that has no pair, in JSON inside strings too.

    RFC 8259 section 8.2 allows such escapes and leaves open what they mean; our reader of JSON refuses them.
    """
    if response.stream is not None or not _ESCAPED_SURROGATE.search(response.body):
        return response
    return response._replace(body=_ESCAPED_SURROGATE.sub(_paired, response.body))


def _paired(found: re.Match[bytes]) -> bytes:
    return found[0] if found["low"] else found["escape"] + b"ufffd"


_ESCAPED_SURROGATE = re.compile(
    rb"(?P<escape>\\+)u(?:d[89ab][0-9a-f]{2}(?P<low>(?P=escape)ud[c-f][0-9a-f]{2})?|d[c-f][0-9a-f]{2})", re.IGNORECASE
)


def shown(value: object, length: int = 160) -> str:
    """A value on one line of at most ``length`` characters."""
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def violations_as_verdicts(number: int, violations: tuple[Violation, ...], contract: Contract) -> tuple[Verdict, ...]:
    """Violations that a schema found, one verdict per clause."""
    return tuple(
        Verdict(
            clause, False, number, f"{violation.where} {violation.pointer}".rstrip(), violation.expected, violation.seen
        )
        for violation in violations
        for clause in violation.clauses
        if contract.clauses[clause].binds != "consumer"
    )
