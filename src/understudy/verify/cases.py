"""Calls that the contract itself implies: credentials missing or wrong, bodies that lack or mistype a member, broken
JSON, and lawful bodies that hypothesis generates from the schemas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from understudy.contract import OperationNode, resolve
from understudy.contract.schemas import inline
from understudy.verify.session import UNKNOWN_CREDENTIAL, Session, Unmet
from understudy.verify.suite import Arranged, Suite

WRONG_TYPES: Mapping[str, Any] = {
    "string": 17,
    "integer": "seventeen",
    "number": "seventeen",
    "boolean": "yes",
    "array": {"not": "an array"},
    "object": ["not", "an object"],
}
BROKEN_BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "cut-off JSON": b'{"name": ',
    "two values": b"{} {}",
    "bytes that are not UTF-8": b'{"name": "\xff\xfe"}',
    "an unpaired surrogate": b'{"name": "\\ud800"}',
    "NaN": b'{"name": NaN}',
    "nesting 20,000 deep": b"[" * 20_000 + b"]" * 20_000,
    "an array": b"[]",
    "null": b"null",
}


class Case(NamedTuple):
    """A call that varies a lawful one. ``what`` says how."""

    what: str
    parts: Mapping[str, Any]


class Derived:
    """The unlawful variations of lawful calls, each in one respect.

    Every operation is called without a credential, with an unknown one and with one in a wrong form, and without each
    member that it requires. The many ways in which a form or a body can be wrong are dealt out over the operations, so
    that each is met once; ``thorough`` has every one of them for every operation. ``unlawful`` has requests that break
    the tables in more than lacking what is required.
    """

    def __init__(self, session: Session, *, thorough: bool, unlawful: bool = True) -> None:
        self._session = session
        self._thorough = thorough
        self._unlawful = unlawful
        self._met: set[str] = set()
        operations = tuple(session.contract.operations.values())
        with_body = tuple(entry for entry in operations if body_schema(session, entry) is not None)
        self._forms = dealt(tuple(wrong_forms(session)), operations, thorough)
        self._broken = dealt(tuple(BROKEN_BODIES) if unlawful else (), with_body, thorough)

    def cases(self, operation: OperationNode, lawful: Arranged) -> Iterator[Case]:
        """The variations of ``lawful``, a call of ``operation``."""
        parts = {"path": lawful.path, "query": lawful.query, "body": lawful.body}
        yield Case("no credential", {**parts, "headers": {self._session.judge.credential_header: None}})
        yield Case("an unknown credential", {**parts, "credential": UNKNOWN_CREDENTIAL})
        for what in self._forms[operation.id]:
            yield Case(what, {**parts, **wrong_forms(self._session)[what]})
        for name, text in _mistyped_query(self._session, operation):
            if self._unlawful and self._first(f"query {name} mistyped"):
                yield Case(f"query {name} mistyped", {**parts, "query": {**lawful.query, name: text}})
        schema = body_schema(self._session, operation)
        if schema is None:
            return
        for what in self._broken[operation.id]:
            headers = {"content-type": "application/json"}
            yield Case(f"a body of {what}", {**parts, "raw": BROKEN_BODIES[what], "headers": headers})
        for what, body in varied(schema, lawful.body) if isinstance(lawful.body, dict) else ():
            if what.endswith("left out") or (self._unlawful and self._first(what)):
                yield Case(what, {**parts, "body": body})

    def _first(self, what: str) -> bool:
        """Whether a case is to be made: once for all operations together, unless the run is thorough."""
        if what in self._met and not self._thorough:
            return False
        self._met.add(what)
        return True


def wrong_forms(session: Session) -> Mapping[str, Mapping[str, Any]]:
    """Parts of calls whose credential has a wrong form, by what is wrong with it."""
    header = session.judge.credential_header
    base = next((value for role in session.target.credentials for value in session.target.values(role)), "")
    forms: dict[str, Mapping[str, Any]] = {"an empty credential": {"headers": {header: ""}}}
    if len(base) > 1:
        forms["a cut-off credential"] = {"credential": base[:-1]}
    if session.contract.credential_scheme["type"] == "http":
        forms["a credential without its scheme"] = {"headers": {header: session.credential()}}
        forms["a scheme without a credential"] = {"headers": {header: "Bearer"}}
    return forms


def dealt(what: Sequence[str], operations: Sequence[OperationNode], thorough: bool) -> dict[str, tuple[str, ...]]:
    """What falls to which operation when everything is dealt out in turns, so that each has something of it."""
    if thorough:
        return {operation.id: tuple(what) for operation in operations}
    turns = range(max(len(what), len(operations)) if what and operations else 0)
    pairs = [(operations[turn % len(operations)].id, what[turn % len(what)]) for turn in turns]
    return {operation.id: tuple(entry for id, entry in pairs if id == operation.id) for operation in operations}


def varied(schema: Mapping[str, Any], body: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """``body`` with a required member left out, or a described one mistyped, at every depth; one change at a time."""
    for name in schema.get("required", ()):
        yield f"{place}/{name} left out", {key: value for key, value in body.items() if key != name}
    for name, entry in schema.get("properties", {}).items():
        kind = entry.get("type")
        if isinstance(kind, str) and kind in WRONG_TYPES:
            yield f"{place}/{name} mistyped", {**body, name: WRONG_TYPES[kind]}
        if isinstance(body.get(name), dict):
            for what, inner in varied(entry, body[name], f"{place}/{name}"):
                yield what, {**body, name: inner}


def body_schema(session: Session, operation: OperationNode) -> Mapping[str, Any] | None:
    """The JSON Schema of the operation's JSON body, None when it has none."""
    document = session.contract.document
    node = resolve(document, operation.node.get("requestBody", {}))
    content = node.get("content", {}).get("application/json")
    return inline(document, content["schema"]) if content else None


