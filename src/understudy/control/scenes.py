"""Scenarios: list them, let a stage begin in one. Tracing, and explanations of what was answered."""

from __future__ import annotations

from understudy.control.definition import control
from understudy.control.plane import Plane
from understudy.control.refusals import UnknownExchange, Unusable
from understudy.control.showing import whole
from understudy.errors import ScenarioError, StateError, UsageError
from understudy.explain import explain
from understudy.scenarios import Scenario, begin, names, read
from understudy.service import Call, Reply
from understudy.stage import Stage
from understudy.tracing import Tracer


@control.operation("listScenarios")
def list_scenarios(plane: Plane, call: Call) -> Reply:
    return Reply({"scenarios": [{"name": name, "says": _says(plane, name)} for name in _names(plane)]})


@control.operation("beginScenario")
def begin_scenario(plane: Plane, call: Call) -> Reply:
    stage = plane.stage(call.path)
    play(plane, stage, call.body["name"])
    return Reply(whole(stage, plane.urls))


@control.operation("changeTracing")
def change_tracing(plane: Plane, call: Call) -> Reply:
    stage = plane.stage(call.path)
    stage.tracer = (stage.tracer or Tracer()) if call.body["traced"] else None
    return Reply(whole(stage, plane.urls))


@control.operation("explainExchange")
def explain_exchange(plane: Plane, call: Call) -> Reply:
    try:
        return Reply(explain(plane.stage(call.path), call.path["number"]))
    except UsageError as error:
        raise UnknownExchange(str(error)) from error


def play(plane: Plane, stage: Stage, name: str) -> None:
    """Let a stage begin in a scenario. Raises `Unusable` where there is none, or it cannot be played."""
    if plane.scenarios is None:
        raise Unusable("this server was started without a project that has scenarios")
    try:
        begin(stage, read(plane.scenarios, name))
    except (ScenarioError, StateError) as error:
        raise Unusable(str(error)) from error


def _names(plane: Plane) -> tuple[str, ...]:
    return () if plane.scenarios is None else names(plane.scenarios)


def _says(plane: Plane, name: str) -> str:
    """What a scenario is about, or why it cannot be read."""
    assert plane.scenarios is not None, "it has names"
    try:
        found = read(plane.scenarios, name)
    except ScenarioError as error:
        return str(error)
    return found.says if isinstance(found, Scenario) else "A snapshot of a stage."
