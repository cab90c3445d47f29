"""The journal is bounded by what its exchanges hold, streams included."""

from __future__ import annotations

from understudy.http import Chunk, Request, Response
from understudy.journal import Exchange, Journal


def test_the_bytes_of_whole_streams_count() -> None:
    journal = Journal(1000, body_bytes=10_000)
    for number in range(1, 101):
        stream = [Chunk(0.0, "가나다라마바사아자차".encode()), Chunk(1.0, b"x" * 970)]
        journal.keep(Exchange(number, 0.0, "notes", None, Request("GET", "/"), Response(200, (), b"", stream)))

    assert [exchange.number for exchange in journal] == list(range(91, 101))