def run_derived(session: Session, suite: Suite) -> None:
    """Make the derived cases of every operation that the suite can arrange, then read back what they left alone.

    Raises:
        Unmet: the target had to be spared some of them; all others were made.
    """
    derived = Derived(session, thorough=session.embedded, unlawful=session.embedded or suite.refuses_unlawful)

    def vary(operation: OperationNode) -> None:
        lawful = suite.arrange(session, operation.behaves_as)
        for case in derived.cases(operation, lawful) if lawful is not None else ():
            session.call(operation.id, **case.parts)

    operations = session.contract.operations.values()
    _all_of([*(partial(vary, operation) for operation in operations), partial(suite.reread, session)])


def run_generated(session: Session, suite: Suite, examples: int, lawful_bodies: BodySource) -> None:
    """Make ``examples`` lawful calls of every operation with a JSON body, the bodies generated from its schema.

    Raises:
        Unmet: the target had to be spared some of them; all others were made.
    """

    def call(operation: OperationNode) -> None:
        for body in lawful_bodies(operation, examples):
            lawful = suite.arrange(session, operation.behaves_as)
            if lawful is None:
                break
            fitted = suite.fitted(lawful, body)
            reading = session.call(operation.id, path=lawful.path, query=lawful.query, body=fitted)
            if reading.succeeded:
                suite.followed(session, reading)

    operations = session.contract.operations.values()
    _all_of([partial(call, operation) for operation in operations if body_schema(session, operation) is not None])


def _all_of(steps: Iterable[Callable[[], None]]) -> None:
    """Take every step, whatever another one lacks; raise the first `Unmet` in the end."""
    missing: list[Unmet] = []
    for step in steps:
        try:
            step()
        except Unmet as unmet:
            missing.append(unmet)
    if missing:
        raise missing[0]


BodySource = Callable[[OperationNode, int], list[Any]]


def _mistyped_query(session: Session, operation: OperationNode) -> Iterator[tuple[str, str]]:
    for node in operation.parameters:
        parameter = resolve(session.contract.document, node)
        if parameter["in"] == "query" and parameter["schema"].get("type") in ("integer", "number", "boolean"):
            yield parameter["name"], "열둘"
