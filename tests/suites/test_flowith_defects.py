"""Every provider that is broken in one documented respect is found, and the clause that it breaks is named."""

from __future__ import annotations

import pytest

from tests.suites.flowith_defects import DEFECTS, FOUND_EMBEDDED_ONLY, RATES, Minute
from tests.suites.flowith_verification import CONTRACT, verified, violated
from understudy.contract import BINDING_GRADES


def test_defects_break_what_binds() -> None:
    clauses = {f"flowith.{clause}" for clause, _ in (*DEFECTS.values(), *RATES.values())}
    assert all(CONTRACT.clauses[clause].grade in BINDING_GRADES for clause in clauses)


@pytest.mark.parametrize("name", DEFECTS)
def test_defect_is_found_in_an_embedded_mock(name: str) -> None:
    clause, change = DEFECTS[name]
    assert f"flowith.{clause}" in violated(verified(change))


@pytest.mark.parametrize("name", [name for name in DEFECTS if name not in FOUND_EMBEDDED_ONLY])
def test_defect_is_found_elsewhere(name: str) -> None:
    clause, change = DEFECTS[name]
    assert f"flowith.{clause}" in violated(verified(change, embedded=False))


@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "elsewhere"])
@pytest.mark.parametrize("dialects", [(), ("fixed-window",)], ids=["sliding", "fixed"])
@pytest.mark.parametrize("name", RATES)
def test_rate_is_counted_exactly(name: str, dialects: tuple[str, ...], embedded: bool) -> None:
    """The contract's limit is what the provider is held to; what it does instead it does not tell."""
    clause, most = RATES[name]
    broken = verified(
        embedded=embedded, limits={"requests_per_minute": most}, told={"requests_per_minute": 12},
        served_dialects=frozenset(dialects),
    )  # fmt: skip
    assert f"flowith.{clause}" in violated(broken)


@pytest.mark.parametrize("seconds", [10, 30, 45, 60, 90])
def test_a_minute_has_sixty_seconds(seconds: int) -> None:
    unlimited = {"requests_per_minute": None, "credits_balance": None}
    broken = violated(verified(Minute(seconds), limits=unlimited, told={"requests_per_minute": 12}))
    wrong = "flowith.rate.refused" if seconds < 60 else "flowith.rate.limit"
    assert set(broken) == (set() if seconds == 60 else {wrong})
