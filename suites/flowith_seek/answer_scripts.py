"""Scripts: questions that are answered, streamed and whole, and the models that can be asked."""

from __future__ import annotations

from understudy.verify.session import Session

from .definition import MODEL, OTHER_MODEL, ask, embedded_only, knowledge_bases, question, suite
from .lists import models_of
from .scope import NOBODYS

BATTERY = "작은 등의 배터리는 얼마나 오래 가나요? 🔋"
SAID = "Which of our lamps would you like to know about? 💡"

TEXTS = (
    "How long does the battery of the small lamp last?",
    "보증 기간은요? 각(조합형)과 café, cafe\u0301, 👩🏽‍💻, 🇰🇷 그리고 한자 燈",
    'Quotes " and \\ and </script> and %00 and ${x}, tab\tand\r\nlines\u2028here\u0085',
    "data: [DONE]\n\ndata: {}",
    "[DONE]",
    "NUL \x00, escape \x1b[31m, right-to-left \u202e, no break\u00a0here, \ufeff, \uffff",
    "긴 질문입니다. 🐋 " * 600,
    "?",
)
"""Questions that break naive code: of any script, with what ends lines, strings and streams."""


@suite.script("flowith.models.path", "flowith.models.purpose", "flowith.models.usable")
def listed_models_can_be_asked(session: Session) -> None:
    """The list of models by both spellings; then models of it are asked, first those that no sample names."""
    listed = [*_listed(session, "listModels"), *_listed(session, "listKnowledgeBaseModels")]
    listed = sorted(dict.fromkeys(listed), key=lambda name: name in (MODEL, OTHER_MODEL))
    for place, name in enumerate(listed[: 6 if session.embedded else 1]):
        ask(session, body=question(session, BATTERY, model=name, stream=place % 2 == 1))


@suite.script(
    "flowith.seek.path", "flowith.body.stream-on", "flowith.body.stream-off", "flowith.stream.data",
    "flowith.stream.final-once", "flowith.json.object", "flowith.header.user-agent", "flowith.header.user-agent-value",
)  # fmt: skip
def a_question_is_answered_streamed_and_whole(session: Session) -> None:
    """One question in Korean by each spelling of the path, streamed and not, with a User-Agent and without."""
    ask(session, body=question(session, BATTERY, stream=True))
    whole = question(session, SAID, BATTERY, model=OTHER_MODEL)
    ask(session, "seekKnowledgeBase", body=whole, headers={"user-agent": "HTTPie"})


@suite.script("flowith.scope.listed", "flowith.scope.unknown-id")
def only_what_is_named_is_searched(session: Session) -> None:
    """The question that was answered from a knowledge base is asked of one that nobody has."""
    bodies = [question(session, BATTERY, stream=True)]
    if session.embedded:
        everywhere = question(session, TEXTS[0], stream=True) | {"kb_list": list(knowledge_bases(session))}
        bodies.append(everywhere)
        for body in bodies:
            ask(session, body=body)
    for body in bodies:
        ask(session, body={**body, "kb_list": [f"{NOBODYS}2"]})


@suite.script("flowith.final.content", "flowith.json.content", "flowith.seeds.distinct")
def every_text_is_answered(session: Session) -> None:
    """Texts that are easily misread, each asked streamed and whole by every spelling. Of embedded mocks only."""
    embedded_only(session)
    for text in TEXTS:
        for operation in ("seek", "seekKnowledgeBase", "seekOldest"):
            for stream in (True, False):
                ask(session, operation, body=question(session, text, stream=stream))
    everywhere = {**question(session, *TEXTS[:5], stream=True), "kb_list": list(knowledge_bases(session))}
    for _ in range(4):
        ask(session, body=everywhere)
        ask(session, body={**everywhere, "stream": False})


def _listed(session: Session, operation: str) -> list[str]:
    return models_of(ask(session, operation).value)
