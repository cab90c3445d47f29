"""Why a request was answered as it was: its clauses, what the guards did, what was read and written, and the smallest
change to the request that would have changed the answer.

The change is not guessed: candidates are sent, from the smallest on, to a copy of the stage as it is now, and the first
one that is answered otherwise is told. Where the original itself is answered otherwise by now, that is said as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from understudy.errors import StateError, UsageError
from understudy.http import Request
from understudy.saving import Row, put_back, rows_of
from understudy.stage import Stage
from understudy.tracing import described, limit_of

if TYPE_CHECKING:
    from understudy.engine import Engine
    from understudy.journal import Exchange

MOST_ROWS = 20_000
"""Rows of a service's state up to which a copy is made for trying changes."""
MOST_TRIES = 40
Json = dict[str, Any]


class Change(msgspec.Struct, omit_defaults=True):
    """``says`` what to do. ``status`` and ``clause`` are what the changed request was answered with on the copy."""

    says: str
    status: int = 0
    clause: str = ""


def explain(stage: Stage, number: int) -> Json:
    """The explanation of an exchange of the stage's journal, as JSON data. It holds no credential.

    Raises:
        UsageError: the journal has no exchange of this number (any more).
    """
    exchange = stage.journal.find(number)
    if exchange is None:
        raise UsageError(f"the journal of stage {stage.name!r} has no exchange {number}; it keeps the last ones only")
    engine = stage.engines[exchange.stem]
    response = exchange.response
    return {
        "number": exchange.number,
        "stage": stage.name,
        "service": exchange.stem,
        "operation": exchange.operation,
        "status": response.status,
        "because": _because(exchange),
        "clauses": _clauses(engine, exchange),
        "violations": [str(violation) for violation in exchange.violations],
        "guards": _guards(engine, exchange),
        "state": _state(exchange),
        "fault": None if exchange.fault is None else msgspec.to_builtins(exchange.fault._asdict()),
        "change": msgspec.to_builtins(_change(engine, exchange)),
    }


def _because(exchange: Exchange) -> str:
    """The reason in one sentence."""
    header = exchange.response.header
    if exchange.fault is not None:
        return f"the fault {exchange.fault.id} was due, which had been planned"
    near = header("understudy-near-miss")
    if exchange.operation is None:
        return "no operation of the contract has this method and path" + (f"; near misses: {near}" if near else "")
    if any(violation.blame == "provider" for violation in exchange.violations):
        return "the mock's own reply breaks its contract: a fault of the mock, not of the client"
    if exchange.violations:
        return f"the request breaks the contract: {exchange.violations[0]}"
    clause = header("understudy-clause")
    if clause is None:
        return "nothing refused the request, and the operation answered"
    if exchange.trace is not None and exchange.trace.refused:
        return f"the guard {exchange.trace.refused} refused it, by {clause}"
    return f"the operation refused it, by {clause}"


def _clauses(engine: Engine, exchange: Exchange) -> list[Json]:
    """What the answer rests on: the refusal's clauses and those of what was violated, else the operation's own."""
    contract = engine.contract
    ids = dict.fromkeys((*exchange.clauses, *(id for found in exchange.violations for id in found.clauses)))
    if not ids and exchange.operation is not None:
        ids = dict.fromkeys(contract.operations[exchange.operation].node.get("x-clauses", ()))
    return [
        {"id": clause.id, "grade": clause.grade, "source": str(clause.source), "says": clause.says}
        for clause in contract.clauses_of(*ids)
    ]


def _guards(engine: Engine, exchange: Exchange) -> list[Json] | None:
    """Every guard and what it did; None where the stage was not traced."""
    trace = exchange.trace
    if trace is None:
        return None
    told: list[Json] = []
    passed = list(trace.passed)
    for guard in engine.service.guards:
        name = described(guard)
        outcome = "not asked"
        if passed and passed[0] == name:
            passed.pop(0)
            outcome = "passed"
        elif name == trace.refused and not any(entry["outcome"] == "refused" for entry in told):
            outcome = "refused"
        limit = limit_of(guard)
        about = {"limit": engine.limits[limit], "counted": trace.counters.get(limit)} if limit in engine.limits else {}
        told.append({"guard": name, "outcome": outcome, **about})
    return told


def _state(exchange: Exchange) -> Json | None:
    """What the call read and wrote; None where the stage was not traced."""
    trace = exchange.trace
    if trace is None:
        return None
    return {"read": list(trace.read), "missed": list(trace.missed), "written": list(trace.written)}


# The smallest change


def _change(engine: Engine, exchange: Exchange) -> Change:
    try:
        copies = _Copies(engine)
    except StateError as error:
        return Change(f"no change was tried: {error}")
    request = exchange.request
    now = copies.answer(request)
    was = (exchange.response.status, exchange.response.header("understudy-clause") or "")
    if exchange.fault is not None:
        return Change(f"none: the fault decides. Without it the request is now answered with {now[0]}", *now)
    moved = "" if now == was else f" (by now the request itself is answered with {now[0]})"
    for tries, (says, changed) in enumerate(candidates(engine, exchange)):
        if tries >= MOST_TRIES:
            break
        answered = copies.answer(changed)
        if answered not in (was, now):
            return Change(says + moved, *answered)
    waited = _waited(exchange)
    return Change((waited or "no change of this request alone: what the service holds has to change first") + moved)


