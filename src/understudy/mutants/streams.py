"""Streams as a mutant sends them: changed event by event, and no event read before it is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from understudy.contract.bodies import BodyError, decode_json
from understudy.http import Chunk, LiveStream, Response

Alter = Callable[[bytes, int, bool], bytes]
"""What is sent in place of a chunk: its bytes, its number from 0, and whether it is the last, to bytes."""


class Altered(LiveStream):
    """A stream with each chunk replaced by one of other bytes, which may be none.

    ``late``: how many seconds later than it should a chunk is sent, by its number.
    """

    def __init__(
        self, inner: Sequence[Chunk] | LiveStream, alter: Alter, late: Callable[[int], float] = lambda index: 0.0
    ) -> None:
        self._inner = inner
        self._alter = alter
        self._late = late
        self._made: list[bytes] = []

    def __len__(self) -> int:
        return len(self._inner)

    def __getitem__(self, index: int) -> Chunk:
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        chunk = self._inner[index]
        while len(self._made) <= index:
            number = len(self._made)
            data = chunk.data if number == index else self._inner[number].data
            self._made.append(self._alter(data, number, number + 1 == len(self._inner)))
        return Chunk(chunk.at + self._late(index), self._made[index])

    def at(self, index: int) -> float:
        inner = self._inner
        at = inner.at(index) if isinstance(inner, LiveStream) else inner[index].at
        return at + self._late(index)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        return self._inner.watch(changed) if isinstance(self._inner, LiveStream) else lambda: None


def altered(response: Response, alter: Alter, late: Callable[[int], float] = lambda index: 0.0) -> Response:
    """The answer with its stream altered; itself where it is none."""
    if response.stream is None:
        return response
    stream: Sequence[Chunk] | LiveStream = Altered(response.stream, alter, late)
    if not isinstance(response.stream, LiveStream):
        stream = tuple(stream)
    return response._replace(stream=stream)


class Framing(NamedTuple):
    """How an event is written: what stands before its text and after it, and which member says its kind."""

    before: bytes
    after: bytes
    kind: str

    def value(self, event: bytes) -> Any:
        """The JSON of an event, None when it holds none."""
        try:
            return decode_json(event.removeprefix(self.before).removesuffix(self.after))
        except BodyError:
            return None

    def event(self, value: Any) -> bytes:
        return self.before + msgspec.json.encode(value) + self.after

    def kind_of(self, event: bytes) -> Any:
        value = self.value(event)
        return value.get(self.kind) if isinstance(value, dict) else None
