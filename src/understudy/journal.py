"""The journal: exchanges in the order in which they were answered, bounded in number and in bytes.

It never shows a secret. Credentials in headers are hidden when entries are read; what a contract marks as secret in a
body is hidden by the engine before it is kept. Of a stream that is still being decided it has what has been sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from understudy.contract.secrets import REDACTED, SECRET_HEADERS
from understudy.http import Chunk, LiveStream, Request, Response

if TYPE_CHECKING:
    from understudy.contract.violations import Violation
    from understudy.faults import Due
    from understudy.tracing import Trace


class Exchange(NamedTuple):
    """A request, what answered it, and why.

    ``at`` is the stage's time in epoch seconds, UTC. ``latency`` is how long the answer is held back, in seconds on
    the stage's clock. ``clauses`` are those the answer rests on when it is a refusal. ``violations`` are the request's
    (``blame == "consumer"``) or our own reply's (``blame == "provider"``). ``trace`` is kept where the stage is traced.
    ``fault`` is what the stage had planned to go wrong with the answer.
    """

    number: int
    at: float
    stem: str
    operation: str | None
    request: Request
    response: Response
    clauses: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    latency: float = 0.0
    trace: Trace | None = None
    fault: Due | None = None


Watcher = Callable[[Exchange | None], None]
"""Is told of an exchange, credentials redacted; of None when there will be no more."""


class Journal:
    """The last exchanges of a stage: at most ``size``, with bodies and streams of at most ``body_bytes`` together.

    ``count`` is how many there have been in all.
    """

    def __init__(self, size: int, body_bytes: int = 64 * 2**20) -> None:
        self._kept: deque[Exchange] = deque()
        self._size = size
        self._body_bytes = body_bytes
        self._held = 0
        self._sent: dict[int, list[Chunk]] = {}
        self._watchers: tuple[Watcher, ...] = ()
        self.count = 0

    def keep(self, exchange: Exchange) -> None:
        """Keep ``exchange``, and let the oldest go while there is no room."""
        if isinstance(exchange.response.stream, LiveStream):
            sent = self._sent[exchange.number] = []
            exchange = exchange._replace(response=exchange.response._replace(stream=sent))
        self._kept.append(exchange)
        self._held += _size(exchange)
        self._make_room()
        for watcher in self._watchers:
            watcher(redacted(exchange))

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Have ``watcher`` told of every exchange as it is kept, in the thread that answered it.

        Returns what ends that; it may be called more than once.
        """
        self._watchers += (watcher,)

        def unwatch() -> None:
            self._watchers = tuple(each for each in self._watchers if each is not watcher)

        return unwatch

    def close(self) -> None:
        """Tell those who watch that nothing will follow: the stage is deleted."""
        for watcher in self._watchers:
            watcher(None)

    def sent(self, number: int, chunk: Chunk) -> None:
        """A further chunk of the live stream of exchange ``number`` has been sent."""
        chunks = self._sent.get(number)
        if chunks is not None:
            chunks.append(chunk)
            self._held += len(chunk.data)
            self._make_room()

    def broken(self, number: int, violations: tuple[Violation, ...]) -> None:
        """Our own stream was found to break the contract while it was being sent, in exchange ``number``."""
        for place, exchange in enumerate(self._kept):
            if exchange.number == number:
                self._kept[place] = exchange._replace(violations=exchange.violations + violations)

    def clear(self) -> None:
        """Forget everything; ``count`` goes on, so that no number stands for two exchanges."""
        self._kept.clear()
        self._sent.clear()
        self._held = 0

    def find(self, number: int) -> Exchange | None:
        """An exchange as it was, credentials included; None when it is not kept (any more)."""
        if not self._kept or number < self._kept[0].number:
            return None
        return next((exchange for exchange in reversed(self._kept) if exchange.number == number), None)

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Exchange]:
        """The exchanges that are kept, oldest first, credentials redacted."""
        return map(redacted, tuple(self._kept))

    def _make_room(self) -> None:
        while len(self._kept) > self._size or (self._held > self._body_bytes and len(self._kept) > 1):
            oldest = self._kept.popleft()
            self._held -= _size(oldest)
            self._sent.pop(oldest.number, None)


def _size(exchange: Exchange) -> int:
    """What an exchange holds, in bytes; of a stream that is being sent, what has been sent so far."""
    size = len(exchange.request.body) + len(exchange.response.body)
    stream = exchange.response.stream
    return size if stream is None else size + sum(len(chunk.data) for chunk in stream)


def redacted(exchange: Exchange) -> Exchange:
    """The exchange with every credential header replaced."""
    headers = {name: REDACTED if name in SECRET_HEADERS else value for name, value in exchange.request.headers.items()}
    return exchange._replace(request=exchange.request._replace(headers=headers))
