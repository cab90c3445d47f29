"""The judge of who may call Entity Enricher, and of how it refuses, as a reader of exchanges."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.suites.enricher_conversation import FAILING, GOOD, NOTHING, OTHER, Conversation, broken, folded
from understudy.http import Request, Response
from understudy.verify.observation import Observation

# Who calls


@pytest.mark.parametrize("key", [None, "", "ent_good_4Kd", " ent_good_4Kd8", "ent_understudy-unknown-credential"])
def test_what_is_no_key_is_refused_with_401(key: str | None) -> None:
    clause = "error.wrong-key" if (key or "").strip() else "error.missing-key"
    said = Conversation()

    assert not broken(said.say("GET", "records", None, 401, {"detail": "키가 없습니다"}, key=key))
    assert broken(said.say("GET", "records", None, 403, {"detail": "키가 없습니다"}, key=key)) == {clause}
    assert {"auth.required", clause} <= broken(said.say("GET", "records", None, 200, {"records": []}, key=key))


def test_an_unknown_key_in_a_recording_may_be_valid() -> None:
    found = Conversation().say("GET", "records", None, 200, {"records": []}, key="[redacted]")

    assert not broken(found)


def test_a_refused_key_counts_only_when_it_is_taken_again() -> None:
    said = Conversation()

    assert not broken(said.say("GET", "records", None, 401, {"detail": "만료"}))
    assert "auth.header" in broken(said.say("GET", "schema/saved", None, 200, {"schemas": []}))


def test_a_key_that_permits_nothing_is_refused_with_403() -> None:
    said = Conversation()

    assert not broken(said.say("GET", "records", None, 403, {"detail": "권한 없음"}, key=NOTHING))
    assert "error.forbidden" in broken(said.say("GET", "records", None, 401, {"detail": "권한 없음"}, key=NOTHING))
    assert "error.forbidden" in broken(said.say("GET", "records", None, 200, {"records": []}, key=NOTHING))


def test_another_organisation_is_not_shown_what_one_made() -> None:
    said = Conversation()
    said.batch("record-of-one")

    assert not broken(said.record("record-of-one", 404, key=OTHER))
    assert not broken(said.record("record-of-one", 403, key=OTHER))
    assert broken(said.record("record-of-one", key=OTHER)) == {"auth.organisation"}


def test_two_organisations_may_count_for_themselves() -> None:
    said = Conversation()
    said.batch("1")

    assert not broken(said.record("1", key=OTHER))


def test_a_created_key_is_accepted_and_not_told() -> None:
    said = Conversation()
    key = "ent_생긴_열쇠"
    said.say("POST", "auth/api-keys", {"name": "읽기", "scopes": ["read"]}, 200, {"key": key})
    request = Request("GET", "/api/records", {"x-api-key": key})
    refusal = Response(401, (("Content-Type", "application/json"),), b'{"detail": "who?"}')

    _, verdicts = said.judge.read(Observation(9, 9.0, 0.1, request, refusal))

    assert broken(folded(verdicts)) == {"create-api-key.creates"}
    assert not [verdict for verdict in verdicts if key in f"{verdict.expected}{verdict.seen}"]


# Refusals


@pytest.mark.parametrize("detail", ["없습니다", [{"msg": "field required"}], {"message": "틀렸습니다"}])
def test_a_message_may_have_any_form_that_people_can_read(detail: Any) -> None:
    assert not broken(Conversation().say("GET", "records/x", None, 404, {"detail": detail}))


@pytest.mark.parametrize("detail", ["", "  ", 17, [], {"code": 4}, "—"])
def test_what_is_no_message_is_none(detail: Any) -> None:
    found = broken(Conversation().say("GET", "records/x", None, 404, {"detail": detail}))

    assert found == {"error.detail-readable"}


@pytest.mark.parametrize("body", [b"", b"<h1>404</h1>", b'{"error": "x"}', b'{"detail": null}', b"\xff{", b"[" * 9999])
def test_an_error_without_detail_is_one_that_says_nothing(body: bytes) -> None:
    found = broken(Conversation().say("GET", "records/x", None, 404, body))

    assert "error.detail" in found


def test_a_missing_field_is_refused_with_400() -> None:
    body = {"schema_id": "s", "models": ["a::b"]}
    for status, expected in ((400, set()), (422, {"error.missing-field"}), (500, {"error.missing-field"})):
        found = Conversation().say("POST", "single/enrich/stream", body, status, {"detail": "entity_data"})

        assert broken(found) == expected


def test_a_refusal_for_want_of_money_says_nothing_of_the_request() -> None:
    body = {"schema_id": "s", "models": ["a::b"]}

    assert not broken(Conversation().say("POST", "single/enrich/stream", body, 402, {"detail": {"code": "limit"}}))


def test_no_verdict_shows_a_key() -> None:
    said = Conversation()
    body = json.dumps({"message": f"{GOOD} 키로는 안 됩니다"}, ensure_ascii=False).encode()
    refusal = Response(404, (("Content-Type", "application/json"),), body)

    _, verdicts = said.judge.read(
        Observation(1, 1.0, 0.1, Request("GET", "/api/records/x", {"x-api-key": GOOD}), refusal)
    )

    assert "[redacted]" in next(verdict.seen for verdict in verdicts if not verdict.held)
    assert GOOD not in repr(verdicts)


def test_an_operation_that_never_answers_does_not_work() -> None:
    said = Conversation()
    request = Request("GET", "/api/records", {"x-api-key": GOOD})
    found = []
    for _ in range(2):
        said.exchange(request, None)
        said.exchange(request, None)
        found.append(broken(said.say("GET", "schema/saved", None, 200, {"schemas": []})))

    assert found == [set(), {"list-records.pages"}]


def test_a_key_for_which_the_instance_fails_is_answered_with_500() -> None:
    said = Conversation()

    assert not broken(said.say("GET", "records", None, 500, {"detail": "안에서 실패했습니다"}, key=FAILING))
    assert broken(said.say("GET", "records", None, 503, {"detail": "나중에"}, key=FAILING)) == set()
    assert broken(said.say("GET", "records", None, 502, b"<h1>", key=FAILING)) == set()
    assert broken(said.say("GET", "records", None, 418, {"detail": "찻주전자"}, key=FAILING)) == {"error.internal"}
