"""Targets that do not mean well: a server on loopback that treats every connection as its script says."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from understudy.http import Response

Treatment = Callable[["Caller"], None]


class Caller:
    """One connection from a client. ``number`` counts them, from 1; ``ended`` is set when the server is to stop."""

    def __init__(self, connection: socket.socket, number: int, ended: threading.Event) -> None:
        self.connection = connection
        self.number = number
        self.ended = ended
        self.sent = 0

    def read(self) -> bytes:
        """The request, its body by its length."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.connection.recv(65_536)
            if not more:
                return data
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        while lengths and len(body) < int(lengths[0]):
            body += self.connection.recv(65_536)
        return head + b"\r\n\r\n" + body

    def write(self, data: bytes) -> None:
        self.connection.sendall(data)
        self.sent += len(data)

    def answer(self, response: Response) -> None:
        fields = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
        self.write(f"HTTP/1.1 {response.status} OK\r\n{fields}\r\n".encode() + response.content)

    def reset(self) -> None:
        """Close so that the client gets a reset (RST) instead of an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


class Hostile:
    """``url`` is its origin; ``callers`` are all connections so far."""

    def __init__(self, listener: socket.socket, treat: Treatment) -> None:
        self._listener = listener
        self._treat = treat
        self._threads: list[threading.Thread] = []
        self.ended = threading.Event()
        self.callers: list[Caller] = []
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def accept(self) -> None:
        while not self.ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            caller = Caller(connection, len(self.callers) + 1, self.ended)
            self.callers.append(caller)
            thread = threading.Thread(target=self._serve, args=(caller,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _serve(self, caller: Caller) -> None:
        with contextlib.suppress(OSError), caller.connection:
            self._treat(caller)

    def end(self) -> None:
        self.ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for caller in self.callers:
            with contextlib.suppress(OSError):
                caller.connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)


@contextmanager
def hostile(treat: Treatment) -> Iterator[Hostile]:
    """A server that treats every connection with ``treat`` until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Hostile(listener, treat)
        thread = threading.Thread(target=server.accept, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.end()
            thread.join(10)
