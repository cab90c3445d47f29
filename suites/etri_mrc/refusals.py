"""Whether a request was refused that is to be refused, as it is to be; and answered, when nothing forbids it."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.verify.judge import UNKNOWN_CREDENTIAL, Judge
from understudy.verify.reading import Reading, Verdict

from .calls import Calls
from .causes import Cause, Table, certain
from .forms import Form, forms
from .quotas import Quotas
from .situation import Situation, answers, told

UNEXPLAINED = {
    "empty_auth_header": "etri.auth.header",
    "invalid_key": "etri.auth.raw",
    "blocked_key": "etri.auth.issued-key",
    "invalid_api": "etri.service.path",
    "not_allowed_subpath": "etri.service.path",
}
"""What a refusal breaks whose cause is not there, by the error it names; etri.error.reason-phrase if it is not here."""

LIMITS_SHOWN = {"daily_limit_exceeded": "etri.limit.allowance", "body_size_limit_exceeded": "etri.limit.body"}
"""Clauses of limits that a refusal shows too, by its error."""

AT_THE_WIRE = ("body_size_limit_exceeded", "request_timeout")
NO_KEY = ("empty_auth_header", "invalid_key")


class Refusals:
    """Refusals and their causes. ``calls`` are those of every key that was seen."""

    def __init__(self, judge: Judge, table: Table, quotas: Quotas, calls: dict[str, Calls]) -> None:
        self._judge = judge
        self._table = table
        self._quotas = quotas
        self._calls = calls

    def judge_incomplete(self, reading: Reading, situation: Situation) -> Iterator[Verdict]:
        """Half of a request: to be answered with Request Timeout, or earlier by whatever else is wrong with it.

        That half of a body is no JSON may be said as well, in whatever way.
        """
        named = [cause for cause in situation.causes if cause.answers and answers(reading, cause)]
        silent = reading.status not in self._table.statuses and situation.error is None and not situation.served
        if not (named or silent or self._excused(reading, situation)):
            cause = self._table.cause("request_timeout")
            yield reading.expect(cause.clause, answers(reading, cause), cause.expected, told(reading), "status")

    def judge_forbidden(self, reading: Reading, situation: Situation) -> Iterator[Verdict]:
        """The request is to be refused for any of the causes; which of them is named is a matter of precedence."""
        named = next((cause for cause in situation.causes if answers(reading, cause)), None)
        free = next((cause for cause in situation.causes if not cause.answers), None)
        if named is not None:
            yield from self._judge_named(reading, situation, named)
        elif self._excused(reading, situation):
            return
        elif free is not None and not situation.served:
            yield from self._judge_free(reading, situation, free)
        else:
            first = next((cause for cause in situation.causes if cause.answers), free)
            assert first is not None, "a cause has answers, or is free"
            yield from self._judge_missed(reading, situation, first)

    def judge_refused(self, reading: Reading, situation: Situation, served: set[Form]) -> Iterator[Verdict]:
        """A key in good standing was refused though nothing that is known forbids it.

        ``served``: the ways of writing a request that were seen to be accepted.
        """
        if situation.error in self._quotas.errors and reading.status == 403:
            yield from self._quotas.judge_refused(
                reading, situation.key, situation.calls, situation.at, situation.error
            )
        elif not self._excused(reading, situation):
            for clause in self._blamed(reading, situation, served):
                yield reading.expect(clause, False, "the passage to be read", told(reading), "status")

    def _judge_named(self, reading: Reading, situation: Situation, named: Cause) -> Iterator[Verdict]:
        error = self._table.name_of((reading.status, reading.member("reason"))) or named.name
        yield reading.holds(self._table.cause(error).clause, "status")
        if named.clause != self._table.cause(named.name).clause:
            yield reading.holds(named.clause, "status")
        first = self._table.cause(named.name)
        if named.name == "empty_auth_header" and len(named.answers) > 1:
            yield reading.expect("etri.auth.empty-value", error == first.name, first.expected, told(reading), "status")
        if named.name == "not_allowed_subpath":
            expected = first.expected
            yield reading.expect("etri.limit.allowed-subpaths", error == first.name, expected, told(reading), "status")
        if named.name in NO_KEY:
            yield reading.holds("etri.auth.issued-key", "status")
        if named.name in self._quotas.errors and situation.key.role == "good":
            yield from self._quotas.judge_kept(reading, named.name)
        if named.name in LIMITS_SHOWN:
            yield reading.holds(LIMITS_SHOWN[named.name], "status")
        if len(situation.causes) < 2:
            return
        foremost = situation.causes[0]
        clause = "etri.error.wire-first" if foremost.name in AT_THE_WIRE else "etri.error.precedence"
        yield reading.expect(clause, named is foremost, foremost.expected, told(reading), "status")
        if any(cause.name == "bad_request" for cause in situation.causes):
            yield reading.holds("etri.error.bad-request-place", "status")

    def _judge_free(self, reading: Reading, situation: Situation, free: Cause) -> Iterator[Verdict]:
        """A refusal of what the documents are silent on: any will do, but one that names a cause that is not there."""
        chosen = self._table.cause(free.name)
        assumed = "etri.error.bad-request" if free.name == "bad_request" else free.clause
        if free.clause != assumed:
            yield reading.holds(free.clause, "status")
        yield reading.expect(assumed, answers(reading, chosen), chosen.expected, told(reading), "status")
        lawful = {None, "internal_server_error", *(cause.name for cause in situation.causes)}
        if free.name == "invalid_api":
            lawful.add("not_allowed_subpath")
        if not certain(self._judge, "body_bytes", situation.key):
            lawful.add("body_size_limit_exceeded")
        if situation.error not in lawful:
            expected = "a reason whose cause is there"
            yield reading.expect("etri.error.reason-phrase", False, expected, told(reading), "body /reason")

    def _judge_missed(self, reading: Reading, situation: Situation, cause: Cause) -> Iterator[Verdict]:
        if cause.name == "body_size_limit_exceeded":
            yield reading.expect("etri.limit.body", False, cause.expected, told(reading), "status")
        yield reading.expect(cause.clause, False, cause.expected, told(reading), "status")
        if situation.served and cause.name in NO_KEY and cause.clause.startswith("etri.error."):
            yield reading.expect("etri.auth.issued-key", False, cause.expected, told(reading), "status")
        if reading.status in {status for status, _ in cause.answers}:
            yield reading.expect("etri.error.reason-phrase", False, cause.expected, told(reading), "body /reason")

    def _blamed(self, reading: Reading, situation: Situation, served: set[Form]) -> tuple[str, ...]:
        """What a refusal without a cause breaks: what it names, else the ways of writing that were not yet accepted."""
        if situation.doubts and situation.error not in NO_KEY:
            return tuple(filter(None, situation.doubts))
        if reading.observation.request.headers.get(self._judge.credential_header) is None:
            return ("etri.auth.key-in-body",)
        if situation.error == "body_size_limit_exceeded" and not certain(self._judge, "body_bytes", situation.key):
            return ("etri.limit.body",)
        if situation.error is not None and situation.error != "internal_server_error":
            return (UNEXPLAINED.get(situation.error, "etri.error.reason-phrase"),)
        if reading.status in (404, 405):
            return ("etri.service.path" if reading.status == 404 else "etri.service.method",)
        unserved = sorted({form.clause for form in forms(reading) - served})
        return tuple(unserved) or ("etri.service.purpose",)

    def _excused(self, reading: Reading, situation: Situation) -> bool:
        """Whether what this observer has done explains a refusal: many calls, many keys, calls close together."""
        limits, calls, observation = self._judge.limits, situation.calls, reading.observation
        if situation.error == "too_many_keys":
            keys = len(self._calls.keys() - {"", UNKNOWN_CREDENTIAL})
            return limits["keys_per_ip"] is not None and keys > limits["keys_per_ip"]
        if situation.error == "concurrent_limit_exceeded":
            in_a_row = limits["consecutive_calls"]
            hurried = in_a_row is not None and calls.in_a_second(observation) >= in_a_row
            return hurried or calls.overlapping(observation) > 0
        if situation.error in self._quotas.errors and situation.key.role == "good":
            return self._quotas.may_be_used_up(situation.key, calls, situation.at, situation.error)
        return False
