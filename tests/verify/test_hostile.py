"""Whatever a target does, a verification of it ends: in bounded time and memory, with a verdict and an exit code."""

from __future__ import annotations

import itertools
import json
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.verify.hostile import Caller, Hostile, hostile
from understudy.adapters.cli import main
from understudy.adapters.h11 import Bounds, H11Transport
from understudy.http import Request, Response
from understudy.verify.observation import TransportFailure

PROJECT = Path(__file__).resolve().parents[2]
SECRET = "dhub-secret-1234567890"
SECONDS = "0.5"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
MEBIBYTE = b"\0" * 2**20
GET = Request("GET", "/", {"authorization": f"Bearer {SECRET}"})


def hang(caller: Caller) -> None:
    caller.read()
    caller.ended.wait()


def take_nothing(caller: Caller) -> None:
    caller.ended.wait()


def reset(caller: Caller) -> None:
    caller.read()
    caller.reset()


def close(caller: Caller) -> None:
    caller.read()


def stop_within(caller: Caller) -> None:
    caller.read()
    caller.write(OK + b"Content-Length: 100\r\n\r\n[1, 2")
    caller.ended.wait()


def break_within(caller: Caller) -> None:
    caller.read()
    caller.write(OK + b"Content-Length: 100\r\n\r\n[1, 2")
    caller.reset()


def claim_more(caller: Caller) -> None:
    caller.read()
    caller.write(OK + b"Content-Length: 100\r\n\r\n[1, 2]")


def claim_two_lengths(caller: Caller) -> None:
    caller.read()
    caller.write(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]")


def flood(caller: Caller) -> None:
    """A gigabyte, announced."""
    caller.read()
    caller.write(OK + b"Content-Length: 1073741824\r\n\r\n")
    for _ in range(1024):
        caller.write(MEBIBYTE)


def flood_in_chunks(caller: Caller) -> None:
    caller.read()
    caller.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while not caller.ended.is_set():
        caller.write(b"1\r\nx\r\n" * 20_000)


def stream_without_end(caller: Caller) -> None:
    """A line of a comment now and then, as long as anybody listens."""
    caller.read()
    caller.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not caller.ended.wait(0.01):
        caller.write(b"3\r\n: \n\r\n")


def flood_of_headers(caller: Caller) -> None:
    caller.read()
    caller.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        caller.write(b"X-%d: y\r\n" % number)
    caller.write(b"\r\n[]")


def header_without_end(caller: Caller) -> None:
    caller.read()
    caller.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not caller.ended.is_set():
        caller.write(b"y" * 65_536)


