"""The judge of Entity Enricher's jobs as a reader: what it concludes of streams and records, what it leaves open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.suites.enricher_verification import CONTRACT, SUITE
from understudy.contract import BINDING_GRADES
from understudy.http import Chunk, Request, Response
from understudy.verify.judge import Briefing
from understudy.verify.observation import Observation
from understudy.verify.reading import Verdict

KEY = "ent_organisation_하나".encode().decode("latin-1")
MODEL, OTHER = "anthropic::claude-sonnet-4-5-20250514", "openai::gpt-4o"
ENTITY, SECOND = {"name": "세종 연구소 🔬", "country": "KR"}, {"name": "Roche", "country": "CH"}
MISMATCHING, FAILING = {"name": "한라산 🏔"}, {"name": "언제나 실패"}
RESULT = {"name": "세종 연구소 🔬", "업종": "연구 e\u0301", "staff": 12}
FIXTURES = {"mismatching_entity": MISMATCHING, "failing_entity": FAILING}
PAUSE = {"type": "classification_mismatch_pause", "status": "paused"}
END = {"type": "completed"}

Events = list[dict[str, Any]]


class Conversation:
    """Exchanges as a recording would have them, judged in order; ``at`` is when the last one was sent."""

    def __init__(self) -> None:
        self.judge = SUITE.judge(CONTRACT, Briefing({KEY: "good"}, fixtures=FIXTURES))
        self.count = 0
        self.at = 0.0

    def say(
        self, method: str, path: str, body: Any, response: Response | None, *, partial: Response | None = None,
        elapsed: float = 0.1,
    ) -> dict[str, bool]:  # fmt: skip
        """One exchange; whether each clause that it bears on held."""
        self.count += 1
        self.at += 0.1
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"x-api-key": KEY, **({"content-type": "application/json"} if sent else {})}
        failure = None if response is not None else "no whole answer came in time"
        request = Request(method, f"/api/{path}", headers, sent)
        _, verdicts = self.judge.read(Observation(self.count, self.at, elapsed, request, response, failure, partial))
        return folded(verdicts)

    def start(self, **asked: Any) -> dict[str, bool]:
        """Start the job ``job-1``: a batch, if entities are asked for."""
        body = {"schema_id": "schema-1", "models": [MODEL], "strategy": "multi_expertise", **asked}
        path = "enrichment/batch/start" if "entities" in asked else "single/enrich/stream"
        return self.say("POST", path, body, answer({"job_id": "job-1"}))

    def stream(self, events: Events, **more: Any) -> dict[str, bool]:
        return self.say("GET", "llm/stream/job-1", None, framed(events), **more)


def answer(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status, (("Content-Type", "application/json"),), body)


def framed(events: Events, end: str = "\r\n\r\n") -> Response:
    body = "".join(f"data: {json.dumps(event, ensure_ascii=False)}{end}" for event in events)
    return streamed(body.encode())


def streamed(body: bytes) -> Response:
    """A stream that came byte by byte."""
    chunks = tuple(Chunk(0.0, body[place : place + 1]) for place in range(len(body)))
    return Response(200, (("Content-Type", "text/event-stream; charset=utf-8"),), b"", chunks)


def folded(verdicts: tuple[Verdict, ...]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for verdict in verdicts:
        clause = verdict.clause.removeprefix("ee.")
        found[clause] = found.get(clause, True) and verdict.held
    return found


def violated(found: Mapping[str, bool]) -> set[str]:
    """The documented clauses that did not hold."""
    return {
        clause
        for clause, held in found.items()
        if not held and CONTRACT.clauses[f"ee.{clause}"].grade in BINDING_GRADES
    }


def begun(model: str = MODEL, **more: Any) -> dict[str, Any]:
    return {"type": "model_started", "model": model, **more}


def done(model: str = MODEL, record_id: str = "record-1", **more: Any) -> dict[str, Any]:
    found = {"model": model, "success": True, "result": RESULT, "record_id": record_id, "cost": 0.004}
    return {"type": "model_completed", **found, **more}


def entity(index: int, *events: dict[str, Any], **more: Any) -> Events:
    """What is told of one entity of a batch."""
    edges = ({"type": f"entity_{edge}", "entity_index": index, **more} for edge in ("started", "completed"))
    first, last = edges
    return [first, *({**event, "entity_index": index} for event in events), last]


def started(**asked: Any) -> Conversation:
    said = Conversation()
    said.start(**({"entity_data": ENTITY} | asked if "entities" not in asked else asked))
    return said


# What is concluded of a stream


def test_a_lawful_stream_and_its_record_keep_every_clause() -> None:
    said = started()

    found = said.stream([begun(), done(), END])
    record = {"id": "record-1", "structured_output": {**RESULT, "staff": 12.0}}

    assert violated(found) == set()
    assert found["stream.every-model"]
    assert found["event.model-completed-result"]
    assert said.say("GET", "records/record-1", None, answer(record))["get-record.same-as-event"]


@pytest.mark.parametrize(
    ("events", "clause"),
    [
        ([begun(), done()], "stream.one-terminal"),
        ([begun(), done(), END, END], "stream.one-terminal"),
        ([begun(), done(), END, {"type": "heartbeat"}], "stream.nothing-after"),
        ([done(), begun(), END], "stream.started-first"),
        ([done(), END], "stream.every-model"),
        ([begun(), done(), {"type": "error"}], "stream.error-before-completed"),
        ([begun(), done(success=False, result=None), END], "stream.error-before-completed"),
        ([begun(), done(result=None), END], "event.model-completed-result"),
        ([begun(), done(record_id=""), END], "event.model-completed-record-id"),
        ([begun(), done(cost=None), END], "event.model-completed-cost"),
        ([begun(), done(cost=-1), END], "event.model-completed-cost"),
        ([begun(), done(), {"event": "completed"}], "stream.type"),
        ([*entity(0, begun(), done()), END], "event.entity-batch-only"),
        ([begun(), {"type": "expertise_completed", "model": MODEL}, done(), END], "event.expertise-partial"),
        (
            [begun(), {"type": "expertise_completed", "model": MODEL, "partial_result": {"다른": 1}}, done(), END],
            "event.expertise-partial",
        ),
    ],
)
def test_a_stream_that_breaks_one_rule(events: Events, clause: str) -> None:
    assert clause in violated(started().stream(events))


@pytest.mark.parametrize("end", ["\n\n", "\r\r", "\r\n\r\n", "\n\n\n\n", "\n: 살아 있음\nevent: message\nid: 7\n\n"])
def test_a_stream_may_be_written_in_many_ways(end: str) -> None:
    said = started()
    events = [begun(), {"type": "생각 중 🤔"}, done(), END]

    assert violated(said.say("GET", "llm/stream/job-1", None, framed(events, end))) == set()


@pytest.mark.parametrize(
    ("body", "clause"),
    [
        (b'data:{"type": "completed"}\n\n', "stream.data-line"),
        (b'data: {"type":\ndata: "completed"}\n\n', "stream.data-line"),
        (b"data: {'type': 'completed'}\n\n", "stream.data-line"),
        (b'data: ["completed"]\n\n', "stream.object"),
        (b'data: {"type": "completed"}\n', "stream.media-type"),
        (b'data: {"type": "log"}\ndata: {"type": "completed"}\n\n', "stream.media-type"),
        (b'{"type": "completed"}\n', "job.stream"),
    ],
)
def test_a_stream_that_is_written_wrongly(body: bytes, clause: str) -> None:
    assert clause in violated(started().say("GET", "llm/stream/job-1", None, streamed(body)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00data: \xed\xa0\x80",
        b"data: " + b"[" * 5_000 + b"]" * 5_000 + b"\n\n",
        b'data: {"type": ["completed"], "model": {"a": [1]}, "entity_index": true, "status": {}, "success": 1}\n\n',
        b'data: {"type": "model_completed", "result": 1e999, "record_id": ["x"], "cost": {"usd": []}}\n\n',
        b'data: {"type": "model_completed", "record_id": "\\ud800", "result": {"\\udfff": null}, "cost": 1}\n\n' * 3,
        b"data\ndata\ndata\n\n" * 100,
        b'data: {"type": "entity_completed", "entity_index": "' + b"9" * 5_000 + b'"}\n\n',
    ],
)
def test_any_bytes_are_read_safely(body: bytes) -> None:
    for asked in ({}, {"entities": [ENTITY, SECOND], "models": [MODEL, OTHER], "arbitration_model": MODEL}):
        said = started(**asked)
        assert "stream.one-terminal" in violated(said.say("GET", "llm/stream/job-1", None, streamed(body)))


def test_a_stream_that_goes_on_behind_its_end_is_not_closed() -> None:
    partial = framed([begun(), done(), END])
    found = started().say("GET", "llm/stream/job-1", None, None, partial=partial, elapsed=30.0)

    assert violated(found) == {"stream.provider-closes"}


def test_a_job_that_takes_long_breaks_nothing() -> None:
    said = started()

    assert not violated(said.say("GET", "llm/stream/job-1", None, None, partial=framed([begun()]), elapsed=30.0))
    assert violated(said.stream([begun(), done(), END])) == set()


def test_a_stream_that_is_opened_late_may_have_missed_what_was() -> None:
    said = started()
    said.at += 60.0

    assert violated(said.stream([done(), END])) == set()


# What is told of models and entities, under whatever names


def test_a_model_may_be_named_in_another_way() -> None:
    said = started(models=[MODEL, OTHER])
    events = [begun(), begun(OTHER), done(OTHER, "record-2"), done(), END]
    renamed = [{("model_key" if name == "model" else name): value for name, value in each.items()} for each in events]

    assert violated(said.stream(renamed)) == set()


def test_a_model_that_was_not_told_of_is_missed() -> None:
    found = started(models=[MODEL, OTHER]).stream([begun(), begun(OTHER), done(), done(record_id="record-2"), END])

    assert violated(found) >= {"stream.every-model", "enrichment.several-models"}


def test_entities_may_be_interleaved_and_counted_from_one() -> None:
    one = entity(1, begun(), done(), entity_label=ENTITY["name"])
    two = entity(2, begun(), done(record_id="record-2", result={"name": "Roche"}), entity_label="Roche")
    events = [event for pair in zip(one, two, strict=True) for event in pair]

    assert violated(started(entities=[ENTITY, SECOND]).stream([*events, END])) == set()


@pytest.mark.parametrize("places", [(0, 0), (1, 0), (0, 2), (2, 3)])
def test_entities_that_are_told_of_at_wrong_places(places: tuple[int, int]) -> None:
    first = entity(places[0], begun(), done(), entity_label=ENTITY["name"])
    second = entity(places[1], begun(), done(record_id="record-2", result={"name": "Roche"}), entity_label="Roche")

    found = violated(started(entities=[ENTITY, SECOND]).stream([*first, *second, END]))

    assert found & {"event.entity-each", "event.entity-started-index"}


def test_an_entity_that_failed_needs_no_models() -> None:
    first = entity(0, success=False, error="맞지 않음")
    second = entity(1, begun(), done())

    assert violated(started(entities=[FAILING, SECOND]).stream([*first, *second, END])) == set()


# What the stream said, and what is read afterwards


@pytest.mark.parametrize(
    "output", [{**RESULT, "staff": 13}, {"name": RESULT["name"]}, {**RESULT, "더": 1}, {**RESULT, "staff": True}, {}]
)
def test_a_record_that_holds_something_else(output: Any) -> None:
    said = started()
    said.stream([begun(), done(), END])

    found = said.say("GET", "records/record-1", None, answer({"structured_output": output}))

    assert violated(found) == {"get-record.same-as-event"}


def test_two_results_of_one_record() -> None:
    events = [begun(), begun(OTHER), done(), done(OTHER, result={"name": "다른 것"}), END]

    assert violated(started(models=[MODEL, OTHER]).stream(events)) == {"event.model-completed-record-id"}


def test_what_results_agree_on_is_in_the_fused_one() -> None:
    said = started(models=[MODEL, OTHER])
    other = {**RESULT, "staff": 900}
    said.stream([begun(), begun(OTHER), done(), done(OTHER, "record-2", result=other), END])
    body = {"result_ids": ["record-1", "record-2"]}

    for merged, held in (({**RESULT, "staff": 900}, True), ({"staff": 12}, False), ({}, False)):
        found = said.say("POST", "fusion/merge", body, answer({"merged_result": merged, "record_id": "record-3"}))
        assert found["merge.fuses"] is held


def test_a_blocking_answer_holds_what_was_found() -> None:
    body = {"entity_data": ENTITY, "schema_id": "schema-1", "models": [MODEL]}
    said = Conversation()

    started_only = said.say("POST", "single/enrich/sync", body, answer({"job_id": "job-1", "message": "시작"}))
    otherwise_named = said.say("POST", "single/enrich/sync", body, answer({"data": {"structured_output": RESULT}}))

    assert violated(started_only) == {"enrich-sync.blocks", "enrich-sync.no-stream"}
    assert violated(otherwise_named) == set()


# Jobs that are changed


def test_a_job_that_was_cancelled_does_not_do_all_that_was_asked() -> None:
    for events, held in (([begun(), END], True), ([begun(), done(), END], False)):
        said = started()
        said.say("POST", "llm/cancel/job-1", None, answer({"message": "취소"}))
        assert said.stream(events)["job.cancel-running"] is held


def test_a_paused_job_can_be_continued_and_cancelled() -> None:
    for operation, clause in (("continue", "job.continue-paused"), ("cancel", "job.cancel-paused")):
        said = started(entity_data=MISMATCHING)
        said.say("GET", "llm/stream/job-1", None, None, partial=framed([PAUSE]), elapsed=30.0)

        assert violated(said.say("POST", f"llm/{operation}/job-1", None, answer({"detail": "안 됨"}, 400))) == {clause}


def test_a_job_may_be_paused_more_than_once() -> None:
    said = started(entity_data=MISMATCHING)
    said.say("GET", "llm/stream/job-1", None, None, partial=framed([PAUSE]), elapsed=30.0)
    said.say("POST", "llm/continue/job-1", None, answer({}))

    twice = said.say("GET", "llm/stream/job-1", None, None, partial=framed([PAUSE, PAUSE]), elapsed=30.0)
    said.say("POST", "llm/continue/job-1", None, answer({}))

    assert violated(twice) == set()
    assert said.stream([PAUSE, PAUSE, begun(), done(), END])["job.continue-paused"]


def test_a_job_that_stands_still_though_it_was_continued() -> None:
    said = started(entity_data=MISMATCHING)
    said.say("GET", "llm/stream/job-1", None, None, partial=framed([PAUSE]), elapsed=30.0)
    said.say("POST", "llm/continue/job-1", None, answer({}))

    found = said.say("GET", "llm/stream/job-1", None, None, partial=framed([PAUSE]), elapsed=30.0)

    assert violated(found) == {"job.continue-paused", "job.pause-mismatch"}


def test_an_entity_that_fits_no_schema_has_its_job_paused() -> None:
    said = started(entity_data=MISMATCHING, classification_model=OTHER)

    assert violated(said.stream([begun(), done(), END])) == {"job.pause-mismatch"}
