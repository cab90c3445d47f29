"""The order of a stream as a contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from understudy.contract import Contract, contract_of
from understudy.contract.events import read_events
from understudy.contract.streams import StreamChecker
from understudy.http import Chunk

STREAM: dict[str, Any] = {
    "itemSchema": {
        "oneOf": [
            {
                "type": "object",
                "required": ["tag"],
                "properties": {"tag": {"const": tag}, "of": {"type": "string", "x-clauses": ["s.item.of"]}},
            }
            for tag in ("found", "opened", "closed", "final")
        ]
    },
    "x-stream": {
        "framing": {"line_prefix": "data: ", "event_end": "\r\n\r\n"},
        "kind": "/tag",
        "first": ["found", "opened"],
        "order": {
            "found": ["found", "opened", "final"],
            "opened": ["opened", "closed"],
            "closed": ["opened", "closed", "final"],
            "final": [],
        },
        "terminal": ["final"],
        "pairs": [{"open": "opened", "close": "closed", "by": ["/of"]}],
        "correlate": [{"member": "/of", "equals": "path:of"}, {"member": "/of", "equals": "body:/of"}],
        "max_silence_seconds": 4,
        "clauses": ["s.order"],
        "dialects": {
            "pieces": {
                "kinds": {"done": [{"of": "final", "member": "/of", "equals": "[DONE]"}, {"text": "[DONE]"}]},
                "order": {"found": ["found", "final"], "final": ["final", "done"], "done": []},
                "terminal": ["done"],
            }
        },
    },
}


@pytest.fixture(scope="module")
def checker() -> StreamChecker:
    return checker_under()


@pytest.fixture(scope="module")
def pieces() -> StreamChecker:
    """The same stream under a dialect."""
    return checker_under("pieces", "another")


def checker_under(*dialects: str) -> StreamChecker:
    clause = {"grade": "documented", "source": {"document": "1", "section": "a"}, "says": "."}
    contract: Contract = contract_of(
        "s",
        {
            "x-sources": {"1": {"title": "S", "sections": {"a": "순서"}}},
            "x-clauses": {"s.order": clause, "s.item.of": clause},
            "x-credentials": {"roles": {}},
            "paths": {},
        },
        Path("s.yaml"),
    )
    return StreamChecker(contract, STREAM, closed=True, dialects=frozenset(dialects))


def wrong(checker: StreamChecker, *values: Any, whole: bool = True) -> list[str]:
    texts = [value if isinstance(value, bytes) else json.dumps(value).encode() for value in values]
    data = b"".join(map(checker.frame, texts))
    items = [checker.item(event) for event in read_events([Chunk(0.0, data)])[0]]
    found = [violation for place, item in enumerate(items) for violation in checker.check_item(item, place)]
    found += checker.check_order(items, whole=whole)
    return [f"{violation.where}: {violation.rule}: {violation.expected}" for violation in found]


def opened(of: str) -> dict[str, str]:
    return {"tag": "opened", "of": of}


def closed(of: str) -> dict[str, str]:
    return {"tag": "closed", "of": of}


FINAL = {"tag": "final"}


def test_a_stream_in_order_is_right(checker: StreamChecker) -> None:
    assert wrong(checker, {"tag": "found"}, opened("가"), opened("나"), closed("나"), closed("가"), FINAL) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([closed("가")], "event 0: order: found or opened first"),
        ([{"tag": "found"}, closed("가"), FINAL], "event 1: order: found, opened, final after found"),
        ([opened("가"), closed("나"), closed("가"), FINAL], "event 1: order: opened before closed"),
        ([opened("가"), opened("나"), closed("가"), FINAL], "event 1: order: closed after opened"),
        ([{"tag": "found"}], "event 1: order: the stream to end with final"),
        ([], "event 0: order: the stream to end with final"),
        ([{"tag": "found"}, FINAL, FINAL], "event 2: order: nothing after final"),
        ([{"tag": "found"}, {"tag": "other"}, FINAL], "event 1: kind: one of found, opened, closed, final"),
        ([{"no": "tag"}, FINAL], "event 0: kind: one of found, opened, closed, final"),
    ],
)
def test_what_is_out_of_order_is_found(checker: StreamChecker, values: list[Any], expected: str) -> None:
    assert expected in wrong(checker, *values)


def test_a_stream_that_is_still_running_need_not_have_ended(checker: StreamChecker) -> None:
    assert wrong(checker, opened("가"), whole=False) == []


def test_a_problem_inside_an_event_is_that_of_the_kind_it_names(checker: StreamChecker) -> None:
    item = checker.item(read_events([Chunk(0.0, b'data: {"tag": "opened", "of": 7}\n\n')])[0][0])
    (violation,) = checker.check_item(item, 3)
    assert (violation.where, violation.pointer, violation.rule) == ("event 3 (opened)", "/of", "type")
    assert violation.clauses == ("s.item.of",)


def test_a_member_must_be_what_the_request_named(checker: StreamChecker) -> None:
    events = read_events([Chunk(0.0, checker.frame(json.dumps(opened("가")).encode()))])[0]
    right = {"path": {"of": "가"}, "body": {"of": "가"}}
    assert list(checker.check(events, whole=False, asked=right)) == []
    for wrong_one in ({"path": {"of": "나"}}, {"body": {"of": "나"}}):
        (violation,) = checker.check(events, whole=False, asked={**right, **wrong_one})
        assert (violation.rule, violation.pointer) == ("correlate", "/of")


def test_silence_is_measured_from_the_start_of_the_response(checker: StreamChecker) -> None:
    assert list(checker.check_silence([0.0, 4.0, 8.0])) == []
    assert [violation.where for violation in checker.check_silence([0.0, 4.5, 5.0])] == ["event 0"]


DONE = {"tag": "final", "of": "[DONE]"}


@pytest.mark.parametrize("end", [DONE, b"[DONE]"], ids=["as a member", "as text"])
def test_under_a_dialect_a_stream_may_end_otherwise(
    pieces: StreamChecker, checker: StreamChecker, end: dict[str, str] | bytes
) -> None:
    values = ({"tag": "found"}, FINAL, {"tag": "final", "of": "조각 🧩"}, end)
    assert wrong(pieces, *values) == []
    assert "event 2: order: nothing after final" in wrong(checker, *values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([{"tag": "found"}, FINAL], "event 2: order: the stream to end with done"),
        ([{"tag": "found"}, DONE], "event 1: order: found, final after found"),
        ([{"tag": "found"}, FINAL, DONE, FINAL], "event 3: order: nothing after done"),
        ([{"tag": "found"}, FINAL, b"[END]", DONE], "event 2: syntax: JSON"),
        ([{"tag": "found"}, {"tag": "done"}], 'event 1 (done): const: "found" was expected'),
        ([opened("가"), FINAL, DONE], "event 0: kind: one of found, final, done"),
    ],
)
def test_what_is_out_of_order_under_a_dialect_is_found(pieces: StreamChecker, values: list[Any], expected: str) -> None:
    assert expected in wrong(pieces, *values)
