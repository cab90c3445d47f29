"""A provider of ETRI's contract that owes nothing to our engine and mock, and can be made to do wrong in one respect.

It is written from the document alone: a second opinion on what the judge takes for lawful.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from typing import Any, NamedTuple

from understudy.http import Request, Response
from understudy.verify.observation import TransportFailure

START = 1_767_225_600.0
SEOUL = 9 * 3600.0
LIMITS: Mapping[str, Any] = {
    "daily_calls": 6,
    "monthly_calls": 8,
    "yearly_calls": 10,
    "keys_per_ip": 10_000,
    "ips_per_key": 10,
    "allowed_ips": [],
    "allowed_subpaths": [""],
    "concurrent_calls": 3,
    "consecutive_calls": 10,
    "body_bytes": 65_536,
    "wait_seconds": 1,
}
ROWS: Mapping[str, tuple[int, str]] = {
    "empty_auth_header": (403, "Empty Auth Header"),
    "invalid_key": (403, "Invalid Key"),
    "blocked": (403, "Blocked KEY"),
    "daily_exhausted": (403, "Daily Limit Exceeded"),
    "monthly_exhausted": (403, "Monthly Limit Exceeded"),
    "yearly_exhausted": (403, "Yearly Limit Exceeded"),
    "too_many_keys": (403, "Too Many Keys"),
    "too_many_ips": (403, "Too Many IPs"),
    "ip_not_allowed": (403, "Not Allowed IP"),
    "subpath_not_allowed": (403, "Not Allowed Subpath"),
    "invalid_api": (403, "Invalid API"),
    "other_method": (403, "Invalid API"),
    "timeout": (408, "Request Timeout"),
    "body_size": (413, "Body Size Limit Exceeded"),
    "burst": (429, "Concurrent Limit Exceeded"),
    "bad_request": (400, "Bad Request"),
    "internal_error": (500, "Internal Server Error"),
}
SENTENCE = re.compile(r"[^.?!\r\n]+")


class Asked(NamedTuple):
    """A question as the provider understood it, and where its answer stands: from ``begin`` up to ``end``, excluded."""

    passage: str
    question: str
    begin: int
    end: int


def read(passage: str, question: str) -> tuple[int, int] | None:
    """The sentence that shares most pairs of characters with the question."""
    wanted = pairs(question)
    best, place = 0, None
    for sentence in SENTENCE.finditer(passage):
        shared = len(pairs(sentence.group()) & wanted)
        if shared > best:
            text = sentence.group().strip()
            begin = passage.index(text, sentence.start())
            best, place = shared, (begin, begin + len(text))
    return place


def pairs(text: str) -> set[str]:
    return {text[at : at + 2].lower() for at in range(len(text) - 1) if not text[at : at + 2].isspace()}


@dataclass
class Quirks:
    """How a provider differs. Every hook gets what would be lawful, and returns what is done instead."""

    rows: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    cause: Callable[[Request, str | None], str | None] = lambda request, cause: cause
    read: Callable[[str, str], tuple[int, int] | None] = read
    info: Callable[[Asked, dict[str, Any]], Any] = lambda asked, info: info
    value: Callable[[int, Any], Any] = lambda status, value: value
    headers: Callable[[int, dict[str, str], bytes], dict[str, str]] = lambda status, headers, body: headers
    body: Callable[[int, bytes], bytes] = lambda status, body: body
    response: Callable[[Request, Response], Response] = lambda request, response: response
    parse: Callable[[bytes], Any] = json.loads
    day_begins: float = SEOUL
    counts_refusals: bool = False


class Provider:
    """Carries requests to itself, as a `Transport`. ``advance`` moves its clock."""

    def __init__(
        self, roles: Mapping[str, str], quirks: Quirks | None = None, limits: Mapping[str, Any] = LIMITS
    ) -> None:
        self.roles = roles
        self.quirks = quirks or Quirks()
        self.limits = {**limits, **self.quirks.limits}
        self.now = START
        self.counted: dict[tuple[str, str], int] = {}

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def send(self, request: Request) -> Response:
        role, key = self._role(request)
        cause = self.quirks.cause(request, self._cause(request, role, key))
        counts = cause is None or (self.quirks.counts_refusals and role == "good")
        if counts:
            for period in self._periods():
                self.counted[key, period] = self.counted.get((key, period), 0) + 1
        return self.quirks.response(request, self._refused(cause) if cause else self._served(request))

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        most = self.limits["concurrent_calls"]
        return [self.send(request) if at < most else self._refused("burst") for at, request in enumerate(requests)]

    def stall(self, request: Request, seconds: float) -> Response:
        if self.limits["wait_seconds"] > seconds:
            raise TransportFailure(f"no answer came within {seconds} seconds")
        return self.quirks.response(request, self._refused("timeout"))

    def _role(self, request: Request) -> tuple[str | None, str]:
        key = request.headers.get("authorization", "")
        for value, role in self.roles.items():
            if key == value or key.startswith(value + "-"):
                return role, key
        return None, key

    def _cause(self, request: Request, role: str | None, key: str) -> str | None:
        """The first row of the table that applies, None for a request that is to be answered."""
        path = request.target.partition("?")[0]
        body = self._body(request)
        checks = [
            ("body_size", len(request.body) > self.limits["body_bytes"]),
            ("empty_auth_header", not key),
            ("invalid_key", role is None),
            (role or "", role not in ("good", None, "internal_error", "burst")),
            *self._quotas(key),
            ("subpath_not_allowed", path.startswith("/MRCServlet/")),
            ("invalid_api", not path.startswith("/MRCServlet")),
            ("other_method", request.method != "POST"),
            ("burst", role == "burst"),
            ("bad_request", body is None),
            ("internal_error", role == "internal_error"),
        ]
        return next((name for name, applies in checks if applies), None)

    def _quotas(self, key: str) -> list[tuple[str, bool]]:
        return [
            (f"{name}_exhausted", self.counted.get((key, period), 0) >= self.limits[f"{name}_calls"])
            for name, period in zip(("daily", "monthly", "yearly"), self._periods(), strict=True)
        ]

    def _periods(self) -> tuple[str, str, str]:
        local = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=self.now + self.quirks.day_begins)
        return local.strftime("%Y-%m-%d"), local.strftime("%Y-%m"), local.strftime("%Y")

    def _body(self, request: Request) -> Any:
        """The request's JSON, None where it is not what the document asks for."""
        if not request.headers.get("content-type", "application/json").startswith("application/json"):
            return None
        try:
            body = self.quirks.parse(request.body)
            texts = (body["argument"]["passage"], body["argument"]["question"])
            others = (body.get("request_id", ""), body.get("access_key", ""))
            json.dumps([*texts, *others], ensure_ascii=False).encode()
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        return body if all(isinstance(text, str) for text in (*texts, *others)) else None

    def _served(self, request: Request) -> Response:
        body = self._body(request) or {"argument": {"passage": "빈 글", "question": "빈 글"}}
        passage, question = body["argument"]["passage"], body["argument"]["question"]
        place = self.quirks.read(passage, question)
        info: Any = {}
        if place is not None:
            asked = Asked(passage, question, *place)
            info = self.quirks.info(
                asked,
                {
                    "answer": passage[asked.begin : asked.end],
                    "confidence": "0.87",
                    "passage": passage,
                    "question": question,
                    "begin": asked.begin,
                    "end": asked.end - 1,
                },
            )
        found = {"MRCInfo": info} if info else {}
        request_id = body.get("request_id", "reserved field")
        return self._response(
            200, {"request_id": request_id, "result": 0, "return_type": "Map", "return_object": found}
        )

    def _refused(self, cause: str) -> Response:
        status, reason = self.quirks.rows.get(cause, ROWS[cause])
        return self._response(status, {"request_id": "reserved field", "result": -1, "reason": reason})

    def _response(self, status: int, value: Any) -> Response:
        body = self.quirks.body(status, json.dumps(self.quirks.value(status, value), ensure_ascii=False).encode())
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Connection": "close",
            "Content-Length": str(len(body)),
            "Content-Type": "application/json; charset=UTF-8",
            "Date": formatdate(self.now, usegmt=True),
        }
        return Response(status, tuple(self.quirks.headers(status, headers, body).items()), body)
