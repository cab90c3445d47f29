"""What may be planned: what a provider that keeps its contract could do; all else only when it is called unlawful."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.faults.conftest import STEM, engine_on, request_of
from tests.faults.test_plans import MODELS_ASKED
from understudy.engine import Engine
from understudy.errors import UsageError
from understudy.faults import (
    Answer,
    Cut,
    Delay,
    Drip,
    DropEvent,
    DuplicateEvent,
    EmptyReply,
    Fault,
    Garbage,
    MalformedEvent,
    Planned,
    Refuse,
    ReorderEvents,
    Reset,
    Split,
    Stall,
    TruncatedChunk,
    WrongLength,
)
from understudy.http import Request
from understudy.stage import ManualClock

ENRICHER, DHUB = "entity_enricher", "dhub_knowledge"
ENGINES = {stem: engine_on(ManualClock(), stem) for stem in (STEM, ENRICHER, DHUB)}


def plan(fault: Fault, stem: str = STEM, **plan: Any) -> str:
    """Whether it may be planned; the stage is left without it."""
    faults = ENGINES[stem].stage.faults
    id = faults.add(Planned(fault, stem, **plan))
    faults.remove(id)
    return id


BY_NATURE = [MalformedEvent(), DuplicateEvent(), DropEvent(), ReorderEvents()]
PHYSICAL = [
    Delay(1), Drip(1, 1), Cut(after_bytes=1), Cut(after_events=1), Stall(), Reset(after_events=3), TruncatedChunk(),
    WrongLength(-1), EmptyReply(), Garbage(), Split("character"),
]  # fmt: skip


@pytest.mark.parametrize("fault", PHYSICAL, ids=repr)
def test_what_a_network_does_is_lawful(fault: Fault) -> None:
    assert plan(fault)


@pytest.mark.parametrize("fault", BY_NATURE, ids=repr)
def test_what_breaks_every_stream_has_to_be_called_unlawful(fault: Fault) -> None:
    with pytest.raises(UsageError, match="unlawful=True"):
        plan(fault)
    assert plan(fault, unlawful=True)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(503, {"error": "바쁨"}), "status: expected one of"),
        (Answer(429, {"오류": "바쁨"}), "body"),
        (Answer(429, text="바쁨"), "Content-Type"),
        (Answer(429), "Content-Type"),
        (Answer(200, text='data: {"tag":"?"}\n\n', media_type="text/plain"), "event 0"),
        (Answer(200, text="data: {", media_type="text/plain"), "event 0"),
    ],
    ids=repr,
)
def test_an_answer_that_breaks_the_contract_has_to_be_called_unlawful(answer: Answer, told: str) -> None:
    with pytest.raises(UsageError, match=told) as refused:
        plan(answer, operation="seek")
    assert "unlawful=True" in str(refused.value)
    assert plan(answer, operation="seek", unlawful=True)


def test_an_answer_that_keeps_the_contract_is_lawful() -> None:
    assert plan(Answer(429, {"error": "천천히 🐢"}), operation="seek")
    assert plan(Answer(429, {"error": "", "more": "a provider may say more"}))
    final = 'data: {"tag":"final","content":"끝 👋"}\n\n'
    searching = 'data: {"tag":"searching","content":""}\n\n'
    seeds = 'data: {"tag":"seeds","content":[]}\n\n'
    assert plan(Answer(200, text=searching + seeds + final, media_type="text/plain"), operation="seek")
    with pytest.raises(UsageError, match="event 1: expected nothing after final"):
        plan(Answer(200, text=final + seeds, media_type="text/plain"), operation="seek")


def test_without_an_operation_an_answer_has_to_be_lawful_for_all() -> None:
    with pytest.raises(UsageError, match="listModels"):
        plan(Answer(402, {"error": "Credits"}))


def test_an_error_is_refused_where_it_is_not_listed() -> None:
    with pytest.raises(UsageError, match="no error of listModels: x-errors list it for seek"):
        plan(Refuse("credits_used_up"), operation="listModels")
    assert plan(Refuse("credits_used_up"), operation="listModels", unlawful=True)
    with pytest.raises(UsageError, match="requests that match no operation"):
        plan(Refuse("unknown_path"), operation="seek")


def test_an_error_may_be_named_by_a_clause() -> None:
    engine = engine_on(ManualClock())
    engine.stage.faults.add(Planned(Refuse("flowith.auth.token-known"), STEM))
    assert engine.handle(request_of(False)).response.status == 401


def test_an_unlisted_error_is_answered_when_it_is_unlawful() -> None:
    engine = engine_on(ManualClock())
    engine.stage.faults.add(Planned(Refuse("credits_used_up"), STEM, operation="listModels", unlawful=True))
    assert engine.handle(MODELS_ASKED).response.status == 402


def test_lines_that_end_in_crlf_are_lawful_where_the_contract_has_them() -> None:
    assert plan(Split("line_end"), ENRICHER)
    with pytest.raises(UsageError, match="do not end in CRLF"):
        plan(Split("line_end"), operation="seek")
    assert plan(Split("line_end"), DHUB)  # no streams: it is the end of a head


@pytest.mark.parametrize("fault", [*BY_NATURE, Cut(after_events=1), Stall(after_events=1)], ids=repr)
def test_events_need_a_stream(fault: Fault) -> None:
    with pytest.raises(UsageError, match="needs a streamed answer"):
        plan(fault, DHUB, unlawful=True)
    with pytest.raises(UsageError, match="listModels, which is not one"):
        plan(fault, operation="listModels", unlawful=True)


@pytest.mark.parametrize(
    ("fault", "options", "told"),
    [
        (Delay(1), {"operation": "없음"}, "no operation '없음'; it has seek, "),
        (Refuse("nothing"), {}, "no error 'nothing'; its x-errors name path_gone"),
        (Delay(-1), {}, r">= 0.0 - at `\$.fault.seconds`"),
        (Delay(float("nan")), {}, r"\$.fault.seconds"),
        (Delay(float("inf")), {}, r"\$.fault.seconds"),
        (Drip(0, 1), {}, r"\$.fault.size"),
        (Cut(), {}, "after_bytes nor after_events"),
        (Stall(1, 1), {}, "it needs one of them"),
        (Cut(after_bytes=-1), {}, r"\$.fault.after_bytes"),
        (WrongLength(0), {}, "wrong by 0"),
        (Garbage(b""), {}, "no garbage"),
        (Garbage(b"HTTP/1.1 200 OK\r\n\r\n"), {}, "no garbage"),
        (Split("nowhere"), {}, r"\$.fault.inside"),  # type: ignore[arg-type]
        (MalformedEvent(1, "\ud800"), {"unlawful": True}, "surrogate"),
        (DropEvent(0), {"unlawful": True}, r"\$.fault.event"),
        (Answer(99), {}, r"\$.fault.status"),
        (Answer(600), {}, r"\$.fault.status"),
        (Answer(500, {}, text="x"), {"unlawful": True}, "more than one"),
        (Answer(204, text="x"), {"unlawful": True}, "no content"),
        (Answer(500, text="\ud800"), {"unlawful": True}, "cannot be written"),
        (Answer(500, 1j), {"unlawful": True}, "cannot be planned"),
        (Answer(500, headers=(("X", "a\r\nSet-Cookie: b"),)), {"unlawful": True}, "cannot be written"),
        (Answer(500, headers=(("나쁨", "x"),)), {"unlawful": True}, "cannot be written"),
        (Answer(500, headers=(("Content-Length", "1"),)), {"unlawful": True}, "wrong_length"),
        (Answer(500, text="x", media_type="a/b\nX: y"), {"unlawful": True}, "cannot be written"),
        (Delay(1), {"calls": ()}, r"\$.calls"),
        (Delay(1), {"calls": (0,)}, r"\$.calls"),
        (Delay(1), {"times": 0}, r"\$.times"),
        (Delay(1), {"probability": 1.5}, r"\$.probability"),
        ("delay", {}, r"\$.fault"),
    ],
    ids=repr,
)
def test_what_makes_no_sense_is_refused(fault: Any, options: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        plan(fault, **options)


def test_nested_too_deep_is_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UsageError, match="cannot be"):
        plan(Answer(500, deep), unlawful=True)


def test_a_service_that_does_not_play_is_refused() -> None:
    with pytest.raises(UsageError, match="no service 'etri_mrc' plays on this stage; it has flowith_seek"):
        ENGINES[STEM].stage.faults.add(Planned(Delay(1), "etri_mrc"))


def test_plans_are_read_from_json_and_nothing_unknown_is_taken() -> None:
    text = '{"fault": {"kind": "cut", "after_events": 2}, "stem": "flowith_seek", "calls": [1]}'
    assert msgspec.json.decode(text, type=Planned) == Planned(Cut(after_events=2), STEM, calls=(1,))
    for wrong in (text.replace("after_events", "after"), text.replace("cut", "없음"), text.replace("stem", "stam")):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(wrong, type=Planned)


@pytest.mark.parametrize("stem", [STEM, ENRICHER, DHUB, "etri_mrc"])
def test_every_documented_error_can_be_forced_and_keeps_the_contract(stem: str) -> None:
    engine = engine_on(ManualClock(), stem)
    for case in engine.contract.errors:
        for operation in engine.contract.operations if case.operations is None else case.operations:
            id = engine.stage.faults.add(Planned(Refuse(case.name), stem, operation=operation))
            exchange = engine.handle(asking(engine, operation))
            assert (exchange.response.status, exchange.operation) == (case.status, operation), exchange.response.body
            assert exchange.response.header("Understudy-Clause") in case.clauses
            engine.stage.faults.remove(id)


def asking(engine: Engine, operation: str) -> Request:
    node = engine.contract.operations[operation]
    return Request(node.method, node.path.replace("{", "").replace("}", ""))
