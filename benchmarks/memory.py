"""(d) Memory: what a process holds while it plays very many jobs of Entity Enricher, of which the newest are kept.

``python -m benchmarks.memory [--jobs N]`` plays them with the contract's own limits and prints the table.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.processes import Server
from understudy.engine import Engine
from understudy.http import Request
from understudy.project import find_project
from understudy.stage import ManualClock, Stage

STEM = "entity_enricher"
HEADERS = {"x-api-key": "ent_test_good", "host": "127.0.0.1", "accept": "*/*", "content-type": "application/json"}
CLAUDE, GPT = "anthropic::claude-sonnet-4-5-20250514", "openai::gpt-4o"
MISMATCHING = {"name": "Mount Fuji", "country": "JP"}
JOBS = 100_000
FULL = 20_000
"""After so many jobs everything is kept that ever will be: 10,000 records, 10,000 exchanges, the caches."""
EVERY = 1_000
"""After how many jobs memory is looked at."""


class Player:
    """One organisation of the mock, which plays jobs of every kind in turn. A job that does not do its work raises."""

    def __init__(self) -> None:
        project = find_project(Path(__file__).parent)
        self._clock = ManualClock()
        self._engine = Engine(project.load_mock(STEM), project.contract(STEM), Stage(self._clock))
        self._schema_id = self._ask("GET", "/api/schema/saved")["schemas"][0]["id"]
        read, others = self._read, (self._unread, self._blocking, self._batch, self._cancelled, self._continued)
        self._kinds: Sequence[Callable[[dict[str, Any]], None]] = [kind for other in others for kind in (read, other)]

    def play(self, number: int) -> None:
        """A job, for an entity that no other job has unless it is one that is paused."""
        self._kinds[number % len(self._kinds)]({"name": f"회사 Company {number}", "country": "KR"})
        self._clock.advance(1.0)

    def _read(self, entity: dict[str, Any]) -> None:
        self._stream(self._start(entity))

    def _unread(self, entity: dict[str, Any]) -> None:
        self._start(entity)
        self._clock.advance(60.0)

    def _blocking(self, entity: dict[str, Any]) -> None:
        self._ask("POST", "/api/single/enrich/sync", self._order(entity_data=entity))

    def _batch(self, entity: dict[str, Any]) -> None:
        order = self._order(CLAUDE, GPT, entities=[entity, {"name": "Roche", "country": "CH"}], arbitration_model=GPT)
        self._stream(self._ask("POST", "/api/enrichment/batch/start", order)["job_id"])

    def _cancelled(self, entity: dict[str, Any]) -> None:
        self._ask("POST", f"/api/llm/cancel/{self._start(MISMATCHING)}")

    def _continued(self, entity: dict[str, Any]) -> None:
        job_id = self._start(MISMATCHING)
        self._ask("POST", f"/api/llm/continue/{job_id}")
        self._stream(job_id)

    def _order(self, *models: str, **members: Any) -> dict[str, Any]:
        return {"schema_id": self._schema_id, "models": models or (CLAUDE,), **members}

    def _start(self, entity: dict[str, Any]) -> str:
        return str(self._ask("POST", "/api/single/enrich/stream", self._order(entity_data=entity))["job_id"])

    def _stream(self, job_id: str) -> None:
        response = self._engine.handle(Request("GET", f"/api/llm/stream/{job_id}", HEADERS)).response
        if not response.content.rpartition(b"data: ")[2].startswith(b'{"type":"completed"'):
            raise RuntimeError(f"the stream of {job_id} does not end as it should: {response.content[-200:]!r}")

    def _ask(self, method: str, target: str, body: Any = None) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        response = self._engine.handle(Request(method, target, HEADERS, content)).response
        if response.status != 200:
            raise RuntimeError(f"{method} {target} was answered {response.status}: {response.body[:200]!r}")
        return json.loads(response.body)


def measure(jobs: int) -> list[float]:
    """Resident mebibytes of this process: before the first job, and after every `EVERY` jobs."""
    player, this = Player(), Server(os.getpid(), 0)
    found = [this.resident_mib()]
    for number in range(1, jobs + 1):
        player.play(number)
        if number % EVERY == 0:
            found.append(this.resident_mib())
    return found


def table(found: Sequence[float]) -> list[str]:
    """Rows of Markdown."""
    full = min(FULL // EVERY, len(found) - 1)
    top = max(found)
    rows = {
        "before the first job": found[0],
        f"after {full * EVERY:,} jobs": found[full],
        f"at the top, after {found.index(top) * EVERY:,} jobs": top,
        f"after {(len(found) - 1) * EVERY:,} jobs": found[-1],
    }
    return ["| moment | resident MiB |", "| --- | --- |", *(f"| {name} | {mib:.1f} |" for name, mib in rows.items())]


def report() -> Iterator[str]:
    """The lines of the report: the table as a process of its own prints it, which holds nothing else."""
    yield f"## Memory while {JOBS:,} jobs of Entity Enricher are played"
    yield ""
    yield "In one process, by the contract's own limits: 1,000 jobs that have ended and 10,000 records are kept, and"
    yield "10,000 exchanges in the journal. Every second job is read as a stream; the others in turn are never read,"
    yield "answered at the end, batches of two entities for two models, cancelled, and paused and continued."
    yield ""
    command = [sys.executable, "-m", "benchmarks.memory"]
    yield from subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--jobs", type=int, default=JOBS, help="how many jobs are played (default: %(default)s)")
    print("\n".join(table(measure(parser.parse_args().jobs))))  # noqa: T201


if __name__ == "__main__":
    main()
