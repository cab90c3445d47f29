"""Faults over HTTP: planned, listed and removed; every kind that there is can be written in JSON."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from tests.control.served import Served
from understudy.control.opening import plane_contract
from understudy.faults import Fault, Planned
from understudy.faults.kinds import Kind

FAULTS = "/stages/t1/faults"
RATE = {"service": "flowith_seek", "fault": {"kind": "refuse", "error": "rate_exceeded"}}
KINDS: tuple[type[Kind], ...] = get_args(Fault)


@pytest.fixture
def plane(served: Served) -> Served:
    served.done("POST", "/stages", {"name": "t1"})
    return served


def test_a_fault_strikes_as_it_is_planned(plane: Served) -> None:
    made = plane.call("POST", FAULTS, {**RATE, "calls": [2, 3], "times": 1})
    assert (made.status, made.headers["location"]) == (201, f"{FAULTS}/fault-1")
    plan = made.json
    assert plan == {
        "id": "fault-1", "service": "flowith_seek", "operation": None, "fault": RATE["fault"], "calls": [2, 3],
        "times": 1, "probability": 1.0, "unlawful": False, "matched": 0, "struck": 0, "spent": False,
    }  # fmt: skip

    assert [plane.seek("flowith-test-good-t1").status for _ in range(3)] == [200, 429, 200]
    assert plane.seek("flowith-test-good").status == 200, "another stage"

    standing = plane.done("GET", f"{FAULTS}/fault-1")
    assert (standing["matched"], standing["struck"], standing["spent"]) == (2, 1, True)
    assert plane.done("GET", FAULTS) == {"faults": [standing]}


def test_faults_are_removed_one_by_one_and_all_at_once(plane: Served) -> None:
    for _ in range(3):
        plane.done("POST", FAULTS, RATE)
    assert plane.call("DELETE", f"{FAULTS}/fault-1").status == 204
    assert [plan["id"] for plan in plane.done("GET", FAULTS)["faults"]] == ["fault-2", "fault-3"]
    for method in ("GET", "DELETE"):
        assert plane.refused(method, f"{FAULTS}/fault-1") == (
            404, "unknown_fault", "this stage plans no fault 'fault-1'; it plans fault-2, fault-3",
        )  # fmt: skip
    assert plane.call("DELETE", FAULTS).status == 204
    assert plane.done("GET", FAULTS) == {"faults": []}
    assert plane.seek("flowith-test-good-t1").status == 200


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"service": "바둑"}, 422, "no service '바둑' plays on this stage"),
        ({"operation": "search"}, 422, "has no operation 'search'; it has "),
        ({"fault": {"kind": "refuse", "error": "tired"}}, 422, "has no error 'tired'"),
        ({"fault": {"kind": "answer", "status": 418}}, 422, "breaks the contract of "),
        ({"fault": {"kind": "drop_event"}}, 422, "unlawful"),
        ({"fault": {"kind": "cut"}}, 422, "says neither after_bytes nor after_events"),
        ({"fault": {"kind": "garbage", "content": "no base64!"}}, 422, "cannot be planned|Invalid base64"),
        ({"fault": {"kind": "earthquake"}}, 400, ""),
        ({"fault": {"kind": "refuse"}}, 400, ""),
        ({"fault": {"kind": "refuse", "error": "rate_exceeded", "why": 1}}, 400, ""),
        ({"probability": 1.5}, 400, ""),
        ({"calls": []}, 400, ""),
        ({"calls": [0]}, 400, ""),
        ({"stem": "flowith_seek"}, 400, ""),
    ],
)
def test_what_cannot_be_planned_is_refused(plane: Served, change: dict[str, Any], status: int, says: str) -> None:
    told = plane.refused("POST", FAULTS, RATE | change)
    assert told[0] == status
    assert any(part in told[2] for part in says.split("|"))
    assert plane.done("GET", FAULTS) == {"faults": []}


def test_an_unlawful_fault_is_planned_when_it_is_asked_for_as_such(plane: Served) -> None:
    asked = {**RATE, "fault": {"kind": "answer", "status": 418, "text": "찻주전자 🫖"}, "unlawful": True}
    plane.done("POST", FAULTS, asked)
    answer = plane.seek("flowith-test-good-t1")
    assert (answer.status, answer.body.decode()) == (418, "찻주전자 🫖")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_contract_says_of_every_kind_what_the_kind_says(kind: type[Kind]) -> None:
    document = plane_contract().document
    schema = document["components"]["schemas"][kind.__name__]
    fields = msgspec.structs.fields(kind)
    assert set(schema["properties"]) == {"kind", *(field.name for field in fields)}
    assert set(schema["propertyNames"]["enum"]) == set(schema["properties"])
    assert set(schema["required"]) == {"kind", *(field.name for field in fields if field.required)}
    assert schema["properties"]["kind"]["const"] == kind.__struct_config__.tag
    listed = [entry["$ref"].rpartition("/")[2] for entry in document["components"]["schemas"]["Fault"]["oneOf"]]
    assert sorted(listed) == sorted(each.__name__ for each in KINDS)


def test_the_contract_says_of_a_plan_what_a_plan_says() -> None:
    schema = plane_contract().document["components"]["schemas"]["FaultPlanning"]
    fields = {field.name for field in msgspec.structs.fields(Planned)} - {"stem"}
    assert set(schema["properties"]) == fields | {"service"}
