"""From a request to an exchange, in eight steps.

1. An adapter has turned the wire into a frozen `Request`.
2. The contract matches the operation; a request that names none gets the service's own answer, and near misses.
3. A fault may be due. One that answers in the service's place does it here: go to 8. Others disturb the sending.
4. Guards in their order: pass, or refuse.
5. The contract checks the request; a violation is the consumer's fault and becomes the service's own documented error.
6. The behaviour answers or refuses. What takes time is decided here and performed by the adapter.
7. The contract checks the reply, schemas closed; a violation is our fault: 500 with what and where.
8. The journal keeps the exchange; the adapter performs it.

Synchronous and pure apart from the stage: no socket, no clock, no randomness of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any

import msgspec

from understudy.answering import JSON, Answered, asked, checked_answer, explained, our_fault, without_secrets
from understudy.compiling import Operation, check_refusals, limits_of, operations_of
from understudy.contract import Contract
from understudy.contract.credentials import Credentials
from understudy.contract.limiting import with_limits
from understudy.contract.routes import Match, NearMiss, Router
from understudy.errors import StateError
from understudy.faults import Answer, Due, Fault, Refuse
from understudy.faults.answers import refusal_of, response_of
from understudy.faults.kinds import delay_of, needs_events
from understudy.faults.lawful import error_of
from understudy.http import Headers, LiveStream, Request, Response
from understudy.journal import Exchange
from understudy.preparing import preparations_of, prepare
from understudy.saving import Saving
from understudy.sending import checked, disturbed
from understudy.service import Call, Refusal, Reply, Service
from understudy.stage import Account, Stage

CONTENT_TYPES = 256
"""How many are kept ready: a service may answer with whatever media types it was given."""


class Engine:
    """One service on one stage.

    Raises:
        ServiceError: the service has a behaviour for an operation that the contract does not know, lacks one, or has a
            refusal whose clause and status are not among the contract's errors.
        UsageError: the stage overrides a limit that the contract does not have.
        StateError: what the stage has saved of the service does not fit it.
    """

    stage: Stage
    _accounts: dict[str, Account]
    _shared: Any
    _saving: Saving | None
    _suffix: str

    def __init__(self, service: Service[Any], contract: Contract, stage: Stage) -> None:
        self.service = service
        self.contract = contract
        self.stem = contract.stem
        self.limits = limits_of(contract, stage)
        self.readings = {id: entry.reading(stage.dialects) for id, entry in contract.ambiguities.items()}
        self.credentials = Credentials(contract)
        self.credential_header = self.credentials.header
        self._operations = operations_of(service, with_limits(contract, self.limits), stage.dialects)
        self._router: Router[Operation] = Router()
        for id, operation in self._operations.items():
            node = contract.operations[id]
            self._router.add(node.method, node.path, operation)
        self._checks: tuple[Callable[[Call], None], ...] = tuple(guard.check for guard in service.guards)
        self._passed: tuple[Callable[[Call], None], ...] = tuple(guard.passed for guard in service.guards)
        self._content_types: dict[str, tuple[tuple[str, str], ...]] = {}
        self._errors = {clause: case for case in reversed(contract.errors) for clause in case.clauses}
        check_refusals(service, self._errors)
        self.preparations = preparations_of(service)
        self._enter(stage)

    def on(self, stage: Stage) -> Engine:
        """The same service on another stage. What both have in common (limits, dialects) is not compiled again."""
        if limits_of(self.contract, stage) != self.limits or stage.dialects != self.stage.dialects:
            return Engine(self.service, self.contract, stage)
        other = copy(self)
        other._enter(stage)
        return other

    def begin(self) -> None:
        """Let the service begin anew on its stage: no account has been met, and nothing is shared."""
        self._accounts.clear()
        if self._saving is not None:
            self._saving.forget(self.stem, self.stage.clock.now())
        if self.service.shared is not None:
            self._shared = self.stage.shared[self.stem] = self.service.shared()

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self._suffix = stage.suffix
        self._accounts = stage.accounts.setdefault(self.stem, {})
        self._shared = None
        if self.service.shared is not None:
            self._shared = stage.shared.setdefault(self.stem, self.service.shared())
        self._saving = stage.saving
        stage.engines[self.stem] = self
        stage.faults.know(self.contract)
        if self._saving is not None:
            self._saving.restore(self)

    def handle(self, request: Request) -> Exchange:
        """Answer ``request``. Never raises: whatever goes wrong inside is a 500 that says what and where."""
        path, _, query = request.target.partition("?")
        match = self._router.match(request.method, path)
        if match is None and request.method == "HEAD":  # RFC 9110 section 9.3.2: as GET, without the content
            match = self._router.match("GET", path)
        call = self._call(request, match.operation.id if match is not None else None)
        faults = self.stage.faults
        due = faults.due(self.stem, call.operation) if faults.active else None
        try:
            if due is not None and due.fault.replaces:
                answer = self._force(due.fault, call)
            else:
                answer = self._answer(call, match, path, query)
        except Refusal as refusal:
            answer = self._refuse(refusal, call)
        except Exception as error:  # a behaviour's own mistake: shown, never hidden
            answer = our_fault(f"{type(error).__name__} in the mock of {call.operation}: {error}")
        if self._saving is not None:
            answer = self._saved(call, answer)
        return self._exchange(call, answer, match, due)

    def near_misses(self, method: str, path: str) -> Sequence[NearMiss]:
        """The operations that a request with this method and path almost names."""
        return self._router.near_misses(method, path)

    def choose(self, headers: Mapping[str, str]) -> Engine:
        """Who answers a request with these headers: this engine, where there is one stage."""
        return self

    def refuse(self, kind: str, request: Request) -> Exchange:
        """The service's own answer for what an adapter decides at the wire: ``body_too_large``, ``request_timeout``.

        ``request`` is as much of it as arrived.
        """
        call = self._call(request, None)
        return self._exchange(call, self._refuse(self.service.wire[kind](), call), None)

    def account(self, credential: str) -> Account | None:
        """The account of a test credential, opened when first met; None for any other text."""
        credential = credential.removesuffix(self._suffix)
        known = self._accounts.get(credential)
        if known is not None:
            return known
        role = self.credentials.role_of(credential)
        if role is None:
            return None
        return self.stage.open_account(self.stem, credential, role, self.service.state)

    def prepare(self, credential: str, name: str, values: Mapping[str, Any]) -> Any:
        """Load data that no operation can into an account; see `understudy.preparing.prepare`."""
        return prepare(self, credential, name, values)

    def _save(self, call: Call) -> None:
        assert self._saving is not None
        self._saving.save(self.stem, call.account, self._shared, self.stage.clock.now())

    def _saved(self, call: Call, answer: Answered) -> Answered:
        """The answer, once everything that the call has changed is saved; our fault where that cannot be done."""
        try:
            self._save(call)
        except StateError as error:
            return our_fault(str(error))
        return answer

    def _call(self, request: Request, operation: str | None) -> Call:
        credential = self.credentials.read(request.headers)
        if self._suffix and credential is not None:  # it names the stage, too, and is the same account without
            credential = credential.removesuffix(self._suffix)
        return Call(
            request,
            operation,
            self.stage.clock.now(),
            credential,
            None if credential is None else self._accounts.get(credential) or self.account(credential),
            self.stage,
            self._shared,
            self.contract,
            self.limits,
            self.readings,
            self.account,
        )

    def _answer(self, call: Call, match: Match[Operation] | None, path: str, query: str) -> Answered:
        tracer = self.stage.tracer
        for check in self._checks if tracer is None else tracer.checks(self.service.guards, call, self._shared):
            check(call)
        if match is None:
            near = self.near_misses(call.request.method, path)
            answer = self._refuse(self.service.unmatched(near, call), call)
            near_miss = explained("Understudy-Near-Miss", "; ".join(map(str, near)))
            allow = (("Allow", ", ".join(self._router.methods(path))),) if answer.reply.status == 405 else ()
            return answer._replace(headers=answer.headers + near_miss + allow)
        operation = match.operation
        call.path, call.query, call.body, violations = operation.reader.read(call.request, match.values, query)
        if violations:
            answer = self._refuse(self.service.violated(violations, call), call)
            first = explained("Understudy-Violation", str(violations[0]))
            return answer._replace(headers=answer.headers + first, violations=violations)
        assert call.account is not None, "a guard refuses every call without an account"
        answer = Answered(operation.behaviour(call.account.state, call))
        for passed in self._passed:
            passed(call)
        return answer

    def _refuse(self, refusal: Refusal, call: Call) -> Answered:
        case = self._errors.get(refusal.clause)
        if case is None:
            return our_fault(f"{type(refusal).__name__} names the clause {refusal.clause!r}, which no error has")
        reply = self.service.refused(refusal, case, call)
        reply = reply._replace(status=refusal.status, headers=reply.headers + refusal.headers)
        return Answered(reply, case.clauses, (("Understudy-Clause", refusal.clause),))

    def _force(self, fault: Fault, call: Call) -> Answered:
        """Step 3: a fault answers. No guard has counted the call, and no behaviour learns of it."""
        if isinstance(fault, Refuse):
            case = error_of(self.contract, fault.error)
            answer = self._refuse(refusal_of(self.service, case, fault.error), call)
            documented = call.operation is None or case.operations is None or call.operation in case.operations
            return answer if documented else answer._replace(forced=self._response(answer.reply, JSON, answer.headers))
        assert isinstance(fault, Answer), "no other kind of fault answers"
        return Answered(Reply(), forced=response_of(fault))

    def _exchange(
        self, call: Call, answer: Answered, match: Match[Operation] | None, due: Due | None = None
    ) -> Exchange:
        media_type = answer.reply.media_type or JSON
        if match is not None and not answer.ours and answer.forced is None:
            media_type, answer = checked_answer(match.operation.checker, answer, call)
        reply = answer.reply
        response = answer.forced or self._response(reply, media_type, answer.headers)
        fault = None if due is None else due.fault
        journal = self.stage.journal
        journal.count += 1
        if reply.stream is not None and match is not None and isinstance(reply.stream, LiveStream):
            rules = match.operation.checker.stream(reply.status, media_type)
            saved = None if self._saving is None else partial(self._save, call)
            response = response._replace(stream=checked(reply.stream, rules, asked(call), journal, saved, fault))
        elif response.stream is not None and fault is not None:
            response = response._replace(stream=disturbed(response.stream, fault, journal))
        elif due is not None and needs_events(due.fault):
            self.stage.faults.missed(due)
            due = None
        exchange = Exchange(
            journal.count, call.now, self.stem, call.operation, call.request, response,
            answer.clauses, answer.violations, reply.latency + delay_of(fault), fault=due,
        )  # fmt: skip
        if self.stage.tracer is not None:
            exchange = exchange._replace(trace=self.stage.tracer.end(call))
        secrets = match.operation.secrets if match is not None else None
        journal.keep(exchange if secrets is None else without_secrets(secrets, exchange))
        return exchange

    def _response(self, reply: Reply, media_type: str, headers: Headers) -> Response:
        content_type = self._content_types.get(media_type)
        if content_type is None:
            if len(self._content_types) >= CONTENT_TYPES:
                self._content_types.clear()
            value = media_type + self.service.charset if media_type == JSON else media_type
            content_type = self._content_types[media_type] = (("Content-Type", value),)
        headers = content_type + reply.headers + headers if reply.headers or headers else content_type
        if reply.stream is not None:
            return Response(reply.status, headers, b"", reply.stream)
        body = reply.body if type(reply.body) is bytes else msgspec.json.encode(reply.body)
        return Response(reply.status, headers, body)
