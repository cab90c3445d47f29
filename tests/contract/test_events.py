"""Reading events from bytes that are cut anywhere."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.contract import events
from understudy.contract.events import EventReader, read_events
from understudy.http import Chunk

STREAM = (
    'data: {"글": "각 👩‍👩‍👧 é"}\r\n\r\n'
    ": a comment\n\n"
    "event: seeds\nid: 7\ndata:no space\ndata: second line\n\n"
    "data\r\r"
    "data: last\r\n\r\n"
).encode()
EVENTS = [
    ('{"글": "각 👩‍👩‍👧 é"}', "", b"\r\n\r\n"),
    ("no space\nsecond line", "seeds", b"\n\n"),
    ("", "", b"\r\r"),
    ("last", "", b"\r\n\r\n"),
]


def pieces(data: bytes, cuts: list[int]) -> list[Chunk]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [Chunk(float(place), data[start:place]) for start, place in pairwise(places)]


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_where_a_stream_is_cut_makes_no_difference(cuts: list[int]) -> None:
    read, reader = read_events(pieces(STREAM, cuts))
    assert [(event.data.decode(), event.name, event.terminator) for event in read] == EVENTS
    assert reader.unfinished == b""
    assert reader.other_lines == [b"id: 7"]


def test_an_event_has_the_time_of_its_last_byte() -> None:
    reader = EventReader()
    assert list(reader.feed(b"data: a\n", 1.0)) == []
    assert [event.at for event in reader.feed(b"\ndata: b\n\n", 2.5)] == [2.5, 2.5]


def test_a_stream_that_was_cut_off_leaves_the_rest() -> None:
    read, reader = read_events([Chunk(0.0, b"data: whole\n\ndata: ha")])
    assert [event.data for event in read] == [b"whole"]
    assert reader.unfinished == b"data: ha"


def test_a_byte_order_mark_is_passed_over_once() -> None:
    read, _ = read_events([Chunk(0.0, "\ufeffdata: a\n\n\ufeffdata: b\n\n".encode())])
    assert [event.data for event in read] == [b"a"]


def test_an_event_without_end_is_refused_before_it_fills_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAX_EVENT_BYTES", 1000)
    reader = EventReader()
    for _ in range(10):
        assert list(reader.feed(b"x" * 100, 0.0)) == []
    with pytest.raises(ValueError, match="longer than 1000 bytes"):
        list(reader.feed(b"x", 0.0))
