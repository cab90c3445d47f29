"""A stage as one document over HTTP, and back; what the plane changes is saved where states are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.control.conftest import STEMS
from tests.control.served import Served
from tests.control.test_stages import create, status_of
from understudy.adapters.controlling import controlling
from understudy.adapters.server import serving
from understudy.adapters.sqlite import StateFile
from understudy.engine import Engine
from understudy.saving import Saving
from understudy.stage import ManualClock, Stage
from understudy.stages import Stages


def test_a_stage_is_restored_as_it_was(served: Served) -> None:
    kept = create(served, "dhub-test-good", "남는 것 🗒️")
    document = served.done("GET", "/stages/default/snapshot")
    served.done("POST", "/stages/default/clock/advance", {"seconds": 60})
    lost = create(served, "dhub-test-good")

    stage = served.done("PUT", "/stages/default/snapshot", document)

    assert stage["clock"]["time"] == "2026-01-01T00:00:00Z"
    assert (status_of(served, "dhub-test-good", kept), status_of(served, "dhub-test-good", lost)) == (200, 404)
    assert create(served, "dhub-test-good") == lost, "identifiers go on from where they were"


def test_a_stage_is_made_from_a_snapshot_of_another(served: Served) -> None:
    asked = {"name": "t1", "seed": 3, "limits": {"flowith_seek": {"requests_per_minute": 1}}, "dialects": ["observed"]}
    served.done("POST", "/stages", asked)
    id = create(served, "dhub-test-good-t1", "e\u0301 👩‍🔬")
    served.seek("flowith-test-good-t1")
    document = served.done("GET", "/stages/t1/snapshot")

    stage = served.done("POST", "/stages", {"name": "t2", "snapshot": document, "clock": {"kind": "manual"}})

    assert (stage["seed"], stage["dialects"]) == (3, ["observed"])
    assert stage["limits"]["flowith_seek"]["requests_per_minute"] == 1
    assert status_of(served, "dhub-test-good-t2", id) == 200
    assert served.seek("flowith-test-good-t2").status == 429, "its minute is used up"
    assert served.done("GET", "/stages/t2/snapshot") == document


def test_a_snapshot_fits_a_server_that_was_started_with_other_limits(engines: dict[str, Engine]) -> None:
    stages = Stages({stem: engines[stem].on(stage) for stage in [Stage(ManualClock())] for stem in STEMS})
    limits = {"flowith_seek": {"requests_per_minute": 1}}
    other = Stages({stem: engines[stem].on(stage) for stage in [Stage(ManualClock(), limits=limits)] for stem in STEMS})
    with controlling(stages) as one, controlling(other) as two:
        document = Served(stages, {}, *one).done("GET", "/stages/default/snapshot")
        elsewhere = Served(other, {}, *two)
        told = elsewhere.refused("PUT", "/stages/default/snapshot", document)
        assert told[0] == 422
        assert "other limits: create a stage from the snapshot" in told[2]
        stage = elsewhere.done("POST", "/stages", {"snapshot": document})
        assert stage["limits"]["flowith_seek"]["requests_per_minute"] == 12


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"understudy": "snapshot 9"}, 422, "another kind"),
        ({"seed": 5}, 422, "other seed"),
        ({"services": {"바둑": {}}}, 422, "which this stage has not"),
        ({"services": {"dhub_knowledge": {"dhub-test-good": {"account": 3}}}}, 422, "does not fit the mock"),
        ({"now": -1}, 400, ""),
        ({"more": 1}, 400, ""),
    ],
)
def test_what_is_no_snapshot_of_the_stage_is_refused(
    served: Served, change: dict[str, Any], status: int, says: str
) -> None:
    document = served.done("GET", "/stages/default/snapshot") | change
    told = served.refused("PUT", "/stages/default/snapshot", document)
    assert told[0] == status
    assert says in told[2]


def test_a_snapshot_that_fits_no_mock_leaves_no_stage(served: Served) -> None:
    document = served.done("GET", "/stages/default/snapshot")
    document["services"] = {"dhub_knowledge": {"dhub-test-good": {"account": 3}}}
    assert served.refused("POST", "/stages", {"name": "t1", "snapshot": document})[0] == 422
    assert served.refused("POST", "/stages", {"snapshot": document, "seed": 3})[0] == 400
    told = served.refused("POST", "/stages", {"snapshot": document, "clock": {"now": 3}})
    assert "leave now out" in told[2]
    assert [stage.name for stage in served.stages] == ["default"]


def test_what_is_restored_and_prepared_survives_the_server(engines: dict[str, Engine], tmp_path: Path) -> None:
    def seen(file: StateFile, change: bool) -> tuple[Any, int]:
        stage = Stage(ManualClock(), saving=Saving(file))
        stages = Stages({stem: engines[stem].on(stage) for stem in STEMS})
        with serving({stem: stages.service(stem) for stem in STEMS}) as running, controlling(stages) as plane:
            served = Served(stages, running.urls, *plane)
            if change:
                id = create(served, "dhub-test-good", "남는 것")
                document = served.done("GET", "/stages/default/snapshot")
                create(served, "dhub-test-good", "사라질 것")
                served.done("PUT", "/stages/default/snapshot", document)
                values = {"url": "https://예.example/", "entities": [{"이름": "세종 👑"}]}
                asked = {"service": "entity_enricher", "name": "publish_page", "values": values}
                served.done("POST", "/stages/default/preparations", asked)
                ids.append(id)
            held = json.loads(json.dumps(served.done("GET", "/stages/default/snapshot")["services"]))
            return held, status_of(served, "dhub-test-good", ids[0])

    ids: list[str] = []
    with StateFile(tmp_path / "상태.db") as file:
        before = seen(file, change=True)
    with StateFile(tmp_path / "상태.db") as file:
        assert seen(file, change=False) == before
    assert before[1] == 200
    assert "https://예.example/" in before[0]["entity_enricher"]["ent_test_good"]["tables"]["pages"]
