"""Every mock goes on after a restart as if there had been none, whatever was called before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mocks.conftest import make_engine
from tests.mocks.dhub import KNOWLEDGES, Dhub, path
from tests.mocks.enricher import CLAUDE, FAILING, GPT, MISMATCHING, MODERNA, Enricher
from tests.mocks.etri import Etri
from tests.mocks.flowith import Flowith
from tests.saved import MemoryStore, reopened, whole
from understudy.engine import Engine
from understudy.http import LiveStream
from understudy.saving import Saving
from understudy.stage import ManualClock

names = st.sampled_from(["이름", "제품 🛒", "é ≠ e\u0301", "nul \x00", "팀 가"])
pick = st.integers(0, 5)


def saved_engine(stem: str, **options: Any) -> tuple[Engine, MemoryStore]:
    store = MemoryStore()
    return make_engine(stem, saving=Saving(store), **options), store


def goes_on(engine: Engine, store: MemoryStore) -> Engine:
    """The engine after a restart, which holds what the one before held, in the same order."""
    again = reopened(engine, store)
    assert whole(again) == whole(engine)
    return again


def later(engine: Engine, seconds: float) -> None:
    clock = engine.stage.clock
    assert isinstance(clock, ManualClock)
    clock.advance(seconds)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), pick, pick, names), max_size=25))
def test_dhub(calls: Sequence[tuple[str, int, int, str]]) -> None:
    engine, store = saved_engine("dhub_knowledge")
    dhub = Dhub(engine)
    ids, documents = ["knowledge-abc123"], [("knowledge-abc123", "none")]
    for kind, one, two, name in calls:
        later(engine, 1)
        holder, document = ids[one % len(ids)], documents[two % len(documents)]
        if kind == "a":
            ids.append(dhub.create(name=name, groups=[name, "팀"]))
        elif kind == "b":
            made = dhub("POST", path(holder, "documents/"), {"name": name, "type": "FILE"})
            documents += [(holder, made.item)] if made.status == 200 else []
        elif kind == "c":
            dhub("PUT", path(holder), {"name": name, "groups": [name]})
        elif kind == "d":
            dhub("PUT", path(document[0], "documents", document[1]), {"comment": name})
        elif kind == "e":
            dhub("DELETE", path(holder))
        else:
            dhub("DELETE", path(document[0], "documents", document[1]))
    dhub.page()

    again = Dhub(goes_on(engine, store))

    for target in (KNOWLEDGES, *(path(id, "documents/") for id in ids)):
        for query in ({}, {"groups": "팀"}, {"limit": 1}):
            assert again.page(target, **query).body == dhub.page(target, **query).body
    assert again.create(name="다음") == dhub.create(name="다음")


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("abcdefghij"), pick, names, st.floats(0, 3)), max_size=14))
def test_enricher(calls: Sequence[tuple[str, int, str, float]]) -> None:
    engine, store = saved_engine("entity_enricher", limits={"entity_enricher": {"kept_jobs": 4, "kept_records": 6}})
    enricher = Enricher(engine)
    jobs = ["none"]
    for kind, number, name, seconds in calls:
        later(engine, seconds)
        job = jobs[number % len(jobs)]
        if kind == "a":
            jobs.append(
                enricher.start({"name": name}, (CLAUDE, GPT), arbitration_model=GPT, strategy="multi_expertise")
            )
        elif kind == "b":
            jobs.append(enricher.start(MISMATCHING))
        elif kind == "c":
            jobs.append(enricher.start_batch([MODERNA, FAILING, {"name": name}]))
        elif kind == "d":
            enricher("POST", f"/api/llm/cancel/{job}")
        elif kind == "e":
            enricher("POST", f"/api/llm/continue/{job}")
        elif kind == "f":
            read_some(enricher, job, number)
        elif kind == "g":
            found = enricher("GET", "/api/records").body["records"]
            enricher("POST", "/api/records/batch-delete", {"ids": [entry["id"] for entry in found[:number]] or ["x"]})
        elif kind == "h":
            body = {"filename": name, "content_base64": "7ZWc6riA", "media_type": "text/plain"}
            enricher("POST", "/api/attachments/base64", body)
        elif kind == "i":
            schema = enricher.schema_id()
            made = enricher("POST", f"/api/schema/saved/{schema}/prompt/stream", {"prompt": "Add a field ticker"})
            jobs.append(made.body["job_id"])
        else:
            enricher("POST", "/api/auth/api-keys", {"name": name})
    enricher("GET", "/api/records")

    again = Enricher(goes_on(engine, store))

    for one in (enricher, again):
        later(one.engine, 3600)
    for target in ("/api/records?page_size=50", "/api/schema/saved"):
        assert again("GET", target).body == enricher("GET", target).body
    for job in jobs[1:]:
        answers = [one("GET", f"/api/llm/stream/{job}") for one in (enricher, again)]
        assert answers[0].status == answers[1].status
        if answers[0].status == 200:
            assert told(answers[1]) == told(answers[0])


def read_some(enricher: Enricher, job: str, chunks: int) -> None:
    answer = enricher("GET", f"/api/llm/stream/{job}")
    if answer.status == 200:
        for place in range(min(chunks, len(answer.live))):
            assert answer.live[place].data


def told(answer: Any) -> list[Any]:
    return [event for event in answer.events() if event["type"] != "heartbeat"]


def test_a_created_key_and_what_it_may_do_go_on() -> None:
    engine, store = saved_engine("entity_enricher")
    made = Enricher(engine)("POST", "/api/auth/api-keys", {"name": "읽기", "scopes": ["read"]})

    again = Enricher(goes_on(engine, store), made.body["key"])

    assert again("GET", "/api/schema/saved").status == 200
    assert again("POST", "/api/schema/saved", {"name": "x", "schema_content": {}}).status == 403


def test_a_stream_is_saved_as_it_is_read() -> None:
    engine, store = saved_engine("entity_enricher")
    enricher = Enricher(engine)
    stream = enricher("GET", f"/api/llm/stream/{enricher.start()}").live
    assert isinstance(stream, LiveStream)
    records: list[str] = []
    for place in range(len(stream)):
        event = msgspec.json.decode(stream[place].data.split(b"data: ")[1])
        records += [event["record_id"]] if event["type"] == "model_completed" else []

    again = Enricher(reopened(engine, store))

    assert records
    assert again("GET", f"/api/records/{records[0]}").status == 200, "its clock stands where the job began"


def test_quotas_of_etri_go_on() -> None:
    engine, store = saved_engine("etri_mrc", limits={"etri_mrc": {"daily_calls": 2, "keys_per_ip": 1}})
    assert Etri(engine).reasons(3) == [None, None, "Daily Limit Exceeded"]

    again = goes_on(engine, store)

    assert Etri(again)().reason == "Daily Limit Exceeded"
    assert Etri(again, "etri-test-good-x")().reason == "Too Many Keys", "the address has used another one"
    later(again, 86_400)
    assert Etri(again)().status == 200


def test_credits_rate_and_texts_of_flowith_go_on() -> None:
    engine, store = saved_engine("flowith_seek")
    flowith = Flowith(engine)
    flowith.load("kb", "휴가 🏖️", "연차 휴가는 15일입니다.")
    answers = [flowith.seek("연차 휴가는?", "kb") for _ in range(12)]
    assert {answer.status for answer in answers} == {200}

    again = Flowith(goes_on(engine, store))

    assert again.seek("연차 휴가는?", "kb").status == 429
    later(again.engine, 60)
    assert again.seek("연차 휴가는?", "kb").body == answers[0].body
    assert again.state.spent == 13
