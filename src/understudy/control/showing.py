"""Stages, clocks and plans as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from understudy.clock import Clock, ManualClock, ScaledClock
from understudy.faults import Standing
from understudy.stage import Stage

Json = dict[str, Any]
LAST = 253_402_300_799  # 9999-12-31T23:59:59Z: RFC 3339 has no later year


def told_time(moment: float) -> str:
    """Epoch seconds, UTC, as RFC 3339 writes them, with milliseconds where there are any."""
    at = datetime.fromtimestamp(min(max(moment, 0), LAST), UTC)
    text = at.isoformat(timespec="milliseconds" if at.microsecond // 1000 else "seconds")
    return text.removesuffix("+00:00") + "Z"


def kind_of(clock: Clock) -> str:
    if isinstance(clock, ManualClock):
        return "manual"
    return "scaled" if isinstance(clock, ScaledClock) and clock.factor != 1 else "real"


def told_clock(clock: Clock) -> Json:
    now = clock.now()
    return {
        "kind": kind_of(clock),
        "now": now,
        "time": told_time(now),
        "factor": clock.factor if isinstance(clock, ScaledClock) and clock.factor != 1 else None,
        "straight": clock.straight if isinstance(clock, ManualClock) else None,
    }


def summary(stage: Stage) -> Json:
    """A stage as it is listed."""
    return {
        "name": stage.name,
        "seed": stage.seed,
        "clock": told_clock(stage.clock),
        "dialects": sorted(stage.dialects),
        "accounts": sum(map(len, stage.accounts.values())),
        "exchanges": len(stage.journal),
        "faults": len(stage.faults.list()),
        "traced": stage.tracer is not None,
    }


def whole(stage: Stage, urls: Mapping[str, str]) -> Json:
    """A stage as it is read; ``urls`` are those of the mocks, by stem."""
    services = {
        stem: {"url": urls.get(stem), "credentials": stage.credentials(stem)} for stem, engine in stage.engines.items()
    }
    limits = {stem: dict(engine.limits) for stem, engine in stage.engines.items()}
    return {**summary(stage), "limits": limits, "services": services}


def told_plan(standing: Standing) -> Json:
    planned: Json = msgspec.to_builtins(standing.planned)
    return {
        "id": standing.id,
        "service": planned.pop("stem"),
        **planned,
        "matched": standing.matched,
        "struck": standing.struck,
        "spent": standing.spent,
    }
