"""The judge: a pure reader of exchanges in order, which says which clauses held and which were violated.

What every contract implies is judged here: the status of an answer that succeeds, its media type, headers and body by
open schemas (a provider may lawfully say more than its documents do). Of a refusal only headers and body are judged:
whether it was due, and with which status, is for the rules of `suites/<stem>.py`, like everything else that only one
service promises (effects of writes, order, quotas). A judge keeps what an observer can know and nothing else, so it
reads a mock, a live instance and a recorded conversation alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, TypeVar

from understudy.contract import Contract
from understudy.contract.credentials import Credentials
from understudy.contract.document import resolve
from understudy.contract.evidence import clauses_met
from understudy.contract.limiting import with_limits
from understudy.contract.requests import Decoded, RequestReader
from understudy.contract.responses import ResponseChecker
from understudy.contract.routes import Router
from understudy.contract.violations import Violation
from understudy.verify.observation import Observation
from understudy.verify.reading import Reading, Verdict, readable, violations_as_verdicts


@dataclass(frozen=True)
class Briefing:
    """What a judge is told of an instance: whose credential is whose, its limits and fixtures, and its dialects."""

    roles: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    fixtures: Mapping[str, Any] = field(default_factory=dict)
    dialects: frozenset[str] = frozenset()


class Leftover(NamedTuple):
    """The call that deletes what a conversation created: an operation, its path, the credential that may, and a body
    where what is deleted is named there."""

    operation: str
    path: Mapping[str, str]
    credential: str
    body: Any = None


Rule = Callable[[Any, Reading], Iterable[Verdict]]
R = TypeVar("R", bound=Rule)

UNKNOWN_CREDENTIAL = "understudy-unknown-credential"
"""A credential that nobody gave out. One that begins with it is none either."""


def rule(*operations: str) -> Callable[[R], R]:
    """Mark a judge's method as a rule for exchanges of these operations; of every exchange when none is named."""

    def mark(method: R) -> R:
        method.operations = frozenset(operations)  # type: ignore[attr-defined]
        return method

    return mark


