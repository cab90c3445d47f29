"""What the Flowith mock answers when nothing is wrong: models, and seeks by every path, streamed and whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.flowith import (
    ENGLISH,
    KOREAN,
    LIVE_MODELS,
    MODELS,
    OLDEST_SEEK,
    SAMPLE_SEEK,
    SEEK,
    TEXTS,
    Flowith,
    question,
)

SEEKS = (SEEK, SAMPLE_SEEK, OLDEST_SEEK)


@pytest.fixture
def flowith(engine_for: EngineFor) -> Flowith:
    return Flowith(engine_for("flowith_seek"))


@pytest.fixture
def unhurried(engine_for: EngineFor) -> Flowith:
    """Without a rate."""
    return Flowith(engine_for("flowith_seek", limits={"flowith_seek": {"requests_per_minute": None}}))


@pytest.mark.parametrize("path", [MODELS, LIVE_MODELS])
def test_models_are_listed_on_both_paths(flowith: Flowith, path: str) -> None:
    answer = flowith("GET", path)
    assert (answer.status, answer.body) == (200, {"models": ["gpt-4o-mini", "gpt-4.1-mini"]})
    assert answer.exchange.response.header("content-type") == "application/json"


def test_models_are_those_of_the_limit(engine_for: EngineFor) -> None:
    limited = Flowith(engine_for("flowith_seek", limits={"flowith_seek": {"models": ["모델-1"]}}))
    assert limited("GET", MODELS).body == {"models": ["모델-1"]}


def test_a_query_that_nobody_reads_breaks_nothing(flowith: Flowith) -> None:
    for target in (MODELS + "?page=2", MODELS + "?x=%ff&y=%"):
        assert flowith("GET", target).status == 200
    assert flowith("POST", SEEK + "?x=%ff", question("배터리", KOREAN)).status == 200


def test_every_listed_model_and_any_other_answers_alike(unhurried: Flowith) -> None:
    models = [*unhurried("GET", MODELS).body["models"], "gpt-99-unlisted", "", "모델 🤖"]
    answers = [unhurried.seek("배터리", model=model) for model in models]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("path", SEEKS)
def test_a_whole_answer_is_one_object(flowith: Flowith, path: str) -> None:
    answer = flowith.seek("작은 등의 배터리는 얼마나 오래 가나요? 🔋", path=path)
    response = answer.exchange.response
    assert (answer.status, response.header("content-type")) == (200, "application/json")
    assert sorted(answer.body) == ["content", "tag"]
    assert answer.body["tag"] == "final"
    assert "열두 시간" in answer.text
    assert (response.stream, answer.exchange.latency) == (None, 0)


def test_without_stream_the_answer_is_whole(flowith: Flowith) -> None:
    assert isinstance(flowith("POST", SEEK, question("배터리", KOREAN)).body, dict)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_an_answer_is_the_same_streamed_or_not_and_by_every_path(unhurried: Flowith, text: str) -> None:
    whole, streamed = (
        {unhurried.seek(text, stream=stream, path=path).text for path in SEEKS} for stream in (False, True)
    )
    assert len(whole) == 1
    assert whole == streamed


# The requests of the document's samples, with a body of the same shape in our words


@pytest.mark.parametrize("stream", [True, False])
def test_the_samples_run_with_nothing_but_key_and_id_changed(flowith: Flowith, stream: bool) -> None:
    body = {
        "messages": [
            {"role": "assistant", "content": "Let's talk about working well with other people"},
            {"role": "user", "content": "Which strategies help to build rapport and an authentic connection at work?"},
        ],
        "model": "gpt-4.1-mini",
        "stream": stream,
        "kb_list": [ENGLISH],
    }
    answer = flowith("POST", SAMPLE_SEEK, body, headers={"host": "edge.flowith.net", "user-agent": "HTTPie"})
    assert answer.status == 200
    assert "ask open questions" in answer.text
    if stream:
        assert answer.tags == ["searching", "seeds", "final"]


def test_a_sample_with_its_placeholder_left_in_finds_nothing(flowith: Flowith) -> None:
    assert "Nothing" in flowith.seek("strategies for rapport", "<knowledge_base_id>").text


@pytest.mark.parametrize("host", ["edge.flowith.net", "127.0.0.1:8803", "elsewhere.example"])
def test_no_host_is_refused(flowith: Flowith, host: str) -> None:
    assert flowith("GET", MODELS, headers={"host": host}).status == 200


def test_every_example_of_the_contract_is_answered(flowith: Flowith) -> None:
    bodies = flowith.engine.contract.document["components"]["requestBodies"]["Seek"]["content"]["application/json"]
    for name, example in bodies["examples"].items():
        answer = flowith("POST", SEEK, example["value"])
        assert answer.status == 200, name
    assert "twelve hours" in flowith("POST", SEEK, bodies["examples"]["streamed"]["value"]).text
    assert "열두 시간" in flowith("POST", SEEK, bodies["examples"]["whole"]["value"]).text


# Conversations


def said(*messages: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in messages]


@pytest.mark.parametrize(
    "messages",
    [
        said(("user", "배터리는 얼마나 오래 가나요?")),
        said(("assistant", "무엇이 궁금하세요?"), ("user", "배터리는 얼마나 오래 가나요?")),
        said(("system", "짧게 답하라."), ("user", "반품은?"), ("user", "배터리는 얼마나 오래 가나요?")),
        said(("user", "배터리는 얼마나 오래 가나요?"), ("assistant", "반품은 됩니다."), ("system", "반품")),
        said(("assistant", "반품"), ("system", "배터리는 얼마나 오래 가나요?")),
    ],
)
def test_the_last_message_of_the_user_is_the_question(flowith: Flowith, messages: list[dict[str, str]]) -> None:
    answer = flowith.seek("", KOREAN, messages=messages)
    assert answer.text == flowith.seek("배터리는 얼마나 오래 가나요?", KOREAN).text
    assert "열두 시간" in answer.text


def test_members_that_nobody_knows_are_ignored(flowith: Flowith) -> None:
    extra: dict[str, Any] = {"temperature": 0.5, "온도": {"깊이": [None, {}]}}
    messages = [{"role": "user", "content": "배터리", "name": "서윤", "at": 1}]
    assert flowith.seek("", KOREAN, messages=messages, **extra).body == flowith.seek("배터리", KOREAN).body
