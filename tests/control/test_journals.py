"""The journal over HTTP: listed by filters, read whole, redacted, bounded, cleared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.control.served import KNOWLEDGES, Served
from understudy.control.exchanges import content, whole
from understudy.http import Chunk, Request, Response
from understudy.journal import Exchange

JOURNAL = "/stages/default/journal"
GOOD = {"Authorization": "Bearer dhub-test-good"}


@pytest.fixture
def plane(served: Served) -> Served:
    """Five exchanges: a success, a violation, an unknown path, a refusal by a fault, another service's."""
    served.mock("dhub_knowledge", "GET", KNOWLEDGES, **GOOD)
    served.mock("dhub_knowledge", "POST", KNOWLEDGES, {"name": 3}, **GOOD)
    served.mock("dhub_knowledge", "GET", "/%EC%97%86%EC%9D%8C", **GOOD)
    refuse = {"kind": "refuse", "error": "knowledge_not_found"}
    served.done("POST", "/stages/default/faults", {"service": "dhub_knowledge", "fault": refuse, "times": 1})
    served.mock("dhub_knowledge", "GET", f"{KNOWLEDGES}knowledge-abc123", **GOOD)
    served.seek("flowith-test-good")
    return served


def numbers(plane: Served, query: str) -> list[int]:
    return [exchange["number"] for exchange in plane.done("GET", f"{JOURNAL}{query}")["exchanges"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("?service=flowith_seek", [5]),
        ("?service=none", []),
        ("?operation=listKnowledges", [1]),
        ("?status=404", [3, 4]),
        ("?status=4xx", [2, 3, 4]),
        ("?violations=true", [2]),
        ("?violations=false", [1, 3, 4, 5]),
        ("?fault=true", [4]),
        ("?limit=2", [4, 5]),
        ("?since=1&limit=2", [2, 3]),
        ("?since=5", []),
        ("?service=dhub_knowledge&status=4xx&fault=false", [2, 3]),
    ],
)
def test_exchanges_are_filtered(plane: Served, query: str, expected: list[int]) -> None:
    assert numbers(plane, query) == expected


@pytest.mark.parametrize(
    "query", ["?status=40", "?status=4XX", "?violations=maybe", "?limit=0", "?since=-1", "?since=x"]
)
def test_filters_that_are_none_are_refused(served: Served, query: str) -> None:
    assert served.refused("GET", f"{JOURNAL}{query}")[:2] == (400, "request_violation")


def test_an_exchange_says_what_happened_and_why(plane: Served) -> None:
    listed = plane.done("GET", f"{JOURNAL}?status=4xx")["exchanges"]
    violation, unknown, struck = listed
    assert violation["operation"] == "createKnowledge"
    assert violation["time"] == "2026-01-01T00:00:00Z"
    assert violation["clauses"] == ["dhub.error.request-violation"]
    (found,) = violation["violations"]
    assert (found["blame"], found["where"], found["pointer"]) == ("consumer", "body", "/name")
    assert (found["expected"], found["seen"]) == ("a string", "an integer")
    assert (unknown["operation"], unknown["method"]) == (None, "GET")
    assert struck["fault"] == {"id": "fault-1", "kind": "refuse"}


def test_one_exchange_is_read_whole(plane: Served) -> None:
    exchange = plane.done("GET", f"{JOURNAL}/2")
    assert exchange["request"]["headers"]["authorization"] == "[redacted]"
    assert exchange["request"]["body"] == {"bytes": 11, "cut": False, "text": '{"name": 3}'}
    assert exchange["request"]["peer"] == "127.0.0.1"
    assert ["Understudy-Clause", "dhub.error.request-violation"] in exchange["response"]["headers"]
    assert json.loads(exchange["response"]["body"]["text"])["detail"]
    assert exchange["response"]["stream"] is None
    assert plane.refused("GET", f"{JOURNAL}/6")[:2] == (404, "unknown_exchange")


def test_a_stream_is_shown_piece_by_piece(served: Served) -> None:
    asked = {
        "messages": [{"role": "user", "content": "배터리 🔋"}],
        "model": "gpt-4o-mini",
        "kb_list": [],
        "stream": True,
    }
    served.mock(
        "flowith_seek", "POST", "/external/use/seek-knowledge/seek", asked, Authorization="Bearer flowith-test-good"
    )
    pieces = served.done("GET", f"{JOURNAL}/1")["response"]["stream"]
    assert len(pieces) > 1
    assert pieces[0]["at"] <= pieces[-1]["at"]
    assert all(piece["text"].startswith("data: ") and not piece["cut"] for piece in pieces)


def test_no_secret_is_shown(served: Served) -> None:
    key = {"X_API_Key": "ent_test_good"}
    made = served.mock("entity_enricher", "POST", "/api/auth/api-keys", {"name": "열쇠"}, **key)
    assert made.status == 200, made.body
    secret = made.json["key"]
    served.mock("entity_enricher", "GET", "/api/schema/saved", X_API_Key=secret)
    shown = [served.call("GET", f"{JOURNAL}{place}").body.decode() for place in ("", "/1", "/2")]
    assert all(secret not in text and "ent_test_good" not in text for text in shown)
    assert "[redacted]" in shown[1]


def test_a_cleared_journal_goes_on_counting(plane: Served) -> None:
    assert plane.call("DELETE", JOURNAL).status == 204
    assert plane.done("GET", JOURNAL) == {"exchanges": [], "kept": 0, "count": 5}
    plane.mock("dhub_knowledge", "GET", KNOWLEDGES, **GOOD)
    assert numbers(plane, "") == [6]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", {"bytes": 0, "cut": False, "text": ""}),
        ("가나다라".encode(), {"bytes": 12, "cut": True, "text": "가나다"}),
        ("x가나다라".encode(), {"bytes": 13, "cut": True, "text": "x가나다"}),
        ("xx🙂🙂🙂".encode(), {"bytes": 14, "cut": True, "text": "xx🙂🙂"}),
        (b"\xff\x00", {"bytes": 2, "cut": False, "base64": "/wA="}),
        (b"\xff" * 11, {"bytes": 11, "cut": True, "base64": "/////////////w=="}),
    ],
)
def test_content_is_cut_between_characters(data: bytes, expected: dict[str, Any]) -> None:
    assert content(data, 10) == expected


def test_of_a_long_stream_the_rest_is_told_as_one_piece() -> None:
    chunks = [Chunk(float(number), b"x" * 8) for number in range(100)]
    exchange = Exchange(
        1, 0.0, "told", None, Request("GET", "/"), Response(200, (("Set-Cookie", "비밀"),), b"", chunks)
    )
    response = whole(exchange, 64)["response"]
    assert response["headers"] == [["Set-Cookie", "[redacted]"]]
    assert [piece["bytes"] for piece in response["stream"]] == [8, 8, 784]
    assert response["stream"][-1] == {"at": 99.0, "bytes": 784, "cut": True, "text": ""}
