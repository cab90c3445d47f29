"""The way of a request through an instance: who asks, what for, and how the answer is written."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.suites.enricher_provider.things import Answer, Call, Key, Organisation, Raw, Refused, Watching
from understudy.http import Chunk, Request, Response
from understudy.verify.observation import TransportFailure

OPERATIONS: Mapping[str, tuple[str, str]] = {
    "get_options": ("GET", "/api/enrichment/options"),
    "start_enrichment": ("POST", "/api/single/enrich/stream"),
    "enrich": ("POST", "/api/single/enrich/sync"),
    "start_batch": ("POST", "/api/enrichment/batch/start"),
    "fetch_entities": ("POST", "/api/enrichment/batch/fetch"),
    "start_batch_short": ("POST", "/api/batch/start"),
    "fetch_entities_short": ("POST", "/api/batch/fetch"),
    "stream_job": ("GET", "/api/llm/stream/{id}"),
    "cancel_job": ("POST", "/api/llm/cancel/{id}"),
    "continue_job": ("POST", "/api/llm/continue/{id}"),
    "list_schemas": ("GET", "/api/schema/saved"),
    "create_schema": ("POST", "/api/schema/saved"),
    "generate_schema": ("POST", "/api/schema/generate/stream"),
    "edit_schema": ("POST", "/api/schema/saved/{id}/prompt/stream"),
    "list_records": ("GET", "/api/records"),
    "get_record": ("GET", "/api/records/{id}"),
    "delete_records": ("POST", "/api/records/batch-delete"),
    "merge_records": ("POST", "/api/fusion/merge"),
    "upload_attachments": ("POST", "/api/attachments"),
    "upload_attachment_base64": ("POST", "/api/attachments/base64"),
    "download_attachment": ("GET", "/api/attachments/{id}/download"),
    "delete_attachment": ("DELETE", "/api/attachments/{id}"),
    "create_api_key": ("POST", "/api/auth/api-keys"),
}
"""Every operation of the document, and the two shorter spellings that clients use: its method and its path."""

PATTERNS = {name: (method, re.compile(path.replace("{id}", "([^/]+)"))) for name, (method, path) in OPERATIONS.items()}
LATENCY = 0.01
KEYS = {
    "good": ["ent_acme_7Qx2", "ent_other_9Zk4"],
    "read_only": ["ent_reader_3Vw8"],
    "no_permission": ["ent_nothing_5Yt1"],
}
"""The keys of the instance by role; the two good ones are of two organisations, the others of that of the first."""

SCOPES = {
    "good": frozenset({"read", "write"}),
    "read_only": frozenset({"read"}),
    "no_permission": frozenset[str](),
}


class Wire(ABC):
    """Answers requests, and is a verification's transport. ``clock`` is its time in epoch seconds."""

    def __init__(self) -> None:
        self.clock = 1_767_225_600.0
        self.count = 0
        self.calls = 0
        self.keys: dict[str, Key] = {}
        self.organisations: dict[str, Organisation] = {}

    def advance(self, seconds: float) -> None:
        self.clock += seconds
        self.settle()

    @abstractmethod
    def settle(self) -> None:
        """Do whatever has become due."""

    @abstractmethod
    def starting(self, name: str) -> Organisation:
        """A new organisation with what it has from the start."""

    @abstractmethod
    def watched(self, answer: Watching) -> Response:
        """The stream of a job, read to its end."""

    # As a transport

    def send(self, request: Request) -> Response:
        self.calls += 1
        self.advance(LATENCY)
        return self.finished(request, self.opened(request))

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        """All are begun before the first stream is read on."""
        self.advance(LATENCY)
        self.calls += len(requests)
        begun = [self.opened(request) for request in requests]
        answers: list[Response | TransportFailure] = []
        for request, answer in zip(requests, begun, strict=True):
            try:
                answers.append(self.finished(request, answer))
            except TransportFailure as failure:
                answers.append(failure)
        return answers

    def stall(self, request: Request, seconds: float) -> Response:
        raise TransportFailure(f"no answer came within {seconds} seconds")

    def opened(self, request: Request) -> Answer:
        try:
            return self.answer(request)
        except Refused as refused:
            return self.refusal(refused)

    def finished(self, request: Request, answer: Answer) -> Response:
        if isinstance(answer, Watching):
            return self.watched(answer)
        if isinstance(answer, Raw):
            return Response(answer.status, answer.headers, answer.body)
        return self.render(request, *answer)

    def render(self, request: Request, status: int, value: Any) -> Response:
        return Response(status, (*self.json_headers(), *self.headers(status)), self.written(value))

    def written(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False).encode()

    def json_headers(self) -> tuple[tuple[str, str], ...]:
        return (("Content-Type", "application/json"),)

    def headers(self, status: int) -> tuple[tuple[str, str], ...]:
        return ()

    def refusal(self, refused: Refused) -> Answer:
        return refused.status, {"detail": refused.detail}

    # What is asked, and by whom

    def answer(self, request: Request) -> Answer:
        operation, id = self.operation(request)
        organisation = self.let_in(request, operation)
        if operation is None:
            raise self.nowhere(request)
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        return self.called(Call(request, operation, organisation, id, query))

    def called(self, call: Call) -> Answer:
        found: Answer = getattr(self, call.operation)(call)
        return found

    def operation(self, request: Request) -> tuple[str | None, str]:
        """The operation that a request is for and the id in its path; None for a path or method of none."""
        for name, (method, pattern) in PATTERNS.items():
            if method == request.method and (found := pattern.fullmatch(request.path)):
                return name, unquote(found[1]) if found.groups() else ""
        return None, ""

    def nowhere(self, request: Request) -> Refused:
        known = any(pattern.fullmatch(request.path) for _, pattern in PATTERNS.values())
        return Refused(405, "이 경로는 그 메서드를 모릅니다.") if known else Refused(404, "그런 경로가 없습니다.")

    def let_in(self, request: Request, operation: str | None) -> Organisation:
        key = self.key(self.presented(request), operation)
        if not self.permits(key, operation):
            raise self.forbidden(operation)
        return key.organisation

    def presented(self, request: Request) -> str | None:
        return request.headers.get("x-api-key")

    def key(self, value: str | None, operation: str | None) -> Key:
        if not value:
            raise self.no_key(operation)
        found = self.known_key(value)
        if found is None or (found.expires_at is not None and found.expires_at <= self.clock):
            raise self.wrong_key(operation)
        return found

    def no_key(self, operation: str | None) -> Refused:
        return Refused(401, "X-API-Key 헤더가 없습니다.")

    def wrong_key(self, operation: str | None) -> Refused:
        return Refused(401, "모르는 API 키입니다.")

    def forbidden(self, operation: str | None) -> Refused:
        return Refused(403, "이 키로는 할 수 없는 일입니다.")

    def known_key(self, value: str) -> Key | None:
        """A key; those of the start stand for a new organisation with every ``-suffix``, as mocks of ours have it."""
        for role, values in KEYS.items():
            if value in values or value.startswith(tuple(f"{known}-" for known in values)):
                self.keys.setdefault(value, Key(value, self.organisation(value), SCOPES[role]))
        return self.keys.get(value)

    def organisation(self, key: str) -> Organisation:
        name = self.organisation_of(key)
        if name not in self.organisations:
            self.organisations[name] = self.starting(name)
        return self.organisations[name]

    def organisation_of(self, key: str) -> str:
        return KEYS["good"][0] if key in (*KEYS["read_only"], *KEYS["no_permission"]) else key

    def permits(self, key: Key, operation: str | None) -> bool:
        if operation is None:
            return bool(key.scopes)
        return self.scope(operation) in key.scopes

    def scope(self, operation: str) -> str:
        return "read" if OPERATIONS[operation][0] == "GET" else "write"

    # What is sent

    def body(self, call: Call) -> dict[str, Any]:
        """The JSON object of a request."""
        try:
            body = json.loads(call.request.body)
            json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            raise Refused(400, "본문이 JSON이 아닙니다.") from None
        if not isinstance(body, dict):
            raise Refused(400, "본문이 객체가 아닙니다.")
        return body

    def member(self, body: Mapping[str, Any], name: str, *kinds: type, missing: Any = ...) -> Any:
        """A member of a body, of one of these kinds; ``missing`` in the place of one that lacks or is null."""
        value = body.get(name)
        if value is None:
            if missing is ...:
                raise self.lacking(name)
            return missing
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise self.mistyped(name)
        return value

    def lacking(self, name: str) -> Refused:
        return Refused(400, f"{name} 필드가 필요합니다.")

    def mistyped(self, name: str) -> Refused:
        return Refused(400, f"{name} 필드의 형식이 잘못되었습니다.")

    def new_id(self, kind: str) -> str:
        self.count += 1
        return f"{self.count:08x}-{len(kind):04x}-4000-8000-{self.count * 7919:012x}"

    # How streams are written

    def stream_headers(self) -> tuple[tuple[str, str], ...]:
        return (("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache"))

    def framed(self, event: Mapping[str, Any]) -> bytes:
        return b"data: " + self.written(event) + b"\r\n\r\n"

    def chunked(self, pieces: list[Chunk]) -> list[Chunk]:
        """The pieces of a body as they are sent."""
        return pieces