def _waited(exchange: Exchange) -> str:
    wait = exchange.response.header("retry-after")
    return f"none to the request: wait for {wait} s, or advance the stage's clock" if wait else ""


class _Copies:
    """Answers requests as the service would on its stage now, without changing that."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._rows: list[Row] = []
        for row in rows_of(engine):
            self._rows.append(row)
            if len(self._rows) > MOST_ROWS:
                raise StateError(f"the service holds more than {MOST_ROWS} entries, too many to copy")

    def answer(self, request: Request) -> tuple[int, str]:
        """Status and clause (empty for none) of the answer that a fresh copy gives."""
        stage = self._engine.stage
        copy = Stage(stage.clock.anew(stage.clock.now()), name=stage.name, seed=stage.seed, limits=stage.limits,
                     dialects=stage.dialects, journal_size=1)  # fmt: skip
        engine = self._engine.on(copy)
        put_back(engine, self._rows)
        response = engine.handle(request).response
        return response.status, response.header("understudy-clause") or ""


def candidates(engine: Engine, exchange: Exchange) -> Iterator[tuple[str, Request]]:
    """Changed requests, the smallest changes first, each with what was changed in words."""
    request = exchange.request
    if exchange.response.status >= 400:
        yield from _of_the_credential(engine, request)
        yield from _of_the_name(engine, exchange)
        yield from _of_the_path(engine, exchange)
        yield from _of_the_body(exchange)
    else:
        yield from _of_the_path(engine, exchange, unknown=True)
        yield from _without_members(request)
    name = engine.credential_header
    if name in request.headers:
        yield "send no credential", _with_header(request, name, None)


def _of_the_credential(engine: Engine, request: Request) -> Iterator[tuple[str, Request]]:
    for role, value in engine.stage.credentials(engine.stem).items():
        one = value if isinstance(value, str) else value[0]
        bearer = engine.contract.credential_scheme["type"] == "http"
        sent = f"Bearer {one}" if bearer else one
        if request.headers.get(engine.credential_header) != sent:
            says = f"send a credential of the role {role} in {engine.credential_header}"
            yield says, _with_header(request, engine.credential_header, sent)


def _of_the_name(engine: Engine, exchange: Exchange) -> Iterator[tuple[str, Request]]:
    """The near misses of a request that names no operation."""
    if exchange.operation is not None:
        return
    request = exchange.request
    _, question, query = request.target.partition("?")
    for near in engine.near_misses(request.method, request.path):
        yield (
            f"call {near.method} {near.path}",
            request._replace(method=near.method, target=near.path + question + query),
        )


def _of_the_path(engine: Engine, exchange: Exchange, *, unknown: bool = False) -> Iterator[tuple[str, Request]]:
    """Identifiers of the path replaced by others that the state has, or by one that it has not."""
    if exchange.operation is None:
        return
    request, template = exchange.request, engine.contract.operations[exchange.operation].path.split("/")
    segments = request.path.split("/")
    for place, name in enumerate(template):
        if not name.startswith("{") or place >= len(segments):
            continue
        others = ["understudy-unknown"] if unknown else _known_keys(engine, exchange)
        for other in others:
            changed = [*segments[:place], quote(other, safe=""), *segments[place + 1 :]]
            target = "/".join(changed) + request.target[len(request.path) :]
            if target != request.target:
                told = "one that is not there" if unknown else f"{other!r}, which is there"
                yield f"put {told} in the place of {name} in the path", request._replace(target=target)


def _known_keys(engine: Engine, exchange: Exchange) -> list[str]:
    """Keys of the tables in which the call looked for something that is not there, the newest first."""
    trace = exchange.trace
    account = engine.account(engine.credentials.read(exchange.request.headers) or "")
    if trace is None or account is None:
        return []
    names = dict.fromkeys(missed.partition("/")[0] for missed in trace.missed)
    tables = (getattr(account.state, name, {}) for name in names)
    return [key for table in tables for key in list(table)[-5:][::-1]]


def _of_the_body(exchange: Exchange) -> Iterator[tuple[str, Request]]:
    """Members that break the contract left out, all of them at last."""
    body = _decoded(exchange.request)
    if not isinstance(body, dict):
        return
    pointers = [found.pointer for found in exchange.violations if found.where == "body" and found.pointer]
    for name in dict.fromkeys(pointer.split("/")[1] for pointer in pointers):
        if name in body:
            rest = {key: value for key, value in body.items() if key != name}
            yield f"leave {name!r} out of the body", _with_body(exchange.request, rest)


def _without_members(request: Request) -> Iterator[tuple[str, Request]]:
    body = _decoded(request)
    if isinstance(body, dict):
        for name in body:
            rest = {key: value for key, value in body.items() if key != name}
            yield f"leave {name!r} out of the body", _with_body(request, rest)


def _decoded(request: Request) -> Any:
    try:
        return msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeError):
        return None


def _with_body(request: Request, body: Mapping[str, Any]) -> Request:
    return request._replace(body=msgspec.json.encode(body))


def _with_header(request: Request, name: str, value: str | None) -> Request:
    headers = {key: told for key, told in request.headers.items() if key != name}
    return request._replace(headers=headers if value is None else {**headers, name: value})
