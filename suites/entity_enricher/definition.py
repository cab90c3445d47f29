"""The suite itself: its judge, a lawful call of each operation, and what cannot be observed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.verify.session import Session
from understudy.verify.suite import Arranged, Suite

from . import arranging, job_calls, resource_calls
from .judge import EnricherJudge

UNOBSERVABLE: Mapping[str, str] = {**resource_calls.UNOBSERVABLE, **job_calls.UNOBSERVABLE}
EMBEDDED_LIMITS: Mapping[str, Any] = {**resource_calls.EMBEDDED_LIMITS, **job_calls.EMBEDDED_LIMITS}


def arrange(session: Session, operation: str) -> Arranged | None:
    """A lawful call of an embedded mock, None when it cannot be made.

    What is derived for 23 operations would be some hundred calls. Those of them that test a documented clause are made
    by `access_scripts` and `refusal_scripts`, and a target that is not ours is spared the rest.
    """
    if not session.embedded:
        return None
    calls = arranging.LAWFUL if operation in arranging.LAWFUL else job_calls.LAWFUL
    return calls[operation](session) if operation in calls else None


suite = Suite(
    "entity_enricher",
    EnricherJudge,
    arrange,
    unobservable=UNOBSERVABLE,
    embedded_limits=EMBEDDED_LIMITS,
    refuses_unlawful=False,
    fitted=arranging.fitted,
    reread=arranging.reread,
)
