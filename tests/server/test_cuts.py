"""How TCP happens to cut a conversation changes nothing, whatever is in it; and nothing in it breaks the server."""

from __future__ import annotations

import asyncio
import re

from hypothesis import given
from hypothesis import strategies as st

from tests.server.wire import JSON, Kept, Told, request, seen
from understudy.adapters.wire.connection import Connection
from understudy.adapters.wire.limits import WireLimits
from understudy.adapters.wire.listener import Listener
from understudy.http import Chunk, Request, Response
from understudy.stage import ManualClock

REFUSALS = {"body_too_large": Response(413, JSON, "너무 큽니다".encode())}
KEY = "Authorization: k"
PIECES = [
    request("GET", "/a", KEY),
    request("GET", "/stream", KEY),
    request("GET", "/late", KEY),
    request("HEAD", "/stream"),
    request("BREW", "/%F0%9F%98%80", "X: 안녕".encode().decode("latin-1")),
    request("POST", "/", KEY, body="안녕 😀\r\n\r\nGET / HTTP/1.1\r\n\r\n".encode()),
    request("POST", "/", KEY, body=b"x" * 51),
    request("POST", "/", KEY, "Transfer-Encoding: chunked")
    + b"3;a=b\r\n\r\n\r\r\n2\r\n\n0\r\n0\r\nA: b\r\nC: d\r\n\r\n",
    request("POST", "/", KEY, "Expect: 100-continue", body=b"abc"),
    request("POST", "/", "Connection: Upgrade", "Upgrade: h2c", body=b"abc"),
    request("GET", "/", "Connection: close"),
    b"POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nab",
    b"GET /stream HTTP/1.0\r\n\r\n",
    b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
]


def scripted(asked: Request) -> Response | tuple[Response, float]:
    if asked.target == "/stream":
        return Response(200, (), b"", (Chunk(0, b"a"), Chunk(1, "둘".encode())))
    return (seen(asked._replace(in_flight=0)), 5.0) if asked.target == "/late" else seen(asked._replace(in_flight=0))


def converse(pieces: list[bytes]) -> tuple[list[bytes], bool]:
    """The status lines and bodies that ``pieces`` are answered with, and whether the server ended the connection."""
    loop = asyncio.new_event_loop()
    try:
        listener = Listener(Told(scripted, ManualClock(), REFUSALS, body_bytes=50), loop, WireLimits())
        connection, transport = Connection(listener), Kept()
        connection.connection_made(transport)
        for piece in pieces:
            connection.data_received(piece)
        ended = transport.closed
        connection.connection_lost(None)
        assert (listener.lane.in_flight, listener.connections) == ({}, set())
    finally:
        loop.close()
    answers = re.split(rb"(?=HTTP/1\.1 \d\d\d )", transport.written)[1:]
    answers = [answer for answer in answers if not answer.startswith(b"HTTP/1.1 100")]
    refusals = [answer.partition(b"\r\n")[0] if b"understudy:" in answer else answer for answer in answers]
    return refusals, ended


def test_no_cut_loses_the_end_of_a_chunked_body() -> None:
    whole = PIECES[7] + request("GET", "/next")
    answers, _ = converse([whole])
    assert len(answers) == 2
    for cut in range(1, len(whole)):
        assert converse([whole[:cut], whole[cut:]])[0] == answers


@given(st.data(), st.lists(st.sampled_from(PIECES), min_size=1, max_size=6))
def test_the_answers_do_not_depend_on_how_the_bytes_are_cut(data: st.DataObject, pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=12), label="cuts")) if whole[1:] else []
    cut = [whole[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert converse(cut) == converse([whole])
    assert converse([bytes((byte,)) for byte in whole]) == converse([whole])


@given(st.data(), st.sampled_from(PIECES))
def test_no_damage_to_a_request_breaks_the_server(data: st.DataObject, piece: bytes) -> None:
    damaged = bytearray(piece)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged)))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    answers, _ = converse([bytes(damaged), request("GET", "/next")])
    for answer in answers:
        assert re.match(rb"HTTP/1\.1 (200|400|408|413|417|431|501|505) ", answer), answer


@given(st.binary(max_size=300))
def test_noise_is_answered_at_most_once(noise: bytes) -> None:
    answers, ended = converse([noise])
    assert len(answers) <= 1
    assert ended == bool(answers)
