"""The same engine behind an ASGI server: what it sends, when, and when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import pytest

from tests.server.wire import JSON, Told, seen
from understudy.adapters.asgi import asgi_app
from understudy.http import Chunk, Request, Response
from understudy.stage import ManualClock, ScaledClock

TOO_LARGE = {
    "body_too_large": Response(413, JSON, '{"reason": "너무 큽니다"}'.encode()),
    "request_timeout": Response(408, JSON, b'{"reason": "slow"}'),
}
EVENTS = (Chunk(0, "data: 하나\n\n".encode()), Chunk(0.01, b""), Chunk(0.02, "data: 둘\n\n".encode()))


class Front:
    """An ASGI server with one request on its hands. ``sent`` is what the application sent, in order."""

    def __init__(self, bodies: Iterable[bytes] = (b"",), **scope: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self.scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "headers": []}
        self.scope |= {"query_string": b"", "client": ("10.0.0.7", 4711)} | scope
        pieces = list(bodies)
        self.coming: list[dict[str, Any]] = [
            {"type": "http.request", "body": piece, "more_body": place < len(pieces) - 1}
            for place, piece in enumerate(pieces)
        ]
        self.gone = asyncio.Event()
        self.after: Callable[[dict[str, Any]], None] = lambda message: None

    async def receive(self) -> dict[str, Any]:
        if self.coming:
            return self.coming.pop(0)
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(dict(message))
        self.after(self.sent[-1])

    async def run(self, engine: Told) -> Front:
        await asgi_app(engine)(self.scope, self.receive, self.send)
        return self

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])


def run(work: Coroutine[Any, Any, Front]) -> Front:
    return asyncio.run(asyncio.wait_for(work, 10))


def test_a_request_reaches_the_engine_as_it_was_sent() -> None:
    engine = Told()

    async def call() -> Front:
        headers = [(b"Accept", b"a"), (b"accept", b"b"), (b"x-word", "안녕".encode())]
        scope = {"method": "POST", "path": "/a b/안", "raw_path": b"/a%20b/%EC%95%88", "query_string": b"q=%20"}
        return await Front([b"\xec\x95", b"\x88"], headers=headers, **scope).run(engine)

    front = run(call())
    asked = engine.asked[0]
    assert (asked.method, asked.target, asked.body.decode()) == ("POST", "/a%20b/%EC%95%88?q=%20", "안")
    assert (asked.headers["accept"], asked.headers["x-word"].encode("latin-1").decode()) == ("a, b", "안녕")
    assert asked.peer == "10.0.0.7"
    assert front.headers == {b"content-type": b"application/json", b"content-length": b"%d" % len(front.body)}


def test_a_server_that_gives_no_raw_path_is_understood() -> None:
    engine = Told()

    async def call() -> Front:
        return await Front(raw_path=None, path="/a b/안/%", client=None).run(engine)

    run(call())
    assert (engine.asked[0].target, engine.asked[0].peer) == ("/a%20b/%EC%95%88/%25", "")


@pytest.mark.parametrize("declared", [[(b"content-length", b"11")], [(b"content-length", b"9" * 5000)], []])
def test_a_body_over_the_limit_is_refused(declared: list[tuple[bytes, bytes]]) -> None:
    async def call() -> Front:
        return await Front([b"0123456789", b"x"], headers=declared).run(Told(refusals=TOO_LARGE, body_bytes=10))

    front = run(call())
    assert (front.status, front.body.decode()) == (413, '{"reason": "너무 큽니다"}')


def test_a_body_that_says_it_is_too_long_is_not_read() -> None:
    async def call() -> Front:
        return await Front([b"x"] * 3, headers=[(b"content-length", b"11")]).run(
            Told(refusals=TOO_LARGE, body_bytes=10)
        )

    assert len(run(call()).coming) == 3


def test_a_service_without_words_for_it_is_helped_out() -> None:
    async def call() -> Front:
        return await Front([b"0123456789", b"x"]).run(Told(body_bytes=10))

    assert run(call()).status == 413


def test_a_body_that_does_not_come_gets_the_service_s_own_answer() -> None:
    async def call() -> Front:
        front = Front()
        front.coming = [{"type": "http.request", "body": b"a", "more_body": True}]
        return await front.run(Told(refusals=TOO_LARGE, wait_seconds=0.02))

    assert run(call()).status == 408


def test_a_stream_is_sent_piece_by_piece_when_it_is_due() -> None:
    async def call() -> Front:
        front = Front()
        loop = asyncio.get_running_loop()
        begun, times = loop.time(), []
        front.after = lambda message: times.append(loop.time() - begun)
        await front.run(Told(lambda _: Response(200, (), b"", EVENTS)))
        assert times[2] >= EVENTS[2].at
        return front

    front = run(call())
    pieces = [(message["body"].decode(), message["more_body"]) for message in front.sent[1:]]
    assert pieces == [("data: 하나\n\n", True), ("data: 둘\n\n", True), ("", False)]
    assert front.headers == {}


@pytest.mark.parametrize("clock", [ManualClock(), ScaledClock(lambda: 0.0, 1e6)])
def test_a_stage_s_clock_decides_how_long_an_hour_is(clock: ManualClock | ScaledClock) -> None:
    async def call() -> Front:
        stream = (Chunk(0, b"a"), Chunk(3600, b"b"))
        return await Front().run(Told(lambda _: (Response(200, (), b"", stream), 3600), clock))

    assert run(call()).body == b"ab"


@pytest.mark.parametrize("response", [Response(200, (), b"body"), Response(200, (), b"", EVENTS)])
def test_head_has_no_body(response: Response) -> None:
    async def call() -> Front:
        return await Front(method="HEAD").run(Told(lambda _: response))

    front = run(call())
    assert front.body == b""
    assert front.headers == ({b"content-length": b"4"} if response.stream is None else {})


def test_a_client_that_leaves_ends_its_stream() -> None:
    engine = Told(lambda _: Response(200, (), b"", (Chunk(0, b"a"), Chunk(3600, b"b"))))

    async def call() -> Front:
        front = Front()
        front.after = lambda message: front.gone.set() if message.get("body") else None
        before = asyncio.all_tasks()
        await front.run(engine)
        assert asyncio.all_tasks() == before, "no task is left waiting"
        return front

    assert run(call()).body == b"a"


def test_a_client_that_leaves_before_its_request_is_whole_asks_nothing() -> None:
    engine = Told()

    async def call() -> Front:
        front = Front()
        front.coming = [{"type": "http.request", "body": b"a", "more_body": True}]
        front.gone.set()
        return await front.run(engine)

    assert (run(call()).sent, engine.asked) == ([], [])


def test_requests_in_flight_are_counted_by_credential() -> None:
    def says(asked: Request) -> tuple[Response, float]:
        return seen(asked), 0.02

    async def call() -> Front:
        app = asgi_app(Told(says))
        fronts = [Front(headers=[(b"authorization", key)]) for key in (b"k", b"k", b"other", b"k")]
        await asyncio.gather(*(app(front.scope, front.receive, front.send) for front in fronts))
        last = Front(headers=[(b"authorization", b"k")])
        await app(last.scope, last.receive, last.send)
        counts = [front.body.partition(b'"in_flight": ')[2] for front in [*fronts, last]]
        assert counts == [b"0}", b"1}", b"0}", b"2}", b"0}"]
        return last

    run(call())


def test_lifespan_and_websockets_are_answered() -> None:
    async def call() -> Front:
        front = Front(type="lifespan")
        front.coming = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
        await front.run(Told())
        assert [message["type"] for message in front.sent] == [
            "lifespan.startup.complete",
            "lifespan.shutdown.complete",
        ]
        socket = Front(type="websocket")
        socket.coming = [{"type": "websocket.connect"}]
        await socket.run(Told())
        assert socket.sent == [{"type": "websocket.close", "code": 1000}]
        return front

    run(call())


def test_works_behind_httpx() -> None:
    httpx = pytest.importorskip("httpx")

    async def call() -> Any:
        transport = httpx.ASGITransport(asgi_app(Told()))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            return await client.post("/a%2Fb?c=안", content="본문".encode())

    told = asyncio.run(call()).json()
    assert (told["target"], told["body"].encode("latin-1").decode()) == ("/a%2Fb?c=%EC%95%88", "본문")
