"""Following a journal: exchanges as they are answered, for as long as the client stays, within bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.control.served import KNOWLEDGES, Served
from tests.server.wire import Client, request
from understudy.control.following import HEARTBEAT, Followed
from understudy.http import Request, Response
from understudy.journal import Exchange, Journal
from understudy.stage import ManualClock

GOOD = {"Authorization": "Bearer dhub-test-good"}


class Follower:
    """A client that follows the journal of a stage."""

    def __init__(self, client: Client, served: Served, query: str = "", stage: str = "default") -> None:
        self.client = client
        head = (f"Authorization: Bearer {served.token}",)
        target = f"/stages/{stage}/journal/follow{query}"
        client.send(request("GET", target, *head, host=f"127.0.0.1:{served.port}"))
        self.head = client.until(b"\r\n\r\n").decode().lower()

    def event(self) -> Any:
        """The next event."""
        self.client.until(b"data: ")
        return json.loads(self.client.until(b"\n\n"))

    def number(self) -> int:
        event = self.event()
        assert event["kind"] == "exchange"
        return int(event["exchange"]["number"])


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    with served.wire() as connected:
        yield connected


def listed(served: Served) -> None:
    served.mock("dhub_knowledge", "GET", KNOWLEDGES, **GOOD)


def test_exchanges_are_told_as_they_are_answered(served: Served, client: Client) -> None:
    listed(served)
    follower = Follower(client, served)
    assert "content-type: text/event-stream" in follower.head
    assert "cache-control: no-store" in follower.head
    for number in (2, 3):
        listed(served)
        told = follower.event()["exchange"]
        assert told == served.done("GET", "/stages/default/journal?limit=1")["exchanges"][0]
        assert told["number"] == number


def test_filters_and_a_place_to_begin(served: Served, client: Client) -> None:
    for _ in range(3):
        listed(served)
    follower = Follower(client, served, "?since=1&operation=listKnowledges&violations=false")
    assert [follower.number(), follower.number()] == [2, 3]
    served.mock("dhub_knowledge", "POST", KNOWLEDGES, {"name": 3}, **GOOD)
    served.seek("flowith-test-good")
    listed(served)
    assert follower.number() == 6


def test_nothing_is_told_of_another_stage(served: Served, client: Client) -> None:
    served.done("POST", "/stages", {"name": "t1"})
    follower = Follower(client, served, stage="t1")
    listed(served)
    served.mock("dhub_knowledge", "GET", KNOWLEDGES, Authorization="Bearer dhub-test-good-t1")
    assert follower.event()["exchange"]["number"] == 1
    assert served.done("GET", "/stages/t1/journal")["count"] == 1


def test_it_ends_with_the_stage(served: Served, client: Client) -> None:
    served.done("POST", "/stages", {"name": "t1"})
    follower = Follower(client, served, stage="t1")
    served.done("DELETE", "/stages/t1")
    assert follower.event() == {"kind": "ended", "reason": "stage deleted"}
    assert client.until(b"0\r\n\r\n").endswith(b"0\r\n\r\n"), "the answer is whole"


def test_a_reset_does_not_end_it(served: Served, client: Client) -> None:
    follower = Follower(client, served)
    served.done("POST", "/stages/default/reset")
    listed(served)
    assert follower.event()["kind"] == "exchange"


def test_it_is_over_when_the_client_leaves(served: Served) -> None:
    with served.wire() as client:
        Follower(client, served)
        assert len(served.default.journal._watchers) == 1
    for _ in range(1000):  # the server learns of it by what it sends next, a comment at the latest
        listed(served)
        if not served.default.journal._watchers:
            return
    pytest.fail("a client that has left is still told")


def test_no_stage_no_following(served: Served, client: Client) -> None:
    assert "404 not found" in Follower(client, served, stage="t9").head


# One follower by itself


def exchange(number: int) -> Exchange:
    return Exchange(number, 0.0, "told", None, Request("GET", "/"), Response(200))


def told(data: bytes) -> Any:
    return json.loads(data.removeprefix(b"data: "))


def test_silence_is_broken_by_comments() -> None:
    clock, journal = ManualClock(), Journal(10)
    followed = Followed(journal, lambda exchange: True, clock.now, most=10, beat=15)
    woken: list[bool] = []
    followed.watch(lambda: woken.append(True))
    assert (len(followed), followed.at(0)) == (1, 15.0)
    clock.advance(10)
    journal.keep(exchange(1))
    assert (woken, len(followed), followed.at(0)) == ([True], 2, 0.0)
    assert told(followed[0].data)["exchange"]["number"] == 1
    assert followed.at(1) == 25.0
    clock.advance(15)
    assert followed[1].data == HEARTBEAT
    assert followed.at(2) == 40.0


def test_a_client_that_falls_behind_is_let_go() -> None:
    journal = Journal(100)
    followed = Followed(journal, lambda exchange: True, ManualClock().now, most=3, beat=15)
    unwatch = followed.watch(lambda: None)
    for number in range(1, 9):
        journal.keep(exchange(number))
    assert len(followed) == 4
    events = [told(followed[index].data) for index in range(4)]
    assert [event["kind"] for event in events] == ["exchange"] * 3 + ["ended"]
    assert events[-1]["reason"] == "fell behind"
    with pytest.raises(IndexError):
        followed[4]
    with pytest.raises(IndexError):
        followed[0]
    unwatch()
    assert journal._watchers == ()


def test_what_was_kept_before_does_not_count_as_fallen_behind() -> None:
    journal = Journal(100)
    for number in range(1, 11):
        journal.keep(exchange(number))
    followed = Followed(journal, lambda exchange: True, ManualClock().now, most=1, beat=15)
    followed.begin_after(2)
    followed.watch(lambda: None)
    journal.keep(exchange(11))
    assert [told(followed[index].data)["exchange"]["number"] for index in range(9)] == list(range(3, 12))
