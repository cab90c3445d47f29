"""The Entity Enricher mock's keys: what each permits, created ones, and that none is ever shown again."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.enricher import NO_PERMISSION, READ_ONLY, Enricher
from understudy.stage import ManualClock

KEYS = "/api/auth/api-keys"
NAME = {"name": "보고서 읽기 📖"}


@pytest.fixture
def enricher(engine_for: EngineFor) -> Enricher:
    return Enricher(engine_for("entity_enricher"))


def created(enricher: Enricher, **more: Any) -> dict[str, Any]:
    answer = enricher("POST", KEYS, {**NAME, **more})
    assert answer.status == 200, answer.body
    return dict(answer.body)


def with_key(enricher: Enricher, key: str | None) -> Enricher:
    return Enricher(enricher.engine, key)


def test_a_created_key_is_one_of_the_same_organisation(enricher: Enricher) -> None:
    made = created(enricher)
    assert made["key"].startswith("ent_")
    assert made["key_prefix"] == made["key"][:12]
    assert (made["name"], made["scopes"], made["role"], made["expires_at"]) == (
        NAME["name"],
        ["read", "write"],
        None,
        None,
    )
    assert made["id"] not in made["key"]
    other = with_key(enricher, made["key"])
    enricher.events(enricher.start({"name": "삼성전자"}))
    job_id = other.start({"name": "로슈"})
    assert enricher.events(job_id)[-1]["status"] == "completed"
    assert enricher.records() == other.records()
    assert len(other.records()) == 2
    assert with_key(enricher, "ent_test_good-other").records() == []
    again = created(other)
    assert with_key(enricher, again["key"]).records() == enricher.records()


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"), [(["read"], 200, 403), (["write"], 403, 200), (["write", "read"], 200, 200)]
)
def test_a_key_permits_what_its_scopes_say(enricher: Enricher, scopes: list[str], reads: int, writes: int) -> None:
    other = with_key(enricher, created(enricher, scopes=scopes, role="operator")["key"])
    order = enricher.order()
    job_id = enricher.start()
    assert other("GET", "/api/records").status == reads
    assert other("HEAD", "/api/records").status == reads
    assert other("GET", f"/api/llm/stream/{job_id}").status == reads
    assert other("POST", "/api/single/enrich/stream", order).status == writes
    assert other("POST", f"/api/llm/cancel/{job_id}").status == writes
    assert other("POST", KEYS, NAME).status == writes


def test_the_keys_of_the_contract_permit_what_their_roles_say(enricher: Enricher) -> None:
    reader, nobody = with_key(enricher, READ_ONLY), with_key(enricher, NO_PERMISSION)
    assert reader("GET", "/api/enrichment/options").status == 200
    for operation in enricher.engine.contract.operations.values():
        path = operation.path.replace("{job_id}", "x").replace("{id}", "x")
        refused = nobody(operation.method, path)
        assert (refused.status, refused.clause) == (403, "ee.error.forbidden")
        if operation.method != "GET":
            refused = reader(operation.method, path)
            assert (refused.status, refused.clause) == (403, "ee.error.forbidden-write")
    assert nobody("GET", "/api/unknown").clause == "ee.error.forbidden"
    assert reader("POST", "/api/unknown").clause == "ee.error.unknown-path"


@pytest.mark.parametrize(
    "key",
    [
        "ent_nobody",
        "ent_test_goo",
        "Bearer ent_test_good",
        " ent_test_good",
        "한글".encode().decode("latin-1"),
        "ent_test_good-" + "x" * 65,
    ],
)
def test_a_key_that_nobody_has_is_refused(enricher: Enricher, key: str) -> None:
    answer = with_key(enricher, key)("GET", "/api/records")
    assert (answer.status, answer.clause) == (401, "ee.error.wrong-key")
    created(enricher)
    assert with_key(enricher, key)("GET", "/api/records").status == 401


def test_no_key_is_refused_before_anything_else(enricher: Enricher) -> None:
    for key in (None, ""):
        for method, path in (("GET", "/api/records"), ("POST", "/nowhere"), ("POST", KEYS)):
            assert with_key(enricher, key)(method, path, raw=b"{").clause == "ee.error.missing-key"


def test_a_key_expires(enricher: Enricher) -> None:
    made = created(enricher, expires_in_days=30)
    assert made["expires_at"] == "2026-01-31T00:00:00.000Z"
    other, clock = with_key(enricher, made["key"]), enricher.engine.stage.clock
    assert isinstance(clock, ManualClock)
    clock.advance(30 * 86_400 - 1)
    assert other("GET", "/api/records").status == 200
    clock.advance(1)
    assert (other("GET", "/api/records").status, other("GET", "/api/records").clause) == (401, "ee.error.wrong-key")
    for days in (0, -1, 1.5, "30", 10**9, 2**70):
        assert enricher("POST", KEYS, {**NAME, "expires_in_days": days}).clause == "ee.error.bad-request"


def test_keys_are_kept_up_to_a_limit(engine_for: EngineFor) -> None:
    enricher = Enricher(engine_for("entity_enricher", limits={"entity_enricher": {"kept_keys": 2}}))
    keys = {created(enricher)["key"] for _ in range(2)}
    assert len(keys) == 2
    assert enricher("POST", KEYS, NAME).clause == "ee.error.too-many-keys"
    assert with_key(enricher, "ent_test_good-other")("POST", KEYS, NAME).status == 200


def test_a_key_is_shown_once_and_kept_nowhere(enricher: Enricher) -> None:
    key = created(enricher, scopes=["read"])["key"]
    with_key(enricher, key)("GET", "/api/records")
    *_, creation, use = enricher.engine.stage.journal
    assert msgspec.json.decode(creation.response.body)["key"] == "[redacted]"
    assert msgspec.json.decode(creation.response.body)["name"] == NAME["name"]
    assert use.request.headers["x-api-key"] == "[redacted]"
    assert key not in repr(list(enricher.engine.stage.journal))
    assert key not in repr(enricher.state)
    assert key not in repr(enricher.engine.stage.shared)


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": 7}, {"role": "king"}, {"scopes": []}, {"scopes": ["read", "read"]}, {"scopes": ["all"]}],
)
def test_a_wrong_key_is_not_created(enricher: Enricher, wrong: dict[str, Any]) -> None:
    assert enricher("POST", KEYS, {**NAME, **wrong}).clause == "ee.error.bad-request"
    assert not enricher.state.keys
