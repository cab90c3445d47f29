"""Servers as child processes, and what they have used: CPU seconds and resident memory, as Linux counts them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SERVER_CORES, CLIENT_CORES = ({0}, {1}) if (os.cpu_count() or 1) > 1 else ({0}, {0})
"""Servers run on one core and the client on another: where they meet by chance decides more than what they do."""


class Server:
    """A server that listens on ``port`` of loopback."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port
        self._used: dict[str, int] = {}

    def cpu_seconds(self) -> float:
        """CPU seconds used so far, user and system, by the process's threads (nanoseconds of schedstat).

        What a thread used that has ended since is remembered.
        """
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            self._used[task.name] = int((task / "schedstat").read_text().split()[0])
        return sum(self._used.values()) / 1e9

    def resident_mib(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextmanager
def started(command: Sequence[str], *, ready_within: float = 30.0) -> Iterator[Server]:
    """A child process that serves on the port that replaces ``{port}`` in its command."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, *(part.replace("{port}", str(port)) for part in command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, child, ready_within)
        for task in Path(f"/proc/{child.pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), SERVER_CORES)
        yield Server(child.pid, port)
    finally:
        child.terminate()
        child.wait(10)


def _wait_for(port: int, child: subprocess.Popen[bytes], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {child.returncode} before it listened")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"nothing listened on port {port} within {seconds} seconds")