class Judge:
    """Judges the exchanges of one service. Subclasses add rules: methods marked by `rule`, run in the order written.

    ``beyond_shape`` are the clauses of which an answer's shape shows only that they may hold: a rule says when they
    did. ``creating`` are the operations that leave something behind which should be deleted in the end, ``lasting``
    those that leave what no operation deletes.
    """

    stem: ClassVar[str]
    beyond_shape: ClassVar[frozenset[str]] = frozenset()
    creating: ClassVar[frozenset[str]] = frozenset()
    lasting: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, contract: Contract, briefing: Briefing) -> None:
        self.limits = {name: briefing.limits.get(name, limit.value) for name, limit in contract.limits.items()}
        self.contract = contract = with_limits(contract, self.limits)
        self.briefing = briefing
        self.roles = dict(briefing.roles)
        self.readings = {id: entry.reading(briefing.dialects) for id, entry in contract.ambiguities.items()}
        self._credentials = Credentials(contract)
        self.credential_header = self._credentials.header
        self._router: Router[str] = Router()
        for operation in contract.operations.values():
            self._router.add(operation.method, operation.path, operation.id)
        self._readers = {id: RequestReader(contract, node) for id, node in contract.operations.items()}
        self._responses = {
            id: {str(status): resolve(contract.document, entry) for status, entry in node.node["responses"].items()}
            for id, node in contract.operations.items()
        }
        self._checkers = {
            id: ResponseChecker(contract, node, closed=False, dialects=briefing.dialects)
            for id, node in contract.operations.items()
        }
        marked = {name: entry for cls in reversed(type(self).__mro__) for name, entry in vars(cls).items()}
        self._rules: list[Rule] = [entry for entry in marked.values() if hasattr(entry, "operations")]
        self.prepare()

    def again(self) -> Judge:
        """A judge that is told what this one was, and has read nothing yet."""
        other = copy(self)
        other.roles = dict(self.roles)
        other.prepare()
        return other

    def prepare(self) -> None:
        """Set up what a subclass keeps of a conversation. Called before the first exchange is read."""

    def read(self, observation: Observation) -> tuple[Reading, tuple[Verdict, ...]]:
        """The next exchange: how it reads, and the verdicts on it."""
        if observation.response is None:
            reading = self.decode(observation)
            return reading, tuple(self.unanswered(reading))
        reading = self.decode(observation._replace(response=readable(observation.response)))
        verdicts = [*self._general(reading)]
        for entry in self._rules:
            operations = entry.operations  # type: ignore[attr-defined]
            if not operations or reading.operation in operations:
                verdicts.extend(entry(self, reading))
        return reading, tuple(verdicts)

    def unanswered(self, reading: Reading) -> Iterable[Verdict]:
        """A call that no whole answer came back to: rules are not asked about it, but it may have had its effect."""
        return ()

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that the contract has for a percent-encoded path; empty when it has no such path."""
        return self._router.methods(path)

    def leftovers(self) -> tuple[Leftover, ...]:
        """What this conversation created and has not deleted yet, in the order in which it can be deleted."""
        return ()

    def without_access(self, reading: Reading) -> bool:
        """The request certainly carries no valid credential: none, one in another form, or one that we made up.

        One that is merely unknown may be valid all the same: a recorded conversation does not say whose it is.
        """
        credential = (reading.credential or "").strip()
        if not credential or credential.startswith(UNKNOWN_CREDENTIAL) or credential != reading.credential:
            return True
        if credential in self.roles:
            return False
        return any(len(credential) < len(known) and known.startswith(credential) for known in self.roles)

    def decode(self, observation: Observation) -> Reading:
        """How an exchange reads by the contract."""
        request = observation.request
        path, _, query = request.target.partition("?")
        match = self._router.match(request.method, path)
        credential = self._credentials.read(request.headers)
        decoded = Decoded({}, {}, None, ())
        operation = None
        if match is not None:
            decoded = self._readers[match.operation].read(request, match.values, query)
            operation = self.contract.operations[match.operation].behaves_as
        return Reading(
            observation,
            operation=operation,
            path=decoded.path,
            query=decoded.query,
            body=decoded.body,
            breaches=decoded.violations,
            credential=credential,
            role="" if not credential else self.roles.get(credential),
        )

    def _general(self, reading: Reading) -> Iterable[Verdict]:
        if reading.operation is None:
            return
        operation, responses = self.contract.operations[reading.operation], self._responses[reading.operation]
        if str(reading.status) not in responses:
            if reading.succeeded:
                status, node = next(iter(responses.items()))
                for clause in node.get("x-clauses", operation.node.get("x-clauses", ())):
                    yield reading.expect(clause, False, f"status {status}", str(reading.status), "status")
            return  # the documents do not say with which status such a request is refused
        checker = self._checkers[reading.operation]
        broken = set()
        for verdict in violations_as_verdicts(reading.observation.number, self._violations(reading), self.contract):
            broken.add(verdict.clause)
            yield verdict
        for clause in clauses_met(checker, reading.response):
            if clause not in broken and clause not in self.beyond_shape and self._binds_provider(clause):
                yield reading.holds(clause)
        if reading.succeeded and reading.breaches:
            yield from self._accepted_unlawful(reading)

    def _violations(self, reading: Reading) -> tuple[Violation, ...]:
        """What is wrong with an answer; of a refusal not its media type, which is the body's affair there."""
        assert reading.operation is not None
        checker = self._checkers[reading.operation]
        violations = checker.check(reading.response, reading.asked)
        documented = checker.documented(reading.status)
        if reading.succeeded or documented is None:
            return violations
        own = frozenset(documented.clauses)
        return tuple(found for found in violations if not own.issuperset(found.clauses))

    def _accepted_unlawful(self, reading: Reading) -> Iterable[Verdict]:
        """A request that lacks what its document calls required was accepted all the same."""
        for breach in reading.breaches:
            if breach.rule == "required" and (breach.pointer or breach.where != "body"):
                for clause in filter(self._binds_provider, breach.clauses):
                    yield reading.expect(clause, False, "a refusal: " + breach.expected, str(reading.status), "status")

    def _binds_provider(self, clause: str) -> bool:
        return self.contract.clauses[clause].binds != "consumer"
