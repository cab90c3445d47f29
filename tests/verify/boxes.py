"""A service of boxes, by the contract beside this file: a transport that holds them, a judge and a suite."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from understudy.contract import Contract, read_contract
from understudy.http import Request, Response
from understudy.verify.gate import Allowance, Gate
from understudy.verify.judge import Briefing, Judge, Leftover, rule
from understudy.verify.observation import Observation, TransportFailure
from understudy.verify.reading import Reading, Verdict
from understudy.verify.session import Session
from understudy.verify.suite import Arranged, Suite
from understudy.verify.target import Target

CONTRACT: Contract = read_contract(Path(__file__).with_name("boxes.yaml"))
TOKENS = ("boxes-test-good", "boxes-test-one", "boxes-test-two")
GOOD = {"authorization": "Bearer boxes-test-good", "content-type": "application/json"}


def reply(status: int, value: Any, media_type: str = "application/json") -> Response:
    return Response(status, (("Content-Type", media_type),), json.dumps(value, ensure_ascii=False).encode())


class Boxes:
    """Carries requests to itself. ``requests`` are all that came, and ``now`` is a clock that only waiting moves."""

    def __init__(self) -> None:
        self.boxes: dict[str, str] = {}
        self.requests: list[Request] = []
        self.now = 0.0
        self.waited: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        return self.answer(request)

    def overlap(self, requests: list[Request]) -> list[Response | TransportFailure]:
        return [self.send(request) for request in requests]

    def stall(self, request: Request, seconds: float) -> Response:
        raise TransportFailure(f"no answer came within {seconds} seconds")

    def answer(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token.startswith(TOKENS):
            return reply(401, {"reason": "누구"})
        id = request.path.removeprefix("/boxes/")
        if request.method == "POST":
            return self.make(request)
        if not id:
            return reply(200, {id: json.dumps({"id": id, "label": label}) for id, label in self.boxes.items()})
        if id not in self.boxes:
            return reply(404, {"reason": "없음"})
        if request.method == "DELETE":
            del self.boxes[id]
            return reply(200, {})
        return reply(200, {"id": id, "label": self.boxes[id]})

    def make(self, request: Request) -> Response:
        try:
            body = json.loads(request.body)
            label, width = body["label"], body.get("size", {"width": 1})["width"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return reply(400, {"reason": "이름표"})
        if not isinstance(label, str) or not isinstance(width, int):
            return reply(400, {"reason": "이름표"})
        id = f"box-{len(self.requests)}"
        self.boxes[id] = label
        return reply(200, {"id": id})


class BoxJudge(Judge):
    """Remembers which boxes there are."""

    stem: ClassVar[str] = "boxes"
    creating: ClassVar[frozenset[str]] = frozenset({"makeBox"})
    beyond_shape: ClassVar[frozenset[str]] = frozenset({"boxes.read.label"})

    def prepare(self) -> None:
        self.boxes: dict[str, tuple[str, str]] = {}
        self.lost: list[str | None] = []

    @rule("makeBox")
    def made(self, reading: Reading) -> Iterator[Verdict]:
        id = reading.member("id")
        if reading.succeeded and isinstance(id, str):
            self.boxes[id] = (str((reading.body or {}).get("label")), reading.credential or "")
        yield from ()

    @rule("readBox")
    def read_box(self, reading: Reading) -> Iterator[Verdict]:
        known = self.boxes.get(reading.path["id"])
        if known is not None and reading.succeeded:
            yield reading.expect("boxes.read.label", reading.member("label") == known[0], known[0], reading.value)

    @rule("dropBox")
    def dropped(self, reading: Reading) -> Iterator[Verdict]:
        if reading.succeeded:
            self.boxes.pop(reading.path["id"], None)
            yield reading.holds("boxes.drop.gone")

    def unanswered(self, reading: Reading) -> Iterator[Verdict]:
        self.lost.append(reading.operation)
        yield from ()

    def leftovers(self) -> tuple[Leftover, ...]:
        return tuple(Leftover("dropBox", {"id": id}, credential) for id, (_, credential) in self.boxes.items())


def arrange(session: Session, operation: str) -> Arranged | None:
    if operation in ("makeBox", "listBoxes"):
        return Arranged(body={"label": "상자 📦", "size": {"width": 1}} if operation == "makeBox" else None)
    made = session.call("makeBox", body={"label": "버릴 상자"}).member("id")
    return Arranged({"id": made}) if isinstance(made, str) else None


def new_suite(**options: Any) -> Suite:
    return Suite("boxes", BoxJudge, arrange, **{"unobservable": {"boxes.deep": "a box is closed"}, **options})


def new_session(
    transport: Any,
    *,
    calls: int = 1000,
    seconds_between: float = 0.0,
    advance: Callable[[float], None] | None = None,
    **target: Any,
) -> Session:
    told = Target.model_validate({"url": "http://127.0.0.1:1", "credentials": {"good": TOKENS[0]}, **target})
    gate = Gate(transport, Allowance(calls, seconds_between), lambda: transport.now, transport.wait)
    judge = BoxJudge(CONTRACT, Briefing(told.roles, told.limits, told.fixtures))
    return Session(CONTRACT, told, gate, judge, advance=advance)


def observed(
    method: str, target: str, response: Response | None, body: Any = None, headers: dict[str, str] | None = None
) -> Observation:
    content = b"" if body is None else json.dumps(body).encode()
    sent = Request(method, target, GOOD if headers is None else headers, content)
    return Observation(1, 0.0, 0.1, sent, response, None if response is not None else "the connection broke")
