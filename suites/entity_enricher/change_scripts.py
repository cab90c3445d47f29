"""Scripts: jobs that are cancelled, paused and continued, and jobs that fail."""

from __future__ import annotations

from typing import Any

from understudy.verify.reading import Reading
from understudy.verify.session import Session, Unmet

from .definition import suite
from .job_calls import PATIENCE, PFIZER, ROCHE, TRIES, asking, job_state, read_back, records_of, started, told

SOON = 3.0
"""Seconds after which a batch of a dozen entities has brought something, and not all."""


@suite.script("ee.job.cancel-running")
def a_running_job_is_cancelled(session: Session) -> None:
    """A batch is cancelled as soon as it runs; its stream ends, and not with all that was asked for."""
    body = asking(session, PFIZER, ROCHE, count=1)
    if session.embedded:
        body["entities"] = [
            {**PFIZER, "name": f"회사 {number} 🏭"} for number in range(session.limit("batch_entities"))
        ]
    job_id = started(session, body)
    if session.embedded:
        session.elapse(SOON)
    session.call("cancelJob", path={"job_id": job_id})
    told(session, job_id)
    if session.embedded:
        read_back(session, records_of(session, job_id))


@suite.script("ee.job.continue-paused", "ee.job.pause-mismatch", fixtures=("mismatching_entity",))
def a_paused_job_is_continued(session: Session) -> None:
    """The entity that fits no schema: its job is paused, goes on when it is continued, and ends."""
    job_id = _mismatched(session)
    for _ in range(3):
        session.elapse(PATIENCE)
        _go_on(session, job_id)
        told(session, job_id)
        if job_state(session, job_id) != "paused":
            return  # else it was paused only after it had been asked to go on, or once more


@suite.script("ee.job.cancel-paused", fixtures=("mismatching_entity",))
def a_paused_job_is_cancelled(session: Session) -> None:
    """The entity that fits no schema again: its job is cancelled while it is paused."""
    job_id = _mismatched(session)
    session.elapse(PATIENCE)
    if not session.call("cancelJob", path={"job_id": job_id}).succeeded:
        session.call("continueJob", path={"job_id": job_id})  # which tells whether it was paused
    told(session, job_id)


@suite.script("ee.stream.error-before-completed", "ee.event.error", fixtures=("failing_entity",))
def a_job_fails(session: Session) -> None:
    """The entity on which every model fails, alone and among others."""
    failing = _entity(session, "failing_entity")
    told(session, started(session, asking(session, failing)))
    told(session, started(session, asking(session, PFIZER, failing, ROCHE)))


def _mismatched(session: Session) -> str:
    """A job whose entity does not fit; checked by a model that is named for that, where such a request is taken."""
    body = asking(session, _entity(session, "mismatching_entity"))
    try:
        return started(session, {**body, "classification_model": body["models"][0]})
    except Unmet:
        return started(session, body)


def _go_on(session: Session, job_id: str) -> Reading:
    """Continue a job once it is paused: until then that is refused."""
    reading = session.call("continueJob", path={"job_id": job_id})
    for _ in range(TRIES - 1):
        if reading.succeeded:
            break
        session.elapse(PATIENCE)
        reading = session.call("continueJob", path={"job_id": job_id})
    return reading


def _entity(session: Session, name: str) -> dict[str, Any]:
    entity = session.fixture(name)
    if not isinstance(entity, dict) or not entity:
        raise Unmet(f"the target's fixture {name} is no object with members")
    return entity