def flood_of_interim_answers(caller: Caller) -> None:
    caller.read()
    while not caller.ended.is_set():
        caller.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def flood_of_trailers(caller: Caller) -> None:
    caller.read()
    caller.write(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n")
    while not caller.ended.is_set():
        caller.write(b"X: y\r\n" * 1000)


def garbage(caller: Caller) -> None:
    caller.read()
    caller.write(bytes(range(256)) * 10 + b"\r\n\r\n")


def garbage_within_chunks(caller: Caller) -> None:
    caller.read()
    caller.write(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n")


def echo_the_credential(caller: Caller) -> None:
    """The request as a header line that is none, so that an error text would show it."""
    caller.write(b"HTTP/1.1 200 OK\r\n(" + caller.read() + b")\r\n\r\n")


UNREADABLE: tuple[Callable[[Caller], None], ...] = (
    hang, take_nothing, reset, close, stop_within, break_within, claim_more, claim_two_lengths, flood, flood_in_chunks,
    stream_without_end, flood_of_headers, header_without_end, flood_of_interim_answers, flood_of_trailers, garbage,
    garbage_within_chunks, echo_the_credential,
)  # fmt: skip


def verify(url: str, *options: str) -> Result:
    command = ["--project", str(PROJECT), "verify", "dhub_knowledge", "--url", url, "--timeout", SECONDS, *options]
    return CliRunner().invoke(main, command, env={"UNDERSTUDY_DHUB_KNOWLEDGE_GOOD": SECRET})


@pytest.mark.parametrize("treat", UNREADABLE, ids=lambda treat: treat.__name__)
def test_a_target_that_never_answers_readably_could_not_be_judged(treat: Callable[[Caller], None]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with hostile(treat) as server:
        result = verify(server.url)

    assert result.exit_code == 3, result.output
    assert "answered so that it could be read" in result.stderr
    assert SECRET not in result.output + result.stderr
    assert len(server.callers) <= 4
    assert sum(caller.sent for caller in server.callers) < 400 * 2**20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250 * 1024  # kibibytes


def granted(caller: Caller) -> Response:
    """What D.Hub answers when a Knowledge was created."""
    caller.read()
    body = json.dumps({"item": "지식-1"}).encode()
    return Response(200, (("Content-Type", "application/json"), ("Content-Length", str(len(body)))), body)


def test_a_target_that_falls_silent_is_not_judged_to_the_end(tmp_path: Path) -> None:
    def treat(caller: Caller) -> None:
        caller.answer(granted(caller)) if caller.number == 1 else hang(caller)

    with hostile(treat) as server:
        result = verify(server.url, "--writes", "--ledger", str(tmp_path / "ledger"))

    assert result.exit_code == 3, result.output
    assert "not judged to the end: the target has not answered a call for" in result.stderr
    assert len(server.callers) < 10


def test_a_length_that_is_too_short_shows_in_what_is_read() -> None:
    def treat(caller: Caller) -> None:
        caller.read()
        caller.write(OK + b'Content-Length: 5\r\n\r\n{"items": {}}')

    with hostile(treat) as server:
        result = verify(server.url)

    assert result.exit_code == 1, result.output
    assert "dhub." in result.output


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    def elsewhere(caller: Caller) -> None:
        caller.answer(granted(caller))

    with hostile(elsewhere) as other:

        def treat(caller: Caller) -> None:
            caller.read()
            caller.write(f"HTTP/1.1 {status} -\r\nLocation: {other.url}/\r\nContent-Length: 0\r\n\r\n".encode())

        with hostile(treat) as server:
            result = verify(server.url)

    assert other.callers == []
    assert server.callers
    assert result.exit_code != 0, result.output


def asked(server: Hostile, bounds: Bounds) -> Response | TransportFailure:
    try:
        return H11Transport(server.url, bounds).send(GET)
    except TransportFailure as failure:
        return failure


def test_what_is_read_at_one_time_is_one_piece_however_it_is_framed() -> None:
    def treat(caller: Caller) -> None:
        caller.read()
        caller.write(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 5_000 + b"0\r\n\r\n")

    with hostile(treat) as server:
        answer = asked(server, Bounds(seconds=10.0))

    assert isinstance(answer, Response)
    assert answer.content == b"x" * 5_000
    assert answer.stream is not None
    assert len(answer.stream) < 100


def test_pieces_are_bounded() -> None:
    def treat(caller: Caller) -> None:
        caller.read()
        caller.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in itertools.takewhile(lambda _: not caller.ended.wait(0.001), itertools.count()):
            caller.write(b"1\r\nx\r\n")

    with hostile(treat) as server:
        answer = asked(server, Bounds(seconds=10.0, pieces=5))

    assert isinstance(answer, TransportFailure)
    assert "more than 5 pieces" in str(answer)


def test_a_credential_that_no_header_can_hold_is_not_shown() -> None:
    with hostile(hang) as server:
        request = GET._replace(headers={"authorization": "Bearer 비밀\r\nX: y"})
        with pytest.raises(TransportFailure, match="not lawful") as raised:
            H11Transport(server.url, Bounds(seconds=1.0)).send(request)

    assert "X: y" not in str(raised.value)


def test_overlapping_calls_that_reach_nobody_are_failures() -> None:
    with hostile(hang) as server:
        url = server.url
    answers = H11Transport(url, Bounds(seconds=1.0)).overlap([GET, GET])

    assert [type(answer) for answer in answers] == [TransportFailure] * 2


@pytest.mark.parametrize("treat", [flood, flood_in_chunks], ids=lambda treat: treat.__name__)
def test_of_a_flood_no_more_is_read_than_the_bounds_allow(treat: Callable[[Caller], None]) -> None:
    with hostile(treat) as server:
        answer = asked(server, Bounds(seconds=30.0, body_bytes=1_000_000))

    assert isinstance(answer, TransportFailure)
    assert "longer than 1000000 bytes" in str(answer)
    assert answer.partial is not None
    assert answer.partial.content == b""
    assert server.callers[0].sent < 40 * 2**20
