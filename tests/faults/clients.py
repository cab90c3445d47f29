"""Three clients that tell what they saw of one answer: a raw socket, httpx, and http of Node.

They bear whatever comes: what is broken is told, not raised.
"""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import httpx

from tests.server.wire import PATIENCE

SILENCE = 0.3
"""Seconds without a byte after which an answer counts as stalled."""
NODE = shutil.which("node")
End = Literal["whole", "closed", "reset", "silent", "no http"]


class Asked(NamedTuple):
    """One request. ``path`` is where, on the origin ``url``."""

    url: str
    path: str
    body: Any
    headers: dict[str, str]
    method: str = "POST"
    silence: float = PATIENCE

    @property
    def content(self) -> bytes:
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


class Seen(NamedTuple):
    """What came: ``pieces`` are the body as it was read, ``end`` is how it ended."""

    status: int | None
    headers: dict[str, str]
    pieces: tuple[bytes, ...]
    end: End

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)


Client = Callable[[Asked], Seen]


def through_httpx(asked: Asked) -> Seen:
    status: int | None = None
    headers: dict[str, str] = {}
    pieces: list[bytes] = []
    end: End = "whole"
    timeout = httpx.Timeout(PATIENCE, read=asked.silence)
    try:
        with (
            httpx.Client(timeout=timeout, trust_env=False) as client,
            client.stream(asked.method, asked.url + asked.path, content=asked.content, headers=asked.headers) as answer,
        ):
            status, headers = answer.status_code, dict(answer.headers)
            pieces.extend(answer.iter_raw())
    except httpx.ReadTimeout:
        end = "silent"
    except httpx.ReadError:
        end = "reset"
    except httpx.RemoteProtocolError as error:
        end = "no http" if "illegal status line" in str(error) else "closed"
    return Seen(status, headers, tuple(pieces), end)


def through_node(asked: Asked) -> Seen:
    assert NODE is not None
    options = asked._asdict() | {"content": asked.content.decode(), "silence": asked.silence * 1000}
    script = str(Path(__file__).with_name("client.mjs"))
    ran = subprocess.run(
        [NODE, script], input=json.dumps(options), capture_output=True, text=True, check=True, timeout=30
    )
    told = json.loads(ran.stdout)
    return Seen(told["status"], told["headers"], tuple(map(base64.b64decode, told["pieces"])), told["end"])


class Raw:
    """A connection that is kept for more than one request. ``reads`` are what single reads of it gave."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reads: list[bytes] = []
        self._left = b""

    def ask(self, asked: Asked) -> Seen:
        self.send(asked)
        return self.answer(asked.silence)

    def send(self, asked: Asked) -> None:
        fields = {"Host": "mock", "Content-Length": str(len(asked.content)), **asked.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.socket.sendall(f"{asked.method} {asked.path} HTTP/1.1\r\n{head}\r\n".encode() + asked.content)

    def answer(self, silence: float = PATIENCE) -> Seen:
        self.socket.settimeout(silence)
        end: End = "whole"
        try:
            while not self._whole():
                data = self.socket.recv(65536)
                if not data:
                    end = "closed"
                    break
                self.reads.append(data)
                self._left += data
        except TimeoutError:
            end = "silent"
        except ConnectionResetError:
            end = "reset"
        return self._seen(end)

    def waiting(self) -> bytes:
        """What has come by now."""
        self.socket.setblocking(False)
        try:
            return self.socket.recv(65536)
        except BlockingIOError:
            return b""
        finally:
            self.socket.settimeout(PATIENCE)

    def close(self) -> None:
        self.socket.close()

    def _whole(self) -> bool:
        head, parted, body = self._left.partition(b"\r\n\r\n")
        if not parted:
            return False
        fields = _fields(head)
        if "content-length" in fields:
            return len(body) >= int(fields["content-length"])
        return _is_chunked(fields) and body.endswith(b"0\r\n\r\n")

    def _seen(self, end: End) -> Seen:
        head, parted, body = self._left.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 "):
            return Seen(None, {}, (), "no http" if head else end)
        if not parted:
            return Seen(None, {}, (), end)
        fields = _fields(head)
        if _is_chunked(fields):
            pieces, self._left = tuple(unchunked(body)), b""
        else:
            length = int(fields["content-length"])
            pieces, self._left = (body[:length],), body[length:]
        return Seen(int(head[9:12]), fields, pieces, end)


def through_a_socket(asked: Asked) -> Seen:
    raw = Raw(asked.url)
    try:
        return raw.ask(asked)
    finally:
        raw.close()


def _fields(head: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return {name.lower(): value.strip() for name, _, value in lines}


def _is_chunked(fields: dict[str, str]) -> bool:
    return fields.get("transfer-encoding") == "chunked"


def unchunked(body: bytes) -> Iterator[bytes]:
    """The data of the chunks, of a truncated one what has come."""
    while body:
        size, _, body = body.partition(b"\r\n")
        if not int(size, 16):
            return
        yield body[: int(size, 16)]
        body = body[int(size, 16) + 2 :]
