"""Clocks over HTTP: they are read, set, moved and exchanged, and what waits for one goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.control.served import SEEK, Served, port_of
from tests.server.wire import Client, request

CLOCK = "/stages/default/clock"


def change(served: Served, **asked: Any) -> Any:
    return served.done("PATCH", CLOCK, asked)


def test_a_clock_is_moved_and_only_its_stage_feels_it(served: Served) -> None:
    served.done("POST", "/stages", {"name": "t1"})
    told = served.done("POST", f"{CLOCK}/advance", {"seconds": 86_400.5})
    assert told == served.done("GET", CLOCK)
    assert told["time"] == "2026-01-02T00:00:00.500Z"
    assert change(served, now=1_800_000_000)["time"] == "2027-01-15T08:00:00Z"
    assert served.mock("flowith_seek", "GET", "/").headers["date"] == "Fri, 15 Jan 2027 08:00:00 GMT"
    assert served.done("GET", "/stages/t1/clock")["time"] == "2026-01-01T00:00:00Z"


def test_another_kind_of_clock_goes_on_from_there(served: Served) -> None:
    change(served, now=2_000_000_000)
    scaled = change(served, kind="scaled", factor=0.001)
    assert (scaled["kind"], scaled["factor"], scaled["straight"]) == ("scaled", 0.001, None)
    assert 2_000_000_000 <= scaled["now"] < 2_000_000_001
    assert change(served, factor=0.002)["factor"] == 0.002
    real = change(served, kind="real")
    assert (real["kind"], real["factor"]) == ("real", None)
    assert 2_000_000_000 <= real["now"] < 2_000_000_100, "it never runs backwards"
    manual = change(served, kind="manual", straight=False, now=3_000_000_000)
    assert (manual["kind"], manual["now"], manual["straight"]) == ("manual", 3_000_000_000, False)
    assert change(served, straight=True)["straight"] is True


def test_a_real_clock_is_the_machine_s(served: Served) -> None:
    assert change(served, kind="real")["now"] > 1_767_225_600 + 86_400


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ({"now": 5}, 422, "does not run backwards"),
        ({"kind": "scaled"}, 422, "needs its factor"),
        ({"factor": 2}, 422, "ask for kind scaled, too"),
        ({"kind": "real", "straight": True}, 422, "ask for kind manual, too"),
        ({"kind": "sundial"}, 400, ""),
        ({"kind": "scaled", "factor": 0}, 400, ""),
        ({"kind": "scaled", "factor": 1e300}, 400, ""),
        ({"now": 1e300}, 400, ""),
        ({"now": "2026-01-01"}, 400, ""),
        ({}, 400, ""),
    ],
)
def test_what_no_clock_does_is_refused_and_leaves_it(
    served: Served, asked: dict[str, Any], status: int, says: str
) -> None:
    before = served.done("GET", CLOCK)
    told = served.refused("PATCH", CLOCK, asked)
    assert told[0] == status
    assert says in told[2]
    assert served.done("GET", CLOCK) == before


def test_time_has_an_end(served: Served) -> None:
    assert served.refused("POST", f"{CLOCK}/advance", {"seconds": 3e11})[0] == 422
    assert served.refused("POST", f"{CLOCK}/advance", {"seconds": -1})[0] == 400
    assert change(served, now=221_845_392_000)["time"] == "9000-01-01T00:00:00Z"
    assert served.seek("flowith-test-good").status == 200, "calendars reach farther"


def test_a_stream_that_waits_goes_on_when_the_clock_is_advanced(served: Served) -> None:
    served.done("POST", "/stages", {"name": "t1", "clock": {"kind": "manual", "straight": False}})
    asked = {
        "messages": [{"role": "user", "content": "배터리 🔋"}],
        "model": "gpt-4o-mini",
        "kb_list": [],
        "stream": True,
    }
    head = ("Authorization: Bearer flowith-test-good-t1", "Content-Type: application/json")
    with Client(port_of(served.urls["flowith_seek"])) as client:
        client.send(request("POST", SEEK, *head, body=json.dumps(asked).encode()))
        served.done("GET", "/stages/t1/clock")
        assert served.done("GET", "/stages/t1")["exchanges"] == 1, "it is answered, and waits"
        served.done("POST", "/stages/t1/clock/advance", {"seconds": 3600})
        answer = client.answer()
    assert answer.status == 200
    assert answer.body.endswith(b"}\n\n")
    assert b'"tag":"final"' in answer.body


def test_a_stream_that_waits_runs_through_when_the_clock_is_told_to(served: Served) -> None:
    served.done("PATCH", CLOCK, {"straight": False})
    with Client(port_of(served.urls["flowith_seek"])) as client:
        asked = {"messages": [{"role": "user", "content": "x"}], "model": "gpt-4o-mini", "kb_list": [], "stream": True}
        head = ("Authorization: Bearer flowith-test-good", "Content-Type: application/json")
        client.send(request("POST", SEEK, *head, body=json.dumps(asked).encode()))
        served.done("PATCH", CLOCK, {"straight": True})
        assert client.answer().status == 200
