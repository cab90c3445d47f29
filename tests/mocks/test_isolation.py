"""Nothing of one stage can be seen or felt in another: whatever happens there, a stage answers as if it were alone.

Two stages share the ports of all four services. Each is asked, its clock moved, faults planned, and begun anew; then it
is asked the same without the other, and every answer is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mocks.conftest import make_engine
from understudy.clock import ManualClock
from understudy.faults import Delay, Planned, Refuse
from understudy.http import Request
from understudy.stage import Stage
from understudy.stages import Stages

STEMS = ("dhub_knowledge", "entity_enricher", "etri_mrc", "flowith_seek")
LIMITS = {"etri_mrc": {"daily_calls": 3, "keys_per_ip": 2}, "flowith_seek": {"requests_per_minute": 2}}
JSON = {"content-type": "application/json"}
SEEK = {
    "messages": [{"role": "user", "content": "반품은 며칠 안에?"}],
    "model": "gpt-4.1-mini",
    "stream": True,
    "kb_list": ["c0ffee00-0000-4000-8000-000000000001"],
}
READING = {"argument": {"question": "수도는 어디인가?", "passage": "대한민국의 수도는 서울이다."}}
CALLS: Sequence[tuple[str, str, str, Any]] = (
    ("dhub_knowledge", "POST", "/api/v1/knowledges/", {"name": "무대 🎭"}),
    ("dhub_knowledge", "GET", "/api/v1/knowledges/", None),
    ("dhub_knowledge", "PUT", "/api/v1/knowledges/knowledge-abc123", {"comment": "고침"}),
    ("dhub_knowledge", "DELETE", "/api/v1/knowledges/knowledge-abc123", None),
    ("entity_enricher", "GET", "/api/records", None),
    ("entity_enricher", "POST", "/api/auth/api-keys", {"name": "열쇠"}),
    ("entity_enricher", "POST", "/api/attachments/base64", {"filename": "가.txt", "content_base64": "7ZWc"}),
    ("etri_mrc", "POST", "/MRCServlet", READING),
    ("flowith_seek", "POST", "/external/use/knowledge-base/seek", SEEK),
)
KEYS = {
    "dhub_knowledge": ("authorization", "Bearer dhub-test-good"),
    "entity_enricher": ("x-api-key", "ent_test_good"),
    "etri_mrc": ("authorization", "etri-test-good"),
    "flowith_seek": ("authorization", "Bearer flowith-test-good"),
}
FAULTS = (
    Planned(Refuse("knowledge_not_found"), "dhub_knowledge", "updateKnowledge", times=1),
    Planned(Delay(3.0), "etri_mrc", probability=0.5),
    Planned(Refuse("rate_exceeded"), "flowith_seek", calls=(2,)),
)


class Step(NamedTuple):
    """What happens on stage ``stage`` (0 or 1)."""

    stage: int
    kind: str
    number: int
    seconds: float


steps = st.lists(
    st.builds(
        Step,
        st.integers(0, 1),
        st.sampled_from(["call"] * 8 + ["advance", "fault", "reset", "enrich"]),
        st.integers(0, 8),
        st.sampled_from([0.5, 30.0, 61.0, 86_400.0]),
    ),
    max_size=30,
)


def play(stages: Stages, stage: Stage, by_header: bool, step: Step) -> Any:
    """Do one step on a stage; returns what its client sees."""
    if step.kind == "advance":
        stage.clock.advance(step.seconds)
    elif step.kind == "fault":
        stage.faults.add(FAULTS[step.number % len(FAULTS)])
    elif step.kind == "reset":
        stage.reset()
    elif step.kind == "enrich":
        return enriched(stages, stage, by_header)
    else:
        stem, method, target, body = CALLS[step.number % len(CALLS)]
        return answer(stages, stage, by_header, stem, method, target, body)
    return None


def enriched(stages: Stages, stage: Stage, by_header: bool) -> Any:
    """A job and its stream."""
    _, _, listed = answer(stages, stage, by_header, "entity_enricher", "GET", "/api/schema/saved", None)
    schema = msgspec.json.decode(listed)["schemas"][0]["id"]
    body = {"entity_data": {"name": "삼성전자"}, "schema_id": schema, "models": ["openai::gpt-4o"]}
    started = answer(stages, stage, by_header, "entity_enricher", "POST", "/api/single/enrich/stream", body)
    job = msgspec.json.decode(started[2]).get("job_id", "none")
    return started, answer(stages, stage, by_header, "entity_enricher", "GET", f"/api/llm/stream/{job}", None)


def answer(
    stages: Stages, stage: Stage, by_header: bool, stem: str, method: str, target: str, body: Any
) -> tuple[int, float, bytes]:
    name, value = KEYS[stem]
    chosen = {"x-understudy-stage": stage.name} if by_header else {}
    headers = {**JSON, **chosen, name: value if by_header else f"{value}-{stage.name}"}
    content = b"" if body is None else msgspec.json.encode(body)
    exchange = stages.service(stem).handle(Request(method, target, headers, content))
    return (
        exchange.response.status,
        exchange.latency,
        exchange.response.content.replace(b"-" + stage.name.encode(), b""),
    )


def begun() -> Stages:
    default = Stage(ManualClock(), limits=LIMITS)
    stages = Stages({stem: ENGINES[stem].on(default) for stem in STEMS})
    for name in ("one", "two"):
        stages.create(ManualClock(), name)
    return stages


ENGINES = {stem: make_engine(stem, limits=LIMITS) for stem in STEMS}


@settings(max_examples=40)
@given(steps, st.booleans(), st.booleans())
def test_a_stage_answers_as_if_it_were_alone(taken: list[Step], first: bool, second: bool) -> None:
    by_header = (first, second)
    together = begun()
    answers = [
        (step.stage, play(together, together[("one", "two")[step.stage]], by_header[step.stage], step))
        for step in taken
    ]
    for number, name in enumerate(("one", "two")):
        alone = begun()
        expected = [play(alone, alone[name], by_header[number], step) for step in taken if step.stage == number]
        assert [answer for stage, answer in answers if stage == number] == expected
    assert len(together.default.journal) == 0
