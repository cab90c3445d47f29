"""Ending a connection at once and not in order: by a TCP reset (RFC 9293 section 3.5.2)."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys

NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


def reset(transport: asyncio.Transport) -> None:
    """Cut the connection, and have the system drop what the client does not read too."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()
