"""Measure everything, print it and write it to benchmarks/RESULTS.md: ``python -m benchmarks [--quick]``."""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

from benchmarks import engine, memory, serving, startup

RESULTS = Path(__file__).with_name("RESULTS.md")


def report(rounds: int, quick: bool) -> Iterator[str]:
    """The lines of the report, as they are measured."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("uvloop", "httptools", "fastapi"))
    command = "python -m benchmarks --quick" if quick else "python -m benchmarks"
    yield "# What things cost"
    yield ""
    yield f"Measured by `{command}` on {datetime.date.today()}: {startup.machine()}; {versions}."
    yield f"{rounds} rounds after one that is not counted, the servers in turn within each. A ratio is taken round by"
    yield "round; its median, least and greatest are given. The machine is shared: trust ratios, not single figures."
    yield ""
    yield "## Serving: microseconds of server CPU for one request"
    yield ""
    yield "The mock has everything on: requests and replies are validated, state is kept, the journal is written."
    yield "*bare* is a Protocol on httptools and uvloop that writes a constant; FastAPI is written by hand and keeps no"
    yield "journal. The servers run on one core, the client on another."
    yield ""
    yield from serving.table(serving.measure(rounds, (1, 64) if quick else (1, 16, 64)))
    yield ""
    yield "For comparison, from an earlier run on a machine of this kind (2026-11, 64 connections): Prism, silent and"
    yield "warm, took 24.5 times as much CPU as *bare* for a GET, 28 times for a create, 33 times for a refused create."
    yield ""
    yield "## The engine alone: one call in process"
    yield ""
    yield from engine.table(engine.measure(rounds))
    yield ""
    if not quick:
        yield "## A page of 100, from the middle"
        yield ""
        yield from engine.table(engine.measure_pages(rounds))
        yield ""
        yield from memory.report()
        yield ""
    yield "## Starting `understudy serve dhub_knowledge`"
    yield ""
    yield from startup.table(startup.measure(rounds))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer connections, nothing long; writes nothing")
    parser.add_argument("--rounds", type=int, default=9, help="rounds that are counted (default: 9)")
    chosen = parser.parse_args()
    lines = []
    for line in report(chosen.rounds, chosen.quick):
        print(line, flush=True)  # noqa: T201
        lines.append(line)
    if not chosen.quick:
        RESULTS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
