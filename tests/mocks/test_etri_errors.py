"""Every error of ETRI's table: as it arises of itself, by the credential that shows it, and which comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from tests.mocks.conftest import EngineFor, contract_of, make_engine
from tests.mocks.etri import GOOD, PASSAGE, PATH, READING, STEM, Answer, Etri, part
from understudy.engine import Engine
from understudy.http import Request
from understudy.stage import ManualClock

ERRORS = {error.name: error for error in contract_of(STEM).errors}
ROLES = {error.role: error for error in ERRORS.values() if error.role is not None}


@dataclass(frozen=True)
class Way:
    """How an error comes about: on a stage with these limits, after these calls, by this one."""

    call: Callable[[Etri], Answer]
    limits: dict[str, Any] = field(default_factory=dict)
    before: Callable[[Etri], object] = lambda etri: None


WAYS = {
    "empty_auth_header": Way(lambda etri: etri(key=None)),
    "invalid_key": Way(lambda etri: etri(key="no-such-key-열쇠".encode().decode("latin-1"))),
    "blocked_key": Way(lambda etri: etri(key="etri-test-blocked-mine")),
    "daily_limit_exceeded": Way(Etri.__call__, {"daily_calls": 2}, lambda etri: etri.reasons(2)),
    "monthly_limit_exceeded": Way(Etri.__call__, {"monthly_calls": 2}, lambda etri: etri.reasons(2)),
    "yearly_limit_exceeded": Way(Etri.__call__, {"yearly_calls": 2}, lambda etri: etri.reasons(2)),
    "too_many_keys": Way(lambda etri: etri(key=f"{GOOD}-other"), {"keys_per_ip": 1}, Etri.__call__),
    "too_many_ips": Way(lambda etri: etri(peer="127.0.0.2"), {"ips_per_key": 1}, Etri.__call__),
    "not_allowed_ip": Way(lambda etri: etri(peer="192.0.3.1"), {"allowed_ips": ["192.0.2.0/24"]}),
    "not_allowed_subpath": Way(lambda etri: etri(target=f"{PATH}/하위?q=1")),
    "invalid_api": Way(lambda etri: etri(target="/WiseNLU")),
    "concurrent_limit_exceeded": Way(lambda etri: etri(in_flight=3), {"concurrent_calls": 3}),
    "bad_request": Way(lambda etri: etri({"argument": {"question": "무엇인가?"}})),
    "body_size_limit_exceeded": Way(Etri.__call__, {"body_bytes": 10}),
}


def etri_on(limits: dict[str, Any], **options: Any) -> Etri:
    return Etri(make_engine(STEM, limits={STEM: limits}, **options))


def assert_refused(answer: Answer, name: str) -> None:
    """That the answer is the documented error of this name, whole."""
    error = ERRORS[name]
    assert (answer.status, answer.body) == (
        error.status,
        {"request_id": "reserved field", "result": -1, "reason": error.reason},
    )
    assert answer.exchange.response.header("understudy-clause") == error.clauses[0]
    assert answer.exchange.clauses == error.clauses


@pytest.mark.parametrize("name", WAYS)
def test_an_error_arises_of_itself(name: str) -> None:
    way = WAYS[name]
    etri = etri_on(way.limits)
    way.before(etri)
    assert_refused(way.call(etri), name)


@pytest.mark.parametrize("name", WAYS)
def test_without_its_cause_there_is_no_error(name: str) -> None:
    etri = etri_on({})
    WAYS[name].before(etri)
    assert etri().status == 200


@pytest.mark.parametrize(("kind", "name"), [("body_too_large", "body_size_limit_exceeded"), ("request_timeout",) * 2])
def test_what_is_decided_at_the_wire_is_said_in_the_same_words(kind: str, name: str, engine_for: EngineFor) -> None:
    exchange = engine_for(STEM).refuse(kind, Request("POST", PATH, {"authorization": GOOD}, b'{"request_id": "r'))
    assert_refused(Answer(exchange.response.status, msgspec.json.decode(exchange.response.body), exchange), name)


def test_a_reader_that_fails_is_an_internal_error_that_says_where(
    engine_for: EngineFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    etri = Etri(engine_for(STEM, limits={STEM: {"daily_calls": 1}}))

    def broken(text: str) -> None:
        raise ValueError(text)

    with monkeypatch.context() as patched:
        patched.setattr(part("reader"), "Passage", broken)
        answer = etri()
        assert_refused(answer, "internal_server_error")
        fault = answer.exchange.response.header("understudy-fault")
        assert fault is not None
        assert fault.startswith("ValueError at test_etri_errors.py:")
        assert PASSAGE not in str(answer.exchange.response.headers)
    assert etri.reasons(2) == [None, "Daily Limit Exceeded"], "a call that failed inside does not count"


def test_every_error_of_the_table_has_a_way() -> None:
    others = {"request_timeout", "internal_server_error"}
    assert set(WAYS) | others == set(ERRORS)


# By credential


@pytest.mark.parametrize("suffix", ["", "-mine.1~_"])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_shows_its_error_from_the_first_call_to_the_last(role: str, suffix: str, engine_for: EngineFor) -> None:
    (value,) = contract_of(STEM).roles[role].values
    limits = {"daily_calls": 2, "keys_per_ip": 1, "ips_per_key": 1}
    etri = Etri(engine_for(STEM, limits={STEM: limits}), value + suffix)
    for peer in ("127.0.0.1", "127.0.0.2", "::1", "127.0.0.1"):
        assert_refused(etri(peer=peer), _name(ROLES[role].clauses[0]))


def test_the_good_key_is_good_and_so_is_every_account_of_it(engine_for: EngineFor) -> None:
    engine = engine_for(STEM)
    assert [Etri(engine, key)().status for key in (GOOD, f"{GOOD}-a", f"{GOOD}-{'z' * 64}")] == [200] * 3


@pytest.mark.parametrize("key", ["Bearer " + GOOD, GOOD + "-", GOOD + "-" + "z" * 65, GOOD + "-열", GOOD[:-1], "\x00"])
def test_a_key_of_another_form_is_unknown(key: str, engine_for: EngineFor) -> None:
    assert_refused(Etri(engine_for(STEM))(key=key), "invalid_key")


# Which comes first


BROKEN = b'{"argument": '
PRECEDENCE: list[
    tuple[str, dict[str, Any], dict[str, Any]]
] = [  # what is answered, limits, a call with more wrong after
    ("body_size_limit_exceeded", {"body_bytes": 5}, {"key": None, "raw": BROKEN}),
    ("empty_auth_header", {"allowed_ips": ["::1"]}, {"key": None, "target": "/x", "raw": BROKEN}),
    ("invalid_key", {"allowed_ips": ["::1"]}, {"key": "nobody", "target": "/x", "in_flight": 99}),
    ("blocked_key", {"daily_calls": 0}, {"key": "etri-test-blocked", "target": "/x"}),
    ("daily_limit_exceeded", {"daily_calls": 0, "monthly_calls": 0, "yearly_calls": 0}, {"target": "/x"}),
    ("monthly_limit_exceeded", {"monthly_calls": 0, "yearly_calls": 0, "keys_per_ip": 0}, {"raw": BROKEN}),
    ("yearly_limit_exceeded", {"yearly_calls": 0, "keys_per_ip": 0, "ips_per_key": 0}, {"method": "GET"}),
    ("too_many_keys", {"keys_per_ip": 0, "ips_per_key": 0, "allowed_ips": ["::1"]}, {"target": "/x"}),
    ("too_many_ips", {"ips_per_key": 0, "allowed_ips": ["::1"]}, {"target": PATH + "/x"}),
    ("not_allowed_ip", {"allowed_ips": ["::1"]}, {"target": PATH + "/x", "in_flight": 99}),
    ("not_allowed_subpath", {}, {"target": PATH + "/x", "method": "GET", "in_flight": 99}),
    ("invalid_api", {"concurrent_calls": 0}, {"target": "/x", "in_flight": 99, "raw": BROKEN}),
    ("invalid_api", {}, {"key": "etri-test-burst", "target": "/x"}),
    ("concurrent_limit_exceeded", {"concurrent_calls": 0}, {"raw": BROKEN}),
    ("bad_request", {}, {"key": "etri-test-internal-error", "raw": BROKEN}),
]


@pytest.mark.parametrize(("name", "limits", "call"), PRECEDENCE)
def test_of_several_errors_the_first_is_answered(name: str, limits: dict[str, Any], call: dict[str, Any]) -> None:
    assert_refused(etri_on(limits)(**call), name)


def test_the_order_of_the_table_is_the_order_of_the_tests() -> None:
    ranks = [ERRORS[name].rank for name, _, _ in PRECEDENCE]
    assert ranks == sorted(ranks)


# What all answers have


def test_every_answer_has_the_documented_head() -> None:
    documented = {"content-type": "application/json; charset=UTF-8"}
    documented |= {"access-control-allow-origin": "*", "connection": "close"}
    for way in (Way(Etri.__call__), *WAYS.values(), Way(lambda etri: etri(key="etri-test-internal-error"))):
        etri = etri_on(way.limits)
        way.before(etri)
        response = way.call(etri).exchange.response
        assert {name.lower(): value for name, value in response.headers}.items() >= documented.items()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "QUERY", "연결"])
def test_another_method_is_an_api_that_is_not_registered(method: str, engine_for: EngineFor) -> None:
    assert_refused(Etri(engine_for(STEM))(method=method), "invalid_api")


def test_an_unmatched_request_is_told_what_it_may_have_meant(engine_for: EngineFor) -> None:
    answer = Etri(engine_for(STEM))(target="/MRCservlet")
    assert answer.exchange.response.header("understudy-near-miss") == "POST /MRCServlet (a path like it)"


def test_subpaths_that_are_allowed_are_registered_nowhere() -> None:
    etri = etri_on({"allowed_subpaths": ["", "/v2", "/한"]})
    targets = (PATH, f"{PATH}?a=b", f"{PATH}/v2", f"{PATH}/%ED%95%9C", f"{PATH}/v3", f"{PATH}/", f"{PATH}X")
    reasons = [etri(target=target).reason for target in targets]
    assert reasons == [None, None, "Invalid API", "Invalid API", *["Not Allowed Subpath"] * 2, "Invalid API"]
    assert etri_on({"allowed_subpaths": []})().reason == "Not Allowed Subpath"
    assert etri_on({"allowed_subpaths": None})(target=f"{PATH}/v3").reason == "Invalid API"


def test_limits_of_null_do_not_bind() -> None:
    names = ["daily_calls", "monthly_calls", "yearly_calls", "keys_per_ip", "ips_per_key", "concurrent_calls"]
    etri = etri_on(dict.fromkeys([*names, "allowed_ips", "body_bytes"]))
    assert [etri(in_flight=10_000, peer=f"10.0.0.{n}").status for n in range(20)] == [200] * 20


def test_the_dialect_counts_calls_in_succession_instead() -> None:
    clock = ManualClock()
    etri = etri_on({"consecutive_calls": 3}, dialects=frozenset(("consecutive-calls",)), clock=clock)
    assert [etri(in_flight=99).reason for _ in range(4)] == [None, None, None, "Concurrent Limit Exceeded"]
    assert_refused(etri(), "concurrent_limit_exceeded")
    assert etri(target="/x").reason == "Invalid API"
    assert Etri(etri.engine, f"{GOOD}-other")().status == 200
    clock.advance(0.999)
    assert_refused(etri(), "concurrent_limit_exceeded")
    clock.advance(0.001)
    assert etri().status == 200


def test_the_key_in_the_body_is_read_in_its_dialect_only(engine_for: EngineFor) -> None:
    told: list[Any] = [GOOD, "etri-test-blocked", "nobody", "", 5, None]
    bodies = [READING | {"access_key": key} for key in told]
    default, dialect = engine_for(STEM), engine_for(STEM, dialects=frozenset(("body-key",)))
    assert {Etri(default, None)(body).reason for body in bodies} == {"Empty Auth Header"}
    reasons = [Etri(dialect, None)(body).reason for body in bodies]
    assert reasons == [None, "Blocked KEY", "Invalid Key", *["Empty Auth Header"] * 3]
    assert Etri(dialect, None)(raw=b'{"access_key": "etri-test-go').reason == "Empty Auth Header"
    assert Etri(dialect, GOOD)(READING | {"access_key": "etri-test-blocked"}).status == 200, "the header goes first"


def test_an_empty_header_is_none(engine_for: EngineFor) -> None:
    def empty(engine: Engine, body: Any) -> Any:
        request = Request("POST", PATH, {"authorization": ""}, msgspec.json.encode(body))
        return msgspec.json.decode(engine.handle(request).response.body)

    assert empty(engine_for(STEM), READING)["reason"] == "Empty Auth Header"
    dialect = engine_for(STEM, dialects=frozenset(("body-key",)))
    assert empty(dialect, READING | {"access_key": GOOD})["result"] == 0


def _name(clause: str) -> str:
    return next(name for name, error in ERRORS.items() if error.clauses[0] == clause)
