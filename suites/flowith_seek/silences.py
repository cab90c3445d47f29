"""Scripts: what the document does not say, asked of embedded mocks only. None of it can fail a verification."""

from __future__ import annotations

from typing import Any

from understudy.verify.session import Session

from .definition import ask, embedded_only, question, suite
from .scope import NOBODYS


@suite.script(
    "flowith.message.role-system", "flowith.message.role-other", "flowith.message.question",
    "flowith.models.unlisted", "flowith.body.extra-members", "flowith.body.stream-default",
    "flowith.scope.unknown-id", "flowith.scope.repeated-id", "flowith.scope.empty-list",
)  # fmt: skip
def unusual_questions(session: Session) -> None:
    """Questions that are lawful by supposition only."""
    embedded_only(session)
    body = question(session, "무엇이 있나요? 🗂️", stream=True)
    messages, ids = body["messages"], body["kb_list"]
    changes: list[dict[str, Any]] = [
        {"messages": [{"role": "system", "content": "짧게 답하세요."}, *messages]},
        {"messages": [{"role": "tool", "content": "도구"}]},
        {"messages": [*messages, {"role": "assistant", "content": "찾아볼게요."}]},
        {"messages": []},
        {"model": "이런 모델은 없습니다"},
        {"여분": {"깊이": [None, 1.5, "🙂"]}},
        {"kb_list": [*ids, f"{NOBODYS}3"]},
        {"kb_list": [*ids, *ids]},
        {"kb_list": []},
    ]
    for change in changes:
        ask(session, body={**body, **change})
    ask(session, body={name: value for name, value in body.items() if name != "stream"})


@suite.script(
    "flowith.error.unknown-path", "flowith.error.method-not-allowed", "flowith.error.too-many-messages",
    "flowith.error.too-many-knowledge-bases", "flowith.service.other-hosts", "flowith.error.not-json",
)  # fmt: skip
def unusual_requests(session: Session) -> None:
    """Another path, method, Host and media type, and more than a service must take."""
    embedded_only(session)
    body = question(session, "여기 누구 있나요?")
    ask(session, "listModels", target="/external/use/seek-knowledge/없음".replace("없음", "%EC%97%86%EC%9D%8C"))
    ask(session, "listModels", method="DELETE")
    ask(session, body=body, headers={"content-type": "text/plain"})
    host = ask(session, body=body, headers={"host": "edge.flowith.net"})
    session.note(host.expect("flowith.service.other-hosts", host.succeeded, "an answer", host.status, "status"))
    for name, limit, most in (
        ("messages", "messages_per_call", [*body["messages"]]),
        ("kb_list", "knowledge_bases_per_call", [f"{NOBODYS}{each:x}" for each in range(16)]),
    ):
        bound = session.limit(limit)
        if not isinstance(bound, int) or bound > 15:
            continue
        entries = (most * (bound + 1))[: bound + 1]
        reading = ask(session, body={**body, name: entries})
        clause = f"flowith.error.too-many-{'messages' if name == 'messages' else 'knowledge-bases'}"
        session.note(reading.expect(clause, reading.status == 400, "status 400", reading.status, "status"))


@suite.script("flowith.scope.foreign", "flowith.error.foreign-knowledge-base", fixtures=("foreign_knowledge_bases",))
def knowledge_of_somebody_else(session: Session) -> None:
    """A knowledge base that exists and belongs to someone else."""
    embedded_only(session)
    body = question(session, "남의 것도 보이나요? 🔒")
    for id in session.fixture("foreign_knowledge_bases"):
        ask(session, body={**body, "kb_list": [id]})
