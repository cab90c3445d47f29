"""An instance of D.Hub, written by hand from the document and not from the contract, to be broken and varied in tests.

Every method is small so that a subclass can do one thing otherwise.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from understudy.http import Request, Response
from understudy.verify.observation import TransportFailure

FIELDS = ("name", "alias", "type", "groups", "tags", "options")
TOKENS = ("dhub-test-good", "dhub-test-other")
ROOT = "/api/v1/knowledges"

VIOLATIONS = [{"loc": ["body"], "msg": "무언가 잘못되었습니다", "type": "value_error"}]

Answer = tuple[int, Any]


@dataclass
class Thing:
    """A Knowledge or a Document; ``versions`` are (version_id, what it was, when), the oldest first."""

    id: str
    fields: dict[str, Any]
    created_at: int
    updated_at: int
    comment: Any = ""
    versions: list[tuple[str, dict[str, Any], int]] = field(default_factory=list)
    documents: dict[str, Thing] = field(default_factory=dict)
    holder: Thing | None = None


class Refused(Exception):
    def __init__(self, status: int, detail: Any = "refused") -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail


class Provider:
    """Answers requests, and is a verification's transport. ``clock`` is its time in epoch seconds."""

    def __init__(self) -> None:
        self.clock = 1_767_225_600
        self.count = 0
        self.calls = 0
        self.accounts: dict[str, dict[str, Thing]] = {}

    def advance(self, seconds: float) -> None:
        self.clock += int(seconds)

    def send(self, request: Request) -> Response:
        self.calls += 1
        status, value = self.answer(request)
        return self.render(request, status, value)

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        return [self.send(request) for request in requests]

    def stall(self, request: Request, seconds: float) -> Response:
        raise TransportFailure(f"no answer came within {seconds} seconds")

    def render(self, request: Request, status: int, value: Any) -> Response:
        body = json.dumps(value, ensure_ascii=False).encode()
        return Response(status, (("Content-Type", "application/json"), *self.headers(status)), body)

    def headers(self, status: int) -> tuple[tuple[str, str], ...]:
        return (("WWW-Authenticate", "Bearer"),) if status == 401 else ()

    def answer(self, request: Request) -> Answer:
        try:
            account = self.account(request)
            parts = [unquote(part) for part in request.path.removeprefix(ROOT).split("/")[1:]]
            query = {name: values[-1] for name, values in parse_qs(request.query, keep_blank_values=True).items()}
            return self.route(request, account, parts, query)
        except Refused as refused:
            return refused.status, self.refusal(refused)

    def refusal(self, refused: Refused) -> Any:
        return {"detail": refused.detail}

    # Who calls

    def account(self, request: Request) -> dict[str, Thing]:
        token = self.token(request.headers.get("authorization"))
        if not self.valid(token):
            raise Refused(401)
        assert token is not None
        name = self.account_of(token)
        if name not in self.accounts:
            self.accounts[name] = self.starting()
        return self.accounts[name]

    def token(self, header: str | None) -> str | None:
        return header[7:] if header is not None and header[:7].lower() == "bearer " else None

    def valid(self, token: str | None) -> bool:
        return token is not None and (token in TOKENS or token.startswith(tuple(f"{known}-" for known in TOKENS)))

    def account_of(self, token: str) -> str:
        return token

    def starting(self) -> dict[str, Thing]:
        thing = Thing("knowledge-abc123", {"name": "Product FAQ", "groups": ["support"]}, 1_700_000_000, 1_700_100_000)
        thing.versions.append(("v1", self.snapshot(thing), 1_700_100_000))
        return {thing.id: thing}

    # What is called

    def route(self, request: Request, account: dict[str, Thing], parts: list[str], query: Mapping[str, str]) -> Answer:
        method = request.method
        if not parts or not request.path.startswith(ROOT):
            raise Refused(404)
        if parts == [""]:
            return self.collection(method, request, account, query, None)
        if len(parts) > 1 and parts[1] == "documents":
            holder = self.find(account, parts[0])
            if parts[2:] == [""]:
                return self.collection(method, request, holder.documents, query, holder)
            return self.one(method, request, holder.documents, parts[2:], query, holder)
        return self.one(method, request, account, parts, query, None)

    def collection(
        self, method: str, request: Request, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None
    ) -> Answer:
        if method == "POST":
            body = self.body(request)
            self.check_creation(body, holder)
            return self.created(shelf, body, holder)
        if method == "GET":
            return self.page(shelf, query, holder)
        raise Refused(405)

    def one(
        self,
        method: str,
        request: Request,
        shelf: dict[str, Thing],
        parts: list[str],
        query: Mapping[str, str],
        holder: Thing | None,
    ) -> Answer:
        thing = self.find(shelf, parts[0])
        if parts[1:] == ["versions"] and method == "GET":
            return 200, self.history(thing)
        if parts[1:]:
            raise Refused(404)
        if method == "GET":
            return 200, self.read(thing, query.get("knowledge_version" if holder is None else "document_version"))
        if method == "PUT":
            body = self.body(request)
            self.check_update(body, holder)
            return self.updated(thing, body, holder)
        if method == "DELETE":
            return self.deleted(shelf, thing, holder)
        raise Refused(405)

    def find(self, shelf: dict[str, Thing], id: str) -> Thing:
        if id not in shelf:
            raise Refused(404)
        return shelf[id]

    def body(self, request: Request) -> Any:
        try:
            body = json.loads(request.body)
            json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            raise Refused(422, VIOLATIONS) from None
        return body

    # Writing

    def check_creation(self, body: Any, holder: Thing | None) -> None:
        if not isinstance(body, dict) or not isinstance(body.get("name"), str):
            raise Refused(422, VIOLATIONS)
        self.check_update(body, holder)

    def check_update(self, body: Any, holder: Thing | None) -> None:
        if not isinstance(body, dict):
            raise Refused(422, VIOLATIONS)
        kinds = {"name": str, "alias": str, "type": str, "groups": list, "tags": list, "options": dict, "comment": str}
        if any(name in body and not isinstance(body[name], kind) for name, kind in kinds.items()):
            raise Refused(422, VIOLATIONS)

    def created(self, shelf: dict[str, Thing], body: dict[str, Any], holder: Thing | None) -> Answer:
        thing = Thing(self.new_id(holder), self.kept(body), self.clock, self.clock, holder=holder)
        self.add_version(thing)
        shelf[thing.id] = thing
        return 200, {"item": thing.id}

    def new_id(self, holder: Thing | None) -> str:
        self.count += 1
        return f"knowledge-{self.count:06x}" if holder is None else f"knowledge.document-{self.count:06x}"

    def kept(self, body: dict[str, Any]) -> dict[str, Any]:
        return {name: copy.deepcopy(body[name]) for name in FIELDS if name in body}

    def updated(self, thing: Thing, body: dict[str, Any], holder: Thing | None) -> Answer:
        self.apply(thing, body)
        thing.updated_at = self.clock
        self.add_version(thing)
        return 200, {"message": f"{'Knowledge' if holder is None else 'Document'} updated successfully"}

    def apply(self, thing: Thing, body: dict[str, Any]) -> None:
        thing.fields.update(self.kept(body))
        thing.comment = body.get("comment", thing.comment)

    def add_version(self, thing: Thing) -> None:
        thing.versions.append((self.version_id(thing), self.snapshot(thing), self.clock))

    def version_id(self, thing: Thing) -> str:
        return f"v{len(thing.versions) + 1}"

    def deleted(self, shelf: dict[str, Thing], thing: Thing, holder: Thing | None) -> Answer:
        if holder is None and self.keeps(thing):
            raise Refused(409)
        del shelf[thing.id]
        return 200, {"message": f"{'Knowledge' if holder is None else 'Document'} deleted successfully"}

    def keeps(self, thing: Thing) -> bool:
        return bool(thing.documents)

    # Reading

    def snapshot(self, thing: Thing) -> dict[str, Any]:
        unset: dict[str, Any] = {"alias": None, "type": None, "groups": [], "tags": [], "options": {}}
        return {
            "id": thing.id,
            **copy.deepcopy({**unset, **thing.fields}),
            "category": "knowledge" if thing.holder is None else "knowledge.document",
            "comment": thing.comment,
            "created_at": thing.created_at,
            "updated_at": thing.updated_at,
        }

    def details(self, thing: Thing) -> Any:
        return self.snapshot(thing)

    def entry(self, thing: Thing) -> Any:
        return self.snapshot(thing)

    def read(self, thing: Thing, version: str | None) -> Any:
        if version is None:
            return self.details(thing)
        for id, shown, _ in thing.versions:
            if id == version:
                return shown
        raise Refused(404)

    def history(self, thing: Thing) -> Any:
        return [
            {"version_id": id, "last_modified": self.date(at), "size": len(json.dumps(shown))}
            for id, shown, at in reversed(thing.versions)
        ]

    def date(self, at: int) -> str:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    # Listing

    def page(self, shelf: dict[str, Thing], query: Mapping[str, str], holder: Thing | None) -> Answer:
        limit = self.limit(query.get("limit"))
        things = [thing for thing in self.order(shelf) if self.passes(thing, query.get("groups"))]
        start = self.start(things, query.get("token"))
        shown = things[start : start + limit]
        last = start + limit >= len(things)
        return 200, self.envelope([(thing.id, self.entry(thing)) for thing in shown], self.next(things, shown, last))

    def limit(self, text: str | None) -> int:
        if text is None:
            return 100
        if not text.isdigit() or not 1 <= int(text) <= 1000:
            raise Refused(422, VIOLATIONS)
        return int(text)

    def order(self, shelf: dict[str, Thing]) -> list[Thing]:
        return sorted(shelf.values(), key=lambda thing: thing.id)

    def passes(self, thing: Thing, groups: str | None) -> bool:
        names = [name for name in (groups or "").split(",") if name]
        return not names or any(name in thing.fields.get("groups", ()) for name in names)

    def start(self, things: list[Thing], token: str | None) -> int:
        if token is None:
            return 0
        return sum(thing.id <= token for thing in things)

    def next(self, things: list[Thing], shown: list[Thing], last: bool) -> Any:
        return None if last or not shown else shown[-1].id

    def envelope(self, entries: list[tuple[str, Any]], token: Any) -> Any:
        return {"items": {id: json.dumps(entry, ensure_ascii=False) for id, entry in entries}, "token": token}
