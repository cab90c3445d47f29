"""Walking ways to errors: the calls that a recipe lays out, made over HTTP to an instance as the recipe wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from understudy.adapters.h11 import Bounds, H11Transport
from understudy.adapters.server import serving
from understudy.contract import Contract
from understudy.contract.calls import kept, request_of
from understudy.contract.recipes import Cell, Recipes, Way
from understudy.contract.responses import ResponseChecker
from understudy.engine import Engine
from understudy.faults import Planned, Refuse
from understudy.http import Response
from understudy.project import find_project
from understudy.stage import ManualClock, Stage
from understudy.verify.observation import TransportFailure

PROJECT = find_project(Path(__file__).parent)
PATIENCE = 20.0
"""Seconds for which an answer is waited for at most."""
AT_ONCE = 16
"""How many ways are walked at a time: those that wait for a timeout wait together."""


@cache
def contract_of(stem: str) -> Contract:
    return PROJECT.contract(stem)


@cache
def cells_of(stem: str) -> tuple[Cell, ...]:
    return tuple(Recipes(contract_of(stem)).cells())


class Walk(NamedTuple):
    """A way of a cell, and the suffix of the accounts that it is walked with."""

    cell: Cell
    way: Way
    account: str


class Walked(NamedTuple):
    """What came of a walk: the answer, and all that is wrong with it."""

    walk: Walk
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        cell = self.walk.cell
        return f"{cell.operation} {cell.error.status} {cell.error.name}: {'; '.join(self.wrong)}"


class Instance:
    """A service that is served, on a stage of its own with limits and dialects as ways want them."""

    def __init__(self, engine: Engine, url: str, clock: ManualClock) -> None:
        self.engine = engine
        self.url = url
        self._clock = clock
        self._transport = H11Transport(url, Bounds(seconds=PATIENCE))

    def answer(self, walk: Walk) -> Response:
        """The answer to which the way leads."""
        contract, way = self.engine.contract, walk.way
        values = dict(contract.fixture_values)
        for step in way.before:
            answer = self._transport.send(request_of(contract, step, values, walk.account))
            assert answer.status < 300, (
                f"the call {step.operation} before it: {answer.status} {answer.content.decode()}"
            )
            values |= kept(step, answer.content)
        if way.advance:
            self._clock.advance(way.advance)
        request = request_of(contract, way.call, values, walk.account)
        if way.stall:
            return self._transport.stall(request, PATIENCE)
        if way.overlapping:
            last = self._transport.overlap([request] * (way.overlapping + 1))[-1]
            assert isinstance(last, Response), last
            return last
        return [self._transport.send(request) for _ in range(way.times)][-1]

    def forced(self, walk: Walk) -> Response:
        """The answer when a fault is due for the call that the way ends with."""
        contract, way = self.engine.contract, walk.way
        values = dict(contract.fixture_values)
        for step in way.before:
            values |= kept(step, self._transport.send(request_of(contract, step, values, walk.account)).content)
        faults = self.engine.stage.faults
        faults.add(Planned(Refuse(walk.cell.error.name), contract.stem, operation=walk.cell.operation, times=1))
        return self._transport.send(request_of(contract, way.call, values, walk.account))


@contextmanager
def instance_for(stem: str, way: Way) -> Iterator[Instance]:
    """An instance of the service with the limits and dialects of the way, as long as the block lasts."""
    clock = ManualClock()
    stage = Stage(clock, limits={stem: way.limits}, dialects=frozenset(way.dialects))
    engine = Engine(PROJECT.load_mock(stem), contract_of(stem), stage)
    with serving({stem: engine}) as running:
        yield Instance(engine, running.urls[stem], clock)


def walked(stem: str, walks: Sequence[Walk]) -> list[Walked]:
    """All walks, those that want the same of an instance on one that they share."""
    alike: dict[tuple[str, tuple[str, ...]], list[Walk]] = {}
    for walk in walks:
        alike.setdefault((repr(walk.way.limits), walk.way.dialects), []).append(walk)
    found: list[Walked] = []
    for group in alike.values():
        with instance_for(stem, group[0].way) as instance, ThreadPoolExecutor(AT_ONCE) as pool:
            found += pool.map(lambda walk, instance=instance: judged(walk, instance), group)
    return found


def judged(walk: Walk, instance: Instance) -> Walked:
    """Walk, and say what is wrong with the answer."""
    try:
        return Walked(walk, wrong_with(walk, instance.engine.contract, instance.answer(walk)))
    except (AssertionError, TransportFailure) as failure:
        return Walked(walk, (str(failure),))


def wrong_with(walk: Walk, contract: Contract, answer: Response) -> tuple[str, ...]:
    """Where the answer is not what the cell promises: status, clause, reason, and all that the contract says of it."""
    error, clause = walk.cell.error, answer.header("Understudy-Clause")
    found = []
    if answer.status != error.status:
        found.append(f"the status is {answer.status}")
    if clause is None or contract.error_by_clause(clause) is not error:
        found.append(f"the clause is {clause}")
    if error.reason is not None and error.reason not in answer.content.decode():
        found.append(f"the reason {error.reason!r} is missing in {answer.content.decode()}")
    if walk.cell.operation is not None:
        node = contract.operations[walk.cell.operation]
        checker = ResponseChecker(contract, node, closed=True, dialects=frozenset(walk.way.dialects))
        found += map(str, checker.check(answer))
    return tuple(found)
