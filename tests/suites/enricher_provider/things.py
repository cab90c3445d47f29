"""What an instance of Entity Enricher keeps, and how one of its methods answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from understudy.http import Request

Event = dict[str, Any]


class Refused(Exception):
    """A request that is answered with an error. ``detail`` is for people."""

    def __init__(self, status: int, detail: Any = "거절되었습니다.") -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail


class Raw(NamedTuple):
    """An answer that is not JSON."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]


class Watching(NamedTuple):
    """An answer that is the stream of a job, opened at the time ``opened``."""

    job: Job
    opened: float
    request: Request


Answer = tuple[int, Any] | Raw | Watching


@dataclass
class Key:
    """``scopes`` are read and write; one who has neither may do nothing."""

    value: str
    organisation: Organisation
    scopes: frozenset[str]
    name: str = "기본 키"
    expires_at: float | None = None


@dataclass
class Schema:
    id: str
    name: str
    content: dict[str, Any]
    created_at: float
    updated_at: float
    tags: list[Any] = field(default_factory=list)
    is_pinned: bool = False


@dataclass
class Record:
    """``told`` are the members that the list shows of it too."""

    id: str
    created_at: float
    told: dict[str, Any]
    output: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def success(self) -> bool:
        return bool(self.told["success"])


@dataclass
class Attachment:
    id: str
    filename: str
    media_type: str
    data: bytes


class Step(NamedTuple):
    """Something that a job does at a moment, which ``run`` is given; what it tells of it."""

    at: float
    run: Callable[[float], Iterable[Event]]


@dataclass(frozen=True)
class Entity:
    """One entity of a job: ``index`` is None where the job has but one."""

    data: Mapping[str, Any]
    index: int | None
    id: str

    @property
    def label(self) -> str:
        names = [self.data.get(name) for name in ("name", "이름", "title")]
        found = [text for text in names if isinstance(text, str)]
        return found[0] if found else str(next(iter(self.data.values()), ""))


@dataclass
class Job:
    """``to_come`` are the steps it has not made, at absolute times; ``held`` those it makes when it is continued."""

    id: str
    type: str
    organisation: Organisation
    asked: Mapping[str, Any]
    started_at: float
    status: str = "running"
    models: list[str] = field(default_factory=list)
    running: list[tuple[int | None, str]] = field(default_factory=list)
    completed: int = 0
    to_come: list[Step] = field(default_factory=list)
    held: list[Step] = field(default_factory=list)
    log: list[tuple[float, Event]] = field(default_factory=list)
    results: list[tuple[int | None, Event]] = field(default_factory=list)
    fused: list[Event] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return self.status in ("completed", "failed", "cancelled")

    def of(self, index: int | None) -> list[Event]:
        """What the models brought for one entity."""
        return [result for place, result in self.results if place == index]


@dataclass
class Organisation:
    name: str
    schemas: dict[str, Schema] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)


class Call(NamedTuple):
    """A request that was let in: by whom, for which operation, with which values in its path and query."""

    request: Request
    operation: str
    organisation: Organisation
    id: str
    query: Mapping[str, str]


def text_of(moment: float) -> str:
    """A moment as RFC 3339 writes it, to the millisecond."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
