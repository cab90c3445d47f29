"""What one organisation holds: saved schemas, jobs, records, attachments, keys, and the pages it can fetch from.

All of it is plain data. A job's records and schemas join the others when their moment has come (`State.catch_up`).
What is changed in place is told to its `Table`, so that it is saved where states are.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from understudy import Table

from .records import Record
from .saved_schemas import starting_schemas
from .schema_jobs import done, edited
from .timeline import Job, SchemaChange

Limits = Mapping[str, Any]

EXAMPLE_URL = "https://data.example.com/companies.json"
EXAMPLE_ENTITIES = (
    {"name": "Pfizer Inc", "country": "US"},
    {"name": "Roche", "country": "CH"},
    {"name": "삼성전자", "country": "KR"},
)
SPARE = 64
"""How many moments of jobs that have ended are borne with before `State.due` is tidied."""
STARTED = 1_767_225_600.0  # 2026-01-01T00:00:00Z: when the schemas of the starting state were saved


class SavedSchema(msgspec.Struct):
    """A saved schema; moments are epoch seconds, UTC."""

    id: str
    name: str
    content: dict[str, Any]
    created_at: float
    updated_at: float
    tags: list[str] = []
    is_pinned: bool = False


class Attachment(msgspec.Struct):
    """An uploaded file."""

    id: str
    filename: str
    media_type: str
    data: bytes
    sha256: str


class ApiKey(msgspec.Struct):
    """A created key, without the key itself, which is shown once and never kept."""

    id: str
    name: str
    prefix: str
    role: str | None
    scopes: list[str]
    created_at: float
    expires_at: float | None


def _table(value_type: Any) -> Any:
    return msgspec.field(default_factory=lambda: Table(value_type))


class State(msgspec.Struct, dict=True):
    """One organisation.

    ``pages`` are the URLs that entities can be fetched from, with the entities; nothing is ever fetched from outside.
    ``ended`` are the ids of jobs that have ended, in the order in which they did. ``happened`` says of each job how
    much of it has happened, and up to when it was told: a job is long, and is not saved whole for each of its events.
    """

    schemas: Table[SavedSchema] = _table(SavedSchema)
    jobs: Table[Job] = _table(Job)
    records: Table[Record] = _table(Record)
    attachments: Table[Attachment] = _table(Attachment)
    keys: Table[ApiKey] = _table(ApiKey)
    pages: Table[list[dict[str, Any]]] = _table(list[dict[str, Any]])
    ended: Table[None] = _table(None)
    happened: Table[tuple[int, float]] = _table(tuple[int, float])
    pushed: int = 0

    @cached_property
    def due(self) -> list[tuple[float, int, str]]:
        """A heap of (moment, number, job id): when something of a job happens next."""
        running = (job for job in self.jobs.values() if not job.ended)
        due = [(job.entries[job.settled].at, number, job.id) for number, job in enumerate(running)]
        heapq.heapify(due)
        return due

    def restored(self) -> None:
        """What was saved is all here: the jobs are as far as they were."""
        for id, (settled, told) in self.happened.items():
            job = self.jobs[id]
            job.settled, job.told = settled, told

    def publish(self, url: str, entities: Sequence[Mapping[str, Any]]) -> None:
        """Let entities be fetched from ``url``.

        Raises:
            ValueError: an entity is not an object with at least one member, which no batch would take.
        """
        for place, entity in enumerate(entities):
            if not isinstance(entity, Mapping) or not entity:
                raise ValueError(f"entities[{place}]: expected an object with at least one member")
        self.pages[url] = [dict(entity) for entity in entities]

    # Jobs

    def start(self, job: Job, now: float, limits: Limits) -> None:
        """Add a job; what of it has happened already counts at once."""
        self.jobs[job.id] = job
        self.settle(job, now, limits)

    def change(self, job: Job, entries: Any, now: float, limits: Limits) -> None:
        """Let something else follow in a job than was decided."""
        job.go_on(entries)
        self.jobs.touch(job.id)
        self.settle(job, now, limits)

    def tell(self, job: Job, until: float, now: float, limits: Limits) -> None:
        """A stream tells what happens in ``job`` up to a moment, so it has happened, after all that is due by now."""
        self.catch_up(now, limits)
        if until > job.told:
            job.told = until
            if job.id in self.happened:  # else it has been forgotten, and its stream goes on all the same
                self.happened[job.id] = (job.settled, until)
            self._happen(job, until, limits)

    def settle(self, job: Job, now: float, limits: Limits) -> None:
        """Let everything happen that is due in ``job``, and note when the next thing is."""
        self._happen(job, job.time(now), limits)
        if not job.ended:
            self.pushed += 1
            heapq.heappush(self.due, (job.entries[job.settled].at, self.pushed, job.id))
            if len(self.due) > 2 * len(self.jobs) + SPARE:
                self._tidy()

    def catch_up(self, now: float, limits: Limits) -> None:
        """Let everything happen that is due by ``now``, in the order of time over all jobs."""
        while self.due and self.due[0][0] <= now:
            at, _, job_id = heapq.heappop(self.due)
            job = self.jobs.get(job_id)
            if job is not None and not job.ended:
                self.settle(job, at, limits)

    def _tidy(self) -> None:
        """Take out of ``due`` what is of jobs that have ended ahead of the clock."""
        self.due[:] = [entry for entry in self.due if entry[2] in self.jobs and not self.jobs[entry[2]].ended]
        heapq.heapify(self.due)

    def _happen(self, job: Job, until: float, limits: Limits) -> None:
        if job.ended:
            return
        self.happened[job.id] = (job.settled, job.told)
        while not job.ended and job.entries[job.settled].at <= until:
            entry = job.entries[job.settled]
            job.settled += 1
            if entry.record is not None:
                self.records[entry.record.id] = entry.record
                _forget_oldest(self.records, limits["kept_records"])
            if entry.schema is not None:
                self._save(entry.schema, entry.at)
            self.happened[job.id] = (job.settled, job.told)
        if job.ended:
            self.ended[job.id] = None
            for id in _forget_oldest(self.ended, limits["kept_jobs"]):
                del self.jobs[id], self.happened[id]

    # Schemas

    def add_schema(self, schema: SavedSchema) -> None:
        """Save a schema under a name that no other has (ee.create-schema.name-taken)."""
        taken = {saved.name for saved in self.schemas.values()}
        name, number = schema.name, 1
        while schema.name in taken:
            number += 1
            schema.name = f"{name} ({number})"
        self.schemas[schema.id] = schema

    def _save(self, change: SchemaChange, at: float) -> None:
        if change.name is not None:
            self.add_schema(SavedSchema(change.id, change.name, change.content, at, at))
            return
        saved = self.schemas[change.id]
        saved.content, saved.updated_at = change.content, at
        self.schemas.touch(change.id)
        for job in self.jobs.values():  # an edit is of the schema as it is when the edit is done
            if job.edit is not None and job.edit.schema_id == change.id and not done(job):
                job.go_on(edited(job, job.edit, saved.content))
                self.jobs.touch(job.id)


def _forget_oldest(kept: Table[Any], most: int | None) -> list[str]:
    """Take the oldest out of ``kept`` while there are more than ``most``; returns their ids."""
    gone = []
    while most is not None and len(kept) > most:
        oldest = next(iter(kept))
        del kept[oldest]
        gone.append(oldest)
    return gone


def default_state() -> State:
    """Schemas for companies and people, which the document's samples enrich by, and one page to fetch from."""
    state = State()
    state.publish(EXAMPLE_URL, EXAMPLE_ENTITIES)
    for number, made in enumerate(starting_schemas(), 1):
        id = f"3f1d5f5c-6a39-4f0c-8a51-{number:012x}"
        state.add_schema(
            SavedSchema(id, made["name"], made["schema_content"], STARTED, STARTED, made["tags"], made["is_pinned"])
        )
    return state
