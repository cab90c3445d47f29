"""Stages over HTTP: made, shown, reset and taken away, each a world of its own."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.control.served import KNOWLEDGES, Served
from understudy.stage import ManualClock


def create(served: Served, credential: str, name: str = "사내 규정 📚", **headers: str) -> str:
    answer = served.mock(
        "dhub_knowledge", "POST", KNOWLEDGES, {"name": name}, Authorization=f"Bearer {credential}", **headers
    )
    assert answer.status == 200, answer.body
    return str(answer.json["item"])


def status_of(served: Served, credential: str, id: str) -> int:
    return served.mock("dhub_knowledge", "GET", KNOWLEDGES + id, Authorization=f"Bearer {credential}").status


def test_a_stage_is_created_shown_listed_and_deleted(served: Served) -> None:
    made = served.call("POST", "/stages", {"name": "t1", "seed": 7})
    assert (made.status, made.headers["location"]) == (201, "/stages/t1")
    stage = made.json
    assert (stage["name"], stage["seed"], stage["dialects"]) == ("t1", 7, [])
    assert stage["services"]["dhub_knowledge"] == {
        "url": served.urls["dhub_knowledge"],
        "credentials": {"good": "dhub-test-good-t1"},
    }
    assert stage["services"]["flowith_seek"]["credentials"]["more"][0] == "flowith-test-more-1-t1"
    assert served.done("GET", "/stages/t1") == stage
    assert [each["name"] for each in served.done("GET", "/stages")["stages"]] == ["default", "t1"]

    gone = served.call("DELETE", "/stages/t1")
    assert (gone.status, gone.body) == (204, b"")
    assert served.refused("GET", "/stages/t1") == (404, "unknown_stage", "there is no stage 't1'; there are default")
    assert served.mock("flowith_seek", "GET", "/", X_Understudy_Stage="t1").status == 421


def test_its_credentials_and_its_header_lead_to_a_stage(served: Served) -> None:
    served.done("POST", "/stages", {"name": "t1"})
    id = create(served, "dhub-test-good-t1")
    assert status_of(served, "dhub-test-good-t1", id) == 200
    assert status_of(served, "dhub-test-good", id) == 404
    by_header = {"Authorization": "Bearer dhub-test-good", "X_Understudy_Stage": "t1"}
    assert served.mock("dhub_knowledge", "GET", KNOWLEDGES + id, **by_header).status == 200
    counts = {stage["name"]: stage["accounts"] for stage in served.done("GET", "/stages")["stages"]}
    assert counts == {"default": 1, "t1": 1}


def test_limits_dialects_seed_and_clock_are_the_stages_own(served: Served) -> None:
    asked = {
        "seed": 9,
        "limits": {"flowith_seek": {"requests_per_minute": 1, "credits_balance": None}},
        "dialects": ["observed"],
        "clock": {"kind": "manual", "now": 5.5, "straight": False},
    }
    stage = served.done("POST", "/stages", asked)
    assert stage["name"] == "s1", "a free name"
    assert stage["dialects"] == ["observed"]
    assert stage["limits"]["flowith_seek"]["requests_per_minute"] == 1
    assert stage["limits"]["flowith_seek"]["credits_balance"] is None
    assert stage["clock"] == {
        "kind": "manual", "now": 5.5, "time": "1970-01-01T00:00:05.500Z", "factor": None, "straight": False,
    }  # fmt: skip
    statuses = [served.seek("flowith-test-good-s1").status for _ in range(2)]
    assert statuses == [200, 429]
    assert served.seek("flowith-test-good").status == 200
    assert create(served, "dhub-test-good-s1") != create(served, "dhub-test-good")


def test_a_stage_begins_like_the_default_stage(served: Served) -> None:
    served.default.clock.advance(60)
    clocks = [served.done("POST", "/stages", asked)["clock"] for asked in ({}, {"clock": {"kind": "real"}})]
    assert (clocks[0]["kind"], clocks[0]["time"]) == ("manual", "2026-01-01T00:00:00Z")
    assert clocks[1]["kind"] == "real"


def test_a_reset_begins_anew(served: Served) -> None:
    served.done("POST", "/stages", {"name": "t1"})
    id = create(served, "dhub-test-good-t1")
    other = create(served, "dhub-test-good")
    served.done("POST", "/stages/t1/clock/advance", {"seconds": 60})
    served.done("POST", "/stages/t1/faults", {"service": "flowith_seek", "fault": {"kind": "empty_reply"}})

    stage = served.done("POST", "/stages/t1/reset")

    assert (stage["accounts"], stage["exchanges"], stage["faults"]) == (0, 0, 0)
    assert stage["clock"]["time"] == "2026-01-01T00:00:00Z"
    assert status_of(served, "dhub-test-good-t1", id) == 404
    assert create(served, "dhub-test-good-t1") == id, "as at its first begin"
    assert status_of(served, "dhub-test-good", other) == 200, "another stage feels nothing of it"


@pytest.mark.parametrize(
    ("asked", "status", "error", "says"),
    [
        ({"name": "default"}, 409, "name_taken", "choose another name"),
        ({"name": "Möwe"}, 400, "request_violation", ""),
        ({"name": "x" * 33}, 400, "request_violation", ""),
        ({"seeds": 3}, 400, "request_violation", ""),
        ({"seed": 1 << 63}, 400, "request_violation", ""),
        ({"limits": {"바둑": {}}}, 422, "unusable", "'바둑' is not served; served are dhub_knowledge,"),
        ({"limits": {"flowith_seek": {"calls": 3}}}, 422, "unusable", "it has answer_seconds, "),
        ({"limits": {"flowith_seek": {"requests_per_minute": "3"}}}, 422, "unusable", "expected a number from 0 up"),
        ({"dialects": ["shouting"]}, 422, "unusable", "there are "),
        ({"clock": {"kind": "scaled"}}, 422, "unusable", "needs its factor"),
        ({"clock": {"kind": "real", "straight": True}}, 422, "unusable", "ask for kind manual, too"),
    ],
)
def test_what_is_no_stage_is_refused_and_none_is_made(
    served: Served, asked: dict[str, Any], status: int, error: str, says: str
) -> None:
    refused = served.refused("POST", "/stages", asked)
    assert refused[:2] == (status, error)
    assert says in refused[2]
    assert [stage.name for stage in served.stages] == ["default"]


def test_there_is_a_last_stage(served: Served) -> None:
    for _ in range(999):
        served.stages.create(ManualClock())
    assert served.refused("POST", "/stages", {})[:2] == (409, "too_many_stages")
    served.done("DELETE", "/stages/s7")
    served.done("POST", "/stages", {})


def test_the_plane_and_the_mocks_run_in_one_thread(served: Served) -> None:
    """So that a stage needs no lock: what the one does is done when the other looks."""
    threads: set[int] = set()
    served.default.clock.watch(lambda: threads.add(threading.get_ident()))
    served.default.journal.watch(lambda exchange: threads.add(threading.get_ident()))
    served.done("POST", "/stages/default/clock/advance", {"seconds": 1})
    assert len(threads) == 1
    create(served, "dhub-test-good")
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_the_default_stage_stays(served: Served) -> None:
    assert served.refused("DELETE", "/stages/default")[:2] == (409, "default_stage")
    assert served.call("GET", "/stages/default").status == 200
