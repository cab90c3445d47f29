"""The Flowith mock's streams: bytes, order, time, and the dialect `observed`."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.flowith import ENGLISH, KOREAN, MODELS, TEXTS, Flowith
from understudy.contract.events import EventReader
from understudy.contract.responses import ResponseChecker
from understudy.http import Chunk
from understudy.stage import ManualClock

OBSERVED = frozenset({"observed"})
UNHURRIED = {"flowith_seek": {"requests_per_minute": None}}


@pytest.fixture
def flowith(engine_for: EngineFor) -> Flowith:
    return Flowith(engine_for("flowith_seek", limits=UNHURRIED))


@pytest.fixture
def observed(engine_for: EngineFor) -> Flowith:
    return Flowith(engine_for("flowith_seek", limits=UNHURRIED, dialects=OBSERVED))


def chunks(flowith: Flowith, text: str, *kb_list: str) -> list[Chunk]:
    """A streamed answer as the mock decided it."""
    stream = flowith.seek(text, *kb_list, stream=True).exchange.response.stream
    assert stream is not None
    return list(stream)


@pytest.mark.parametrize("dialects", [frozenset(), OBSERVED], ids=["documented", "observed"])
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_every_block_is_one_line_of_json_and_an_empty_line(
    engine_for: EngineFor, text: str, dialects: frozenset[str]
) -> None:
    flowith = Flowith(engine_for("flowith_seek", limits=UNHURRIED, dialects=dialects))
    flowith.load("글 📚", f"제목\n{text[:500]}", f"배터리 battery. {text}\u2028\r\n{text} 🏳️‍🌈 e\u0301")
    response = flowith.seek(f"배터리 battery {text[:500]}", KOREAN, "글 📚", stream=True).exchange.response
    assert response.headers[0] == ("Content-Type", "text/plain; charset=UTF-8")
    assert response.stream is not None
    for chunk in response.stream:
        line, *rest = chunk.data.decode("utf-8").split("\n")
        assert rest == ["", ""]
        assert line.startswith("data: {")
        assert set(json.loads(line[6:])) == {"tag", "content"}
        assert "\r" not in line


def test_text_is_sent_as_it_is_and_not_escaped(flowith: Flowith) -> None:
    flowith.load("kb", "e\u0301 👩‍🔬", "한글과 \u1112\u1161\u11ab글, e\u0301, 👩‍🔬, \U0001f1f0\U0001f1f7.")
    raw = flowith.seek("한글", "kb", stream=True).exchange.response.content
    for text in ("\u1112\u1161\u11ab글", "e\u0301 👩‍🔬", "\U0001f1f0\U0001f1f7"):
        assert text.encode() in raw


@pytest.mark.parametrize("dialects", [frozenset(), OBSERVED], ids=["documented", "observed"])
def test_a_stream_may_be_split_at_any_byte(engine_for: EngineFor, dialects: frozenset[str]) -> None:
    flowith = Flowith(engine_for("flowith_seek", limits=UNHURRIED, dialects=dialects))
    flowith.load("kb", "쪼개기 🧩", "여우👩‍🔬와 e\u0301는 \u1112\u1161\u11ab글입니다.")
    answer = flowith.seek("여우", "kb", stream=True)
    raw = answer.exchange.response.content
    for cut in range(len(raw)):
        reader = EventReader()
        events = [*reader.feed(raw[:cut], 0.0), *reader.feed(raw[cut:], 1.0, ended=True)]
        assert [json.loads(event.data) for event in events] == answer.body
        assert reader.unfinished == b""
    reader = EventReader()
    events = [event for at in range(len(raw)) for event in reader.feed(raw[at : at + 1], float(at))]
    assert [json.loads(event.data) for event in events] == answer.body


def test_the_blocks_come_in_order_searching_for_each_knowledge_base(flowith: Flowith) -> None:
    assert flowith.seek("배터리", KOREAN, ENGLISH, stream=True).tags == ["searching", "searching", "seeds", "final"]
    assert flowith.seek("프랑스", KOREAN, stream=True).tags == ["searching", "seeds", "final"]
    assert flowith.seek("배터리", kb_list=[], stream=True).tags == ["searching", "seeds", "final"]
    many = [f"모르는-{number}" for number in range(49)]
    assert flowith.seek("배터리", *many, KOREAN, stream=True).tags == ["searching"] * 50 + ["seeds", "final"]


def test_progress_is_told_in_the_language_of_the_question(flowith: Flowith) -> None:
    for text, expected in (
        ("배터리", "지식 베이스 2개 가운데 {}번째를 검색하고 있습니다"),
        ("battery", "Searching knowledge base {} of 2"),
    ):
        assert flowith.seek(text, stream=True).contents("searching") == [expected.format(1), expected.format(2)]


def test_a_piece_has_the_documented_members(flowith: Flowith) -> None:
    for piece in flowith.seek("배터리 battery", stream=True).seeds:
        assert list(piece) == ["id", "tokens", "content", "order", "source_id", "source_title", "nip"]
        for member in ("id", "source_id"):
            assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", piece[member])


# Time


def test_blocks_are_due_one_after_another_and_never_silent_for_long(flowith: Flowith) -> None:
    for kb_list in ((), tuple(map(str, range(50)))):
        times = [0.0, *(chunk.at for chunk in chunks(flowith, "배터리", *kb_list))]
        pauses = [later - earlier for earlier, later in pairwise(times)]
        assert all(0 < pause <= 4 for pause in pauses)
        assert pauses[0] == pytest.approx(0.1)
        assert times[-1] <= 60


def test_the_pause_is_that_of_the_limit_and_a_long_stream_ends_in_time(engine_for: EngineFor) -> None:
    slow = Flowith(engine_for("flowith_seek", limits={"flowith_seek": {"block_seconds": 3}}))
    assert [chunk.at for chunk in chunks(slow, "배터리")] == [3, 6, 9, 12]
    assert [chunk.at for chunk in chunks(slow, "x", *map(str, range(38)))][-1] == pytest.approx(60)
    at_once = Flowith(engine_for("flowith_seek", limits={"flowith_seek": {"block_seconds": 0, "answer_seconds": None}}))
    assert {chunk.at for chunk in chunks(at_once, "배터리")} == {0}


def test_a_pause_longer_than_the_contract_allows_is_our_fault_and_not_hidden(engine_for: EngineFor) -> None:
    silent = Flowith(engine_for("flowith_seek", limits={"flowith_seek": {"block_seconds": 4.5}}))
    with pytest.raises(AssertionError, match=r"at most 4 s of silence.*flowith.stream.silence"):
        silent.seek("배터리", stream=True)


def test_time_that_passes_changes_no_answer(engine_for: EngineFor) -> None:
    clock = ManualClock()
    flowith = Flowith(engine_for("flowith_seek", clock=clock))
    before = chunks(flowith, "배터리")
    clock.advance(86_400.5)
    assert chunks(flowith, "배터리") == before


# The dialect `observed`


def test_observed_final_comes_in_pieces_and_ends_with_done(flowith: Flowith, observed: Flowith) -> None:
    for text in TEXTS:
        answer = observed.seek(text, stream=True)
        pieces = answer.contents("final")
        assert pieces[-1] == "[DONE]"
        assert len(pieces) > 2
        assert all(0 < len(piece) <= 24 for piece in pieces)
        assert answer.tags == ["searching", "searching", "seeds"] + ["final"] * len(pieces)
        assert answer.text == flowith.seek(text).text == observed.seek(text).text
        assert answer.seeds == flowith.seek(text, stream=True).seeds


def test_observed_the_pieces_are_as_long_as_the_limit(engine_for: EngineFor) -> None:
    limits = {"flowith_seek": {"final_piece_code_points": 7}}
    flowith = Flowith(engine_for("flowith_seek", limits=limits, dialects=OBSERVED))
    *pieces, _, _ = flowith.seek("배터리", stream=True).contents("final")
    assert {len(piece) for piece in pieces} == {7}


def test_observed_a_text_that_says_done_does_not_end_the_stream(engine_for: EngineFor) -> None:
    limits = {"flowith_seek": {"requests_per_minute": None, "final_piece_code_points": 6}}
    flowith = Flowith(engine_for("flowith_seek", limits=limits, dialects=OBSERVED))
    for place in range(6):  # at one of them the text is cut just there
        kb_id = f"kb-{place}"
        flowith.load(kb_id, "제목", f"{'.' * place}[DONE] 끝")
        answer = flowith.seek("done 끝", kb_id, stream=True)
        assert answer.contents("final").count("[DONE]") == 1
        assert answer.text.count("[DONE]") == 1


def test_observed_an_answer_that_is_not_streamed_stays_whole(flowith: Flowith, observed: Flowith) -> None:
    assert observed.seek("배터리").body == flowith.seek("배터리").body


def test_each_dialects_stream_is_out_of_order_by_the_other(flowith: Flowith, observed: Flowith) -> None:
    """The contract tells the two apart: a mock that mixed them up would be caught."""
    contract = flowith.engine.contract
    operation = contract.operations["seek"]
    plain = ResponseChecker(contract, operation, closed=True)
    dialect = ResponseChecker(contract, operation, closed=True, dialects=OBSERVED)
    whole = flowith.seek("배터리", stream=True).exchange.response
    pieces = observed.seek("배터리", stream=True).exchange.response
    assert (plain.check(whole), dialect.check(pieces)) == ((), ())
    assert "nothing after final" in str(plain.check(pieces)[0])
    assert "end with done" in str(dialect.check(whole)[0])


def test_observed_one_spelling_of_the_models_is_gone_whoever_asks(observed: Flowith) -> None:
    anyone = Flowith(observed.engine, None)
    for asking in (observed, anyone, Flowith(observed.engine, "stranger")):
        gone = asking("GET", MODELS)
        assert (gone.status, gone.clause) == (404, "flowith.error.path-gone")
    assert observed("GET", "/external/use/knowledge-base/models").status == 200
    assert anyone("GET", "/external/use/knowledge-base/models").status == 401
