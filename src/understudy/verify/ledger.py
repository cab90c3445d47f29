"""The ledger: what a verification creates on a target that is not ours, written down before it is sent.

A file of JSON lines, so that whatever ends a run, what it left behind is known and can be deleted. It never holds a
credential, only the role whose credential made a thing and the environment variable that gives it::

    {"ledger": 1, "stem": …, "url": …, "label": …, "variables": {role: name}}    a run begins
    {"stem": …, "sent": 7, "operation": …, "method": …, "path": …, "role": …, "nth": 0}
    {"stem": …, "answered": 7, "status": 200}                                    "failure" where nothing came
    {"stem": …, "left": [{"operation": …, "path": …, "body": …, "role": …, "nth": 0}]}

``left`` is all that is left from then on, each as the call that deletes it, in the order in which that is possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from understudy.contract import Contract
from understudy.contract.credentials import Credentials
from understudy.errors import UsageError
from understudy.http import Request
from understudy.verify.effects import Effects
from understudy.verify.judge import Leftover
from understudy.verify.observation import Observation
from understudy.verify.reading import Reading
from understudy.verify.target import Target, variable

VERSION = 1
MOST_LINES = 1_000_000


class Left(msgspec.Struct, frozen=True, omit_defaults=True):
    """The call that deletes something that is left. ``role`` is None where the run itself was issued the credential."""

    operation: str
    path: Mapping[str, str] = {}
    body: Any = None
    role: str | None = None
    nth: int = 0

    def __str__(self) -> str:
        values = " ".join([*self.path.values(), *([str(self.body)] if self.body is not None else [])])
        return f"{self.operation} {values}".rstrip()


class Sent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A call that may have created something, and what came of it. ``lasts``: no operation deletes what it created."""

    operation: str
    method: str
    path: str
    role: str | None = None
    nth: int = 0
    status: int = 0
    failure: str = ""
    lasts: bool = False

    @property
    def doubtful(self) -> bool:
        """Nobody knows whether it created something."""
        return not self.status


class Page(NamedTuple):
    """What a ledger says of one service. ``sent`` are the calls that may have left something no ``left`` deletes."""

    stem: str
    url: str
    label: str
    left: tuple[Left, ...]
    sent: tuple[Sent, ...]

    def orphans(self) -> tuple[str, ...]:
        """For a person: everything that may still be there."""
        wanted = f"look for names that begin with {self.label}"
        return (
            *(f"{left}: was not deleted" for left in self.left),
            *(
                f"{sent.operation} ({sent.method} {sent.path}): {sent.failure or 'never answered'}; {wanted}"
                for sent in self.sent
                if sent.doubtful
            ),
            *(f"{sent.operation}: no operation deletes what it created; {wanted}" for sent in self.sent if sent.lasts),
        )


