"""Bytes of a connection into requests, one after another.

Heads are cut off here before they are parsed: that caps them, and keeps pipelined requests apart, so that the next one
is not looked at until there is room for its answer.
"""

from __future__ import annotations

from httptools import HttpParserError, HttpRequestParser

from understudy.adapters.wire.request_head import CHUNKED, NOTHING, Malformed, RequestHeads

HEAD_END = b"\r\n\r\n"
OVERHEAD = 8
"""Bytes of chunk framing allowed for each byte of content, beyond those of a head (a one-byte chunk needs five)."""


class Reader:
    """Reads one request at a time. ``complete`` is true between requests; ``size``: bytes of the body so far."""

    __slots__ = ("_chunks", "_heads", "_pieces", "complete", "head", "size")

    def __init__(self, heads: RequestHeads) -> None:
        self._heads = heads
        self._pieces: list[bytes] = []
        self._chunks: Chunks | None = None
        self.head = NOTHING
        self.size = 0
        self.complete = True

    def begin(self, raw: bytes) -> None:
        """Read a head, from its request line to its empty line. Raises `Malformed`."""
        self.head = head = self._heads.read(raw)
        if head.length:
            self.complete = False
            self.size = 0
            self._chunks = Chunks(self._heads.most) if head.length == CHUNKED else None

    def body(self, data: bytes, at: int) -> int:
        """Read on in the body from ``data[at]``; returns where reading stopped. Raises `Malformed`."""
        chunks = self._chunks
        if chunks is not None:
            at = chunks.feed(data, at)
            self._pieces += chunks.take()
            self.size, self.complete = chunks.size, chunks.complete
            return at
        missing = self.head.length - self.size
        piece = data[at : at + missing]
        self._pieces.append(piece)
        self.size += len(piece)
        self.complete = len(piece) == missing
        return at + len(piece)

    def unfinished(self, data: bytes, at: int, seen: int) -> None:
        """See `RequestHeads.unfinished`."""
        self._heads.unfinished(data, at, seen)

    def content(self) -> bytes:
        """The body as far as it has been read, which is then forgotten here."""
        pieces = self._pieces
        if not pieces:
            return b""
        self._pieces = []
        return b"".join(pieces)

    def forget(self) -> None:
        """Let nothing of an earlier request be taken for a part of one that never came."""
        self.head = NOTHING


class Chunks:
    """Decodes one chunked body (RFC 9112 section 7.1). Trailer fields are dropped."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: list[bytes] = []
        self._tail = b""
        self._fed = 0
        self.size = 0
        self.complete = False
        self._parser = HttpRequestParser(self)
        self._parser.feed_data(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")

    def feed(self, data: bytes, at: int) -> int:
        """Read on from ``data[at]``; returns where reading stopped. Raises `Malformed`."""
        # llhttp does not say where a message ends. A chunked one can only end with an empty line: stop at each.
        known = fed = len(self._tail)
        scan = self._tail + data[at:]
        while fed < len(scan) and not self.complete:
            found = scan.find(HEAD_END, max(0, fed - 3))
            end = len(scan) if found < 0 else found + 4
            try:
                self._parser.feed_data(scan[fed:end])
            except HttpParserError as error:
                raise Malformed(400, f"{error} (RFC 9112 section 7.1)") from error
            fed = end
        self._tail = scan[max(0, fed - 3) : fed]
        self._fed += fed - known
        if self._fed - self.size > self._most + OVERHEAD * self.size:
            raise Malformed(400, "the framing of the chunks is much longer than their content")
        if self.complete:
            del self._parser  # it and this object refer to each other
        return at + fed - known

    def take(self) -> list[bytes]:
        """The pieces of the body since it was last asked."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def on_body(self, piece: bytes) -> None:
        self.size += len(piece)
        self._pieces.append(piece)

    def on_message_complete(self) -> None:
        self.complete = True
