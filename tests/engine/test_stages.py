"""Stages share a port and nothing else: no state, time, quota, identifier, limit or journal of one shows in another."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.conftest import GOOD, answer, ask
from understudy import Request
from understudy.engine import Engine
from understudy.errors import StateError, UsageError
from understudy.snapshots import read_snapshot, restore, snapshot
from understudy.stage import ManualClock, ScaledClock, Stage
from understudy.stages import Stages

LIMITS = {"notes": {"calls_per_minute": 2}}


@pytest.fixture
def stages(engine_with: Callable[..., Engine]) -> Stages:
    return Stages({"notes": engine_with(limits=LIMITS)})


def send(stages: Stages, method: str, target: str, body: Any = None, *, token: str = GOOD, stage: str = "") -> Any:
    """One request to the port that all stages share."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    if stage:
        headers["x-understudy-stage"] = stage
    content = b"" if body is None else json.dumps(body).encode()
    return stages.service("notes").handle(Request(method, target, headers, content))


def test_the_stage_is_the_credentials(stages: Stages) -> None:
    stage = stages.create(ManualClock())

    written = send(stages, "POST", "/notes/", {"text": "무대 🎭"}, token=f"{GOOD}-{stage.name}")

    assert stage.credentials("notes") == {
        "good": f"{GOOD}-{stage.name}",
        "shared": [f"notes-test-one-{stage.name}", f"notes-test-two-{stage.name}"],
    }
    assert len(stage.journal) == 1
    assert len(stages.default.journal) == 0
    target = f"/notes/{answer(written)['id']}"
    assert send(stages, "GET", target, token=f"{GOOD}-{stage.name}").response.status == 200
    assert send(stages, "GET", target).response.status == 404


def test_the_stage_is_the_headers(stages: Stages) -> None:
    stages.create(ManualClock(), "t1")

    id = answer(send(stages, "POST", "/notes/", {"text": "무대"}, stage="t1"))["id"]

    assert send(stages, "GET", f"/notes/{id}", stage="t1").response.status == 200
    assert send(stages, "GET", f"/notes/{id}", stage="default").response.status == 404
    assert send(stages, "GET", f"/notes/{id}").response.status == 404


def test_a_credential_goes_before_the_header(stages: Stages) -> None:
    one, two = stages.create(ManualClock(), "one"), stages.create(ManualClock(), "two")

    send(stages, "GET", "/notes/", token=f"{GOOD}-mine-one", stage="two")

    assert (len(one.journal), len(two.journal)) == (1, 0)


def test_a_header_that_names_no_stage_is_not_answered_by_the_default_one(stages: Stages) -> None:
    stages.create(ManualClock(), "t1")

    refused = send(stages, "POST", "/notes/", {"text": "x"}, stage="t2")

    assert refused.response.status == 421
    assert answer(refused)["stages"] == ["default", "t1"]
    assert "control plane" in answer(refused)["next"]
    assert len(stages.default.journal) == 0


def test_quotas_limits_and_time_are_the_stages_own(stages: Stages) -> None:
    stages.create(ManualClock(), "t1")
    stages.create(ManualClock(), "free", limits={"notes": {"calls_per_minute": None}})
    assert [send(stages, "GET", "/notes/", stage="t1").response.status for _ in range(3)] == [200, 200, 429]

    assert send(stages, "GET", "/notes/").response.status == 200
    assert {send(stages, "GET", "/notes/", stage="free").response.status for _ in range(9)} == {200}
    stages["free"].clock.advance(3600)
    assert send(stages, "GET", "/notes/", stage="t1").response.status == 429
    stages["t1"].clock.advance(60)
    assert send(stages, "GET", "/notes/", stage="t1").response.status == 200


def test_equal_stages_give_equal_answers(stages: Stages) -> None:
    stages.create(ManualClock(), "one")
    stages.create(ManualClock(), "two")
    stages.create(ManualClock(), "other", seed=7)

    ids = [answer(send(stages, "POST", "/notes/", {"text": "x"}, stage=name))["id"] for name in ("one", "two", "other")]

    assert ids[0] == ids[1] != ids[2]


def test_a_stage_is_deleted(stages: Stages) -> None:
    stage = stages.create(ManualClock(), "t1")
    stages.delete("t1")

    assert stage.closed
    assert send(stages, "GET", "/notes/", stage="t1").response.status == 421
    with pytest.raises(UsageError, match="there is no stage 't1'"):
        stages["t1"]
    with pytest.raises(UsageError, match="reset it instead"):
        stages.delete("default")


