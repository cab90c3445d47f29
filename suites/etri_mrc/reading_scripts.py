"""Scripts: questions that are answered, however they are lawfully written, and what is assumed of other requests."""

from __future__ import annotations

import json

from understudy.verify.session import Session, Unmet

from .definition import ask, assumed_only, suite
from .passages import (
    HANGUL_NAME,
    HANGUL_WHO,
    LIBRARY_TIME,
    LIBRARY_WHO,
    LIGHTHOUSE_DISTANCE,
    LIGHTHOUSE_WHO,
    PUMP_BUTTON,
    PUMP_FILTER,
    Item,
)

UTF8 = {"content-type": "application/json; charset=UTF-8"}


@suite.script(
    "etri.service.purpose", "etri.service.http", "etri.service.json", "etri.service.path", "etri.service.method",
    "etri.auth.issued-key", "etri.auth.header", "etri.auth.raw", "etri.request.content-type",
    "etri.request.content-type-bare", "etri.request.request-id-optional", "etri.request.member-order",
    "etri.request.escapes", "etri.request.whitespace", "etri.request.question-utf8", "etri.request.passage-utf8",
    "etri.head.cors", "etri.head.connection", "etri.head.content-length", "etri.head.content-type",
    "etri.success.json-text", "etri.success.utf8", "etri.success.request-id", "etri.success.result",
    "etri.success.return-type", "etri.success.return-object", "etri.result.mrc-info", "etri.result.answer",
    "etri.result.answer-in-passage", "etri.result.confidence", "etri.result.passage", "etri.result.question",
    "etri.result.begin", "etri.result.end", "etri.result.begin-not-after-end", "etri.result.slice",
)  # fmt: skip
def however_it_is_written_a_request_is_read(session: Session) -> None:
    """The samples' ways of writing a request: raw UTF-8 or escapes, with charset or bare, in one line or in many,
    with request_id or without, question or passage first."""
    ask(session, HANGUL_WHO, headers=UTF8)
    ask(session, LIGHTHOUSE_WHO)
    ask(session, LIBRARY_TIME, raw=json.dumps(LIBRARY_TIME.body).encode("ascii"), headers=UTF8)
    passage_first = {"passage": PUMP_BUTTON.passage, "question": PUMP_BUTTON.question}
    styled = json.dumps({"request_id": "reserved field", "argument": passage_first}, indent=3) + "\n"
    ask(session, PUMP_BUTTON, raw=styled.encode())


@suite.script("etri.service.question-kind", "etri.service.domains", "etri.success.analysis")
def another_question_has_another_answer(session: Session) -> None:
    """A second question about each of four passages (encyclopedia, news, manual), answered by another sentence."""
    for item in (HANGUL_NAME, LIGHTHOUSE_DISTANCE, LIBRARY_WHO, PUMP_FILTER):
        ask(session, item)


@suite.script("etri.auth.key-in-body")
def a_key_in_the_body_is_accepted(session: Session) -> None:
    """By the body-key dialect the key may be access_key, without a header."""
    if session.judge.readings["etri.key-place"] != "body":
        raise Unmet("the body-key dialect is not in force")
    body = {"access_key": session.credential(), **HANGUL_WHO.body}
    ask(session, body=body, headers={"authorization": None})


@suite.script("etri.auth.access-key-unread")
def a_key_in_the_body_is_not_read(session: Session) -> None:
    """Without the dialect access_key neither replaces the header nor spoils a call that has one."""
    assumed_only(session)
    if session.judge.readings["etri.key-place"] == "body":
        raise Unmet("the body-key dialect is in force")
    ask(session, body={"access_key": session.credential(), **HANGUL_WHO.body}, headers={"authorization": None})
    ask(session, body={"access_key": "아무거나", **HANGUL_WHO.body})


@suite.script("etri.result.nothing-found", "etri.result.empty-text", "etri.success.request-id-echo")
def nothing_is_found_where_nothing_is(session: Session) -> None:
    """Empty texts, a passage that has nothing to do with the question, and a request_id of one's own."""
    assumed_only(session)
    ask(session, Item("", "한글을 지은 사람은 누구인가?", "", ""))
    ask(session, Item("한글은 세종대왕이 지었다.", "", "", ""))
    ask(session, Item("가나다라 마바사.", "Who painted the ceiling of the Zyxwv chapel?", "", ""))
    ask(session, body={"request_id": "요청-😀-1", **HANGUL_WHO.body})


@suite.script(
    "etri.request.no-content-type", "etri.request.other-content-type", "etri.request.unknown-members",
    "etri.request.mandatory", "etri.request.unencodable", "etri.error.bad-request",
)  # fmt: skip
def what_the_document_leaves_open_is_as_assumed(session: Session) -> None:
    """Other and missing media types, members that nobody named, text that UTF-8 cannot hold."""
    assumed_only(session)
    ask(session, headers={"content-type": None})
    ask(session, headers={"content-type": "text/plain; charset=UTF-8"})
    ask(session, body={"여분": [1, {"😀": None}], **HANGUL_WHO.body})
    ask(session, body={"argument": {"question": HANGUL_WHO.question}})
    ask(session, raw=b'{"argument": {"question": "\\ud800?", "passage": "a"}}')
