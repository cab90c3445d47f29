"""The judge of D.Hub as a reader: what it concludes of exchanges, and what it leaves open."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.suites.dhub_verification import CONTRACT, SUITE
from understudy.http import Request, Response
from understudy.verify.judge import Briefing
from understudy.verify.observation import Observation
from understudy.verify.reading import Verdict

GOOD = {"authorization": "Bearer dhub-test-good", "content-type": "application/json"}
ROOT = "/api/v1/knowledges/"
UPDATED = {"message": "Knowledge updated successfully"}
DELETED = {"message": "Knowledge deleted successfully"}


class Conversation:
    """Exchanges as a recording would have them, judged in order."""

    def __init__(self) -> None:
        self.judge = SUITE.judge(CONTRACT, Briefing({"dhub-test-good": "good", "dhub-test-other": "good"}))
        self.count = 0

    def say(
        self, method: str, path: str, body: Any, status: int, value: Any, headers: Mapping[str, str] = GOOD
    ) -> dict[str, bool]:
        """One exchange; whether each clause that it bears on held."""
        self.count += 1
        request = Request(method, ROOT + path, headers, b"" if body is None else json.dumps(body).encode())
        response = Response(status, (("Content-Type", "application/json"),), json.dumps(value).encode())
        _, verdicts = self.judge.read(Observation(self.count, float(self.count), 0.1, request, response))
        return folded(verdicts)

    def create(self, id: str = "knowledge-1", **fields: Any) -> dict[str, bool]:
        return self.say("POST", "", {"name": f"이름 {self.count}", **fields}, 200, {"item": id})


def folded(verdicts: tuple[Verdict, ...]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for verdict in verdicts:
        clause = verdict.clause.removeprefix("dhub.")
        found[clause] = found.get(clause, True) and verdict.held
    return found


def shown(id: str = "knowledge-1", **fields: Any) -> dict[str, Any]:
    details: dict[str, Any] = {
        "id": id,
        "name": "이름 0",
        "alias": None,
        "category": "knowledge",
        "type": None,
        "groups": [],
    }
    rest = {"tags": [], "options": {}, "comment": "", "created_at": 1_700_000_000, "updated_at": 1_700_000_000}
    return {**details, **rest, **fields}


# What is concluded of a conversation


def test_a_conversation_is_judged_without_its_beginning() -> None:
    said, old = Conversation(), shown("knowledge-old", name="옛것")

    assert all(said.say("GET", "knowledge-old", None, 200, old).values())
    assert all(said.say("PUT", "knowledge-old", {"name": "새것"}, 200, UPDATED).values())
    assert said.say("GET", "knowledge-old", None, 200, old)["update-knowledge.applied"] is False


def test_what_others_created_may_vanish() -> None:
    said = Conversation()
    said.say("GET", "knowledge-old", None, 200, shown("knowledge-old"))
    said.say("PUT", "knowledge-old", {"name": "새것"}, 200, UPDATED)

    found = said.say("GET", "knowledge-old", None, 404, {"detail": "없음"})

    assert all(found.values())


def test_what_was_deleted_stays_deleted_whoever_created_it() -> None:
    said = Conversation()
    said.say("DELETE", "knowledge-old", None, 200, DELETED)

    assert said.say("GET", "knowledge-old", None, 200, shown("knowledge-old"))["delete-knowledge.gone"] is False


def test_a_document_created_in_an_old_knowledge_keeps_it() -> None:
    said = Conversation()
    said.say("POST", "knowledge-old/documents/", {"name": "문서"}, 200, {"item": "knowledge.document-1"})

    found = said.say("DELETE", "knowledge-old", None, 200, DELETED)

    assert found["delete.conflict"] is False


def test_a_refused_token_counts_only_when_it_is_taken_again() -> None:
    said = Conversation()
    said.create()

    assert "auth.bearer" not in said.say("GET", "knowledge-1", None, 401, {"detail": "만료"})
    assert said.say("GET", "knowledge-1", None, 200, shown())["auth.bearer"] is False


def test_a_write_that_failed_may_have_been_carried_out_or_not() -> None:
    for name in ("이름 0", "바뀐 이름"):
        said = Conversation()
        said.create()
        said.say("PUT", "knowledge-1", {"name": "바뀐 이름"}, 503, None)

        assert False not in said.say("GET", "knowledge-1", None, 200, shown(name=name)).values()


def test_a_refused_update_must_not_show() -> None:
    said = Conversation()
    said.create()
    said.say("GET", "knowledge-1", None, 200, shown())
    said.say("PUT", "knowledge-1", {"alias": "몰래"}, 401, {"detail": "누구"}, headers={})

    found = said.say("GET", "knowledge-1", None, 200, shown(alias="몰래"))

    assert found["auth.required"] is False


def test_an_unknown_token_in_a_recording_may_be_valid() -> None:
    said = Conversation()
    recorded = {**GOOD, "authorization": "Bearer [redacted]"}

    found = said.say("POST", "", {"name": "기록된 것"}, 200, {"item": "knowledge-9"}, headers=recorded)

    assert "auth.required" not in found


@pytest.mark.parametrize("header", ["", "Bearer", "dhub-test-good", "Basic dhub-test-good", "Bearer dhub-test-goo"])
def test_what_is_no_token_is_none(header: str) -> None:
    said = Conversation()

    found = said.say("GET", "knowledge-abc123", None, 200, shown("knowledge-abc123"), headers={"authorization": header})

    assert found["auth.required"] is False


def pages(said: Conversation, *ids: str, foreign: str = "") -> Iterator[dict[str, bool]]:
    """A listing with one item on each page, beside a foreign one if there is one."""
    for number, id in enumerate(ids):
        token = str(number + 1) if number + 1 < len(ids) else None
        asked = f"?token={number}" if number else ""
        names = [name for name in (id, f"{foreign}{number}" if foreign else "") if name]
        items = {name: json.dumps(shown(name, name="이름 0")) for name in names}
        yield said.say("GET", asked, None, 200, {"items": items, "token": token})


def test_a_skip_between_pages_counts_at_once_where_nobody_else_is() -> None:
    said = Conversation()
    said.create("knowledge-1")
    said.create("knowledge-2", name="이름 0")

    assert list(pages(said, "knowledge-1", "knowledge-1"))[-1]["list-knowledges.complete"] is False


def test_where_others_are_it_counts_when_it_is_there_again() -> None:
    said = Conversation()
    said.create("knowledge-1")
    first = list(pages(said, "knowledge-1", "knowledge-1", foreign="남의 것 "))[-1]
    again = list(pages(said, "knowledge-1", "knowledge-1", foreign="남의 것 "))[-1]

    assert first.get("list-knowledges.complete", True)
    assert again["list-knowledges.complete"] is False


def test_writes_between_pages_may_move_them() -> None:
    said = Conversation()
    said.create("knowledge-1")
    listing = pages(said, "knowledge-1", "knowledge-1")
    next(listing)
    said.create("knowledge-0", name="이름 0")

    found = next(listing)

    assert found["list-knowledges.stable"] is False
    assert found.get("list-knowledges.complete", True)
