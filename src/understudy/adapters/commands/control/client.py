"""Calls to a control plane, by the standard library alone."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from understudy.errors import TargetError, UsageError

PATIENCE = 60.0
"""Seconds without a byte after which the plane is taken for gone; one that is followed sends a comment every 15."""
URL, TOKEN = "UNDERSTUDY_CONTROL_URL", "UNDERSTUDY_CONTROL_TOKEN"


class Place(NamedTuple):
    """Where a plane is, and what opens it."""

    host: str
    port: int
    token: str

    @property
    def url(self) -> str:
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"


class Client:
    """Calls the plane that ``find`` finds when the first call is made. The token goes into requests only."""

    def __init__(self, find: Callable[[], Place]) -> None:
        self._find = find

    @cached_property
    def _place(self) -> Place:
        return self._find()

    def call(
        self, method: str, *segments: str, body: Any = msgspec.UNSET, query: Mapping[str, Any] | None = None
    ) -> Any:
        """What the plane answers, decoded; None where it answers nothing.

        Raises:
            UsageError: the plane refuses, with its reason.
            TargetError: nothing answers there, or what does is no control plane.
        """
        connection = self._ask(method, segments, body, query)
        try:
            response = connection.getresponse()
            return _answer(response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            raise self._gone(error) from error
        finally:
            connection.close()

    def follow(self, *segments: str, query: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """The events of a stream as they come, decoded. Raises as `call` does."""
        connection = self._ask("GET", segments, msgspec.UNSET, query)
        try:
            response = connection.getresponse()
            if response.status != 200:
                _answer(response.status, response.read())
            for line in response:
                name, _, value = line.rstrip(b"\r\n").partition(b": ")
                if name == b"data":
                    yield msgspec.json.decode(value)
        except (OSError, http.client.HTTPException) as error:
            raise self._gone(error) from error
        finally:
            connection.close()

    def _ask(
        self, method: str, segments: tuple[str, ...], body: Any, query: Mapping[str, Any] | None
    ) -> http.client.HTTPConnection:
        target = "/" + "/".join(quote(segment, safe="") for segment in segments)
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        headers = {"Authorization": f"Bearer {self._place.token}"}
        content = None
        if body is not msgspec.UNSET:
            headers["Content-Type"] = "application/json"
            content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        connection = http.client.HTTPConnection(self._place.host, self._place.port, timeout=PATIENCE)
        try:
            connection.request(method, f"{target}?{urlencode(given)}" if given else target, content, headers)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise self._gone(error) from error
        return connection

    def _gone(self, error: Exception) -> TargetError:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return TargetError(
            f"no control plane answers at {self._place.url} ({why}): is `understudy serve` still running there?"
        )


def find_place(ready_file: Path | None, url: str | None, token: str | None, environment: Mapping[str, str]) -> Place:
    """The plane that is named: by a ready file, by URL and token, or by the environment.

    Raises:
        UsageError: none is, or two are, or the ready file names none.
    """
    if ready_file is not None:
        if url is not None or token is not None:
            raise UsageError("--ready-file and --url or --token name two control planes: give one of them")
        return _place(*_read_ready(ready_file))
    url, token = url or environment.get(URL), token or environment.get(TOKEN)
    if not url or not token:
        raise UsageError(
            f"which control plane? Give --ready-file FILE as `understudy serve` wrote it, or --url and --token as it "
            f"printed them, or set {URL} and {TOKEN}"
        )
    return _place(url, token)


def _place(url: str, token: str) -> Place:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 80
    except ValueError as error:
        raise UsageError(f"{url!r} is no URL of a control plane: {error}") from error
    if parts.scheme != "http" or not host or parts.path not in ("", "/"):
        raise UsageError(f"{url!r} is no URL of a control plane: expected one as http://127.0.0.1:49152")
    if not token.isascii() or not token.isprintable():
        raise UsageError("the token is none: take the one that `understudy serve` printed, or its ready file")
    return Place(host, port, token)


def _read_ready(path: Path) -> tuple[str, str]:
    try:
        found = msgspec.json.decode(path.read_bytes())["control"]
        return str(found["url"]), str(found["token"])
    except OSError as error:
        raise UsageError(
            f"--ready-file {path} cannot be read ({error.strerror}): does `understudy serve` run?"
        ) from error
    except (msgspec.MsgspecError, UnicodeError, KeyError, TypeError) as error:
        raise UsageError(
            f"--ready-file {path} names no control plane: it is none, or `understudy serve` ran with --no-control"
        ) from error


def _answer(status: int, content: bytes) -> Any:
    try:
        answer = msgspec.json.decode(content) if content else None
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise TargetError(f"what answers there is no control plane: status {status}, and no JSON ({error})") from error
    if status < 400:
        return answer
    if not isinstance(answer, dict) or "detail" not in answer:
        raise TargetError(f"the control plane answered with status {status}: {answer}")
    wrong = [
        f"{found['where']} {found['pointer']}".rstrip() + f": expected {found['expected']}"
        for found in answer.get("violations", ())
    ]
    raise UsageError("; ".join([answer["detail"], *wrong]))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
