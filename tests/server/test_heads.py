"""Heads of requests and responses: what is refused before a service sees it, and what reaches it."""

from __future__ import annotations

import pytest

from tests.server.conftest import Serve
from tests.server.wire import JSON, Told, request, seen
from understudy.http import Response
from understudy.stage import ManualClock


def test_request_reaches_the_engine_as_it_was_sent(serve: Serve) -> None:
    client = serve()()
    fields = ("X-Word: 안녕".encode().decode("latin-1"), "ACCEPT: a", "Accept:  b \t ", "X-Empty:")
    raw = request("GET", "/a%20b/%EC%95%88?q=%F0%9F%98%80&q=2", *fields).decode().encode("latin-1")
    told = client.ask(raw).json
    assert told["target"] == "/a%20b/%EC%95%88?q=%F0%9F%98%80&q=2"
    assert told["headers"]["x-word"].encode("latin-1").decode() == "안녕"
    assert told["headers"]["accept"] == "a, b"
    assert told["headers"]["x-empty"] == ""
    assert told["peer"] == "127.0.0.1"


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PROPFIND", "QUERY", "BREW", "M-SEARCH", "get"])
def test_every_method_reaches_the_engine(serve: Serve, method: str) -> None:
    assert serve()().ask(request(method)).json["method"] == method


