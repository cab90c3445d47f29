"""Bodies of requests: by length, in chunks, capped before they are read, asked for by 100 Continue."""

from __future__ import annotations

import socket

import pytest

from tests.server.conftest import Serve
from tests.server.wire import JSON, Told, request
from understudy.http import Response

TOO_LARGE = {"body_too_large": Response(413, JSON, '{"reason": "본문이 너무 큽니다"}'.encode())}
CHUNKED = request("POST", "/", "Transfer-Encoding: chunked")


@pytest.mark.parametrize(
    "body", [b"", b"{}", "안녕 😀 e\u0301".encode(), b"\0\r\n\r\nGET / HTTP/1.1\r\n", bytes(300_000)]
)
def test_a_body_arrives_byte_for_byte(serve: Serve, body: bytes) -> None:
    client = serve()()
    assert client.ask(request("POST", "/", body=body)).json["body"].encode("latin-1") == body
    assert client.ask(request("PUT", "/", body=body)).json["method"] == "PUT"


def test_a_body_in_chunks_arrives_whole(serve: Serve) -> None:
    client = serve()()
    chunks = b"6;note=x\r\n\xec\x95\x88\xeb\x85\x95\r\n4\r\n\r\n\r\n\r\n0\r\nAuthorization: smuggled\r\n\r\n"
    told = client.ask(CHUNKED + chunks + request("GET", "/next")).json
    assert told["body"].encode("latin-1") == "안녕".encode() + b"\r\n\r\n"
    assert "authorization" not in told["headers"], "a trailer field is no header field"
    assert client.answer().json["target"] == "/next"


@pytest.mark.parametrize(
    "chunks",
    [
        b"zz\r\n",
        b"3\nabc\n0\n\n",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"ffffffffffffffffff\r\n",
        b"-1\r\n",
        b"0x3\r\nabc\r\n",
        b"\r\n",
    ],
)
def test_bad_chunking_is_refused(serve: Serve, chunks: bytes) -> None:
    engine = Told()
    client = serve(engine)()
    assert client.ask(CHUNKED + chunks).status == 400
    assert client.rest() == b""
    assert engine.asked == []


@pytest.mark.parametrize("flood", [b"1;" + b"x" * 5000, b"0\r\nX: " + b"x" * 5000, b"0\r\n" + b"a: b\r\n" * 1000])
def test_framing_that_outgrows_the_content_is_refused(serve: Serve, flood: bytes) -> None:
    answer = serve(head_bytes=1000)().ask(CHUNKED + flood)
    assert (answer.status, "chunks" in answer.body.decode()) == (400, True)


def test_one_byte_chunks_are_read(serve: Serve) -> None:
    body = CHUNKED + b"1\r\na\r\n" * 5000 + b"0\r\n\r\n"
    assert serve(head_bytes=1000)().ask(body).json["body"] == "a" * 5000


def test_a_body_over_the_limit_is_refused_from_its_length_alone(serve: Serve) -> None:
    engine = Told(refusals=TOO_LARGE, body_bytes=10)
    client = serve(engine)()
    assert client.ask(request("POST", "/", body=b"x" * 10)).status == 200
    answer = client.ask(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
    assert (answer.status, answer.json) == (413, {"reason": "본문이 너무 큽니다"})
    assert answer.headers["connection"] == "close"
    assert client.rest() == b""
    assert engine.asked[-1].target == "/x"


def test_a_chunked_body_over_the_limit_is_refused_as_soon_as_it_is(serve: Serve) -> None:
    connect = serve(Told(refusals=TOO_LARGE, body_bytes=10))
    assert connect().ask(CHUNKED + b"a\r\n0123456789\r\n0\r\n\r\n").status == 200
    client = connect()
    assert client.ask(CHUNKED + b"a\r\n0123456789\r\n1\r\nx").status == 413
    assert client.rest() == b""


def test_a_client_that_sends_on_after_413_can_read_the_answer(serve: Serve) -> None:
    client = serve(Told(refusals=TOO_LARGE, body_bytes=10))()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n")
    for _ in range(50):
        client.send(bytes(100_000))
    client.socket.shutdown(socket.SHUT_WR)
    assert client.answer().status == 413


def test_a_body_over_the_server_s_own_cap_is_refused_for_a_service_without_words_for_it(serve: Serve) -> None:
    answer = serve(body_bytes=10)().ask(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
    assert (answer.status, "10 bytes" in answer.body.decode()) == (413, True)


def test_the_body_is_asked_for_when_the_client_waits_for_that(serve: Serve) -> None:
    client = serve(Told(refusals=TOO_LARGE, body_bytes=10))()
    expecting = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nExpect: 100-Continue\r\n\r\n"
    assert client.ask(expecting % 3).status == 100
    assert client.ask(b"abc").json["body"] == "abc"
    assert client.ask(expecting % 3 + b"abc").json["body"] == "abc", "a body that is here already is not asked for"
    assert client.ask(expecting % 11).status == 413


def test_a_client_of_http_1_0_is_not_told_to_continue(serve: Serve) -> None:
    connect = serve()
    client = connect().send(b"POST / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    assert connect().ask(request()).status == 200, "by now the head has been read"
    assert client.ask(b"abc").json["body"] == "abc"
