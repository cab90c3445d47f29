"""(b) The engine alone, in process: what one request costs without a socket, and a page whatever lies behind it."""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from understudy.engine import Engine
from understudy.http import Request
from understudy.project import find_project
from understudy.stage import ManualClock, Stage

HEADERS = {
    "authorization": "Bearer dhub-test-good",
    "host": "127.0.0.1",
    "accept": "*/*",
    "content-type": "application/json",
}
PATH = "/api/v1/knowledges/"
NEW = json.dumps({"name": "Product FAQ", "type": "document", "groups": ["support"], "tags": ["faq"]}).encode()
LARGE = 1_000_000
SMALL = 1_000


class Timed(NamedTuple):
    """Microseconds of CPU for one call, one figure a round."""

    name: str
    micros: list[float]


def new_engine() -> Engine:
    """The mock of D.Hub on a stage of its own."""
    project = find_project(Path(__file__).parent)
    return Engine(project.load_mock("dhub_knowledge"), project.contract("dhub_knowledge"), Stage(ManualClock()))


def measure(rounds: int) -> list[Timed]:
    """What a call costs: a GET, a create, a refused create."""
    engine = new_engine()
    calls = {
        "GET": Request("GET", PATH + "knowledge-abc123", HEADERS),
        "create": Request("POST", PATH, HEADERS, NEW),
        "refused create": Request("POST", PATH, HEADERS, b'{"alias": "no name"}'),
    }
    return [Timed(name, [_micros(engine, call, 5000) for _ in range(rounds)]) for name, call in calls.items()]


def measure_pages(rounds: int) -> list[Timed]:
    """A page of 100 from the middle of `SMALL` and of `LARGE` items, with and without a filter, round by round."""
    engines = {SMALL: _filled(SMALL), LARGE: _filled(LARGE)}
    timed = {}
    for filtered in ("", "&groups=support"):
        for size, engine in engines.items():
            page = _middle_page(engine, size, filtered)
            timed[f"page of 100 of {size:,}{' by group' if filtered else ''}"] = (engine, page)
    found = {name: Timed(name, []) for name in timed}
    for _ in range(rounds):
        for name, (engine, page) in timed.items():
            found[name].micros.append(_micros(engine, page, 50))
    return list(found.values())


def _filled(count: int) -> Engine:
    engine = new_engine()
    for _ in range(count - 1):  # one is there from the start
        engine.handle(Request("POST", PATH, HEADERS, NEW))
    return engine


def _middle_page(engine: Engine, size: int, filtered: str) -> Request:
    """A request for the page after the first half."""
    token = ""
    for _ in range(max(1, size // 2 // 1000)):
        target = f"{PATH}?limit={min(1000, size // 2)}{filtered}{token}"
        answer = engine.handle(Request("GET", target, HEADERS)).response.body
        token = f"&token={json.loads(answer)['token']}"
    return Request("GET", f"{PATH}?limit=100{filtered}{token}", HEADERS)


def _micros(engine: Engine, call: Request, times: int) -> float:
    gc.collect()
    began = time.process_time_ns()
    for _ in range(times):
        engine.handle(call)
    return (time.process_time_ns() - began) / times / 1000


def table(timed: Sequence[Timed]) -> list[str]:
    """Rows of Markdown: least, median and greatest microseconds."""
    rows = ["| call | CPU microseconds, median | least to greatest |", "| --- | --- | --- |"]
    for entry in timed:
        median = statistics.median(entry.micros)
        rows.append(f"| {entry.name} | {median:.1f} | {min(entry.micros):.1f} to {max(entry.micros):.1f} |")
    return rows
