"""Scenarios, tracing and explanations over HTTP, and from the shell."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.control.served import KNOWLEDGES, Served
from understudy.adapters.cli import main

KEY = {"Authorization": "Bearer dhub-test-good"}


def listed(served: Served, credential: str = "dhub-test-good") -> int:
    answer = served.mock("dhub_knowledge", "GET", KNOWLEDGES, Authorization=f"Bearer {credential}")
    return len(answer.json["items"])


def test_scenarios_are_listed(served: Served) -> None:
    found = served.done("GET", "/scenarios")["scenarios"]

    assert [entry["name"] for entry in found] == ["eleventh_call", "handbook"]
    assert all(entry["says"] for entry in found)


def test_a_stage_begins_in_a_scenario(served: Served) -> None:
    stage = served.done("PUT", "/stages/default/scenario", {"name": "handbook"})

    assert stage["clock"]["time"].startswith("2026-03-03")
    assert listed(served) == 2
    served.done("POST", "/stages/default/reset")
    assert listed(served) == 1


def test_a_stage_is_created_in_a_scenario(served: Served) -> None:
    served.done("POST", "/stages", {"name": "t1", "scenario": "handbook"})

    assert listed(served, "dhub-test-good-t1") == 2
    assert listed(served) == 1


@pytest.mark.parametrize("name", ["none", "../contracts/dhub_knowledge"])
def test_a_scenario_that_is_not_there_is_refused(served: Served, name: str) -> None:
    status, error, detail = served.refused("POST", "/stages", {"name": "t1", "scenario": name})

    assert (status, error) == (422, "unusable")
    assert "there are: eleventh_call, handbook" in detail
    assert served.refused("PUT", "/stages/default/scenario", {"name": name})[0] == 422
    assert [stage["name"] for stage in served.done("GET", "/stages")["stages"]] == ["default"]


def test_an_exchange_is_explained(served: Served) -> None:
    assert served.done("PUT", "/stages/default/tracing", {"traced": True})["traced"] is True
    served.mock("dhub_knowledge", "GET", KNOWLEDGES + "knowledge-none", **KEY)
    number = served.done("GET", "/stages/default/journal")["exchanges"][-1]["number"]

    why = served.done("GET", f"/stages/default/journal/{number}/explanation")

    assert why["because"] == "the operation refused it, by dhub.error.unknown-knowledge"
    assert why["state"]["missed"] == ["items/knowledge-none"]
    assert why["change"]["status"] == 200
    assert served.done("PUT", "/stages/default/tracing", {"traced": False})["traced"] is False
    assert served.refused("GET", "/stages/default/journal/999/explanation")[:2] == (404, "unknown_exchange")


def test_from_the_shell(served: Served) -> None:
    def control(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["control", "--url", served.url, "--token", served.token, *arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert control("scenarios").startswith("eleventh_call  ")
    assert control("begin", "handbook").startswith("default  manual 2026-03-03")
    control("trace", "on")
    served.mock("dhub_knowledge", "GET", KNOWLEDGES + "knowledge-0", **KEY)
    number = served.done("GET", "/stages/default/journal")["exchanges"][-1]["number"]
    told = control("explain", str(number))
    assert "  because  the operation refused it, by dhub.error.unknown-knowledge" in told
    assert "  guard    RequireCredential: passed" in told
    assert "  change   put " in told
