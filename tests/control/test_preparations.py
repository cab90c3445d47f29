"""Accounts and preparations over HTTP: data that no operation of a service can load."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control.served import Served

PREPARATIONS = "/stages/t1/preparations"


@pytest.fixture
def plane(served: Served) -> Served:
    served.done("POST", "/stages", {"name": "t1"})
    return served


def found(plane: Served, credential: str) -> bool:
    """Whether a seek in the knowledge base of the tests finds what it was given."""
    asked = {"messages": [{"role": "user", "content": "연차 휴가"}], "model": "gpt-4o-mini", "kb_list": ["rules"]}
    answer = plane.mock(
        "flowith_seek", "POST", "/external/use/seek-knowledge/seek", asked, Authorization=f"Bearer {credential}"
    )
    return "15일" in answer.body.decode()


def test_what_is_prepared_is_there_for_one_account_of_one_stage(plane: Served) -> None:
    values = {"kb_id": "rules", "title": "휴가 🏖️", "text": "연차 휴가는 15일입니다."}
    asked = {"service": "flowith_seek", "name": "load_text", "values": values}

    told = plane.done("POST", PREPARATIONS, asked)

    assert told["credential"] == "flowith-test-good-t1"
    assert set(told["result"]) == {"source_id"}
    assert found(plane, "flowith-test-good-t1")
    assert not found(plane, "flowith-test-good")
    assert not found(plane, "flowith-test-good-a-t1")
    plane.done("POST", PREPARATIONS, asked | {"credential": "flowith-test-good-a"})
    assert found(plane, "flowith-test-good-a-t1"), "a credential is known without what chooses the stage"
    plane.done("POST", PREPARATIONS, asked | {"name": "clear_knowledge_base", "values": {"kb_id": "rules"}})
    assert not found(plane, "flowith-test-good-t1")


def test_a_page_is_published_and_fetched(plane: Served) -> None:
    values = {"url": "https://example.com/kings.json", "entities": [{"이름": "세종 👑"}]}
    asked = {"service": "entity_enricher", "name": "publish_page", "values": values}
    assert plane.done("POST", PREPARATIONS, asked)["result"] is None
    fetched = plane.mock(
        "entity_enricher",
        "POST",
        "/api/enrichment/batch/fetch",
        {"url": values["url"]},
        X_API_Key="ent_test_good-t1",
    )
    assert fetched.json["entities"] == values["entities"], fetched.body


def test_preparations_are_listed_with_what_they_take(served: Served) -> None:
    offered = served.done("GET", "/preparations")["preparations"]
    assert [(each["service"], each["name"]) for each in offered] == [
        ("entity_enricher", "publish_page"), ("flowith_seek", "load_text"), ("flowith_seek", "clear_knowledge_base"),
    ]  # fmt: skip
    assert all(each["says"].endswith((".", "there.", "account.")) for each in offered)
    assert offered[1]["values"]["required"] == ["kb_id", "title", "text"]


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"service": "바둑"}, 422, "'바둑' is not served"),
        ({"service": "dhub_knowledge"}, 422, "it offers none"),
        ({"name": "load"}, 422, "it offers load_text, clear_knowledge_base"),
        ({"values": {"kb_id": "rules"}}, 422, "missing required field `title`"),
        ({"values": {"kb_id": "rules", "title": "x", "text": 3}}, 422, "at `$.text`"),
        ({"values": {"kb_id": "rules", "title": "x", "text": "y", "more": 1}}, 422, "kb_id, title, text"),
        ({"credential": "nobody"}, 422, "no test credential"),
        ({"credential": ""}, 422, "no test credential"),
        ({"values": []}, 400, ""),
        ({"account": "x"}, 400, ""),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_loaded(
    plane: Served, change: dict[str, Any], status: int, says: str
) -> None:
    values = {"kb_id": "rules", "title": "휴가", "text": "연차 휴가는 15일입니다."}
    told = plane.refused(
        "POST", PREPARATIONS, {"service": "flowith_seek", "name": "load_text", "values": values} | change
    )
    assert told[0] == status
    assert says in told[2]
    assert not found(plane, "flowith-test-good-t1")


def test_accounts_are_listed_as_they_are_met(plane: Served) -> None:
    for suffix in ("", "-a", "-b"):
        plane.seek(f"flowith-test-good{suffix}-t1")
    plane.mock("entity_enricher", "GET", "/", X_API_Key="ent_test_read_only-t1")
    listed = plane.done("GET", "/stages/t1/accounts")
    assert listed["total"] == 4
    assert {"service": "entity_enricher", "credential": "ent_test_read_only", "role": "read_only"} in listed["accounts"]
    some = plane.done("GET", "/stages/t1/accounts?service=flowith_seek&limit=1&offset=1")
    assert some == {
        "accounts": [{"service": "flowith_seek", "credential": "flowith-test-good-a", "role": "good"}], "total": 3,
    }  # fmt: skip
    assert plane.done("GET", "/stages/default/accounts") == {"accounts": [], "total": 0}
    assert plane.refused("GET", "/stages/t1/accounts?limit=1001")[0] == 400
