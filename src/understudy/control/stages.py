"""Stages: list, create, read, delete, reset; snapshots, and back; the plane's own description."""

from __future__ import annotations

from typing import Any

import msgspec

from understudy.contract.export import export_openapi_31
from understudy.control.clocks import new_clock
from understudy.control.definition import control
from understudy.control.plane import Plane
from understudy.control.refusals import DefaultStage, NameTaken, TooManyStages, Unusable
from understudy.control.scenes import play
from understudy.control.showing import summary, whole
from understudy.errors import StateError, UsageError
from understudy.service import Call, Reply
from understudy.snapshots import read_snapshot, restore, snapshot
from understudy.stage import Stage


@control.operation("describePlane")
def describe_plane(plane: Plane, call: Call) -> Reply:
    if not plane.description:
        origin = {"url": f"http://127.0.0.1:{plane.port}", "description": "This control plane."}
        plane.description = {**export_openapi_31(call.contract), "servers": [origin]}
    return Reply(plane.description)


@control.operation("listStages")
def list_stages(plane: Plane, call: Call) -> Reply:
    return Reply({"stages": [summary(stage) for stage in plane.stages]})


@control.operation("createStage")
def create_stage(plane: Plane, call: Call) -> Reply:
    asked: dict[str, Any] = call.body
    names = [stage.name for stage in plane.stages]
    if asked.get("name") in names:
        raise NameTaken(f"there is a stage {asked['name']!r} already: delete it, or choose another name")
    if len(names) >= call.limits["stages"]:
        raise TooManyStages
    try:
        stage = _created(plane, asked)
    except (UsageError, StateError) as error:
        raise Unusable(str(error)) from error
    return Reply(whole(stage, plane.urls), status=201, headers=(("Location", f"/stages/{stage.name}"),))


@control.operation("readStage")
def read_stage(plane: Plane, call: Call) -> Reply:
    return Reply(whole(plane.stage(call.path), plane.urls))


@control.operation("deleteStage")
def delete_stage(plane: Plane, call: Call) -> Reply:
    stage = plane.stage(call.path)
    if stage is plane.stages.default:
        raise DefaultStage
    plane.stages.delete(stage.name)
    return Reply(b"", status=204)


@control.operation("resetStage")
def reset_stage(plane: Plane, call: Call) -> Reply:
    stage = plane.stage(call.path)
    stage.reset()
    return Reply(whole(stage, plane.urls))


@control.operation("takeSnapshot")
def take_snapshot(plane: Plane, call: Call) -> Reply:
    return Reply(msgspec.json.decode(snapshot(plane.stage(call.path))))


@control.operation("restoreStage")
def restore_stage(plane: Plane, call: Call) -> Reply:
    stage = plane.stage(call.path)
    try:
        restore(stage, read_snapshot(call.request.body))
    except StateError as error:
        raise Unusable(str(error)) from error
    return Reply(whole(stage, plane.urls))


def _created(plane: Plane, asked: dict[str, Any]) -> Stage:
    """Raises UsageError or StateError where there can be no such stage."""
    stages = plane.stages
    clock = new_clock(stages.default.clock, plane.source, asked.get("clock", {}))
    if "snapshot" in asked:
        if "now" in asked.get("clock", {}):
            raise UsageError("the clock of a stage from a snapshot goes on from the snapshot's time: leave now out")
        found = read_snapshot(msgspec.json.encode(asked["snapshot"]))
        return stages.create_from(found, clock, asked.get("name"))
    dialects = asked.get("dialects")
    stage = stages.create(
        clock,
        asked.get("name"),
        seed=asked.get("seed", 0),
        limits=asked.get("limits"),
        dialects=None if dialects is None else frozenset(dialects),
    )
    if "scenario" in asked:
        try:
            play(plane, stage, asked["scenario"])
        except Unusable:
            stages.delete(stage.name)
            raise
    return stage
