"""The key that shows what an error inside the instance looks like (ee.error.internal)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from understudy import Call, Refusal, Reply, Service

from .state import State

ROLE = "internal_error"


class InternalError(Refusal):
    """Something failed inside the instance."""

    status, clause = 500, "ee.error.internal"


def fail_for_role(service: Service[State]) -> None:
    """Have every operation fail for a key of the role: after all that is refused unseen, before anything is looked up.

    So it needs no job and no record to fail, and leaves none.
    """
    for id, behaviour in service.behaviours.items():
        service.behaviours[id] = _failing(behaviour)


def _failing(behaviour: Callable[[State, Call], Reply]) -> Callable[[State, Call], Reply]:
    @wraps(behaviour)
    def behave(state: State, call: Call) -> Reply:
        if call.role == ROLE:
            raise InternalError
        return behaviour(state, call)

    return behave
