"""The suite itself: its judge, a lawful call, what cannot be observed, and the calls that its scripts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.verify.reading import Reading
from understudy.verify.session import Session, Unmet
from understudy.verify.suite import Arranged, Suite

from .judge import FlowithJudge
from .scope import NOBODYS

PAUSE = 63.0
"""Seconds after which a minute is over for every clock."""
MODEL, OTHER_MODEL = "gpt-4o-mini", "gpt-4.1-mini"
UNOBSERVABLE: Mapping[str, str] = {
    "flowith.service.host": "an instance under test stands elsewhere, by its nature",
    "flowith.service.https": "an instance under test may stand behind another scheme; its target says which",
}
EMBEDDED_LIMITS: Mapping[str, Any] = {"credits_balance": 100, "messages_per_call": 8, "knowledge_bases_per_call": 6}


def arrange(session: Session, operation: str) -> Arranged | None:
    """A lawful call, of an embedded mock alone.

    What is derived for five operations would be some fifty calls, four minutes at the documented rate. The few of them
    that test a documented clause are made by `access_scripts`, and a target that is not ours is spared the rest.
    """
    if not session.embedded:
        return None
    if operation == "listModels":
        return Arranged()
    return Arranged(body=question(session, "작은 등의 배터리는 얼마나 오래 가나요? 🔋"))


suite = Suite(
    "flowith_seek",
    FlowithJudge,
    arrange,
    unobservable=UNOBSERVABLE,
    embedded_limits=EMBEDDED_LIMITS,
    rate="requests_per_minute",
    refuses_unlawful=False,
)


def knowledge_bases(session: Session) -> Sequence[str]:
    """Knowledge bases of the target, or one that nobody has where it tells of none."""
    told = session.target.fixtures.get("knowledge_bases")
    ids = [id for id in told if isinstance(id, str)] if isinstance(told, list | tuple) else []
    return ids or [f"{NOBODYS}1"]


def usable(session: Session, model: str) -> str:
    """The model, or the first of those that the target has listed where that is none of them."""
    assert isinstance(session.judge, FlowithJudge)
    return model if model in session.judge.models else next(iter(session.judge.models), model)


def question(session: Session, *said: str, model: str = MODEL, stream: bool = False) -> dict[str, Any]:
    """The body of a seek in the first knowledge base. Of several messages every second is the assistant's, and the last
    one is the user's."""
    roles = ("user", "assistant")
    messages = [
        {"role": roles[(len(said) - place) % 2], "content": content} for place, content in enumerate(said, start=1)
    ]
    ids = list(knowledge_bases(session)[:1])
    return {"messages": messages, "model": usable(session, model), "stream": stream, "kb_list": ids}


def ask(session: Session, operation: str = "seek", **parts: Any) -> Reading:
    """Make a call; once more after a minute if its account is still over its rate from elsewhere."""
    reading = session.call(operation, **parts)
    if reading.status == 429 and not session.embedded:
        session.elapse(PAUSE)
        return session.call(operation, **parts)
    return reading


def embedded_only(session: Session, why: str = "is only observed or assumed") -> None:
    """Raise `Unmet` unless the target is embedded: another one is spared what is not worth its calls."""
    if not session.embedded:
        raise Unmet(f"{why}; left out to spare the target's calls")
