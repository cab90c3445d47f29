"""The eight steps: what a request becomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.conftest import GOOD, answer, ask, new_service
from understudy import Call, Refusal, Reply, Request
from understudy.contract import Contract
from understudy.engine import Engine
from understudy.errors import ServiceError, UsageError
from understudy.stage import ManualClock, Stage

HANGUL = "한글 각 👩‍👩‍👧 é\r\n\x00"


def test_what_is_written_is_read_code_point_for_code_point(engine: Engine) -> None:
    id = answer(ask(engine, "POST", "/notes/", {"text": HANGUL}))["id"]
    assert answer(ask(engine, "GET", f"/notes/{id}")) == {"text": HANGUL}


def test_a_second_spelling_of_a_path_behaves_as_the_first(engine: Engine) -> None:
    id = answer(ask(engine, "POST", "/notes/", {"text": "a"}))["id"]
    assert answer(ask(engine, "GET", f"/v0/notes/{id}")) == {"text": "a"}


def test_head_is_answered_like_get(engine: Engine) -> None:
    id = answer(ask(engine, "POST", "/notes/", {"text": "a"}))["id"]
    assert ask(engine, "HEAD", f"/notes/{id}").response == ask(engine, "GET", f"/notes/{id}").response


def test_the_content_type_has_the_charset_of_the_service(engine: Engine) -> None:
    assert ask(engine, "GET", "/notes/").response.header("content-type") == "application/json; charset=UTF-8"


def test_a_default_of_the_contract_is_filled_in(engine: Engine) -> None:
    for _ in range(3):
        ask(engine, "POST", "/notes/", {"text": "a"})
    assert len(answer(ask(engine, "GET", "/notes/"))) == 2
    assert len(answer(ask(engine, "GET", "/notes/?limit=3"))) == 3


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b'{"text": 1}', "body /text"),
        (b'{"text": "a", "pin": "yes"}', "body /pin"),
        (b"{}", "body /text"),
        (b'{"text": "\xff"}', "body"),
        (b'{"text": "\\ud800"}', "body"),
        (b'{"text": NaN}', "body"),
        (b"[" * 100_000, "body"),
        (b"", "body"),
    ],
)
def test_an_unlawful_request_is_refused_and_says_where(engine: Engine, raw: bytes, where: str) -> None:
    exchange = ask(engine, "POST", "/notes/", raw=raw, headers={"content-type": "application/json"})
    assert exchange.response.status == 400
    assert exchange.violations[0].blame == "consumer"
    assert f"{exchange.violations[0].where} {exchange.violations[0].pointer}".strip() == where
    assert (exchange.response.header("understudy-violation") or "").startswith(where)
    assert exchange.clauses == ("notes.error.invalid",)


def test_a_violation_names_the_clause_and_the_section_and_never_the_value(engine: Engine) -> None:
    violation = ask(engine, "POST", "/notes/", {"text": 31337}).violations[0]
    assert violation.clauses == ("notes.write.text",)
    assert violation.source == "009 § 쪽지"
    assert "31337" not in str(violation)


def test_all_violations_are_found_at_once(engine: Engine) -> None:
    assert len(ask(engine, "POST", "/notes/", {"text": 1, "pin": 1}).violations) == 2


@pytest.mark.parametrize("target", ["/notes/?limit=0", "/notes/?limit=두개", "/notes/?limit=%FF", "/notes/%FF"])
def test_an_unlawful_parameter_is_refused(engine: Engine, target: str) -> None:
    assert ask(engine, "GET", target).response.status == 400


def test_another_media_type_is_refused_and_none_is_read_as_the_only_one(engine: Engine) -> None:
    body = {"text": "a"}
    assert ask(engine, "POST", "/notes/", body, headers={"content-type": "text/plain"}).response.status == 400
    request = Request("POST", "/notes/", {"authorization": f"Bearer {GOOD}"}, b'{"text": "a"}')
    assert engine.handle(request).response.status == 200


def test_a_path_nobody_knows_gets_the_services_own_answer_and_near_misses(engine: Engine) -> None:
    exchange = ask(engine, "POST", "/notes", {"text": "a"})
    assert exchange.response.status == 404
    assert exchange.operation is None
    assert exchange.response.header("understudy-near-miss") == (
        "POST /notes/ (with a trailing slash); POST /notes/ (a path like it)"
    )


@pytest.mark.parametrize("token", [None, "", "wrong", "notes-test-goodx", "notes-test-good-", "notes-test-good-한"])
def test_guards_stand_before_everything_else(engine: Engine, token: str | None) -> None:
    sent = None if token is None else token.encode().decode("latin-1")
    assert ask(engine, "POST", "/notes/", {"text": 1}, token=sent).response.status == 401
    assert ask(engine, "GET", "/nowhere", token=sent).response.status == 401


def test_any_suffix_of_a_test_credential_is_an_account_of_its_own(engine: Engine) -> None:
    id = answer(ask(engine, "POST", "/notes/", {"text": "a"}, token=f"{GOOD}-one"))["id"]
    assert ask(engine, "GET", f"/notes/{id}", token=f"{GOOD}-two").response.status == 404
    assert ask(engine, "GET", f"/notes/{id}", token=GOOD).response.status == 404
    assert ask(engine, "GET", f"/notes/{id}", token=f"{GOOD}-one").response.status == 200


def test_the_same_seed_gives_the_same_ids_whatever_other_accounts_do(engine_with: Callable[..., Engine]) -> None:
    def ids(seed: int, others: int) -> list[str]:
        engine = engine_with(seed=seed)
        for _ in range(others):
            ask(engine, "POST", "/notes/", {"text": "b"}, token=f"{GOOD}-other")
        return [answer(ask(engine, "POST", "/notes/", {"text": "a"}))["id"] for _ in range(3)]

    assert ids(1, 0) == ids(1, 5)
    assert ids(1, 0) != ids(2, 0)
    assert len(set(ids(1, 0))) == 3


def test_a_reply_that_breaks_the_contract_is_our_fault_and_is_shown(engine_with: Callable[..., Engine]) -> None:
    service = new_service()
    service.behaviours["readNote"] = lambda state, call: Reply({"text": "a", "colour": "red"})
    exchange = ask(engine_with(service), "GET", "/notes/x")
    assert exchange.response.status == 500
    assert exchange.violations[0].blame == "provider"
    assert "colour" in answer(exchange)["understudy"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"x": '{"text": 1}'}),
        Reply({"x": "not JSON"}),
        Reply({"x": '{"text": "a", "colour": "red"}'}),
        Reply([]),
        Reply({}, status=201),
        Reply({"x": "{}"}, media_type="text/html"),
    ],
)
def test_embedded_json_status_and_media_type_of_a_reply_are_checked(
    engine_with: Callable[..., Engine], reply: Reply
) -> None:
    service = new_service()
    service.behaviours["listNotes"] = lambda state, call: reply
    assert ask(engine_with(service), "GET", "/notes/").response.status == 500


@pytest.mark.parametrize("headers", [(), (("X-Count", "0"),), (("X-Count", "one"),), (("X-Count", "1.5"),)])
def test_a_header_that_the_contract_promises_is_checked(
    engine_with: Callable[..., Engine], headers: tuple[tuple[str, str], ...]
) -> None:
    service = new_service()
    service.behaviours["writeNote"] = lambda state, call: Reply({"id": "1"}, headers=headers)
    exchange = ask(engine_with(service), "POST", "/notes/", {"text": "a"})
    assert exchange.response.status == 500
    assert exchange.violations[0].where == "header X-Count"


def test_a_behaviour_that_fails_is_a_500_that_says_so(engine_with: Callable[..., Engine]) -> None:
    def fail(state: Any, call: Call) -> Reply:
        raise ZeroDivisionError("나누기")

    service = new_service()
    service.behaviours["readNote"] = fail
    exchange = ask(engine_with(service), "GET", "/notes/x")
    assert exchange.response.status == 500
    assert answer(exchange)["understudy"] == "ZeroDivisionError in the mock of readNote: 나누기"


def test_what_the_wire_decides_is_answered_in_the_services_own_words(engine: Engine) -> None:
    exchange = engine.refuse("body_too_large", Request("POST", "/notes/"))
    assert (exchange.response.status, exchange.clauses) == (413, ("notes.error.large",))
    assert engine.refuse("request_timeout", Request("POST", "/notes/")).response.status == 408


def test_the_journal_keeps_every_exchange_in_order_without_credentials(engine: Engine) -> None:
    ask(engine, "POST", "/notes/", {"text": "a"})
    ask(engine, "GET", "/nowhere", token="secret-token")
    kept = list(engine.stage.journal)
    assert [(entry.number, entry.operation, entry.response.status) for entry in kept] == [
        (1, "writeNote", 200),
        (2, None, 401),
    ]
    assert "secret-token" not in repr(kept)
    assert GOOD not in repr(kept)


def test_a_mock_that_does_not_fit_its_contract_fails_at_start(contract: Contract) -> None:
    lacking = new_service()
    del lacking.behaviours["readNote"]
    with pytest.raises(ServiceError, match=r"readNote.*has no behaviour"):
        Engine(lacking, contract, Stage(ManualClock()))
    with_more = new_service()
    with_more.behaviours["paintNote"] = lambda state, call: Reply()
    with pytest.raises(ServiceError, match="no operation paintNote"):
        Engine(with_more, contract, Stage(ManualClock()))
    with pytest.raises(ServiceError, match="has a behaviour already"):
        with_more.operation("paintNote")(lambda state, call: Reply())


def test_a_refusal_that_the_contract_does_not_know_fails_at_start(contract: Contract) -> None:
    service = new_service()

    class Teapot(Refusal):
        status, clause = 418, "notes.error.missing"

    Teapot.__module__ = __name__
    service.behaviours["readNote"] = lambda state, call: Reply()
    try:
        with pytest.raises(ServiceError, match="Teapot says 418"):
            Engine(service, contract, Stage(ManualClock()))
    finally:
        Teapot.clause = ""


def test_an_unknown_limit_is_refused(contract: Contract) -> None:
    with pytest.raises(UsageError, match="no limit calls_per_dya; it has"):
        Engine(new_service(), contract, Stage(ManualClock(), limits={"notes": {"calls_per_dya": 1}}))


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "BREW", "HEAD"]),
    target=st.text(max_size=40).map(lambda text: "/notes/" + text.encode("utf-8", "replace").decode("latin-1")),
    raw=st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(lambda v: json.dumps(v).encode()),
)
def test_no_request_makes_the_engine_fail(contract: Contract, method: str, target: str, raw: bytes) -> None:
    engine = Engine(new_service(), contract, Stage(ManualClock()))
    exchange = ask(engine, method, target, raw=raw)
    assert exchange.response.status in (200, 400, 404), exchange.response.body
