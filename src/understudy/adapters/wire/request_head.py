"""Heads of requests: from bytes to what a server acts on. The grammar of fields is llhttp's, in its strict form.

llhttp refuses bare LF, obs-fold, NUL and other control characters, white space before a colon, and lengths that are
malformed, repeated or in conflict with a transfer coding. What it lets pass and RFC 9112 does not is refused here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

CHUNKED = -1
CR = 13
KEPT = 512
KEPT_BYTES = 2048
TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.6.2
BARE_LF = re.compile(rb"(?<!\r)\n")

_ABSOLUTE = re.compile(rb"(?i)https?://([^/?#]*)")


class Malformed(Exception):
    """What arrived is not a request that HTTP/1.1 lets a server answer otherwise than with ``status``."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        self.text = text
        super().__init__(text)


class RequestHead(NamedTuple):
    """``target`` is in origin-form, or ``*``. ``headers`` has lower-case names. ``modern``: HTTP/1.1.

    ``expects``: the client waits for 100 Continue. ``length`` is that of the body in bytes, or `CHUNKED`.
    """

    method: str
    target: str
    headers: dict[str, str]
    modern: bool = True
    keep_alive: bool = True
    expects: bool = False
    length: int = 0


NOTHING = RequestHead("", "", {})
"""The head of a request that has not come."""


class RequestHeads:
    """Reads heads of at most ``most`` bytes. What a client sends again, byte for byte, is not parsed again."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._known: dict[bytes, RequestHead] = {}

    def read(self, raw: bytes) -> RequestHead:
        """Read a head, from its request line to its empty line. Raises `Malformed`."""
        known = self._known.get(raw)
        if known is not None:
            return known
        if len(raw) > self.most:
            raise self._too_long()
        head = _read(raw)
        if len(raw) <= KEPT_BYTES:
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[raw] = head
        return head

    def unfinished(self, data: bytes, at: int, seen: int) -> None:
        """Look at a head whose end has not come, ``seen`` bytes of which are not new. Raises `Malformed`.

        What can never become a head is refused at once rather than when time is up.
        """
        if len(data) - at > self.most:
            raise self._too_long()
        if not TOKEN.match(data, at) and data[at] != CR:
            raise Malformed(400, "this is not HTTP/1.1 (this port speaks plain HTTP, not TLS or HTTP/2)")
        if BARE_LF.search(data, max(at, at + seen - 1)):
            raise Malformed(400, "a line ends with LF alone; HTTP/1.1 lines end with CRLF (RFC 9112 section 2.2)")

    def _too_long(self) -> Malformed:
        return Malformed(431, f"request line and header fields are longer than {self.most} bytes together")


class _Fields:
    """What llhttp finds in a head."""

    __slots__ = ("headers", "hosts")

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.hosts = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1").rstrip(" \t")
        self.hosts += key == "host"
        if key in self.headers:
            text = f"{self.headers[key]}, {text}"  # RFC 9110 section 5.3
        self.headers[key] = text


def _read(raw: bytes) -> RequestHead:
    method, target, version = _request_line(raw)
    modern = version == b"HTTP/1.1"
    fields = _fields(b"POST" + raw[len(method) :])  # llhttp has a fixed list of methods: any stands for any
    headers = fields.headers
    if fields.hosts > 1 or (modern and not fields.hosts):
        what = "there is more than one Host field" if fields.hosts else "the Host field is missing"
        raise Malformed(400, f"{what}; HTTP/1.1 requires exactly one (RFC 9112 section 3.2)")
    return RequestHead(
        method.decode("ascii"),
        _target(method, target, headers),
        headers,
        modern,
        _keeps(headers.get("connection", ""), modern),
        _expects(headers["expect"], modern) if "expect" in headers else False,
        _length(headers, modern),
    )


def _request_line(raw: bytes) -> list[bytes]:
    parts = raw[: raw.find(b"\r\n")].split(b" ")
    if len(parts) != 3 or not all(parts):
        raise Malformed(400, "the first line is not METHOD TARGET HTTP/1.1 with single spaces (RFC 9112 section 3)")
    method, _, version = parts
    if not TOKEN.fullmatch(method):
        raise Malformed(400, "the method is not a token (RFC 9110 section 9.1)")
    if method == b"CONNECT":
        raise Malformed(501, "this is not a proxy: CONNECT is not understood here")
    if version not in (b"HTTP/1.1", b"HTTP/1.0"):
        if version.startswith(b"HTTP/"):
            raise Malformed(505, "this server speaks HTTP/1.1 and HTTP/1.0 only")
        raise Malformed(400, "the first line does not end with HTTP/1.1 (RFC 9112 section 3)")
    return parts


def _fields(raw: bytes) -> _Fields:
    fields = _Fields()
    try:
        HttpRequestParser(fields).feed_data(raw)
    except HttpParserUpgrade:
        # A server may ignore an offer to upgrade (RFC 9110 section 7.8), and must then read the body that follows:
        # Java's client makes one with its first request. llhttp stops at the end of the head, which is all we ask.
        pass
    except HttpParserError as error:
        raise Malformed(400, _explained(str(error))) from error
    return fields


def _target(method: bytes, target: bytes, headers: dict[str, str]) -> str:
    """The origin form of ``target``, whatever its form (RFC 9112 section 3.2)."""
    if target[:1] == b"/" or (target == b"*" and method == b"OPTIONS"):
        return target.decode("ascii")
    absolute = _ABSOLUTE.match(target)
    if absolute is None:
        raise Malformed(400, "the request target is neither a path nor an http URL (RFC 9112 section 3.2)")
    if "host" in headers:  # the authority of the target takes its place (RFC 9112 section 3.2.2)
        headers["host"] = absolute[1].decode("ascii")
    rest = target[absolute.end() :].decode("ascii")
    return rest if rest.startswith("/") else "/" + rest


def _keeps(connection: str, modern: bool) -> bool:
    """Whether the client wants the connection kept (RFC 9112 section 9.3)."""
    options = {option.strip() for option in connection.lower().split(",")}
    return "close" not in options if modern else "keep-alive" in options


def _expects(expect: str, modern: bool) -> bool:
    """Whether 100 Continue is waited for (RFC 9110 section 10.1.1)."""
    if expect.lower() != "100-continue":
        raise Malformed(417, "no expectation but 100-continue can be met (RFC 9110 section 10.1.1)")
    return modern


def _length(headers: dict[str, str], modern: bool) -> int:
    coding = headers.get("transfer-encoding")
    if coding is None:
        return int(headers.get("content-length", 0))
    if not modern:
        raise Malformed(400, "Transfer-Encoding does not exist in HTTP/1.0 (RFC 9112 section 6.1)")
    if coding.lower() != "chunked":
        raise Malformed(501, "no transfer coding but chunked is understood here (RFC 9112 section 6.1)")
    return CHUNKED


def _explained(reason: str) -> str:
    if "url" in reason.lower():
        return f"{reason}: a byte that is not allowed in a URL is sent as it is; percent-encode it (RFC 3986 section 2)"
    return f"{reason} (RFC 9112)"
