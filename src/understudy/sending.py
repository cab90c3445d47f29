"""Step 7 for a stream that is still being decided: each event is checked when it is sent, for it is not known before.

What breaks the contract is not sent. The stream is cut off there, the journal says why, and so does the adapter's log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from understudy.contract.events import EventReader
from understudy.contract.streams import Following, StreamChecker
from understudy.contract.violations import Violation
from understudy.errors import StreamFault
from understudy.faults import Fault
from understudy.faults.pieces import disturbed_stream, disturbs_streams
from understudy.http import Chunk, LiveStream
from understudy.journal import Journal

Stream = Sequence[Chunk] | LiveStream


def checked(
    stream: LiveStream,
    rules: StreamChecker | None,
    asked: Mapping[str, Any],
    journal: Journal,
    saved: Callable[[], None] | None = None,
    fault: Fault | None = None,
) -> LiveStream:
    """``stream``, checked by ``rules`` as it is sent, as the answer of the exchange that the journal keeps next.

    ``saved`` is called when a chunk has been read, before it is sent: what a stream tells has happened. ``fault`` is
    what goes wrong on its way after it has been checked.
    """
    assert rules is not None, "a stream that no rules describe has been refused"
    if fault is None or not disturbs_streams(fault):
        return Checked(stream, rules.follow(asked), journal, journal.count, saved)
    right = Checked(stream, rules.follow(asked), journal, journal.count, saved, kept=False)
    return disturbed_stream(right, fault, partial(journal.sent, journal.count))


def disturbed(stream: Stream, fault: Fault, journal: Journal) -> Stream:
    """``stream`` as ``fault`` sends it, as the answer of the exchange that the journal keeps next."""
    return disturbed_stream(stream, fault, partial(journal.sent, journal.count)) if disturbs_streams(fault) else stream


class Checked(LiveStream):
    """A live stream that keeps the contract as far as it is sent. ``number`` is the exchange's in the journal.

    ``saved`` as in `checked`. ``kept``: what is read is sent as it is, so that the journal keeps it.

    Raises, when a chunk is read:
        StreamFault: it breaks the contract, or is the last and does not end the stream as the contract says.
        StateError: what it tells cannot be saved.
    """

    def __init__(
        self,
        inner: LiveStream,
        rules: Following,
        journal: Journal,
        number: int,
        saved: Callable[[], None] | None = None,
        *,
        kept: bool = True,
    ) -> None:
        self._inner = inner
        self._rules = rules
        self._journal = journal
        self._number = number
        self._saved = saved
        self._kept = kept
        self._reader = EventReader()
        self._checked = 0
        self._fault: StreamFault | None = None

    def __len__(self) -> int:
        return len(self._inner)

    def __getitem__(self, index: int) -> Chunk:
        if index < 0:
            index += len(self._inner)
        if index < self._checked:
            return self._inner[index]
        if not 0 <= index < len(self._inner):
            raise IndexError(index)
        while self._checked <= index:
            chunk = self._inner[self._checked]
            self._check(chunk)
            if self._saved is not None:
                self._saved()
            self._checked += 1
            if self._kept:
                self._journal.sent(self._number, chunk)
        return chunk

    def at(self, index: int) -> float:
        return self._inner.at(index)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        return self._inner.watch(changed)

    def _check(self, chunk: Chunk) -> None:
        if self._fault is None:
            broken = tuple(self._broken(chunk))
            if broken:
                self._journal.broken(self._number, broken)
                told = "; ".join(map(str, broken))
                self._fault = StreamFault(f"the mock's stream breaks its own contract and was cut off: {told}")
        if self._fault is not None:
            raise self._fault

    def _broken(self, chunk: Chunk) -> Iterator[Violation]:
        last = self._checked + 1 == len(self._inner)
        for event in self._reader.feed(chunk.data, chunk.at, ended=last):
            yield from self._rules.check(event)
        if last:
            yield from self._rules.end()
