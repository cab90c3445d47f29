"""Serving engines over HTTP/1.1: every service on a port of its own, all ports on one loop in a thread of its own.

::

    with serving({"dhub_knowledge": engine}) as running:
        running.urls["dhub_knowledge"]          # http://127.0.0.1:49152

All servers of a process share the thread, so that a fresh server costs a socket and not a thread; the last one to stop
ends it. uvloop drives it where it is installed, unless the environment says ``UNDERSTUDY_LOOP=asyncio``.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address
from types import MappingProxyType
from typing import Any, TypeVar

from understudy.adapters.wire.connection import Connection
from understudy.adapters.wire.limits import WireLimits
from understudy.adapters.wire.listener import Listener
from understudy.adapters.wire.provider import Provider
from understudy.errors import UsageError

T = TypeVar("T")
BACKLOG = 2048
"""Connections that may wait to be accepted; the system may allow fewer."""
GRACE = 1.0
"""How long a stopping server waits for clients to read what has been written, in seconds."""
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Running:
    """Servers that run. ``urls`` are origins by stem, ``ports`` the ports that were bound.

    ``exposed``: other machines can reach them.
    """

    def __init__(self, bound: Mapping[str, socket.socket]) -> None:
        self.exposed = any(not _address(sock).is_loopback for sock in bound.values())
        self.ports: Mapping[str, int] = MappingProxyType({stem: sock.getsockname()[1] for stem, sock in bound.items()})
        self.urls: Mapping[str, str] = MappingProxyType({stem: _origin(sock) for stem, sock in bound.items()})


@contextmanager
def serving(
    engines: Mapping[str, Provider],
    *,
    host: str = "127.0.0.1",
    ports: Mapping[str, int] | None = None,
    wire: WireLimits | None = None,
) -> Iterator[Running]:
    """Serve ``engines``, by stem, until the block ends. Ports are listening when it begins.

    ``ports`` left out, or 0, means any free port. May be nested, repeated and used from several threads.

    Raises:
        UsageError: a port cannot be bound, or ``host`` is no address of this machine.
    """
    bound = _bind(host, {stem: (ports or {}).get(stem, 0) for stem in engines})
    try:
        thread = _LoopThread.share()
    except BaseException:
        _close_all(bound)
        raise
    try:
        listeners = thread.call(_start(engines, bound, wire or WireLimits()))
        try:
            yield Running(bound)
        finally:
            thread.call(_stop(listeners))
    finally:
        thread.release()
        _close_all(bound)


async def _start(
    engines: Mapping[str, Provider], bound: Mapping[str, socket.socket], wire: WireLimits
) -> list[tuple[asyncio.Server, Listener]]:
    loop = asyncio.get_running_loop()
    started: list[tuple[asyncio.Server, Listener]] = []
    try:
        for stem, engine in engines.items():
            listener = Listener(engine, loop, wire)
            server = await loop.create_server(_protocols(listener), sock=bound[stem], backlog=BACKLOG)
            started.append((server, listener))
    except BaseException:
        await _stop(started)
        raise
    return started


def _protocols(listener: Listener) -> Callable[[], Connection]:
    return lambda: Connection(listener)


async def _stop(started: list[tuple[asyncio.Server, Listener]]) -> None:
    """Close ports and connections, and return when all of them are closed."""
    for server, listener in started:
        server.close()
        for connection in tuple(listener.connections):
            connection.stop()
    try:
        async with asyncio.timeout(GRACE):
            await _emptied(started)
    except TimeoutError:
        for _, listener in started:
            for connection in tuple(listener.connections):
                connection.abort()
        await _emptied(started)
    await asyncio.sleep(0)  # transports close their sockets after they have told the connections


async def _emptied(started: list[tuple[asyncio.Server, Listener]]) -> None:
    for _, listener in started:
        await listener.emptied()


class _LoopThread:
    """The loop that all servers of this process share, in a daemon thread; it lives while somebody holds it."""

    _shared: _LoopThread | None = None
    _lock = threading.Lock()

    @classmethod
    def share(cls) -> _LoopThread:
        with cls._lock:
            shared = cls._shared
            if shared is None or shared._pid != os.getpid():  # a forked child has the loop, but not its thread
                shared = cls._shared = cls()
            shared._holders += 1
            return shared

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._holders = 0
        self._loop = _new_loop()
        self._thread = threading.Thread(target=self._run, name="understudy-server", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            asyncio.set_event_loop(None)
            self._cancel_what_is_left()
            self._loop.close()

    def _cancel_what_is_left(self) -> None:
        """Let a start that was interrupted undo itself: uvloop waits for ever on a server that is not closed."""
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left))

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Do ``work`` on the loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def release(self) -> None:
        with self._lock:
            self._holders -= 1
            if self._holders:
                return
            if type(self)._shared is self:
                type(self)._shared = None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def _new_loop() -> asyncio.AbstractEventLoop:
    if os.environ.get("UNDERSTUDY_LOOP") != "asyncio":
        try:
            import uvloop
        except ImportError:
            pass
        else:
            loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
            return loop
    return asyncio.new_event_loop()


def _bind(host: str, ports: Mapping[str, int]) -> dict[str, socket.socket]:
    bound: dict[str, socket.socket] = {}
    try:
        for stem, port in ports.items():
            bound[stem] = _listening_socket(host, port)
    except OSError as error:
        _close_all(bound)
        raise UsageError(_why_not(error, host, stem, port)) from error
    return bound


def _listening_socket(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    sock = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":  # there it would let two servers share a port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections take it over
        sock.bind(address)
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock


def _why_not(error: OSError, host: str, stem: str, port: int) -> str:
    if isinstance(error, socket.gaierror):
        return f"{host!r} is no address or name of this machine; 127.0.0.1 is reached from this machine only"
    if error.errno == errno.EADDRINUSE:
        return f"port {port} for {stem} is in use on {host}: stop what listens there, or choose another (0: a free one)"
    if error.errno == errno.EACCES:
        return f"port {port} for {stem} may not be bound without more rights: choose one from 1024 up (0: a free one)"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine; 127.0.0.1 is reached from this machine only"
    return f"port {port} for {stem} cannot be bound on {host}: {os.strerror(error.errno or 0)}"


def _close_all(bound: Mapping[str, socket.socket]) -> None:
    for sock in bound.values():
        sock.close()


def _address(sock: socket.socket) -> IPv4Address | IPv6Address:
    return ip_address(str(sock.getsockname()[0]).partition("%")[0])


def _origin(sock: socket.socket) -> str:
    """The URL under which this machine reaches ``sock``."""
    host, port = sock.getsockname()[:2]
    host = WILDCARDS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
