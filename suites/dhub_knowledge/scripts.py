"""The calls that make D.Hub's promises show, in as few as they take.

What a script creates is deleted when it ends, however it ends (`Session.clean_up`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.verify.session import Session, Unmet

from .calls import (
    SECONDS_APART,
    create_document,
    create_knowledge,
    delete_document,
    delete_knowledge,
    document_versions,
    fresh,
    get_document,
    get_knowledge,
    knowledge_versions,
    update_document,
    update_knowledge,
    whole_list,
)

MOST_PAGES = 4
"""How far a list is followed that also shows what others created, which may be very much."""

RICH: dict[str, Any] = {
    "alias": "지식-café-👩🏽‍💻",
    "type": "document",
    "groups": ["고객지원", "support"],
    "tags": ["faq", "자주 묻는 질문", "e\u0301tude", "<b>&amp;'\"\\%25+{}$1;--"],
    "options": {
        "embedding": "BAAI/bge-m3",
        "분할": {"크기": 512, "겹침": [0, -1.5, 2**53 - 1, True, None, "끝 🏁"]},
    },
}
KEPT_WHOLE = "한 글자도 잘리지 않아야 하는 설명입니다. 🐋 " * 45
LONG_NAME = "길고 긴 이름 " * 18
LONG_TEXT = "본문이 아주 깁니다. 🐋" * 300
"""Longer than a service must accept, as no length is documented, but not to be cut off when it is accepted."""


def knowledge_life(session: Session) -> None:
    """A Knowledge is created, updated in part, read in every version; another one is updated and deleted."""
    id = create_knowledge(session, {"name": fresh(session, "규정 모음 — 각̂ 🐋"), **RICH})
    get_knowledge(session, id)
    knowledge_versions(session, id)
    session.elapse(SECONDS_APART)
    other = create_knowledge(session, {"name": fresh(session, "둘째 지식"), "tags": ["둘째의 꼬리표"]})
    get_knowledge(session, other)
    update_knowledge(session, id, {"name": fresh(session, f"{LONG_NAME}✏️"), "comment": "첫 번째 수정"})
    get_knowledge(session, id)
    knowledge_versions(session, id)
    update_knowledge(session, id, {"groups": [], "tags": [], "options": {"embedding": "다른 모델", "k": 3}})
    get_knowledge(session, id)
    for version in knowledge_versions(session, id)[:5]:
        get_knowledge(session, id, version)
    update_knowledge(session, other, {"alias": fresh(session, "별칭"), "type": "faq", "comment": "두 번째 🙂"})
    get_knowledge(session, other)
    update_knowledge(session, other, {"options": {"본문": LONG_TEXT}})
    get_knowledge(session, other)
    delete_knowledge(session, other)
    get_knowledge(session, other)
    update_knowledge(session, other, {"name": fresh(session, "지워진 것")})
    session.call("createDocument", path={"kid": other}, body={"name": fresh(session, "지워진 곳의 문서")})
    delete_knowledge(session, other)
    get_knowledge(session, id)


def knowledge_pages(session: Session) -> None:
    """Lists show what exists and passes the filter exactly once, whatever the size of their pages."""
    plain = create_knowledge(session, {"name": fresh(session, "그룹 없음")})
    one, two = f"{session.label} 그룹 {plain}".replace(",", " "), f"{session.label} 모임 {plain}".replace(",", " ")
    groups = [[one], [one], [one, two], [one], [two, one], [two]]
    bodies: list[dict[str, Any]] = [
        {"name": fresh(session, f"쪽 {number} 📄"), "groups": names} for number, names in enumerate(groups)
    ]
    options = RICH["options"] | {"설명": KEPT_WHOLE}
    bodies[1] = RICH | {"alias": fresh(session, "쪽 별칭"), "options": options} | bodies[1]
    ids = [create_knowledge(session, body) for body in bodies]
    update_knowledge(session, ids[2], {"name": fresh(session, "쪽 넘기기")})
    for limit in (2, 5):
        last, shown = whole_list(session, len(ids) + 2, groups=one, limit=limit)
        unknown = [id for id, groups in shown.items() if id not in (*ids, plain) and one in groups]
        session.note(last.expect("dhub.list-knowledges.only-existing", not unknown, "only what was created", unknown))
    whole_list(session, MOST_PAGES, groups=two)
    whole_list(session, MOST_PAGES, groups=f"{one},{two}")
    whole_list(session, MOST_PAGES)
    whole_list(session, MOST_PAGES, limit=3)
    get_knowledge(session, ids[1])
    delete_knowledge(session, ids[0])
    whole_list(session, MOST_PAGES, groups=one, limit=5)


def documents(session: Session) -> None:
    """Documents belong to one Knowledge, are read as they were written, and keep it from being deleted."""
    kid = create_knowledge(session, {"name": fresh(session, "문서함 🗂️")})
    other = create_knowledge(session, {"name": fresh(session, "다른 문서함")})
    bodies = (
        {
            "name": fresh(session, "안내서 ① — 시작하기"),
            "type": "WEB",
            "options": {"url": "https://docs.example.com/안내?q=%EC%95%88+1"},
        },
        {"name": fresh(session, "설명서.pdf"), "type": "FILE", "options": {"filename": "제품 설명서 (최종).pdf"}},
        {"name": fresh(session, "메모 각̂ 📝"), "type": "MANUAL", "alias": fresh(session, "메모"), **_LISTS},
        {"name": fresh(session, "이름뿐인 문서")},
    )
    dids = [did for did in (_created(session, kid, body) for body in bodies) if did is not None]
    stray = create_document(session, other, {"name": fresh(session, "다른 곳의 문서")})
    if not dids:
        raise Unmet(f"no Document could be created in {kid}")
    for did in dids:
        get_document(session, kid, did)
    whole_list(session, MOST_PAGES, kid)
    whole_list(session, len(dids) + 2, kid, limit=3)
    whole_list(session, MOST_PAGES, other)
    richest = dids[2] if len(dids) > 2 else dids[-1]
    _under_another(session, other, richest)
    _versions_of_document(session, kid, richest)
    delete_knowledge(session, kid)
    get_knowledge(session, kid)
    _delete_all(session, kid, dids)
    whole_list(session, MOST_PAGES, kid)
    delete_knowledge(session, kid)
    get_knowledge(session, kid)
    get_document(session, other, stray)


_LISTS = {"groups": ["팀 가", "팀 나"], "tags": ["메모", "🙂", "e\u0301tude"]}


def _created(session: Session, kid: str, body: Mapping[str, Any]) -> str | None:
    """The id of a new Document, None when it was refused: another may not be."""
    try:
        return create_document(session, kid, body)
    except Unmet:
        return None


def _under_another(session: Session, other: str, did: str) -> None:
    """A Document is asked for by way of a Knowledge that does not hold it."""
    path = {"kid": other, "did": did}
    session.call("getDocument", path=path)
    session.call("listDocumentVersions", path=path)
    session.call("updateDocument", path=path, body={"name": fresh(session, "남의 문서")})
    session.call("deleteDocument", path=path)


def _versions_of_document(session: Session, kid: str, did: str) -> None:
    get_document(session, kid, did)
    document_versions(session, kid, did)
    update_document(session, kid, did, {"name": fresh(session, "고친 메모 ✅"), "comment": "고침"})
    get_document(session, kid, did)
    for version in document_versions(session, kid, did)[:3]:
        get_document(session, kid, did, version)


def _delete_all(session: Session, kid: str, dids: list[str]) -> None:
    """Delete Documents one by one; while one remains, the Knowledge stays."""
    for did in dids[:-1]:
        delete_document(session, kid, did)
    get_document(session, kid, dids[0])
    update_document(session, kid, dids[0], {"name": fresh(session, "지워진 문서")})
    delete_document(session, kid, dids[0])
    delete_knowledge(session, kid)
    get_document(session, kid, dids[-1])
    delete_document(session, kid, dids[-1])


def accounts(session: Session) -> None:
    """One account does not see what another one created."""
    stranger = session.credential(account="stranger")
    id = create_knowledge(session, {"name": fresh(session, "내 것 🔒")})
    get_knowledge(session, id)
    get_knowledge(session, id, credential=stranger)
    session.call("listKnowledges", credential=stranger)
