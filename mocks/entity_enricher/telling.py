"""A job as a stream of events: from its first one on, for however late a reader, and heartbeats where it is silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from understudy import Chunk, LiveStream

from .timeline import Entry, Job, Progress

HEARTBEAT = Entry(0.0, "heartbeat")


class Told(NamedTuple):
    """An event that is due ``at`` a moment (epoch seconds, UTC), and how far the job is then."""

    at: float
    entry: Entry
    status: str
    completed: int
    running: tuple[str, ...]


class JobStream(LiveStream):
    """The events of ``job`` for a response that begins at ``since``, in epoch seconds, UTC.

    What has happened before is due at once. ``beat`` is after how many seconds of silence there is a heartbeat.
    ``tell`` is called with the moment of each event that is read.
    """

    def __init__(self, job: Job, since: float, beat: float, tell: Callable[[float], None]) -> None:
        self._job = job
        self._since = since
        self._beat = beat
        self._tell = tell
        self._version = -1
        self._all: list[Told] = []

    def __len__(self) -> int:
        return len(self._told())

    def __getitem__(self, index: int) -> Chunk:
        self._tell(self._told()[index].at)
        told = self._told()[index]  # as it is by then: an edit is of the schema as others have left it
        return Chunk(self._offset(told), framed(event_of(self._job, told)))

    def at(self, index: int) -> float:
        return self._offset(self._told()[index])

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        watchers = self._job.watchers
        watchers.append(changed)

        def unwatch() -> None:
            if changed in watchers:
                watchers.remove(changed)

        return unwatch

    def _offset(self, told: Told) -> float:
        return max(0.0, told.at - self._since)

    def _told(self) -> list[Told]:
        if self._version != self._job.version:
            self._version = self._job.version
            self._all = told_from(self._job, self._since, self._beat)
        return self._all


def told_from(job: Job, since: float, beat: float) -> list[Told]:
    """Every event of the job, and heartbeats wherever a reader from ``since`` on would wait longer than ``beat``.

    A heartbeat depends on what stands before it alone, so that it stays when what is to come is changed.
    """
    progress, found, last = Progress(), [], since
    for entry in job.entries:
        while entry.at > last + beat:
            last += beat
            found.append(_told(last, HEARTBEAT, progress))
        progress.after(entry)
        found.append(_told(entry.at, entry, progress))
        last = max(last, entry.at)
    return found


def _told(at: float, entry: Entry, progress: Progress) -> Told:
    running = tuple(dict.fromkeys(model for model, _ in progress.running))
    return Told(at, entry, progress.status, progress.completed_models, running)


def event_of(job: Job, told: Told) -> dict[str, Any]:
    """An event with what every event carries (ee.event.common-job and those after it)."""
    return {
        "type": told.entry.kind,
        "event": told.entry.kind,
        "job_id": job.id,
        "job_type": job.type,
        "status": told.status,
        "is_paused": told.status == "paused",
        "total_models": job.total_models,
        "completed_models": told.completed,
        "running_models": told.running,
        "current_attempt": 1,
        "max_attempts": 1,
        **told.entry.members,
    }


def framed(event: dict[str, Any]) -> bytes:
    """One data line, and an empty line (ee.stream.framing)."""
    return b"data: " + msgspec.json.encode(event) + b"\r\n\r\n"
