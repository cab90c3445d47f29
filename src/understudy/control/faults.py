"""Faults: plan, list, read and remove what is to go wrong on a stage."""

from __future__ import annotations

import msgspec

from understudy.control.definition import control
from understudy.control.plane import Plane
from understudy.control.refusals import UnknownFault, Unusable
from understudy.control.showing import told_plan
from understudy.errors import UsageError
from understudy.faults import Planned, Standing
from understudy.service import Call, Reply


@control.operation("listFaults")
def list_faults(plane: Plane, call: Call) -> Reply:
    return Reply({"faults": [told_plan(standing) for standing in plane.stage(call.path).faults.list()]})


@control.operation("planFault")
def plan_fault(plane: Plane, call: Call) -> Reply:
    stage = plane.stage(call.path)
    asked = {**call.body, "stem": call.body["service"]}
    del asked["service"]
    try:
        id = stage.faults.add(msgspec.convert(asked, Planned))
    except (UsageError, msgspec.ValidationError) as error:
        raise Unusable(str(error)) from error
    location = f"/stages/{stage.name}/faults/{id}"
    return Reply(told_plan(_standing(plane, call, id)), status=201, headers=(("Location", location),))


@control.operation("clearFaults")
def clear_faults(plane: Plane, call: Call) -> Reply:
    plane.stage(call.path).faults.clear()
    return Reply(b"", status=204)


@control.operation("readFault")
def read_fault(plane: Plane, call: Call) -> Reply:
    return Reply(told_plan(_standing(plane, call, call.path["fault"])))


@control.operation("removeFault")
def remove_fault(plane: Plane, call: Call) -> Reply:
    stage = plane.stage(call.path)
    stage.faults.remove(_standing(plane, call, call.path["fault"]).id)
    return Reply(b"", status=204)


def _standing(plane: Plane, call: Call, id: str) -> Standing:
    """Raises `UnknownFault`."""
    plans = {standing.id: standing for standing in plane.stage(call.path).faults.list()}
    if id not in plans:
        raise UnknownFault(f"this stage plans no fault {id!r}; it plans {', '.join(plans) or 'none'}")
    return plans[id]
