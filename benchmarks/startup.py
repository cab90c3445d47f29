"""(c) Starting: CPU seconds until the port listens, and memory when nothing has been asked yet."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.processes import started

SERVE = ["-m", "understudy.adapters.cli", "serve", "dhub_knowledge", "--port", "{port}"]


class Start(NamedTuple):
    """One start: CPU seconds (user and system) and resident mebibytes."""

    cpu_seconds: float
    resident_mib: float


def measure(rounds: int) -> list[Start]:
    """Start and stop the server of one service, ``rounds`` times after one that warms the disk up."""
    found = []
    for _ in range(rounds + 1):
        with started(SERVE) as server:
            found.append(Start(server.cpu_seconds(), server.resident_mib()))
    return found[1:]


def table(starts: Sequence[Start]) -> list[str]:
    """Rows of Markdown."""
    cpu = [start.cpu_seconds for start in starts]
    resident = [start.resident_mib for start in starts]
    return [
        "| figure | median | least to greatest |",
        "| --- | --- | --- |",
        f"| cold start, CPU seconds | {statistics.median(cpu):.2f} | {min(cpu):.2f} to {max(cpu):.2f} |",
        f"| idle, resident MiB | {statistics.median(resident):.1f} | {min(resident):.1f} to {max(resident):.1f} |",
    ]


def machine() -> str:
    """What this was measured on, as far as it matters."""
    return f"CPython {sys.version.split()[0]}, {os.cpu_count()} cores, {sys.platform}"
