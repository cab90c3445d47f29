"""A session: calls of one service's operations, made through a gate and judged as they come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from understudy.contract import Contract
from understudy.errors import GateClosed
from understudy.http import Request
from understudy.verify.gate import Gate, Unmet
from understudy.verify.judge import UNKNOWN_CREDENTIAL, Judge, Leftover
from understudy.verify.ledger import Book
from understudy.verify.observation import Observation
from understudy.verify.reading import Reading, Verdict
from understudy.verify.target import Target

__all__ = ["UNKNOWN_CREDENTIAL", "Session", "Unmet"]


class Session:
    """What a script is given.

    ``embedded``: the target is a mock of ours, in which test credentials may be extended into fresh accounts and
    ``advance`` moves the clock. ``label`` goes into the names of what is created, so that leftovers are recognisable;
    ``book`` keeps what that is where the target is not ours.
    """

    def __init__(
        self,
        contract: Contract,
        target: Target,
        gate: Gate,
        judge: Judge,
        *,
        label: str = "understudy",
        advance: Callable[[float], None] | None = None,
        book: Book | None = None,
    ) -> None:
        self.contract = contract
        self.target = target
        self.gate = gate
        self.judge = judge
        self.label = label
        self.verdicts: list[Verdict] = []
        self.readings: list[Reading] = []
        self._advance = advance
        self._book = book
        self._scope = ""
        self._cleaned: set[bytes] = set()

    @property
    def embedded(self) -> bool:
        return self._advance is not None

    def begin(self, scope: str) -> None:
        """From here on credentials stand for accounts of their own, where the target allows that."""
        self._scope = scope

    def limit(self, name: str) -> Any:
        """A limit of the target, or the contract's."""
        return self.judge.limits[name]

    def fixture(self, name: str) -> Any:
        """A fixture of the target. Raises `Unmet` when it was not told."""
        if name not in self.target.fixtures:
            raise Unmet(f"the target has no fixture {name}")
        return self.target.fixtures[name]

    def credential(self, role: str = "good", account: str = "") -> str:
        """A credential of a role; with ``account`` another one, of an account of its own.

        Raises:
            Unmet: the target has no (other) credential of this role.
        """
        values = self.target.values(role)
        if not values:
            raise Unmet(f"the target has no credential for the role {role}")
        if self.embedded:
            suffix = "-".join(part for part in (self._scope, account) if part)
            value = f"{values[0]}-{suffix}" if suffix else values[0]
            self.judge.roles[value] = role
            return value
        if account and len(values) < 2:
            raise Unmet(f"the target has one credential for the role {role}, and two accounts are needed")
        return values[1] if account else values[0]

    def advance(self, seconds: float) -> None:
        """Move the target's clock. Raises `Unmet` when it is not ours to move."""
        if self._advance is None:
            raise Unmet("the target's clock cannot be moved")
        self._advance(seconds)
        self.gate.moved(seconds)

    def elapse(self, seconds: float) -> None:
        """Let time pass for the target: move its clock where that is ours to move, wait where it is not."""
        if self._advance is not None:
            self.advance(seconds)
        else:
            self.gate.wait(seconds)

    def call(self, operation: str, *, at_once: bool = False, **parts: Any) -> Reading:
        """Make one call and have it judged. ``parts`` are those of `request`; ``at_once`` as in `Gate.send`.

        Raises:
            GateClosed: no more calls may be made; before something is created, that what is there could still be
                deleted is made sure of too.
            Unmet: the target is to be spared such a call.
        """
        creating = self.contract.operations[operation].behaves_as in self.judge.creating
        return self.judged(self.gate.send(self.request(operation, **parts), after=int(creating), at_once=at_once))

    def judged(self, observation: Observation) -> Reading:
        """Have an exchange judged that was made in another way than by `call`."""
        reading, verdicts = self.judge.read(observation)
        self.readings.append(reading)
        self.verdicts.extend(verdicts)
        if reading.operation in self.judge.creating or self.gate.reserved or self._book is not None:
            leftovers = self.judge.leftovers()
            self.gate.reserved = sum(_key(leftover) not in self._cleaned for leftover in leftovers)
            if self._book is not None:
                self._book.settle(reading, leftovers)
        return reading

    def note(self, verdict: Verdict) -> None:
        """A verdict on several exchanges together, which only the script that made them can give."""
        self.verdicts.append(verdict)

    def clean_up(self) -> None:
        """Delete what this session created and nothing deleted yet; each thing is tried once."""
        for leftover in self.judge.leftovers():
            if _key(leftover) in self._cleaned:
                continue
            self._cleaned.add(_key(leftover))
            operation, path, credential, body = leftover
            request = self.request(operation, path=path, credential=credential, body=body)
            try:
                self.judged(self.gate.send(request, cleaning=True))
            except (GateClosed, Unmet):
                return

    def orphans(self) -> tuple[str, ...]:
        """What may be left on a target that is not ours, for a person."""
        return () if self._book is None else self._book.page().orphans()

    def request(
        self,
        operation: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        raw: bytes | None = None,
        role: str = "good",
        credential: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        method: str | None = None,
        target: str | None = None,
    ) -> Request:
        """A request for an operation, by the contract's method and path.

        ``credential`` replaces the role's; ``raw`` replaces the JSON of ``body``; a header of None is left out.
        """
        node = self.contract.operations[operation]
        sent: dict[str, str] = dict([self._credential_header(credential or self.credential(role))])
        content = raw if raw is not None else b""
        if raw is None and body is not None:
            content = msgspec.json.encode(body)
        if content or body is not None:
            sent["content-type"] = "application/json"
        for name, value in (headers or {}).items():
            sent.pop(name.lower(), None)
            if value is not None:
                sent[name.lower()] = value
        filled = node.path
        for name, value in (path or {}).items():
            filled = filled.replace("{" + name + "}", quote(value, safe=""))
        given = {name: value for name, value in (query or {}).items() if value is not None}
        if given:
            filled += "?" + urlencode(given, quote_via=quote)  # a space as %20: not every server reads + as one
        return Request(method or node.method, target or filled, sent, content)

    def _credential_header(self, credential: str) -> tuple[str, str]:
        scheme = self.contract.credential_scheme
        if scheme["type"] == "http":
            return "authorization", f"Bearer {credential}"
        return str(scheme["name"]).lower(), credential


def _key(leftover: Leftover) -> bytes:
    return msgspec.json.encode(leftover)
