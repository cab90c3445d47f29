"""What mutants do to answers and streams is what they say, and nothing else."""

from __future__ import annotations

import msgspec

from understudy.http import Chunk, LiveStream, Response
from understudy.mutants.changes import GONE, Renamed, Step, Where, edited, edited_body, with_header, without_header
from understudy.mutants.streams import Altered, Framing, altered

ITEMS = {"items": {"가": '{"name":"규정 🐋","tags":["a","b"]}'}, "token": None}


def test_a_member_is_changed_where_it_stands_and_nothing_beside_it() -> None:
    steps = ("items", Step.EACH, Step.TEXT, "name")

    assert edited(ITEMS, steps, lambda name: 17)["items"] == {"가": '{"name":17,"tags":["a","b"]}'}
    assert edited(ITEMS, steps, lambda name: GONE)["items"] == {"가": '{"tags":["a","b"]}'}
    assert edited(ITEMS, steps, lambda name: Renamed("name_", name))["items"] == {
        "가": '{"name_":"규정 🐋","tags":["a","b"]}'
    }
    assert edited(ITEMS, ("nothing", "there"), lambda value: 1 / 0) == ITEMS


def test_an_entry_of_an_array_is_dropped_and_one_of_another_kind_is_left_alone() -> None:
    events = [{"tag": "seeds", "content": 1}, {"tag": "final", "content": 2}]

    assert edited(events, (Step.EACH, Where("tag", "final"), "content"), str) == [
        events[0],
        {**events[1], "content": "2"},
    ]
    assert edited(events, (1,), lambda value: GONE) == events[:1]


def test_an_answer_that_has_nothing_there_is_the_same_one() -> None:
    for body in (b"", b"\xff\xfe", b'{"name": "\\ud800"}', b"[" * 20_000, b'{"other": 1}'):
        response = Response(200, (), body)
        assert edited_body(response, ("name",), lambda value: 1) is response


def test_true_and_one_are_two_values() -> None:
    response = edited_body(Response(200, (), b"true"), (), lambda value: 1)

    assert msgspec.json.decode(response.body) == 1
    assert response.body == b"1"


def test_headers_are_replaced_whatever_their_case() -> None:
    response = Response(200, (("Content-TYPE", "a"), ("X-B", "b")))

    assert without_header(response, "content-type").headers == (("X-B", "b"),)
    assert with_header(response, "Content-Type", "c").headers == (("X-B", "b"), ("Content-Type", "c"))


class Live(LiveStream):
    """Three events, which says how many of them were read."""

    def __init__(self) -> None:
        self.read: list[int] = []
        self.data = [b"a\n\n", b"b\n\n", b"c\n\n"]

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> Chunk:
        self.read.append(index)
        return Chunk(float(index), self.data[index])

    def at(self, index: int) -> float:
        return float(index)

    def watch(self, changed: object) -> object:  # type: ignore[override]
        return lambda: None


def test_a_live_stream_is_altered_event_by_event_and_never_read_ahead() -> None:
    live = Live()
    stream = Altered(live, lambda data, number, last: b"" if number == 1 else data * 2 if last else data)

    assert [stream.at(index) for index in range(len(stream))] == [0.0, 1.0, 2.0]
    assert live.read == []
    assert stream[0] == Chunk(0.0, b"a\n\n")
    assert live.read == [0]
    assert [chunk.data for chunk in stream] == [b"a\n\n", b"", b"c\n\nc\n\n"]


def test_what_is_no_stream_is_not_altered() -> None:
    response = Response(200, (), b"{}")

    assert altered(response, lambda data, number, last: b"") is response


def test_an_event_is_read_and_written_by_its_framing() -> None:
    framing = Framing(b"data: ", b"\r\n\r\n", "type")

    event = framing.event({"type": "완료", "n": 1})
    assert event == 'data: {"type":"완료","n":1}\r\n\r\n'.encode()
    assert framing.kind_of(event) == "완료"
    assert framing.kind_of(b"data: [DONE]\r\n\r\n") is None
