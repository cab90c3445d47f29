"""What flows through the engine: a request, a response, the pieces of a streamed one.

Everything here is a frozen value and knows no socket. Standard library only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

Headers = tuple[tuple[str, str], ...]
"""Header fields of a response in the order of the wire, names as they are written."""


class Chunk(NamedTuple):
    """A piece of a streamed body: ``data`` is due ``at`` seconds after the response began."""

    at: float
    data: bytes


class LiveStream(ABC):
    """The chunks of a stream that is still being decided: those that are not due yet may change, those read may not.

    Reading a chunk sends it: what it tells has happened. So an adapter asks `at` when the next one is due, reads it
    then, and has itself told by `watch` when what is to come has changed meanwhile.
    """

    @abstractmethod
    def __len__(self) -> int:
        """How many chunks there are, as far as is decided now."""

    @abstractmethod
    def __getitem__(self, index: int) -> Chunk:
        """Read a chunk. Raises IndexError behind the last one."""

    @abstractmethod
    def at(self, index: int) -> float:
        """When the chunk is due, in seconds after the response began, without reading it. Raises IndexError."""

    @abstractmethod
    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have ``changed`` called, in the thread of the change, when chunks to come have changed.

        Returns what ends that; it may be called more than once.
        """

    def __iter__(self) -> Iterator[Chunk]:
        index = 0
        while index < len(self):
            yield self[index]
            index += 1


class Request(NamedTuple):
    """A request as it arrived.

    ``target`` is the origin-form of RFC 9112 section 3.2.1 (path and query, still percent-encoded).
    ``headers`` maps lower-case names to values (latin-1); fields of one name are joined by ", " (RFC 9110 section 5.3).
    ``peer`` is the address of the other end, without a port. ``in_flight`` counts the *other* requests with the same
    credential that were unanswered when the head of this one arrived.
    """

    method: str
    target: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    peer: str = "127.0.0.1"
    in_flight: int = 0

    @property
    def path(self) -> str:
        """The target without its query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The raw query without its question mark; empty when there is none."""
        return self.target.partition("?")[2]


class Response(NamedTuple):
    """A response. ``stream`` is None for one whose body is whole, else the chunks in the order of their time.

    A `LiveStream` is one that is still being decided, for example of a job that can be paused.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    stream: Sequence[Chunk] | LiveStream | None = None

    def header(self, name: str) -> str | None:
        """The value of the field ``name`` (any case), several joined by ", "; None when there is none."""
        wanted = name.lower()
        found = [value for key, value in self.headers if key.lower() == wanted]
        return ", ".join(found) if found else None

    @property
    def content(self) -> bytes:
        """The whole body, streamed or not."""
        if self.stream is None:
            return self.body
        return b"".join(chunk.data for chunk in self.stream)
