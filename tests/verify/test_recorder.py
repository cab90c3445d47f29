"""A recording is a HAR file at any time, has what was exchanged, and no secret."""

from __future__ import annotations

import io
import json
from typing import Any

from tests.verify.boxes import CONTRACT, observed, reply
from understudy.http import Chunk, Request, Response
from understudy.verify.har import read_har
from understudy.verify.judge import UNKNOWN_CREDENTIAL
from understudy.verify.observation import Observation
from understudy.verify.recorder import Recorder, Tape
from understudy.verify.target import Target

SECRET, OTHER = "very-secret-1", "very/secret two"
TARGET = Target(url="http://127.0.0.1:1", credentials={"good": [SECRET, OTHER]})


def recorded(*observations: Observation) -> tuple[str, list[dict[str, Any]]]:
    """The text of a recording, and its entries."""
    file = io.BytesIO()
    recorder = Recorder(Tape(file, "1.2.3"), CONTRACT, TARGET, 1_700_000_000.0)
    for observation in observations:
        json.loads(file.getvalue())
        recorder.came(observation)
    text = file.getvalue().decode()
    return text, json.loads(text)["log"]["entries"]


def made(authorization: str, **parts: Any) -> Observation:
    request = Request("GET", "/boxes/", {"authorization": authorization}, **parts)
    return Observation(1, 5.0, 0.25, request, reply(200, {}))


def test_an_empty_recording_is_one() -> None:
    text, entries = recorded()

    assert entries == []
    assert json.loads(text)["log"]["creator"] == {"name": "understudy", "version": "1.2.3"}
    assert read_har(text.encode()).exchanges == ()


def test_what_was_exchanged_is_read_back() -> None:
    body = {"id": "상자-1", "label": "이름표 📦 각̂"}
    text, _ = recorded(observed("POST", "/boxes/", reply(200, body), {"label": "한글"}), observed("GET", "/a", None))
    first, second = read_har(text.encode()).exchanges

    assert first.origin == "http://127.0.0.1:1"
    assert first.observation.request.method == "POST"
    assert json.loads(first.observation.request.body) == {"label": "한글"}
    assert first.observation.response is not None
    assert json.loads(first.observation.response.content) == body
    assert second.observation.response is None


def test_bytes_that_are_no_text_are_kept() -> None:
    content = bytes(range(256))
    text, _ = recorded(observed("GET", "/boxes/", Response(200, (("Content-Type", "image/png"),), content)))

    answer = read_har(text.encode()).exchanges[0].observation.response
    assert answer is not None
    assert answer.content == content


def test_streams_are_kept_with_the_time_of_each_piece() -> None:
    chunks = (Chunk(0.0, b"data: \xed\x95"), Chunk(1.5, b"\x9c\n\n"))
    _, (entry,) = recorded(observed("GET", "/boxes/", Response(200, (), b"", chunks)))

    assert entry["response"]["content"]["text"] == "data: 한\n\n"
    assert entry["_pieces"] == [{"at": 0.0, "bytes": 8}, {"at": 1.5, "bytes": 3}]


def test_what_came_before_an_answer_broke_is_kept_and_told() -> None:
    seen = observed("GET", "/boxes/", None)._replace(failure="it broke", partial=Response(200, (), b"[1, 2"))
    _, (entry,) = recorded(seen)

    assert entry["response"]["content"]["text"] == "[1, 2"
    assert entry["response"]["_error"] == "it broke"


def test_times_are_those_of_the_clock() -> None:
    _, (entry,) = recorded(made(f"Bearer {SECRET}"))

    assert entry["startedDateTime"] == "2023-11-14T22:13:25Z"
    assert entry["time"] == 250.0


def test_credentials_are_told_apart_and_not_told() -> None:
    headers = (
        f"Bearer {SECRET}",
        f"Bearer {OTHER}",
        SECRET,
        f"Bearer {SECRET[:-1]}",
        "Bearer",
        "",
        f"Bearer {SECRET}-x",
    )
    text, entries = recorded(
        *map(made, headers), made(f"Bearer {UNKNOWN_CREDENTIAL}{SECRET}"), made("Bearer issued-secret")
    )

    assert [entry["request"]["headers"][0]["value"] for entry in entries] == [
        "Bearer recorded-good-1",
        "Bearer recorded-good-2",
        "recorded-good-1",
        "Bearer recorded-good-",
        "Bearer",
        "",
        "Bearer recorded-good-1-x",
        f"Bearer {UNKNOWN_CREDENTIAL}recorded-good-1",
        "Bearer recorded-other-1",
    ]
    assert "very" not in text
    assert "issued-secret" not in text


def test_credentials_are_hidden_wherever_they_stand() -> None:
    echo = Response(200, (("X-Echo", SECRET), ("Set-Cookie", "id=1")), f"you sent {SECRET} and {OTHER}".encode())
    request = Request("GET", "/boxes/?key=very%2Fsecret%20two", {"authorization": "x", "x-a": SECRET}, SECRET.encode())
    stream = Response(200, (), b"", (Chunk(0.0, b"very-sec"), Chunk(1.0, b"ret-1")))
    text, _ = recorded(
        Observation(1, 0.0, 0.1, request, echo),
        Observation(2, 1.0, 0.1, request, stream),
        Observation(3, 2.0, 0.1, request, None, f"illegal line {SECRET}", Response(200, (), SECRET.encode())),
    )

    assert "very" not in text
    assert "id=1" not in text
