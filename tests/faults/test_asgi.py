"""The faults that need no connection are performed behind an ASGI server too; the others say that they cannot be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.faults.conftest import HEADERS, STEM, engine_on, request_of, right_body, right_events
from tests.mocks.flowith import SEEK
from tests.server.test_asgi import Front
from understudy.adapters.asgi import CutOff, asgi_app
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
    Planned,
    Refuse,
    Reset,
    Split,
    Stall,
    TruncatedChunk,
    WrongLength,
)
from understudy.stage import ManualClock


def play(fault: Fault, streamed: bool, *, after: Callable[[Front], None] | None = None) -> tuple[Front, bool]:
    """What the application sent, and whether it then cut the answer off."""
    engine = engine_on(ManualClock())
    engine.stage.faults.add(Planned(fault, STEM, unlawful=True))

    async def run() -> tuple[Front, bool]:
        headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        front = Front([request_of(streamed).body], method="POST", path=SEEK, raw_path=SEEK.encode(), headers=headers)
        if after is not None:
            asyncio.get_running_loop().call_later(0.05, after, front)
        try:
            await asyncio.wait_for(asgi_app(engine)(front.scope, front.receive, front.send), 10)
        except CutOff:
            return front, True
        return front, False

    return asyncio.run(run())


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("fault", [Delay(5), Drip(50, 1), Split("character")], ids=repr)
def test_what_is_late_or_in_pieces_comes_whole(fault: Fault, streamed: bool) -> None:
    front, cut = play(fault, streamed)
    assert (front.status, cut) == (200, False)
    assert front.body == (b"".join(right_events()) if streamed else right_body())
    if not isinstance(fault, Delay):
        assert len(front.sent) > (2 + len(right_events()) if streamed else 3)


def test_the_pause_of_a_split_is_made() -> None:
    began = time.monotonic()
    play(Split("character", seconds=0.2), True)
    assert time.monotonic() - began >= 0.2


def test_what_is_cut_off_is_left_to_the_server_in_front() -> None:
    front, cut = play(Cut(after_bytes=11), False)
    assert (front.status, front.body, cut) == (200, right_body()[:11], True)
    front, cut = play(Cut(after_events=2), True)
    assert (front.body, cut) == (b"".join(right_events()[:2]), True)


@pytest.mark.parametrize(("fault", "messages"), [(Stall(), 0), (Stall(after_bytes=0), 1), (Stall(after_bytes=5), 2)])
def test_a_stall_waits_until_the_client_leaves(fault: Fault, messages: int) -> None:
    front, cut = play(fault, False, after=lambda front: front.gone.set())
    assert (len(front.sent), cut) == (messages, False)


def test_events_go_wrong_as_on_any_server() -> None:
    assert play(DropEvent(2), True)[0].body == b"".join((right_events()[0], *right_events()[2:]))
    assert play(DuplicateEvent(1), True)[0].body == b"".join((right_events()[0], *right_events()))


def test_an_answer_in_the_services_place_is_an_answer() -> None:
    assert play(Refuse("rate_exceeded"), False)[0].status == 429
    assert play(Answer(503, text="나중에 🙏"), False)[0].body.decode() == "나중에 🙏"


@pytest.mark.parametrize(
    "fault", [Reset(), TruncatedChunk(), WrongLength(3), EmptyReply(), Garbage(), Split("line_end")], ids=repr
)
def test_what_needs_the_connection_is_said_to_be_impossible(fault: Fault) -> None:
    front, _ = play(fault, False)
    assert front.status == 500
    assert f"the fault {type(fault).__name__} cannot be performed over ASGI" in front.body.decode()


def test_httpx_sees_a_cut_answer_of_the_application_itself() -> None:
    engine = engine_on(ManualClock())
    engine.stage.faults.add(Planned(Cut(after_bytes=3), STEM, times=1))

    async def ask() -> Any:
        transport = httpx.ASGITransport(asgi_app(engine))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            with pytest.raises(CutOff):
                await client.post(SEEK, headers=HEADERS, content=request_of(False).body)
            return (await client.post(SEEK, headers=HEADERS, content=request_of(False).body)).content

    assert asyncio.run(ask()) == right_body()
