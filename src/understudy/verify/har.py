"""Recorded traffic: HAR 1.2 files (http://www.softwareishard.com/blog/har-12-spec/) of browsers, proxies and ours.

A recording is never trusted: what it lacks is not taken for the provider's fault. An answer whose body was not kept is
one that nobody has seen; a request whose body was not kept is left out, and is told of.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from understudy.errors import UsageError
from understudy.http import Request, Response
from understudy.verify.observation import Observation

UNDONE = frozenset(("content-encoding", "content-length", "transfer-encoding"))
"""Fields of an answer that no longer fit: a recording has the content without its codings."""
BODILESS = frozenset((101, 204, 205, 304))


class _Named(msgspec.Struct):
    name: str
    value: str = ""


class _Content(msgspec.Struct):
    size: int = 0
    text: str | None = None
    encoding: str = ""
    mime_type: str = msgspec.field(default="", name="mimeType")


class _PostData(msgspec.Struct):
    text: str | None = None
    encoding: str = ""


class _Request(msgspec.Struct):
    method: str
    url: str
    headers: list[_Named] = []
    post_data: _PostData | None = msgspec.field(default=None, name="postData")
    body_size: int = msgspec.field(default=-1, name="bodySize")


class _Response(msgspec.Struct):
    status: int
    headers: list[_Named] = []
    content: _Content = msgspec.field(default_factory=_Content)


class _Entry(msgspec.Struct):
    started: str = msgspec.field(name="startedDateTime")
    request: _Request
    response: _Response
    time: float = 0.0


class _Log(msgspec.Struct):
    entries: list[_Entry]


class _Har(msgspec.Struct):
    log: _Log


class Recorded(NamedTuple):
    """One exchange of a recording. ``origin`` is that of its URL; ``observation`` has the rest."""

    origin: str
    observation: Observation


class Recording(NamedTuple):
    """The exchanges in the order of their time, and how many were ``left_out`` because their request is not whole."""

    exchanges: tuple[Recorded, ...]
    left_out: int


def read_har(data: bytes) -> Recording:
    """Read a HAR file.

    Raises:
        UsageError: it is none.
    """
    try:
        entries = msgspec.json.decode(data, type=_Har).log.entries
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise UsageError(f"not a HAR 1.2 file: {error}") from None
    timed = sorted(((_moment(entry.started), place, entry) for place, entry in enumerate(entries)), key=_order)
    exchanges: list[Recorded] = []
    left_out = 0
    for at, _, entry in timed:
        request = _request(entry.request)
        if request is None:
            left_out += 1
            continue
        origin = _origin(entry.request.url)
        response = _response(entry)
        failure = None if response is not None else "the recording has no whole answer"
        elapsed = max(entry.time, 0.0) / 1000
        exchanges.append(Recorded(origin, Observation(len(exchanges) + 1, at, elapsed, request, response, failure)))
    return Recording(tuple(exchanges), left_out)


def _order(timed: tuple[float, int, _Entry]) -> tuple[float, int]:
    return timed[:2]


def _moment(text: str) -> float:
    """Epoch seconds; 0 for what is no time, so that such entries keep their order."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()


def _request(entry: _Request) -> Request | None:
    """The request; None where its body is not there."""
    try:
        parts = urlsplit(entry.url)
    except ValueError:
        return None
    body = b""
    if entry.post_data is not None:
        if entry.post_data.text is None:
            return None
        found = _bytes(entry.post_data.text, entry.post_data.encoding)
        if found is None:
            return None
        body = found
    elif entry.body_size > 0:
        return None
    headers: dict[str, str] = {}
    for field in entry.headers:
        name = field.name.lower()
        if not name.startswith(":"):  # a pseudo-header of HTTP/2
            headers[name] = f"{headers[name]}, {field.value}" if name in headers else field.value
    target = parts.path or "/"
    return Request(entry.method.upper(), f"{target}?{parts.query}" if parts.query else target, headers, body)


def _response(entry: _Entry) -> Response | None:
    """The answer; None where there was none, or its content is not there."""
    told, content = entry.response, entry.response.content
    if not 100 <= told.status <= 599:
        return None
    body: bytes | None = b""
    if content.text is not None:
        body = _bytes(content.text, content.encoding)
    elif content.size > 0 and told.status not in BODILESS and entry.request.method.upper() != "HEAD":
        body = None
    if body is None:
        return None
    headers = tuple((field.name, field.value) for field in told.headers if field.name.lower() not in UNDONE)
    if content.mime_type and not any(name.lower() == "content-type" for name, _ in headers):
        headers += (("Content-Type", content.mime_type),)
    return Response(told.status, headers, body)


def _bytes(text: str, encoding: str) -> bytes | None:
    if encoding.lower() != "base64":
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return None


def har(observations: Iterable[Observation], origin: str, began: float = 0.0, comment: str = "") -> dict[str, Any]:
    """Exchanges as a HAR document. What is secret in them has to be hidden before.

    ``began`` is the time (epoch seconds, UTC) from which the observations' own count.
    """
    entries = [entry_of(observation, origin, began) for observation in observations]
    log: dict[str, Any] = {"version": "1.2", "creator": {"name": "understudy", "version": ""}, "entries": entries}
    return {"log": log | ({"comment": comment} if comment else {})}


def entry_of(observation: Observation, origin: str, began: float = 0.0) -> dict[str, Any]:
    """One exchange as an entry of a HAR document."""
    request, response = observation.request, observation.response or observation.partial
    started = datetime.fromtimestamp(began + observation.at, UTC).isoformat().replace("+00:00", "Z")
    milliseconds = observation.elapsed * 1000
    told: dict[str, Any] = {
        "method": request.method,
        "url": origin + request.target,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in request.headers.items()],
        "queryString": [],
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        text, encoding = _text(request.body)
        told["postData"] = {"mimeType": request.headers.get("content-type", ""), "params": [], "text": text, **encoding}
    return {
        "startedDateTime": started,
        "time": milliseconds,
        "request": told,
        "response": _told(response, observation.failure),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }


def _told(response: Response | None, failure: str | None) -> dict[str, Any]:
    status = response.status if response is not None else 0
    headers: Sequence[tuple[str, str]] = response.headers if response is not None else ()
    body = response.content if response is not None else b""
    text, encoding = _text(body)
    kind = (response.header("content-type") if response is not None else None) or "x-unknown"
    told: dict[str, Any] = {
        "status": status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in headers],
        "content": {"size": len(body), "mimeType": kind, "text": text, **encoding},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(body),
    }
    return told | ({"_error": failure} if failure else {})


def _text(body: bytes) -> tuple[str, dict[str, str]]:
    try:
        return body.decode(), {}
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), {"encoding": "base64"}
