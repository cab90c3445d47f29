"""Heads of responses, into bytes. What recurs (a status with the same fields) is encoded once and kept."""

from __future__ import annotations

import re
from email.utils import formatdate
from http import HTTPStatus

from understudy.http import Headers, Response
from understudy.stage import Stage

KEPT = 512
LAST_DATE = 253_402_300_799  # 9999-12-31T23:59:59Z: no later date can be written (RFC 9110 section 5.6.7)
CLOSE = b"Connection: close\r\n\r\n"
KEEP = b"Connection: keep-alive\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
BODILESS = frozenset((204, 304))
"""Statuses whose responses have no content (RFC 9110 section 6.4.1)."""
OURS = frozenset(("content-length", "transfer-encoding", "date"))
"""Fields that frame a message or are stamped on it: the server's to write, whatever an engine says."""

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
_STATUS_LINES = {int(s): f"HTTP/1.1 {int(s)} {s.phrase}\r\n".encode() for s in HTTPStatus}


class Fixed:
    """The part of a head that depends only on status and fields. ``closes``: the service says Connection: close."""

    __slots__ = ("bodiless", "closes", "encoded")

    def __init__(self, status: int, headers: Headers) -> None:
        parts = [_STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status]
        self.closes = False
        self.bodiless = status in BODILESS
        for name, value in headers:
            lower = name.lower()
            if lower in OURS:
                continue
            if lower == "connection":
                self.closes = "close" in value.lower()
            parts.append(b"%b: %b\r\n" % field(name, value))
        self.encoded = b"".join(parts)


class ResponseHeads:
    """Heads of the answers of one service on one stage, dated by its clock.

    ``_usual`` holds, for the second ``_second``, what comes before the length in answers that are whole and keep the
    connection: nearly all.
    """

    __slots__ = ("_date", "_fixed", "_second", "_stage", "_usual")

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._fixed: dict[tuple[int, Headers], Fixed] = {}
        self._usual: dict[tuple[int, Headers], bytes] = {}
        self._second: int | None = None
        self._date = b""

    def head(
        self, response: Response, at: float, keep: bool, modern: bool, length: int | None = None
    ) -> tuple[bytes, bool]:
        """A whole head, and whether the connection is kept after the answer.

        ``at`` dates it, in epoch seconds. ``keep``: the client wants the connection kept. ``modern``: it speaks 1.1.
        ``length`` is what is announced of a body that is whole, where that is not its length.

        Raises:
            ValueError: a field cannot be written; a control character would split the head.
        """
        second = int(at)
        if second != self._second:
            self._turn(second)
        key = (response.status, response.headers)
        if keep and modern and response.stream is None and length is None:
            usual = self._usual.get(key)
            if usual is not None:
                return b"%b%d\r\n\r\n" % (usual, len(response.body)), True
        fixed = self._fixed.get(key) or self._remember(key)
        if fixed.bodiless:
            framing = b""
        elif response.stream is None:
            framing = b"Content-Length: %d\r\n" % (len(response.body) if length is None else length)
            if not fixed.closes:
                self._usual[key] = b"%b%bContent-Length: " % (fixed.encoded, self._date)
        elif modern:
            framing = b"Transfer-Encoding: chunked\r\n"
        else:
            framing, keep = b"", False  # the end of the connection ends the body (RFC 9112 section 6.3)
        if fixed.closes:
            return b"".join((fixed.encoded, self._date, framing, b"\r\n")), False
        connection = (b"\r\n" if modern else KEEP) if keep else CLOSE
        return b"".join((fixed.encoded, self._date, framing, connection)), keep

    def _remember(self, key: tuple[int, Headers]) -> Fixed:
        if len(self._fixed) >= KEPT:
            self._fixed.clear()
            self._usual.clear()
        fixed = self._fixed[key] = Fixed(*key)
        return fixed

    def _turn(self, second: int) -> None:
        self._second = second
        self._date = f"Date: {formatdate(min(max(second, 0), LAST_DATE), usegmt=True)}\r\n".encode()
        self._usual.clear()

    def error(self, status: int, text: str) -> bytes:
        """A whole answer of the server's own, for what never became a request. The connection ends with it."""
        self._turn(int(self._stage.clock.now()))
        body = f"understudy: {text}\n".encode()
        fixed = Fixed(status, (("Content-Type", "text/plain; charset=utf-8"),))
        return b"%bContent-Length: %d\r\n%b%b%b" % (
            fixed.encoded, len(body), self._date, CLOSE, body,
        )  # fmt: skip


def field(name: str, value: str) -> tuple[bytes, bytes]:
    """A field as bytes: latin-1, and UTF-8 for what that cannot hold.

    Raises:
        ValueError: its name is no token, or its value has a control character (RFC 9110 section 5.5).
    """
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise ValueError(f"the response field {name!r} cannot be written: control characters would split the head")
    try:
        return name.encode(), value.encode("latin-1")
    except UnicodeEncodeError:
        return name.encode(), value.encode("utf-8", "replace")
