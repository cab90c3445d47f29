"""The clock of a stage: read it, set it, move it on, or let another kind of clock go on from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from understudy.clock import NEW_YEAR, Clock, ManualClock, ScaledClock
from understudy.control.definition import control
from understudy.control.plane import Plane
from understudy.control.refusals import Unusable
from understudy.control.showing import kind_of, told_clock, told_time
from understudy.errors import UsageError
from understudy.service import Call, Reply
from understudy.stage import Stage

LATEST = 221_845_392_000.0
"""9000-01-01T00:00:00Z: calendars end with the year 9999, and what is due later has to have a date too."""
Source = Callable[[], float]


@control.operation("readClock")
def read_clock(plane: Plane, call: Call) -> Reply:
    return Reply(told_clock(plane.stage(call.path).clock))


@control.operation("changeClock")
def change_clock(plane: Plane, call: Call) -> Reply:
    stage = plane.stage(call.path)
    try:
        _change(stage, plane.source, call.body)
    except (UsageError, ValueError) as error:
        raise Unusable(str(error)) from error
    return Reply(told_clock(stage.clock))


@control.operation("advanceClock")
def advance_clock(plane: Plane, call: Call) -> Reply:
    clock, seconds = plane.stage(call.path).clock, call.body["seconds"]
    if clock.now() + seconds > LATEST:
        raise Unusable(f"no clock goes beyond {told_time(LATEST)}; it is {told_time(clock.now())} there")
    clock.advance(seconds)
    return Reply(told_clock(clock))


def new_clock(like: Clock, source: Source, asked: Mapping[str, Any]) -> Clock:
    """A clock for a new stage, of the kind of ``like`` where none is asked for. Raises UsageError."""
    if asked.get("kind", kind_of(like)) == kind_of(like) and "factor" not in asked:
        clock = like.anew(asked.get("now"))
        _set_manner(clock, asked)
        return clock
    return _made(asked.get("kind", kind_of(like)), source, asked, asked.get("now"))


def _change(stage: Stage, source: Source, asked: Mapping[str, Any]) -> None:
    """Raises UsageError or ValueError for what no clock does; then nothing is changed."""
    before = stage.clock
    now, kind = before.now(), asked.get("kind", kind_of(before))
    start = asked.get("now", now)
    if start < now:
        raise UsageError(f"a clock does not run backwards: it is at {now} ({told_time(now)}); a reset begins anew")
    if kind == kind_of(before) and "factor" not in asked:
        _set_manner(before, asked)
        if "now" in asked:
            before.set(start)
    else:
        ahead = max(now, source()) if kind == "real" and "now" not in asked else start
        stage.use(_made(kind, source, asked, ahead))


def _made(kind: str, source: Source, asked: Mapping[str, Any], start: float | None) -> Clock:
    """A clock of this kind from ``start``, or from where such a clock begins. Raises UsageError."""
    _check_manner(kind, asked)
    if kind == "manual":
        return ManualClock(NEW_YEAR if start is None else start, straight=asked.get("straight", True))
    if kind == "scaled" and "factor" not in asked:
        raise UsageError("a scaled clock needs its factor: how many times as fast as the machine's it runs")
    return ScaledClock(source, asked.get("factor", 1.0), start)


def _set_manner(clock: Clock, asked: Mapping[str, Any]) -> None:
    _check_manner(kind_of(clock), asked)
    if isinstance(clock, ManualClock) and "straight" in asked:
        clock.straight = asked["straight"]


def _check_manner(kind: str, asked: Mapping[str, Any]) -> None:
    if "straight" in asked and kind != "manual":
        raise UsageError(f"straight is how a manual clock runs, and this one is {kind}: ask for kind manual, too")
    if "factor" in asked and kind != "scaled":
        raise UsageError(f"factor is how a scaled clock runs, and this one is {kind}: ask for kind scaled, too")
