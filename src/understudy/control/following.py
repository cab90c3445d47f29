"""Following a journal: its exchanges as Server-Sent Events, for as long as the client stays."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from understudy.control.definition import control
from understudy.control.exchanges import summary
from understudy.control.journals import filter_of
from understudy.control.plane import Plane
from understudy.http import Chunk, LiveStream
from understudy.journal import Exchange, Journal
from understudy.service import Call, Reply

HEARTBEAT = b":\n\n"
"""A comment (WHATWG HTML section 9.2.6): it keeps the connection, and shows a server that the client is gone."""


@control.operation("followJournal")
def follow_journal(plane: Plane, call: Call) -> Reply:
    limits = call.limits
    followed = Followed(
        plane.stage(call.path).journal, filter_of(call.query), call.stage.clock.now,
        most=limits["follow_pending"], beat=limits["heartbeat_seconds"],
    )  # fmt: skip
    if "since" in call.query:
        followed.begin_after(call.query["since"])
    return Reply(stream=followed, headers=(("Cache-Control", "no-store"),))


class Followed(LiveStream):
    """The exchanges of a journal that ``fits`` lets pass, one chunk each, from the moment on in which it is watched.

    While there is nothing to tell, the next chunk is a heartbeat, due ``beat`` seconds (of ``now``) after the last one.
    A reader who is more than ``most`` exchanges behind is told so, and that is the end. What was read is forgotten.
    """

    def __init__(
        self,
        journal: Journal,
        fits: Callable[[Exchange], bool],
        now: Callable[[], float],
        *,
        most: int,
        beat: float,
    ) -> None:
        self._journal = journal
        self._fits = fits
        self._now = now
        self._most = most
        self._beat = beat
        self._began = self._last = now()
        self._pending: deque[bytes] = deque()
        self._read = 0
        self._ended = False
        self._changed: Callable[[], None] = _nothing

    def begin_after(self, number: int) -> None:
        """Begin with the exchanges after ``number`` that are kept, however many: those were never sent too late."""
        kept = [exchange for exchange in self._journal if exchange.number > number and self._fits(exchange)]
        self._pending.extend(_event(kind="exchange", exchange=summary(exchange)) for exchange in kept)
        self._most += len(kept)

    def __len__(self) -> int:
        return self._read + len(self._pending) + (not self._ended)

    def __getitem__(self, index: int) -> Chunk:
        if index != self._read or index >= len(self):
            raise IndexError(index)
        self._read += 1
        self._last = self._now()
        return Chunk(self._last - self._began, self._pending.popleft() if self._pending else HEARTBEAT)

    def at(self, index: int) -> float:
        if not self._read <= index < len(self):
            raise IndexError(index)
        told = index < self._read + len(self._pending)
        return self._last - self._began + (0.0 if told else self._beat)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._changed = changed
        return self._journal.watch(self._tell)

    def _tell(self, exchange: Exchange | None) -> None:
        if self._ended or (exchange is not None and not self._fits(exchange)):
            return
        if exchange is None:
            self._end("stage deleted")
        elif len(self._pending) >= self._most:
            self._end("fell behind")
        else:
            self._pending.append(_event(kind="exchange", exchange=summary(exchange)))
        self._changed()

    def _end(self, reason: str) -> None:
        self._ended = True
        self._pending.append(_event(kind="ended", reason=reason))


def _event(**members: Any) -> bytes:
    return b"data: " + msgspec.json.encode(members) + b"\n\n"


def _nothing() -> None:
    """Nobody watches yet."""
