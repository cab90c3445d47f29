"""What ETRI counts: calls by the calendar of Seoul, keys of an address and addresses of a key."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mocks.conftest import make_engine
from tests.mocks.etri import GOOD, READING, STEM, Etri, seoul
from understudy import guards
from understudy.stage import ManualClock

DAY, MONTH, YEAR = "Daily Limit Exceeded", "Monthly Limit Exceeded", "Yearly Limit Exceeded"


def etri_at(now: float, **limits: Any) -> tuple[Etri, ManualClock]:
    clock = ManualClock(now)
    return Etri(make_engine(STEM, clock=clock, limits={STEM: limits})), clock


@pytest.mark.parametrize(
    ("limit", "reason", "begins", "last", "over"),
    [
        ("daily_calls", DAY, (2026, 2, 28), (2026, 2, 28, 23, 59, 59), (2026, 3, 1)),
        ("daily_calls", DAY, (2024, 2, 28, 9), (2024, 2, 28, 23, 59, 59), (2024, 2, 29)),
        ("daily_calls", DAY, (2024, 2, 29), (2024, 2, 29, 23, 59, 59), (2024, 3, 1)),
        ("daily_calls", DAY, (2026, 12, 31), (2026, 12, 31, 23, 59, 59), (2027, 1, 1)),
        ("monthly_calls", MONTH, (2026, 1, 31, 23, 59), (2026, 1, 31, 23, 59, 59), (2026, 2, 1)),
        ("monthly_calls", MONTH, (2024, 2, 1), (2024, 2, 29, 23, 59, 59), (2024, 3, 1)),
        ("monthly_calls", MONTH, (2026, 2, 1), (2026, 2, 28, 23, 59, 59), (2026, 3, 1)),
        ("monthly_calls", MONTH, (2026, 12, 1), (2026, 12, 31, 23, 59, 59), (2027, 1, 1)),
        ("yearly_calls", YEAR, (2024, 2, 29), (2024, 12, 31, 23, 59, 59), (2025, 1, 1)),
        ("yearly_calls", YEAR, (2026, 1, 1), (2026, 12, 31, 23, 59, 59), (2027, 1, 1)),
    ],
)
def test_a_quota_is_exact_and_begins_anew_at_midnight_in_seoul(
    limit: str, reason: str, begins: tuple[int, ...], last: tuple[int, ...], over: tuple[int, ...]
) -> None:
    etri, clock = etri_at(seoul(*begins), **{limit: 2})
    assert etri.reasons(4) == [None, None, reason, reason]
    clock.set(seoul(*last))
    assert etri().reason == reason
    clock.set(seoul(*over))
    assert etri.reasons(3) == [None, None, reason]


def test_the_three_quotas_run_beside_one_another() -> None:
    etri, clock = etri_at(seoul(2025, 11, 29, 12), daily_calls=2, monthly_calls=3, yearly_calls=5)
    assert etri.reasons(3) == [None, None, DAY]
    clock.set(seoul(2025, 11, 30))
    assert etri.reasons(2) == [None, MONTH]
    clock.set(seoul(2025, 12, 1))
    assert etri.reasons(3) == [None, None, DAY]
    clock.set(seoul(2025, 12, 2))
    assert etri().reason == YEAR
    clock.set(seoul(2026, 1, 1))
    assert etri.reasons(3) == [None, None, DAY]


def test_only_answered_calls_count_and_only_for_their_key() -> None:
    etri, _ = etri_at(seoul(2026, 7, 1), daily_calls=2)
    refused = [
        etri({}).reason,
        etri(raw=b"\xff").reason,
        etri(in_flight=99).reason,
        etri(target="/x").reason,
        etri(key="etri-test-internal-error").reason,
    ]
    assert None not in refused
    assert etri.ask("", "").status == 200
    assert etri.reasons(2) == [None, DAY]
    assert Etri(etri.engine, f"{GOOD}-other").reasons(3) == [None, None, DAY]


def test_a_key_that_always_fails_inside_fails_inside_for_ever() -> None:
    etri, _ = etri_at(0.0, daily_calls=2)
    assert {etri(key="etri-test-internal-error").reason for _ in range(5)} == {"Internal Server Error"}


# Keys and addresses


def keys(etri: Etri, names: str, peer: str) -> list[int]:
    return [etri(key=f"{GOOD}-{name}", peer=peer).status for name in names]


def test_one_key_more_than_an_address_may_use_is_too_many_and_the_others_go_on() -> None:
    etri, clock = etri_at(seoul(2026, 5, 5, 23), keys_per_ip=2)
    assert keys(etri, "abcab", "192.0.2.1") == [200, 200, 403, 200, 200]
    assert keys(etri, "cd", "192.0.2.2") == [200, 200]
    clock.set(seoul(2026, 5, 5, 23, 59, 59))
    assert keys(etri, "c", "192.0.2.1") == [403]
    clock.set(seoul(2026, 5, 6))
    assert keys(etri, "cab", "192.0.2.1") == [200, 200, 403]


def test_one_address_more_than_a_key_may_use_is_too_many_and_the_others_go_on() -> None:
    etri, clock = etri_at(seoul(2026, 5, 5, 23), ips_per_key=2)
    peers = ["192.0.2.1", "2001:db8::1", "192.0.2.3", "192.0.2.1", "2001:db8:0::1"]
    assert [etri(peer=peer).reason for peer in peers] == [None, None, "Too Many IPs", None, None]
    assert etri(key=f"{GOOD}-other", peer="192.0.2.3").status == 200
    clock.set(seoul(2026, 5, 6))
    assert [etri(peer=peer).reason for peer in peers[2:]] == [None, None, "Too Many IPs"]


def test_a_mapped_address_is_the_address() -> None:
    etri, _ = etri_at(0.0, ips_per_key=1, allowed_ips=["192.0.2.0/24"])
    assert [etri(peer=peer).status for peer in ("192.0.2.7", "::ffff:192.0.2.7", "::ffff:c000:207")] == [200] * 3


def test_refused_calls_use_no_address_and_no_key_up() -> None:
    etri, _ = etri_at(0.0, keys_per_ip=1, ips_per_key=1)
    for key in ("etri-test-blocked", "etri-test-too-many-keys", "etri-test-internal-error", "nobody"):
        assert etri(key=key).status in (403, 500)
    assert etri({}, peer="192.0.2.9").status == 400
    assert etri().status == 200


def test_the_tables_of_one_stage_are_not_those_of_another() -> None:
    for _ in range(2):
        etri, _ = etri_at(0.0, keys_per_ip=1)
        assert etri().status == 200


def test_what_is_remembered_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "MOST_KEYS", 3)
    etri, _ = etri_at(0.0, keys_per_ip=1, ips_per_key=None)
    for n in range(10):
        assert etri(peer=f"192.0.2.{n}", key=f"{GOOD}-{n}").status == 200
    assert len(etri.engine.stage.shared[STEM].seen) == 3
    assert etri(peer="192.0.2.9", key=f"{GOOD}-x").reason == "Too Many Keys", "the last ones are remembered"
    assert etri(peer="192.0.2.0", key=f"{GOOD}-x").status == 200


@pytest.mark.parametrize(
    ("allowed", "peer", "status"),
    [
        ([], "203.0.113.9", 200),
        (["192.0.2.7"], "192.0.2.7", 200),
        (["192.0.2.7"], "192.0.2.8", 403),
        (["192.0.2.0/25"], "192.0.2.127", 200),
        (["192.0.2.0/25"], "192.0.2.128", 403),
        (["192.0.2.99/25"], "192.0.2.1", 200),
        (["2001:db8::/32"], "2001:db8:ffff::1", 200),
        (["2001:db8::/32"], "2001:db9::1", 403),
        (["2001:db8::1", "192.0.2.1"], "192.0.2.1", 200),
        (["::/0"], "192.0.2.1", 403),
        (["0.0.0.0/0"], "::1", 403),
        (["fe80::/10"], "fe80::1%eth0", 200),
        (["0.0.0.0/0", "::/0"], "testclient", 403),
        ([], "testclient", 200),
    ],
)
def test_addresses_are_allowed_one_by_one_and_by_networks(allowed: list[str], peer: str, status: int) -> None:
    etri, _ = etri_at(0.0, allowed_ips=allowed)
    assert etri(peer=peer).status == status


def test_an_address_that_is_none_in_a_limit_is_named() -> None:
    etri, _ = etri_at(0.0, allowed_ips=["192.0.2.0/33"])
    answer = etri()
    assert answer.status == 500
    assert "the limit allowed_ips: '192.0.2.0/33'" in answer.body["understudy"]


# Bodies


def test_a_body_of_exactly_the_limit_is_accepted() -> None:
    clock = ManualClock()
    size = len(Etri(make_engine(STEM))().exchange.request.body)
    for most, status in ((size, 200), (size - 1, 413)):
        engine = make_engine(STEM, clock=clock, limits={STEM: {"body_bytes": most}})
        assert Etri(engine)(READING).status == status
