"""Calls about what the document does not say. What they show can only be noted, so live instances are spared them."""

from __future__ import annotations

from collections.abc import Mapping

from understudy.verify.session import Session, Unmet

from .calls import (
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

QUERIES = ({"limit": 0}, {"limit": 1001}, {"token": "아무도 주지 않은 것"}, {"groups": ","}, {"sort": "name"})

MOST_CREATED = 20
"""How many Knowledges a script may create on an instance that is not ours."""


def default_page(session: Session) -> None:
    """Without limit a page holds no more than the default; that takes more things than the default to show."""
    most = session.limit("page_items_default")
    if most is None or (most >= MOST_CREATED and not session.embedded):
        raise Unmet(f"it takes more than {most} Knowledges to see, which is too much for an instance that is not ours")
    ids = [create_knowledge(session, {"name": fresh(session, "백 하나 💯")}) for _ in range(most + 1)]
    whole_list(session, 3)
    for _ in range(most + 1):
        create_document(session, ids[0], {"name": fresh(session, "백한 번째 문서")})
    whole_list(session, 3, ids[0])


def silences(session: Session) -> None:
    """What the document leaves open, one call each."""
    _spare_live_instances(session)
    name = fresh(session, "침묵 🤫")
    id = create_knowledge(session, {"name": name, "alias": fresh(session, "별명")})
    create_knowledge(session, {"name": name})
    create_knowledge(session, {"name": fresh(session, "모르는 것"), "모르는 필드": 1})
    _unlawful(session, {"name": ""}, {"name": fresh(session, "없음"), "alias": None})
    update_knowledge(session, id, {})
    knowledge_versions(session, id)
    get_knowledge(session, id, "v0")
    update_knowledge(session, id, {"comment": "설명만"})
    get_knowledge(session, id)
    create_document(session, id, {"name": fresh(session, "조용한 문서")})
    get_knowledge(session, id)
    update_knowledge(session, id, {"groups": ["Café-모임"]})
    for query in (*QUERIES, {"groups": "cafe\u0301-모임"}):
        session.call("listKnowledges", query=query)
    _paths(session, id)


def many_documents(session: Session) -> None:
    """What takes more calls than a live instance should be asked for: more pages, more deletions, smaller updates."""
    _spare_live_instances(session)
    kid = create_knowledge(session, {"name": fresh(session, "큰 문서함"), "groups": ["팀 가"], "tags": ["하나"]})
    update_knowledge(session, kid, {"options": {"k": 5}})
    update_knowledge(session, kid, {"tags": ["둘", "셋"]})
    get_knowledge(session, kid)
    dids = [create_document(session, kid, {"name": fresh(session, f"문서 {number}")}) for number in range(7)]
    for limit in (1, 2, 3):
        whole_list(session, len(dids) + 2, kid, limit=limit)
    for did in dids:
        delete_knowledge(session, kid)
        delete_document(session, kid, did)
        get_document(session, kid, did)
    delete_knowledge(session, kid)
    get_knowledge(session, kid)


def silences_of_documents(session: Session) -> None:
    """What the document leaves open about Documents, one call each."""
    _spare_live_instances(session)
    kid = create_knowledge(session, {"name": fresh(session, "침묵하는 문서함")})
    name = fresh(session, "같은 이름의 문서")
    dids = [create_document(session, kid, {"name": name, "groups": [group]}) for group in ("가", "가", "나")]
    update_document(session, kid, dids[0], {})
    more = {"alias": fresh(session, "문서 별칭"), "type": "MANUAL", "tags": ["꼬리"], "options": {"쪽": 3}}
    update_document(session, kid, dids[1], {**more, "groups": ["가", "다"]})
    get_document(session, kid, dids[1])
    get_document(session, kid, dids[0])
    document_versions(session, kid, dids[0])
    get_document(session, kid, dids[0], "v0")
    for query in ({"limit": 0}, {"groups": "가"}):
        session.call("listDocuments", path={"kid": kid}, query=query)
    delete_document(session, kid, dids[0])
    create_document(session, kid, {"name": fresh(session, "다음 문서")})


def changing_list(session: Session) -> None:
    """What is created and deleted between two pages neither hides nor repeats the others."""
    _spare_live_instances(session)
    ids = [create_knowledge(session, {"name": fresh(session, "흐르는 목록 🌊")}) for _ in range(5)]
    first = session.call("listKnowledges", query={"limit": 2})
    delete_knowledge(session, ids[0])
    create_knowledge(session, {"name": fresh(session, "새로 온 것")})
    token = first.member("token")
    for _ in range(8):
        if not (isinstance(token, str) and token):
            return
        token = session.call("listKnowledges", query={"limit": 1, "token": token}).member("token")


def at_the_wire(session: Session) -> None:
    """A body that is too long, and one that never arrives."""
    _spare_live_instances(session)
    length, seconds = session.limit("body_bytes"), session.limit("wait_seconds")
    name = "가" * (length // 3 + 1)
    reading = session.call("createKnowledge", body={"name": name})
    seen = f"status {reading.status}"
    session.note(reading.expect("dhub.error.payload-too-large", reading.status == 413, "status 413", seen, "status"))
    body = {"name": fresh(session, "꽉 찬"), "options": {"본문": "b" * (length // 2)}}
    within = session.call("createKnowledge", body=body)
    session.note(within.expect("dhub.limit.body-bytes", within.succeeded, "status 200", f"status {within.status}"))
    request = session.request("createKnowledge", body={"name": fresh(session, "끝나지 않는 본문")})
    late = session.judged(session.gate.stall(request, seconds + 5))
    for clause in ("dhub.error.request-timeout", "dhub.limit.wait-seconds"):
        session.note(late.expect(clause, late.status == 408, "status 408", f"status {late.status}", "status"))


def _unlawful(session: Session, *bodies: Mapping[str, object]) -> None:
    for body in bodies:
        session.call("createKnowledge", body=body)


def _paths(session: Session, id: str) -> None:
    """Paths and methods that the API does not have, a token whose scheme is written in small letters."""
    path = {"knowledge_id": id}
    session.call("getKnowledge", path=path, headers={"authorization": f"bearer {session.credential()}"})
    session.call("updateKnowledge", path=path, raw=b"{", headers={"authorization": None})
    session.call("listKnowledges", target="/api/v1/knowledges")
    session.call("getKnowledge", target=session.request("getKnowledge", path=path).target + "/")
    session.call("getKnowledge", path=path, method="PATCH")
    session.call("listKnowledges", target="/api/v1/%EC%A7%80%EC%8B%9D")


def _spare_live_instances(session: Session) -> None:
    if not session.embedded:
        raise Unmet("it is about what the document does not say, and such calls are made of embedded mocks only")
