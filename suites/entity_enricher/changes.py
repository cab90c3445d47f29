"""Jobs that are paused, continued and cancelled: what was granted shows in their streams."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.verify.reading import Reading, Verdict

from .events import Event
from .outcomes import BUSY
from .streams import LINGERING, Telling, tells_pause
from .world import KnownJob

NOT_OFFERED = frozenset((405, 500, 501))
"""Statuses that are no answer about a job. One that has ended may be not found any more."""
OVER = frozenset(("completed", "failed", "finished", "done"))
READY = 2.5
"""Seconds after its start by which a job that is to be paused has been, where all of its stream was read."""


def judge_change(reading: Reading, job: KnownJob | None) -> Iterator[Verdict]:
    """The answer to cancelling or continuing a job, as far as it can be judged before the stream shows its effect."""
    if job is None or reading.status in BUSY:
        return
    if reading.operation == "cancelJob":
        yield from _cancelled(reading, job)
    else:
        yield from _continued(reading, job)


def _cancelled(reading: Reading, job: KnownJob) -> Iterator[Verdict]:
    if reading.succeeded:
        job.cancelled |= job.kinds is None and str(reading.member("status")) not in OVER
        return
    job.kept |= job.kinds is None and not job.cancelled
    seen = f"status {reading.status}"
    if job.outcome == "paused" and not job.cancelled:
        yield reading.expect("ee.job.cancel-paused", False, "status 200: the job is paused", seen, "status")
    elif reading.status in NOT_OFFERED:
        yield reading.expect("ee.job.cancel-running", False, "an answer about a job that exists", seen, "status")


def _continued(reading: Reading, job: KnownJob) -> Iterator[Verdict]:
    seen = f"status {reading.status}"
    if reading.succeeded and job.kinds is None:
        job.continued = True
        job.resumed = reading.observation.at if job.outcome == "paused" else job.resumed
        job.ready |= reading.observation.at - job.started >= READY
        job.outcome = ""
    elif job.outcome == "paused" and not job.cancelled:
        yield reading.expect("ee.job.continue-paused", False, "status 200: the job is paused", seen, "status")
    elif reading.status in NOT_OFFERED:
        yield reading.expect("ee.job.continue-paused", False, "an answer about a job that exists", seen, "status")


def judge_paused(telling: Telling, *, mismatching: bool) -> Iterator[Verdict]:
    """A pause, and what becomes of it. ``mismatching``: the target says of this entity that it is paused for."""
    reading, job, pause = telling.reading, telling.job, telling.pause
    if job is None:
        return
    if mismatching and not job.is_batch and telling.whole and not job.cancelled:
        held = pause is not None or job.continued
        checked = job.asked.get("classification_model") is not None
        clause = "ee.job.pause-mismatch" if checked else "ee.enrichment.classified-always"
        yield reading.expect(clause, held, "a pause, as the entity does not fit", "none")
    if pause is None:
        return
    if job.continued and not job.cancelled:
        yield from _went_on(telling, pause, job)
    begun = any(event.place < pause.place for event in telling.stream.of("model_started"))
    yield reading.expect("ee.event.pause-before-work", not begun, "a pause before any work", "model_started before it")


def _went_on(telling: Telling, pause: Event, job: KnownJob) -> Iterator[Verdict]:
    """Whether a job went on that was continued.

    One that still stands may have been paused only afterwards, or once more. Then it is known to be paused, and what
    comes of continuing it again shows.
    """
    worked = any(event.place > pause.place for event in telling.stream.of("model_started", "model_completed"))
    pauses = [event for event in telling.stream.of(pause.kind) if tells_pause(event)]
    if telling.end is not None:
        known = telling.whole and job.ready
    else:
        known = job.resumed is not None and len(pauses) == 1 and (telling.whole or _waited(telling))
    if worked or known:
        seen = "no model at work after the pause"
        for clause in ("ee.job.continue-paused", "ee.job.pause-mismatch"):
            yield telling.reading.expect(clause, worked, "the job to go on when it is continued", seen)


def judge_cancelled(telling: Telling) -> Iterator[Verdict]:
    """A job whose cancellation was granted while it was running or paused does not do all that was asked of it."""
    reading, job = telling.reading, telling.job
    if job is not None and job.kept and not job.cancelled:
        yield from _kept(telling, job)
    if job is None or not job.cancelled:
        return
    clause = "ee.job.cancel-paused" if telling.pause is not None and not job.continued else "ee.job.cancel-running"
    if not telling.whole:
        if telling.end is None and _waited(telling):
            yield reading.expect(clause, False, "the end of a job that was cancelled", "a stream that goes on")
        return
    brought = [event for event in telling.stream.of("model_completed") if event.succeeded and event.value.get("result")]
    asked = max(1, len(job.models)) * max(1, len(job.entities))
    done = telling.outcome == "completed" and len(brought) >= asked and job.is_enrichment
    seen = f"all {asked} results, and nothing that was cancelled"
    yield reading.expect(clause, not done, "the job to stop when it is cancelled", seen)
    open_now = len(telling.stream.of("model_started")) > len(telling.stream.of("model_completed"))
    stopped = not done and not open_now
    yield reading.expect("ee.job.cancel-stops", stopped, "what was running completed without success", "otherwise")


def _kept(telling: Telling, job: KnownJob) -> Iterator[Verdict]:
    """A job whose cancellation was refused: what it did afterwards shows whether it had ended by then."""
    pause, end = telling.pause, telling.end
    if pause is not None and job.continued:
        later = any(event.place > pause.place for event in telling.stream.of("model_started", "model_completed"))
        clause, under_way = "ee.job.cancel-paused", later
    else:
        clause = "ee.job.cancel-running" if pause is None else "ee.job.cancel-paused"
        under_way = end.at > LINGERING if end is not None else _waited(telling)
    if under_way:
        yield telling.reading.expect(clause, False, "a job that is under way to be cancelled", "a refusal")


def _waited(telling: Telling) -> bool:
    """Whether a stream was read for long enough to say that its job stands still."""
    return telling.reading.observation.elapsed > 10