@pytest.mark.parametrize("name", ["default", "t1"])
def test_a_name_is_given_once(stages: Stages, name: str) -> None:
    stages.create(ManualClock(), "t1")
    with pytest.raises(UsageError, match="already"):
        stages.create(ManualClock(), name)


@pytest.mark.parametrize("name", ["", "무대", "a-b", "T1", "x" * 33, "a b"])
def test_what_cannot_be_told_from_the_rest_of_a_credential_is_no_name(stages: Stages, name: str) -> None:
    with pytest.raises(UsageError, match="names no stage"):
        stages.create(ManualClock(), name)


def test_a_free_name_is_found(stages: Stages) -> None:
    stages.create(ManualClock(), "s1")
    assert [stages.create(ManualClock()).name for _ in range(2)] == ["s2", "s3"]


def test_reset_begins_anew(stages: Stages) -> None:
    stage = stages.create(ManualClock(5.0), "t1")
    first = answer(send(stages, "POST", "/notes/", {"text": "x"}, stage="t1"))["id"]
    stage.clock.advance(10)
    send(stages, "GET", "/notes/", stage="t1")

    stage.reset()

    assert (len(stage.journal), stage.clock.now()) == (0, 5.0)
    assert send(stages, "GET", f"/notes/{first}", stage="t1").response.status == 404
    assert answer(send(stages, "POST", "/notes/", {"text": "y"}, stage="t1"))["id"] == first, "as at its first begin"


def test_a_snapshot_is_a_stage_at_a_moment(stages: Stages) -> None:
    stage = stages.create(ManualClock(1000.0), "t1")
    kept = answer(send(stages, "POST", "/notes/", {"text": "남는 것 🗒️"}, stage="t1"))["id"]
    document = json.loads(snapshot(stage))
    stage.clock.advance(5000)
    lost = answer(send(stages, "POST", "/notes/", {"text": "사라질 것"}, stage="t1"))["id"]

    restore(stage, read_snapshot(json.dumps(document).encode()))

    assert stage.clock.now() == 1000.0
    assert answer(send(stages, "GET", f"/notes/{kept}", stage="t1")) == {"text": "남는 것 🗒️"}
    assert send(stages, "GET", f"/notes/{lost}", stage="t1").response.status == 429, "the minute goes on where it was"
    stage.clock.advance(60)
    assert send(stages, "GET", f"/notes/{lost}", stage="t1").response.status == 404
    assert json.loads(snapshot(stage))["seed"] == document["seed"]


def test_what_is_no_snapshot_is_refused_and_changes_nothing(stages: Stages) -> None:
    stage = stages.create(ManualClock(), "t1")
    id = answer(send(stages, "POST", "/notes/", {"text": "x"}, stage="t1"))["id"]
    good = json.loads(snapshot(stage))
    for document, told in (
        ([], "no snapshot"),
        ({**good, "understudy": "snapshot 9"}, "another kind"),
        ({**good, "seed": 5}, "other seed"),
        ({**good, "limits": {"notes": {"calls_per_minute": 9}}}, "other limits"),
        ({**good, "services": {"바둑": {}}}, "which this stage has not"),
    ):
        with pytest.raises(StateError, match=told):
            restore(stage, read_snapshot(json.dumps(document).encode()))
    assert send(stages, "GET", f"/notes/{id}", stage="t1").response.status == 200


def test_a_clock_that_runs_can_be_moved_and_restored() -> None:
    source = ManualClock(100.0)
    clock = ScaledClock(source.now, factor=10)
    woken: list[float] = []
    unwatch = clock.watch(lambda: woken.append(clock.now()))
    clock.advance(50)
    source.advance(1)
    assert clock.now() == 160.0
    clock.set(1000.0)
    unwatch()
    clock.advance(1)
    assert (woken, clock.now()) == ([150.0, 1000.0], 1001.0)
    with pytest.raises(ValueError, match="backwards"):
        clock.set(500)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)
    assert clock.anew(7.0).now() == 7.0


def test_what_waits_is_told_of_another_clock() -> None:
    stage = Stage(ManualClock())
    told: list[bool] = []
    stage.clock.watch(lambda: told.append(True))
    stage.use(ManualClock(5.0))
    assert (told, stage.clock.now()) == ([True], 5.0)


def test_engines_of_equal_stages_share_what_was_compiled(engine: Engine) -> None:
    assert engine.on(Stage(ManualClock(), name="t1"))._router is engine._router
    other = engine.on(Stage(ManualClock(), name="t2", limits=LIMITS))
    assert other._router is not engine._router
    assert ask(other, "GET", "/notes/").response.status == 200
