"""A split is felt: a client reads twice, and what belongs together is in two reads."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from tests.faults.clients import Seen
from tests.faults.conftest import Serve, right_body, right_events
from tests.faults.test_every_fault import BY, CLIENTS
from tests.mocks.enricher import GOOD as KEY
from tests.mocks.enricher import Enricher
from understudy.clock import ManualClock, ScaledClock
from understudy.contract.events import read_events
from understudy.faults import Refuse, Split
from understudy.http import Chunk

CONTINUES = range(0x80, 0xC0)


def is_inside_a_character(before: bytes, after: bytes) -> bool:
    return before[-1] >= 0x80 and after[0] in CONTINUES


@pytest.mark.parametrize("clock", [ManualClock, lambda: ScaledClock(time.time, 1e6)], ids=["manual", "real"])
@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("by", BY)
def test_a_character_is_read_in_two_pieces(serve: Serve, by: str, streamed: bool, clock: type[ManualClock]) -> None:
    served = serve(clock())
    served.add(Split("character"))
    seen: Seen = CLIENTS[by](served.asked(streamed))
    right = b"".join(right_events()) if streamed else right_body()
    assert seen.body == right
    if by == "socket" and not streamed:
        raw = served.connect()
        raw.ask(served.asked(streamed))
        pieces = tuple(raw.reads)
    else:
        pieces = seen.pieces
    assert any(is_inside_a_character(*pair) for pair in pairwise(pieces)), pieces


def test_the_event_that_is_named_is_split(serve: Serve) -> None:
    served = serve()
    number = 1 + next(place for place, event in enumerate(right_events()) if not event.isascii() and place > 0)
    served.add(Split("character", event=number))
    raw = served.connect()
    pieces = raw.ask(served.asked(True)).pieces
    assert pieces[: number - 1] == right_events()[: number - 1]
    assert is_inside_a_character(*pieces[number - 1 : number + 1])


def test_the_end_of_a_head_is_split_where_the_body_is_whole(serve: Serve) -> None:
    served = serve()
    served.add(Split("line_end"), unlawful=True)  # the lines of its streams end in LF
    raw = served.connect()
    assert raw.ask(served.asked(False)).body == right_body()
    assert (raw.reads[0][-3:], raw.reads[1][:1]) == (b"\r\n\r", b"\n")


@pytest.mark.parametrize("by", BY)
def test_a_line_end_of_a_live_stream_is_split_where_the_contract_has_crlf(serve: Serve, by: str) -> None:
    served = serve(stem="entity_enricher")
    job = Enricher(served.engine).start()
    served.add(Split("line_end", event=2), operation="streamJob")
    asked = served.asked(True)._replace(
        path=f"/api/llm/stream/{job}", body=None, headers={"x-api-key": KEY}, method="GET"
    )
    seen = CLIENTS[by](asked)
    ends = [place for place, piece in enumerate(seen.pieces) if piece.endswith(b"\r")]
    assert [seen.pieces[place + 1][:1] for place in ends] == [b"\n", b"\n"]
    whole, _ = read_events([Chunk(0.0, seen.body)])
    apart, _ = read_events([Chunk(0.0, piece) for piece in seen.pieces])
    assert [event.data for event in apart] == [event.data for event in whole]


def test_what_has_no_such_place_goes_out_whole(serve: Serve) -> None:
    served = serve()
    served.add(Refuse("rate_exceeded"), times=1)
    served.add(Split("character"))
    raw = served.connect()
    assert raw.ask(served.asked(False)).status == 429
    raw.reads.clear()
    raw.ask(served.asked(False, headers={}))
    assert len(raw.reads) == 1
