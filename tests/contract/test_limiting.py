"""Limits that stand in schemas too."""

from __future__ import annotations

import pytest

from tests.mocks.conftest import contract_of, make_engine
from understudy.contract.limiting import with_limits
from understudy.http import Request

HEADERS = {"authorization": "Bearer dhub-test-good"}


def status(query: str, **limits: int | None) -> int:
    engine = make_engine("dhub_knowledge", limits={"dhub_knowledge": limits})
    return engine.handle(Request("GET", f"/api/v1/knowledges/{query}", HEADERS)).response.status


def test_a_limit_that_is_overridden_moves_the_bound_that_requests_are_checked_by() -> None:
    assert [status("?limit=1000"), status("?limit=1001")] == [200, 422]
    assert [status("?limit=5", page_items_max=5), status("?limit=6", page_items_max=5)] == [200, 422]
    assert status("?limit=1001", page_items_max=2000) == 200


def test_no_limit_takes_the_bound_away() -> None:
    assert status("?limit=100000", page_items_max=None) == 200


def test_a_default_follows_its_limit() -> None:
    engine = make_engine("dhub_knowledge", limits={"dhub_knowledge": {"page_items_default": 1}})
    for _ in range(2):
        headers = {**HEADERS, "content-type": "application/json"}
        engine.handle(Request("POST", "/api/v1/knowledges/", headers, '{"name": "지식 🙂"}'.encode()))
    page = engine.handle(Request("GET", "/api/v1/knowledges/", HEADERS)).response.body
    assert page.count(b"knowledge-") == 2  # one item: its name in the page, and its id inside


@pytest.mark.parametrize("stem", ["dhub_knowledge", "entity_enricher", "etri_mrc", "flowith_seek"])
def test_the_contracts_own_limits_change_nothing(stem: str) -> None:
    contract = contract_of(stem)
    assert with_limits(contract, {name: limit.value for name, limit in contract.limits.items()}) is contract
