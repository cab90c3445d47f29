"""Answers come in the order of the requests, when they are due, and in as few segments as can be."""

from __future__ import annotations

import threading
import time

import pytest

from tests.server.conftest import Serve
from tests.server.wire import JSON, Client, Told, request, seen
from understudy.http import Chunk, Request, Response
from understudy.stage import ManualClock, ScaledClock

SOON = 0.05
EVENTS = tuple(
    Chunk(at, f'data: {{"말": "{word}"}}\n\n'.encode()) for at, word in [(0, "하나"), (0.03, "둘"), (0.06, "셋")]
)


def scripted(asked: Request) -> Response | tuple[Response, float]:
    """``/late`` takes its time, ``/stream`` is a stream, the rest is answered at once."""
    if asked.target.startswith("/late"):
        return seen(asked), SOON
    if asked.target.startswith("/stream"):
        return Response(200, (("Content-Type", "text/event-stream"),), b"", EVENTS)
    return seen(asked)


def test_pipelined_requests_are_answered_in_order(serve: Serve) -> None:
    client = serve(Told(scripted))()
    client.send(b"".join(request("POST", f"/{n}", body=b"%d" % n) for n in range(500)))
    assert [client.answer().json["body"] for _ in range(500)] == [str(n) for n in range(500)]


def test_later_answers_wait_for_earlier_ones(serve: Serve) -> None:
    client = serve(Told(scripted))()
    targets = ["/a", "/late", "/b", "/stream", "/c", "/late", "/stream", "/d"]
    client.send(b"".join(request("GET", target) for target in targets))
    for target in targets:
        answer = client.answer()
        if target == "/stream":
            assert answer.chunks == tuple(chunk.data for chunk in EVENTS)
        else:
            assert answer.json["target"] == target


def test_no_more_is_read_than_there_is_room_for_answers(serve: Serve) -> None:
    client = serve(Told(lambda asked: (seen(asked), 0.001)), pipeline_depth=4)()
    count = 200
    sender = threading.Thread(
        target=lambda: client.send(
            b"".join(request("GET", f"/{n}", key("k"), "X: " + "x" * 5000) for n in range(count))
        )
    )
    sender.start()
    answers = [client.answer().json for _ in range(count)]
    sender.join()
    assert [answer["target"] for answer in answers] == [f"/{n}" for n in range(count)]
    assert max(answer["in_flight"] for answer in answers) == 3


def test_a_refusal_of_the_server_waits_for_its_turn_too(serve: Serve) -> None:
    client = serve(Told(scripted))()
    client.send(request("GET", "/late") + request("GET", "/a") + b"nonsense\r\n\r\n" + request("GET", "/never"))
    assert [client.answer().status for _ in range(3)] == [200, 200, 400]
    assert client.rest() == b""


def test_nothing_is_answered_after_the_request_that_closes(serve: Serve) -> None:
    engine = Told(scripted)
    client = serve(engine)()
    client.send(request("GET", "/late", "Connection: close") + request("GET", "/never"))
    assert client.answer().json["target"] == "/late"
    assert client.rest() == b""
    assert [asked.target for asked in engine.asked] == ["/late"]


def test_continue_waits_for_earlier_answers(serve: Serve) -> None:
    client = serve(Told(scripted))()
    expecting = b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"
    client.send(request("GET", "/late") + expecting)
    assert client.answer().json["target"] == "/late"
    assert client.answer().status == 100
    assert client.ask(b"x").json["body"] == "x"


def test_head_and_body_of_an_answer_leave_in_one_segment(serve: Serve) -> None:
    engine = Told(lambda asked: Response(200, JSON, b'"' + b"x" * 4000 + b'"'))
    client = serve(engine)()
    for _ in range(50):
        client.send(request())
        assert client.socket.recv(65536).endswith(b'xxx"'), "one read gets all"


def test_late_answer_and_first_chunks_leave_in_one_segment(serve: Serve) -> None:
    client = serve(Told(scripted))()
    client.send(request("GET", "/late"))
    assert client.socket.recv(65536).endswith(b"}")
    client.send(request("GET", "/stream"))
    assert client.socket.recv(65536).endswith('하나"}\n\n\r\n'.encode())


