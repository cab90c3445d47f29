"""The limit: a Protocol on httptools that reads a request and writes a constant, and does nothing else."""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import httptools
import uvloop

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 280\r\n"
    b"Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n" + b"x" * 280
)


class Bare(asyncio.Protocol):
    """Answers every request with `ANSWER`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._transport.write(ANSWER)


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
