"""The head of an answer, and what all bodies have in common: a success and an error share them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict


def judge_head(reading: Reading, *, error: bool) -> Iterator[Verdict]:
    """CORS, Connection, Content-Length and Content-Type; of an error also that it has the same as a success."""
    verdicts = [_cors(reading), _connection(reading), _content_length(reading), _content_type(reading)]
    yield from verdicts
    if error:
        first = next((verdict for verdict in verdicts if not verdict.held), None)
        if first is None:
            yield reading.holds("etri.error.head", "header")
        else:
            yield first._replace(clause="etri.error.head")
    coding = reading.response.header("transfer-encoding")
    if coding is not None and "chunked" in coding.lower():
        yield reading.expect("etri.head.one-piece", False, "an unchunked body", coding, "header Transfer-Encoding")


def judge_json(reading: Reading) -> Iterator[Verdict]:
    """The body is one JSON object in UTF-8."""
    content = reading.response.content
    encoded = _is_utf8(content)
    yield reading.expect("etri.success.utf8", encoded, "a body in UTF-8", "bytes that are not")
    is_object = isinstance(reading.value, dict)
    seen = "nothing" if not content else content[:80].decode("utf-8", "replace")
    for clause in ("etri.success.json-text", "etri.service.json"):
        yield reading.expect(clause, is_object, "a JSON object", seen)


def is_number(value: Any, wanted: int) -> bool:
    """Whether a JSON value is this number. ``true`` is none, though Python calls it 1."""
    return type(value) in (int, float) and value == wanted


def _cors(reading: Reading) -> Verdict:
    name = "Access-Control-Allow-Origin"
    value = reading.response.header(name)
    return reading.expect("etri.head.cors", value == "*", "*", _told(value), f"header {name}")


def _connection(reading: Reading) -> Verdict:
    value = reading.response.header("Connection")
    tokens = [token.strip().lower() for token in (value or "").split(",")]
    return reading.expect("etri.head.connection", "close" in tokens, "close", _told(value), "header Connection")


def _content_length(reading: Reading) -> Verdict:
    value = reading.response.header("Content-Length")
    size = len(reading.response.content)
    right = value is not None and value.isascii() and value.isdigit() and len(value) < 16
    if right and reading.observation.request.method != "HEAD" and not reading.response.header("Content-Encoding"):
        right = int(value or "") == size
    return reading.expect("etri.head.content-length", right, f"{size}", _told(value), "header Content-Length")


def _content_type(reading: Reading) -> Verdict:
    value = reading.response.header("Content-Type")
    kind, *parameters = [part.strip().lower() for part in (value or "").split(";")]
    charsets = [part[8:].strip('"') for part in parameters if part.startswith("charset=")]
    right = kind == "application/json" and charsets == ["utf-8"]
    expected = "application/json; charset=UTF-8"
    return reading.expect("etri.head.content-type", right, expected, _told(value), "header Content-Type")


def _told(value: str | None) -> str:
    return "no such header" if value is None else value


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
