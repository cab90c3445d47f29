"""(a) Serving: server CPU per request of the mock, against a bare Protocol and a FastAPI app written by hand."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

from benchmarks.load import drive, request
from benchmarks.processes import CLIENT_CORES, Server, started

SERVERS = {
    "bare": ["-m", "benchmarks.servers.bare", "{port}"],
    "understudy": ["-m", "understudy.adapters.cli", "serve", "dhub_knowledge", "--port", "{port}"],
    "fastapi": ["-m", "benchmarks.servers.handwritten", "{port}"],
}
PATH = "/api/v1/knowledges/"
NEW = json.dumps(
    {"name": "Product FAQ", "type": "document", "groups": ["support"], "tags": ["faq"], "options": {"k": "v"}}
).encode()
LISTED = 10_000


class Scenario(NamedTuple):
    """``each`` request is made so many ``times`` in a round; ``status`` is what the two services must answer."""

    name: str
    each: bytes
    times: int
    status: int


class Measured(NamedTuple):
    """Microseconds of server CPU for one request, one figure a round, by server."""

    scenario: str
    connections: int
    micros: dict[str, list[float]]

    def ratios(self, over: str, under: str) -> list[float]:
        """``over``'s CPU divided by ``under``'s, round by round."""
        return [top / bottom for top, bottom in zip(self.micros[over], self.micros[under], strict=True)]


def measure(rounds: int, connections: Sequence[int] = (1, 16, 64)) -> list[Measured]:
    """Every scenario at every number of connections, the servers in turn within a round."""
    os.sched_setaffinity(0, CLIENT_CORES)
    with ExitStack() as stack:
        servers = {name: stack.enter_context(started(command)) for name, command in SERVERS.items()}
        found = []
        for place, scenario in enumerate(_scenarios(servers)):
            if place == len(_NAMES) - 1:
                _fill(servers)
            found += [_measured(servers, scenario, rounds, number) for number in connections]
        return found


def _scenarios(servers: dict[str, Server]) -> list[Scenario]:
    return [
        Scenario("GET", b"", 4000, 200),
        Scenario("create", request("POST", PATH, NEW), 4000, 200),
        Scenario("refused create", request("POST", PATH, b'{"alias": "no name"}'), 4000, 422),
        Scenario("list 100 of 10,000", request("GET", PATH), 200, 200),
    ]


_NAMES = ("GET", "create", "refused create", "list")


def _measured(servers: dict[str, Server], scenario: Scenario, rounds: int, connections: int) -> Measured:
    micros: dict[str, list[float]] = {name: [] for name in servers}
    each = {name: scenario.each or _read_one(name, server) for name, server in servers.items()}
    for number in range(rounds + 1):
        for name, server in servers.items():
            before = server.cpu_seconds()
            answer = drive(server.port, each[name], count=scenario.times, connections=connections)
            used = server.cpu_seconds() - before
            if name != "bare" and not answer.startswith(b"HTTP/1.1 %d" % scenario.status):
                raise RuntimeError(f"{name} answered {scenario.name} with {answer[:200]!r}")
            if number:  # the first round warms up
                micros[name].append(used / scenario.times * 1e6)
    return Measured(scenario.name, connections, micros)


def _read_one(name: str, server: Server) -> bytes:
    """A GET of a Knowledge that exists."""
    if name == "bare":
        return request("GET", PATH + "knowledge-abc123")
    answer = drive(server.port, request("POST", PATH, NEW), count=1, connections=1)
    return request("GET", PATH + json.loads(answer.partition(b"\r\n\r\n")[2])["item"])


def _fill(servers: dict[str, Server]) -> None:
    for server in servers.values():
        drive(server.port, request("POST", PATH, NEW), count=LISTED, connections=16)


def table(measured: Sequence[Measured]) -> list[str]:
    """Rows of Markdown: medians of microseconds, and of the ratios with their least and greatest."""
    rows = [
        "| request | connections | bare | understudy | FastAPI | bare / understudy | FastAPI / understudy |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for entry in measured:
        medians = " | ".join(f"{statistics.median(entry.micros[name]):.1f}" for name in SERVERS)
        ratios = (_ratio(entry.ratios("bare", "understudy")), _ratio(entry.ratios("fastapi", "understudy")))
        rows.append(f"| {entry.scenario} | {entry.connections} | {medians} | {ratios[0]} | {ratios[1]} |")
    return rows


def _ratio(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