class Book:
    """Writes what one run creates at one service. Watches its gate, and is told of each call when it has been judged.

    ``append`` takes one line and returns when that is safely kept.
    """

    def __init__(
        self, append: Callable[[bytes], object], contract: Contract, target: Target, effects: Effects, label: str
    ) -> None:
        self._append = append
        self._stem = contract.stem
        self._credentials = Credentials(contract)
        self._effects = effects
        self._owners = {
            value: (role, nth) for role in target.credentials for nth, value in enumerate(target.values(role))
        }
        self._begun = False
        self._head = {
            "ledger": VERSION,
            "stem": contract.stem,
            "url": target.url,
            "label": label,
            "variables": {role: variable(contract.stem, role) for role in target.credentials},
        }
        self._sent: dict[int, Sent] = {}
        self._left: tuple[Left, ...] = ()

    def sending(self, number: int, request: Request) -> None:
        """Before a call: write it down if it may create something."""
        operation = self._effects.operation(request)
        if operation is None or operation.safe or not self._effects.creates(request):
            return
        role, nth = self._owner(self._credentials.read(request.headers))
        sent = Sent(operation.id, request.method, request.path, role, nth, lasts=self._effects.lasts(request))
        self._sent[number] = sent
        self._write({"sent": number, **msgspec.to_builtins(sent)})

    def came(self, observation: Observation) -> None:
        """Nothing yet: what an answer leaves behind is known when it has been judged."""

    def settle(self, reading: Reading, leftovers: Sequence[Leftover]) -> None:
        """After a call was judged: what became of it, and all that is left now."""
        number, failure = reading.observation.number, reading.observation.failure or ""
        sent = self._sent.pop(number, None)
        if sent is not None:
            self._write({"answered": number, "status": reading.status, "failure": failure})
            settled = msgspec.structs.replace(sent, status=reading.status, failure=failure)
            if settled.doubtful or (settled.lasts and reading.succeeded):
                self._sent[number] = settled
        left = tuple(self._entry(leftover) for leftover in leftovers)
        if left != self._left:
            self._left = left
            self._write({"left": msgspec.to_builtins(left)})

    def page(self) -> Page:
        """What may still be there."""
        return Page(
            self._stem, str(self._head["url"]), str(self._head["label"]), self._left, tuple(self._sent.values())
        )

    def _entry(self, leftover: Leftover) -> Left:
        role, nth = self._owner(leftover.credential)
        return Left(leftover.operation, dict(leftover.path), leftover.body, role, nth)

    def _owner(self, credential: str | None) -> tuple[str | None, int]:
        return self._owners.get(credential or "", (None, 0))

    def _write(self, entry: Mapping[str, Any]) -> None:
        if not self._begun:
            self._begun = True
            self._append(msgspec.json.encode(self._head) + b"\n")
        self._append(msgspec.json.encode({"stem": self._stem, **entry}) + b"\n")


def read_ledger(lines: Iterable[bytes]) -> tuple[Page, ...]:
    """What a ledger says may still be there, by service. A last line that was cut off by a crash is passed over.

    Raises:
        UsageError: it is no ledger, or one of a newer version.
    """
    pages: dict[str, Page] = {}
    open_calls: dict[tuple[str, int], Sent] = {}
    for count, line in enumerate(lines):
        if not line.endswith(b"\n") and count:
            break
        entry = _entry(line, count)
        stem = str(entry.get("stem", ""))
        if "ledger" in entry:
            if entry["ledger"] != VERSION:
                raise UsageError(f"the ledger has version {entry['ledger']!r}; this understudy reads {VERSION}")
            pages[stem] = Page(stem, str(entry.get("url", "")), str(entry.get("label", "")), (), ())
        elif stem not in pages or count >= MOST_LINES:
            raise UsageError(f"not a ledger: line {count + 1} belongs to no run that a line before it begins")
        else:
            _follow(entry, stem, pages, open_calls)
    return tuple(
        page._replace(sent=tuple(sent for (owner, _), sent in open_calls.items() if owner == stem))
        for stem, page in pages.items()
    )


def _follow(
    entry: Mapping[str, Any], stem: str, pages: dict[str, Page], open_calls: dict[tuple[str, int], Sent]
) -> None:
    try:
        if "sent" in entry:
            open_calls[stem, int(entry["sent"])] = msgspec.convert(entry, Sent)
        elif "answered" in entry:
            key = stem, int(entry["answered"])
            status = int(entry.get("status", 0))
            sent = open_calls.pop(key, None)
            if sent is not None and (not status or (sent.lasts and 200 <= status < 300)):
                failure = str(entry.get("failure", ""))
                open_calls[key] = msgspec.structs.replace(sent, status=status, failure=failure)
        elif "left" in entry:
            pages[stem] = pages[stem]._replace(left=msgspec.convert(entry["left"], tuple[Left, ...]))
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise UsageError(f"not a ledger: {error}") from None


def _entry(line: bytes, count: int) -> dict[str, Any]:
    try:
        entry = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        entry = None
    if not isinstance(entry, dict):
        raise UsageError(f"not a ledger: line {count + 1} is no JSON object")
    return entry