@pytest.mark.parametrize(
    ("raw", "status", "says"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400, "Host field is missing"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "more than one Host"),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
            "Content-Length",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            400,
            "Content-Length",
        ),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400, "Content-Length"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na", 400, "Content-Length"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na", 400, "Content-Length"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\na", 400, "Content-Length"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n", 400, "Content-Length"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400, "Content-Length"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, "transfer coding"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400, "Transfer-Encoding"),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "HTTP/1.0"),
        (b"GET / HTTP/1.1\nHost: a\n\n", 400, "LF alone"),
        (b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400, "CR"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n folded\r\n\r\n", 400, "whitespace"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400, "header value"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n", 400, "header token"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", 400, "header token"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400, "header token"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", 417, "100-continue"),
        ("GET /안녕 HTTP/1.1\r\nHost: a\r\n\r\n".encode(), 400, "percent-encode"),
        (b"GET /a\x01b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "percent-encode"),
        (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "single spaces"),
        (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "single spaces"),
        (b"GET /\r\n\r\n", 400, "single spaces"),
        (b"GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "neither a path nor"),
        (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "neither a path nor"),
        (b"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "token"),
        (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505, "HTTP/1.1"),
        (b"GET / RTSP/1.0\r\nHost: a\r\n\r\n", 400, "HTTP/1.1"),
        (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "proxy"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1"),
        (b"\x16\x03\x01\x02\x00\x01\x00", 400, "TLS"),
        (b"\0", 400, "not HTTP"),
    ],
)
def test_what_is_no_request_is_refused_and_the_connection_ends(
    serve: Serve, raw: bytes, status: int, says: str
) -> None:
    engine = Told()
    client = serve(engine)()
    answer = client.ask(raw)
    assert answer.status == status
    assert says in answer.body.decode()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["connection"] == "close"
    assert client.rest() == b""
    assert engine.asked == []


def test_a_head_that_is_too_long_is_refused_before_its_end_has_come(serve: Serve) -> None:
    client = serve(head_bytes=1000)()
    answer = client.ask(b"GET / HTTP/1.1\r\nX: " + b"a" * 1000)
    assert answer.status == 431
    assert "1000 bytes" in answer.body.decode()


def test_a_head_of_exactly_the_cap_is_read(serve: Serve) -> None:
    connect = serve(head_bytes=1000)
    short = request("GET", "/", "X: ")
    whole = request("GET", "/", "X: " + "a" * (1000 - len(short)))
    assert len(whole) == 1000
    assert connect().ask(whole).status == 200
    assert connect().ask(whole.replace(b"X: ", b"X: a")).status == 431


def test_any_host_is_served(serve: Serve) -> None:
    client = serve()()
    for host in ("edge.flowith.net", "", "한국.example".encode().decode("latin-1"), "[::1]:1", "a, b"):
        raw = b"GET / HTTP/1.1\r\nHost: " + host.encode("latin-1") + b"\r\n\r\n"
        assert client.ask(raw).json["headers"]["host"] == host


def test_absolute_form_reaches_the_engine_in_origin_form(serve: Serve) -> None:
    client = serve()()
    told = client.ask(request("GET", "HTTP://api.example:80/a/b?c=d", host="other")).json
    assert (told["target"], told["headers"]["host"]) == ("/a/b?c=d", "api.example:80")
    assert client.ask(request("GET", "http://api.example?c=d")).json["target"] == "/?c=d"
    assert client.ask(request("GET", "http://api.example")).json["target"] == "/"


def test_asterisk_form_of_options_reaches_the_engine(serve: Serve) -> None:
    assert serve()().ask(request("OPTIONS", "*")).json["target"] == "*"


def test_an_offer_to_upgrade_is_not_taken_and_the_body_is_still_read(serve: Serve) -> None:
    client = serve()()
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAA")
    answer = client.ask(request("POST", "/", *offer, body="본문".encode()))
    assert (answer.status, answer.json["body"].encode("latin-1").decode()) == (200, "본문")
    assert answer.json["headers"]["upgrade"] == "h2c"
    chunked = request("POST", "/", *offer, "Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n\r\n"
    assert client.ask(chunked).json["body"] == "abc"
    assert client.ask(request()).status == 200


def test_empty_lines_before_a_request_are_skipped(serve: Serve) -> None:
    assert serve()().ask(b"\r\n\r\n" + request()).status == 200


def test_a_head_that_comes_byte_by_byte_is_read(serve: Serve) -> None:
    client = serve()()
    for byte in request("GET", "/slow?a=b", "X: y"):
        client.send(bytes((byte,)))
    assert client.answer().json["target"] == "/slow?a=b"


def test_head_has_the_length_of_the_body_and_no_body(serve: Serve) -> None:
    client = serve(Told(lambda _: Response(200, JSON, '{"name": "안녕"}'.encode())))()
    answer = client.ask(request("HEAD"), head=True)
    assert int(answer.headers["content-length"]) == len('{"name": "안녕"}'.encode())
    assert client.ask(request()).json == {"name": "안녕"}


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_content_has_neither_body_nor_length(serve: Serve, status: int) -> None:
    client = serve(Told(lambda asked: Response(status, (), b"lost") if asked.target == "/" else seen(asked)))()
    assert "content-length" not in client.ask(request()).headers
    assert client.ask(request("GET", "/next")).status == 200


def test_old_clients_get_a_connection_for_one_request_unless_they_ask_for_more(serve: Serve) -> None:
    connect = serve()
    once = connect()
    assert once.ask(b"GET / HTTP/1.0\r\n\r\n").headers["connection"] == "close"
    assert once.rest() == b""
    kept = connect()
    assert kept.ask(b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").headers["connection"] == "keep-alive"
    assert kept.ask(b"GET / HTTP/1.0\r\n\r\n").status == 200


def test_a_connection_is_kept_until_either_side_says_close(serve: Serve) -> None:
    def says(asked: object) -> Response:
        return Response(200, (("Connection", "close"), ("X-A", "b")), b"bye") if "bye" in str(asked) else Response(200)

    connect = serve(Told(says))
    for closing in (request("GET", "/", "Connection: TE, Close"), request("GET", "/bye")):
        client = connect()
        assert "connection" not in client.ask(request()).headers
        assert client.ask(closing).headers["connection"] == "close"
        assert client.rest() == b""


def test_date_is_the_stage_s(serve: Serve) -> None:
    clock = ManualClock(1_767_225_600.0)
    client = serve(Told(clock=clock))()
    assert client.ask(request()).headers["date"] == "Thu, 01 Jan 2026 00:00:00 GMT"
    clock.advance(86400 * 59)
    assert client.ask(request()).headers["date"] == "Sun, 01 Mar 2026 00:00:00 GMT"
    clock.set(1e15)
    assert client.ask(request()).headers["date"] == "Fri, 31 Dec 9999 23:59:59 GMT"


def test_engine_s_framing_fields_give_way_to_the_server_s(serve: Serve) -> None:
    headers = (("content-length", "99"), ("Transfer-Encoding", "chunked"), ("Date", "never"), ("X-Name", "이름"))
    answer = serve(Told(lambda _: Response(201, headers, b"abc")))().ask(request())
    assert (answer.status, answer.body, answer.headers["content-length"]) == (201, b"abc", "3")
    assert "transfer-encoding" not in answer.headers
    assert answer.headers["x-name"].encode("latin-1").decode() == "이름"


@pytest.mark.parametrize("field", [("X-A", "b\r\nX-C: d"), ("X-A", "\0"), ("X A", "b"), ("", "b")])
def test_a_field_that_would_split_the_head_is_never_sent(
    serve: Serve, field: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    answer = serve(Told(lambda _: Response(200, (field,), b"")))().ask(request("GET", "/", "X-Key: secret-key"))
    assert answer.status == 500
    assert "fault of the mock" in answer.body.decode()
    assert "secret-key" not in caplog.text


def test_an_engine_that_raises_is_our_fault_and_tells_no_secret(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    def says(asked: object) -> Response:
        raise ValueError(f"cannot read {asked}")

    answer = serve(Told(says))().ask(request("GET", "/", "Authorization: secret-key"))
    assert answer.status == 500
    assert "ValueError" in answer.body.decode()
    assert "says" in caplog.text, "the log says where"
    assert "secret-key" not in caplog.text + answer.body.decode()
