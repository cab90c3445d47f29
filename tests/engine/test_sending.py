"""A live stream is checked as it is sent: what breaks the contract is not, and the journal says so."""

from __future__ import annotations

import json

import pytest

from tests.contract.test_streams import checker_under
from tests.server.live import Script
from understudy.errors import StreamFault
from understudy.http import Chunk, Request, Response
from understudy.journal import Exchange, Journal
from understudy.sending import Checked


def event(at: float, tag: str, of: str = "하나") -> Chunk:
    return Chunk(at, f"data: {json.dumps({'tag': tag, 'of': of}, ensure_ascii=False)}\n\n".encode())


FOUND, FINAL = event(0, "found"), event(2, "final")


def checked(*chunks: Chunk) -> tuple[Checked, Script, Journal]:
    script, journal = Script(*chunks), Journal(10)
    stream = Checked(script, checker_under().follow({"path": {"of": "하나"}}), journal, 1)
    journal.keep(Exchange(1, 0.0, "s", "op", Request("GET", "/"), Response(200, (), b"", stream)))
    return stream, script, journal


def test_a_lawful_stream_passes_and_the_journal_has_what_was_sent() -> None:
    stream, script, journal = checked(FOUND, FINAL)
    assert stream[0] == FOUND
    (kept,) = journal
    assert kept.response.stream == [FOUND]
    assert list(stream) == [FOUND, FINAL]
    assert stream.at(1) == 2
    (kept,) = journal
    assert (kept.response.stream, kept.violations) == ([FOUND, FINAL], ())
    assert script.watching == []


@pytest.mark.parametrize(
    ("chunks", "sent", "expected"),
    [
        ([FOUND, event(1, "unheard")], 1, "another"),
        ([FOUND, event(1, "found", "둘"), FINAL], 1, "what path:of of the request says"),
        ([event(0, "closed"), FINAL], 0, "found or opened first"),
        ([FOUND, event(1, "opened"), FINAL], 2, "opened or closed|opened, closed after opened"),
        ([FOUND, event(4.5, "final")], 1, "at most 4 s of silence"),
        ([FOUND, event(1, "found")], 1, "to end with final"),
        ([FOUND, FINAL, event(2, "found")], 2, "nothing after final"),
        ([FOUND, Chunk(1, b"data: {\n\n")], 1, "JSON"),
    ],
)
def test_what_breaks_the_contract_is_not_sent(chunks: list[Chunk], sent: int, expected: str) -> None:
    stream, _, journal = checked(*chunks)
    assert [stream[place] for place in range(sent)] == chunks[:sent]
    with pytest.raises(StreamFault, match=expected):
        list(stream)
    with pytest.raises(StreamFault):
        stream[sent]
    (kept,) = journal
    assert kept.response.stream == chunks[:sent]
    assert [violation.blame for violation in kept.violations] == ["provider"] * len(kept.violations) != []


def test_a_stream_may_change_while_it_is_sent() -> None:
    stream, script, _ = checked(FOUND, event(3, "found"), event(6, "final"))
    woken: list[int] = []
    unwatch = stream.watch(lambda: woken.append(1))
    assert stream[0] == FOUND
    script.change(1, FINAL)
    assert (woken, len(stream), stream[1], stream[-1]) == ([1], 2, FINAL, FINAL)
    unwatch()
    unwatch()
    script.change(2)
    assert woken == [1]
    with pytest.raises(IndexError):
        stream[2]


def test_the_journal_holds_streams_within_its_bytes() -> None:
    journal = Journal(10, body_bytes=1000)
    for number in (1, 2):
        journal.count = number
        stream = Checked(Script(), checker_under().follow(), journal, number)
        journal.keep(Exchange(number, 0.0, "s", "op", Request("GET", "/"), Response(200, (), b"", stream)))
    journal.sent(1, Chunk(0, b"x" * 900))
    assert len(journal) == 2
    journal.sent(2, Chunk(0, b"x" * 200))
    assert [exchange.number for exchange in journal] == [2]
    journal.sent(1, Chunk(0, b"x" * 10_000))
    assert [exchange.number for exchange in journal] == [2]
