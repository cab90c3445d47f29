"""ETRI over real sockets: what is decided before a request is whole, who the caller is, and how an answer leaves."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.mocks.conftest import make_engine
from tests.mocks.etri import GOOD, PATH, READING, STEM
from tests.server.wire import Answer, Client, request
from understudy.adapters.server import serving
from understudy.stage import ScaledClock

BODY = json.dumps(READING).encode()
Start = Callable[..., Callable[..., Client]]


@pytest.fixture
def start() -> Iterator[Start]:
    """``start(**limits)`` serves the mock and gives what connects to it, from an address of the loopback."""
    with ExitStack() as stack:

        def serve(**limits: Any) -> Callable[..., Client]:
            engine = make_engine(STEM, clock=ScaledClock(time.time), limits={STEM: limits})
            port = stack.enter_context(serving({STEM: engine})).ports[STEM]
            return lambda source="127.0.0.1": stack.enter_context(Client(port, source=source))

        yield serve


def call(body: bytes = BODY, key: str = GOOD) -> bytes:
    return request("POST", PATH, f"Authorization: {key}", "Content-Type: application/json", body=body)


def head(length: int, key: str = GOOD) -> bytes:
    """The head of a call whose body is still to come."""
    return request("POST", PATH, f"Authorization: {key}", f"Content-Length: {length}")


def assert_refused(answer: Answer, status: int, reason: str) -> None:
    assert answer.status == status
    assert answer.json == {"request_id": "reserved field", "result": -1, "reason": reason}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["connection"] == "close"
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_an_answer_leaves_in_one_piece_and_the_connection_closes(start: Start) -> None:
    client = start()()
    client.send(call())
    whole = client.socket.recv(65536)
    sent_head, _, body = whole.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in sent_head
    assert b"Transfer-Encoding" not in sent_head
    assert json.loads(body)["result"] == 0
    assert client.socket.recv(1) == b""


def test_a_body_that_will_be_too_large_is_refused_before_it_is_sent(start: Start) -> None:
    client = start(body_bytes=len(BODY))
    assert client().ask(call()).status == 200
    assert_refused(client().ask(head(len(BODY) + 1)), 413, "Body Size Limit Exceeded")
    assert_refused(client().ask(head(2**40, key="nobody")), 413, "Body Size Limit Exceeded")


def test_a_chunked_body_is_refused_once_it_is_too_large(start: Start) -> None:
    client = start(body_bytes=10)()
    chunked = request("POST", PATH, f"Authorization: {GOOD}", "Transfer-Encoding: chunked")
    assert_refused(client.ask(chunked + b"b\r\n" + b"x" * 11), 413, "Body Size Limit Exceeded")


@pytest.mark.parametrize("sent", [head(5) + b"{", b"POST /MRCServlet HTTP/1.1\r\nHost: a\r\nAuth", b"P"])
def test_a_request_that_does_not_come_whole_times_out(start: Start, sent: bytes) -> None:
    client = start(wait_seconds=0.05)()
    assert_refused(client.ask(sent), 408, "Request Timeout")
    assert client.rest() == b""


def test_calls_in_flight_are_counted_for_a_key(start: Start) -> None:
    client = start(concurrent_calls=2)
    waiting = [client().send(head(len(BODY)) + BODY[:-1]) for _ in range(2)]
    assert_refused(_first_refusal(client), 429, "Concurrent Limit Exceeded")
    assert client().ask(call(key=f"{GOOD}-other")).status == 200
    assert waiting[0].ask(BODY[-1:]).status == 200
    assert client().ask(call()).status == 200


def _first_refusal(client: Callable[..., Client]) -> Answer:
    """Calls until one is refused: when the server has read what others have sent is not for a client to know."""
    answers = (client().ask(call()) for _ in range(1000))
    return next(answer for answer in answers if answer.status != 200)


def test_the_caller_s_address_is_the_peer_s(start: Start) -> None:
    client = start(ips_per_key=1)
    assert client("127.0.0.1").ask(call()).status == 200
    assert_refused(client("127.0.0.2").ask(call()), 403, "Too Many IPs")
    client = start(keys_per_ip=1)
    assert client("127.0.0.1").ask(call()).status == 200
    assert_refused(client("127.0.0.1").ask(call(key=f"{GOOD}-other")), 403, "Too Many Keys")
    assert client("127.0.0.2").ask(call(key=f"{GOOD}-other")).status == 200
    client = start(allowed_ips=["127.0.0.0/31"])
    assert client("127.0.0.1").ask(call()).status == 200
    assert_refused(client("127.0.0.2").ask(call()), 403, "Not Allowed IP")


def test_an_address_over_ipv6_is_known_too() -> None:
    if not _has_ipv6():
        pytest.skip("this machine has no IPv6 loopback")
    engine = make_engine(STEM, clock=ScaledClock(time.time), limits={STEM: {"allowed_ips": ["::1"]}})
    with serving({STEM: engine}, host="::1") as running, socket.create_connection(("::1", running.ports[STEM])) as sock:
        sock.sendall(call())
        assert sock.recv(65536).startswith(b"HTTP/1.1 200 ")


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_a_large_passage_is_read_and_returned(start: Start) -> None:
    passage = "한강은 서울을 지나 흐른다. 🐋\r\n" * 20_000
    body = json.dumps(
        {"argument": {"question": "한강은 어디를 지나는가?", "passage": passage}}, ensure_ascii=False
    ).encode()
    assert len(body) < 1_048_576
    found = start()().ask(call(body)).json["return_object"]["MRCInfo"]
    assert found["passage"] == passage
    assert passage[found["begin"] : found["end"] + 1] == found["answer"] == "서울"
