"""A plane and its engine, put together."""

from __future__ import annotations

from copy import copy
from functools import cache
from pathlib import Path

from understudy.clock import Clock
from understudy.contract import Contract, read_contract
from understudy.control import clocks, faults, following, journals, preparations, scenes, stages
from understudy.control.definition import control
from understudy.control.plane import Plane
from understudy.engine import Engine
from understudy.stage import Stage

BEHAVIOURS = (stages, scenes, clocks, faults, preparations, journals, following)
"""The modules that bind behaviours to the service; it is complete once they are imported."""


@cache
def plane_contract() -> Contract:
    """The contract of the control plane."""
    return read_contract(Path(__file__).with_name("contract.yaml"), "control")


def plane_engine(plane: Plane, clock: Clock) -> Engine:
    """What answers for ``plane``, on a stage of its own that goes by ``clock`` and keeps no journal."""
    service = copy(control)
    service.state = service.shared = lambda: plane
    return Engine(service, plane_contract(), Stage(clock, journal_size=0))
