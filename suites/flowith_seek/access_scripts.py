"""Scripts: without the token of a user nothing is answered, by no operation."""

from __future__ import annotations

from typing import Any

from understudy.verify.cases import dealt, wrong_forms
from understudy.verify.session import UNKNOWN_CREDENTIAL, Session

from .definition import question, suite


@suite.script("flowith.auth.token-needed", "flowith.auth.token-known", "flowith.auth.models-token")
def nothing_is_answered_without_a_token(session: Session) -> None:
    """Every operation without a token, with one of nobody, and with one in a wrong form, of which each has another."""
    forms = wrong_forms(session)
    operations = tuple(session.contract.operations.values())
    falls_to = dealt(tuple(forms), operations, thorough=False)
    for place, operation in enumerate(operations):
        parts: dict[str, Any] = {}
        if operation.behaves_as == "seek":
            parts["body"] = question(session, "누가 묻고 있나요? 🔑", stream=place % 2 == 0)
        session.call(operation.id, headers={session.judge.credential_header: None}, **parts)
        session.call(operation.id, credential=UNKNOWN_CREDENTIAL, **parts)
        for what in falls_to[operation.id]:
            session.call(operation.id, **{**parts, **forms[what]})
