"""Scenarios: the shipped ones lead where they say, and one that cannot be played is told where."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.mocks.conftest import PROJECT, make_engine
from tests.mocks.dhub import Dhub, path
from tests.mocks.enricher import Enricher
from tests.mocks.flowith import Flowith
from understudy.clock import ManualClock
from understudy.engine import Engine
from understudy.errors import ScenarioError
from understudy.scenarios import begin, names, read
from understudy.snapshots import snapshot
from understudy.stages import Stages

STEMS = ("dhub_knowledge", "entity_enricher", "etri_mrc", "flowith_seek")


@pytest.fixture
def stages() -> Stages:
    first = make_engine(STEMS[0])
    return Stages({stem: make_engine(stem).on(first.stage) for stem in STEMS[1:]} | {STEMS[0]: first})


@pytest.mark.parametrize("name", names(PROJECT.scenarios))
def test_a_shipped_scenario_can_be_played(name: str, stages: Stages) -> None:
    stage = stages.create(ManualClock())

    begin(stage, read(PROJECT.scenarios, name))

    assert len(stage.journal) == 0
    assert not stages.default.accounts["dhub_knowledge"]


def test_the_handbook(stages: Stages) -> None:
    stage = stages.create(ManualClock(), "t1")
    begin(stage, read(PROJECT.scenarios, "handbook"))

    assert datetime.fromtimestamp(stage.clock.now(), UTC).date().isoformat() == "2026-03-03"
    dhub = Dhub(stage.engines["dhub_knowledge"], "dhub-test-good-t1")
    (handbook,) = [id for id in dhub.listed() if id != "knowledge-abc123"]
    documents = dhub.listed(path(handbook, "documents/"))
    assert len(documents) == 2
    assert [len(dhub("GET", path(handbook, "documents", id, "versions")).body) for id in documents] == [2, 1]
    flowith = Flowith(stage.engines["flowith_seek"])
    assert "15일" in str(flowith.seek("연차 휴가는 며칠인가요?", "kb-handbook").body)
    enricher = Enricher(stage.engines["entity_enricher"])
    assert [record["entity_name"] for record in enricher.records()] == ["한빛문구"]


def test_the_eleventh_call(stages: Stages) -> None:
    begin(stages.default, read(PROJECT.scenarios, "eleventh_call"))

    flowith = Flowith(stages.default.engines["flowith_seek"])

    assert [flowith.seek("반품은?").status for _ in range(2)] == [200, 429]


def test_a_snapshot_is_a_scenario(stages: Stages, tmp_path: Path) -> None:
    dhub = Dhub(stages.default.engines["dhub_knowledge"])
    id = dhub.create(name="남은 것 🧊")
    (tmp_path / "kept.json").write_bytes(snapshot(stages.default))
    dhub("DELETE", path(id))

    begin(stages.default, read(tmp_path, "kept"))

    assert dhub("GET", path(id)).body["name"] == "남은 것 🧊"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "Expected `object`"),
        ("{says: x}", "services"),
        ("{says: x, services: {dhub_knowledge: [{do: x}]}}", "unknown field `do`"),
        ("{says: x, services: {dhub_knowledge: [", "cannot be read"),
    ],
)
def test_what_is_no_scenario_is_refused(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"the scenario 'odd' in .* cannot be read") as error:
        read(tmp_path, "odd")
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{call: createKnowledge, body: {name: 7}}", "createKnowledge: expected a success, got 422 body /name"),
        ("{call: createKnowledge, body: {name: x}, status: 409}", "createKnowledge: expected 409, got 200"),
        ("{call: makeKnowledge}", "has no operation 'makeKnowledge'"),
        ("{call: getKnowledge, path: {knowledge_id: $none}}", r"\$none has no value"),
        ("{call: createKnowledge, body: {name: x}, keep: {id: /none}}", "no member at /none"),
        ("{}", "expected one of call, prepare and advance"),
        ("{call: listKnowledges, advance: 1}", "expected one of call, prepare and advance"),
        ("{advance: -5}", "backwards"),
        ("{prepare: load_text, values: {}}", "load_text"),
    ],
)
def test_a_line_that_cannot_be_played_is_told(line: str, told: str, tmp_path: Path, stages: Stages) -> None:
    good = "{call: createKnowledge, body: {name: 먼저}}"
    text = f"says: x\nservices: {{dhub_knowledge: [{good}, {line}]}}\n"
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ScenarioError, match=r"/services/dhub_knowledge/1: .*" + told):
        begin(stages.default, read(tmp_path, "odd"))

    assert Dhub(stages.default.engines["dhub_knowledge"]).listed() == ["knowledge-abc123"], "begun anew"


def test_a_name_that_nobody_has(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="there are: eleventh_call, handbook"):
        read(PROJECT.scenarios, "../contracts/dhub_knowledge")
    with pytest.raises(ScenarioError, match="there are: none"):
        read(tmp_path / "없음", "x")


def test_services_that_are_not_served_are_passed_over() -> None:
    engine: Engine = make_engine("dhub_knowledge")
    begin(engine.stage, read(PROJECT.scenarios, "handbook"))
    assert len(Dhub(engine).listed()) == 2