def test_chunks_of_a_stream_come_when_they_are_due(serve: Serve) -> None:
    never = (*EVENTS, Chunk(3600, b"never"))
    client = serve(Told(lambda _: Response(200, (), b"", never)))()
    begun = time.monotonic()
    client.send(request("GET", "/stream"))
    for chunk in EVENTS:
        client.until(chunk.data)  # what is due does not wait for what is not
        assert time.monotonic() - begun >= chunk.at


def test_empty_chunks_do_not_end_a_stream(serve: Serve) -> None:
    stream = (Chunk(0, b""), Chunk(0, b"a"), Chunk(0.01, b""), Chunk(0.02, b"b"))
    assert serve(Told(lambda _: Response(200, (), b"", stream)))().ask(request()).chunks == (b"a", b"b")


@pytest.mark.parametrize("stream", [(), (Chunk(0, b""),)])
def test_a_stream_may_be_empty(serve: Serve, stream: tuple[Chunk, ...]) -> None:
    client = serve(Told(lambda asked: Response(200, (), b"", stream) if asked.target == "/" else seen(asked)))()
    assert client.ask(request()).body == b""
    assert client.ask(request("GET", "/next")).status == 200


def test_a_stream_to_an_old_client_ends_with_the_connection(serve: Serve) -> None:
    client = serve(Told(scripted))()
    answer = client.ask(b"GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert answer.body == b"".join(chunk.data for chunk in EVENTS)
    assert answer.headers["connection"] == "close"
    assert "transfer-encoding" not in answer.headers


def test_head_of_a_stream_has_no_body(serve: Serve) -> None:
    client = serve(Told(scripted))()
    assert client.ask(request("HEAD", "/stream"), head=True).headers["transfer-encoding"] == "chunked"
    assert client.ask(request()).status == 200


@pytest.mark.parametrize("clock", [ManualClock(), ScaledClock(lambda: 0.0, 1e6)])
def test_a_stage_s_clock_decides_how_long_an_hour_is(serve: Serve, clock: ManualClock | ScaledClock) -> None:
    stream = (Chunk(0, b"a"), Chunk(3600, b"b"))
    engine = Told(lambda _: (Response(200, (), b"", stream), 3600), clock)
    assert serve(engine)().ask(request()).chunks == (b"a", b"b")


def key(name: str) -> str:
    return f"Authorization: {name}"


def test_requests_in_flight_are_counted_by_credential(serve: Serve) -> None:
    connect = serve(Told(scripted))
    clients = [connect() for _ in range(4)]
    for client in clients:
        client.send(request("GET", "/late", key("k")))
    assert sorted(client.answer().json["in_flight"] for client in clients) == [0, 1, 2, 3]
    assert connect().ask(request("GET", "/", key("k"))).json["in_flight"] == 0, "answered ones are not in flight"


def test_a_request_counts_from_its_head_until_its_answer(serve: Serve) -> None:
    connect = serve(Told(scripted))
    slow = connect()
    slow.send(b"POST / HTTP/1.1\r\nHost: a\r\nAuthorization: k\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
    assert slow.answer().status == 100
    assert in_flight(connect(), "k") == 1
    assert in_flight(connect(), "other") == 0
    assert connect().ask(request("GET", "/")).json["in_flight"] == 0, "without a credential nothing is counted"
    assert slow.ask(b"x").json["in_flight"] == 0, "the others came after its head"
    assert in_flight(connect(), "k") == 0


def test_pipelined_requests_see_those_before_them(serve: Serve) -> None:
    client = serve(Told(scripted))()
    client.send(request("GET", "/late", key("k")) + request("GET", "/a", key("k")) + request("GET", "/b", key("k")))
    assert [client.answer().json["in_flight"] for _ in range(3)] == [0, 1, 2]


def test_a_stream_is_in_flight_until_its_end(serve: Serve) -> None:
    connect = serve(Told(scripted))
    streaming = connect()
    streaming.send(request("GET", "/stream", key("k")))
    streaming.until(EVENTS[0].data)
    assert in_flight(connect(), "k") == 1
    streaming.until(b"0\r\n\r\n")
    assert in_flight(connect(), "k") == 0


def in_flight(client: Client, credential: str) -> int:
    return int(client.ask(request("GET", "/", key(credential))).json["in_flight"])
