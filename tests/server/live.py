"""A live stream for the tests of the wire, changed by whoever holds it."""

from __future__ import annotations

from collections.abc import Callable

from understudy.http import Chunk, LiveStream


class Script(LiveStream):
    """Chunks that can be replaced from a place on. ``read`` are the places that were read, ``watching`` who watches."""

    def __init__(self, *chunks: Chunk) -> None:
        self.chunks = list(chunks)
        self.read: list[int] = []
        self.watching: list[Callable[[], None]] = []
        self.fault_at: int | None = None
        self.secret = "비밀"

    def __len__(self) -> int:
        return len(self.chunks)

    def __getitem__(self, index: int) -> Chunk:
        if index == self.fault_at:
            raise RuntimeError(self.secret)
        self.read.append(index)
        return self.chunks[index]

    def at(self, index: int) -> float:
        return self.chunks[index].at

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        self.watching.append(changed)

        def unwatch() -> None:
            if changed in self.watching:
                self.watching.remove(changed)

        return unwatch

    def change(self, place: int, *chunks: Chunk) -> None:
        """Let ``chunks`` come after the first ``place`` ones, and say so."""
        self.chunks[place:] = chunks
        for changed in tuple(self.watching):
            changed()
