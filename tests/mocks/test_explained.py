"""What a stage says of why it answered as it did, over the mocks of all services."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mocks.conftest import make_engine
from tests.mocks.dhub import KNOWLEDGES, Dhub, path
from tests.mocks.enricher import CLAUDE, Enricher
from tests.mocks.etri import Etri
from tests.mocks.flowith import Flowith
from understudy.engine import Engine
from understudy.errors import UsageError
from understudy.explain import explain
from understudy.faults import Delay, Planned, Refuse
from understudy.http import Request
from understudy.tracing import Tracer


def traced(stem: str, **options: Any) -> Engine:
    engine = make_engine(stem, **options)
    engine.stage.tracer = Tracer()
    return engine


def told(engine: Engine) -> dict[str, Any]:
    """The explanation of the last exchange."""
    return explain(engine.stage, engine.stage.journal.count)


def test_an_unknown_id_is_looked_up_and_one_that_is_there_is_proposed() -> None:
    dhub = Dhub(traced("dhub_knowledge"))
    there = dhub.create(name="제품 🛒")
    dhub("GET", path("knowledge-none"))

    why = told(dhub.engine)

    assert (why["status"], why["operation"]) == (404, "getKnowledge")
    assert why["because"] == "the operation refused it, by dhub.error.unknown-knowledge"
    assert why["clauses"][0]["id"] == "dhub.error.unknown-knowledge"
    assert why["clauses"][0]["says"]
    assert why["clauses"][0]["source"]
    assert why["state"] == {"read": [], "missed": ["items/knowledge-none"], "written": []}
    assert there in why["change"]["says"]
    assert why["change"]["status"] == 200
    assert dhub("GET", path(there)).status == 200, "what is proposed does it"


def test_a_write_is_told() -> None:
    dhub = Dhub(traced("dhub_knowledge"))
    id = dhub.create(name="제품")

    why = told(dhub.engine)

    assert why["because"] == "nothing refused the request, and the operation answered"
    assert why["state"]["written"] == [f"items/{id}"]
    assert why["change"]["says"] == "leave 'name' out of the body"
    assert why["change"]["status"] == 422
    assert len(dhub.listed()) == 2, "what was tried was tried on a copy"


def test_a_conflict_needs_another_state() -> None:
    dhub = Dhub(traced("dhub_knowledge"))
    holder = dhub.create(name="제품")
    dhub.create_document(holder)
    dhub("DELETE", path(holder))

    why = told(dhub.engine)

    assert why["status"] == 409
    assert "what the service holds has to change first" in why["change"]["says"] or why["change"]["status"] != 409


def test_a_request_that_breaks_the_contract() -> None:
    dhub = Dhub(traced("dhub_knowledge"))
    dhub("POST", KNOWLEDGES, {"name": "좋은 이름", "groups": "하나"})

    why = told(dhub.engine)

    assert why["because"].startswith("the request breaks the contract: body /groups: expected")
    assert why["violations"]
    assert why["change"] == {"says": "leave 'groups' out of the body", "status": 200}


def test_a_path_that_is_nearly_one() -> None:
    dhub = Dhub(traced("dhub_knowledge"))
    dhub("PATCH", path("knowledge-abc123"), {"name": "x"})

    why = told(dhub.engine)

    assert why["because"].startswith("no operation of the contract has this method and path; near misses: ")
    assert why["change"]["status"] in {200, 404}
    assert why["change"]["says"].startswith("call ")


def test_no_credential_and_no_secret() -> None:
    dhub = Dhub(traced("dhub_knowledge"), "dhub-test-good-비밀")
    dhub.engine.handle(Request("GET", KNOWLEDGES, {"authorization": "Bearer sk-very-secret"}))

    why = told(dhub.engine)

    assert why["because"] == "the guard RequireCredential refused it, by dhub.auth.invalid"
    assert why["guards"][0] == {"guard": "RequireCredential", "outcome": "refused"}
    assert why["change"]["says"] == "send a credential of the role good in authorization"
    assert why["change"]["status"] == 200
    assert "very-secret" not in str(why)


def test_a_quota_is_counted() -> None:
    etri = Etri(traced("etri_mrc", limits={"etri_mrc": {"daily_calls": 2}}))
    etri.reasons(3)

    why = told(etri.engine)

    quota = next(entry for entry in why["guards"] if entry["outcome"] == "refused")
    assert quota["guard"] == "CalendarQuota(daily_calls)"
    assert quota["limit"] == 2
    assert quota["counted"][1] == 2
    assert [entry["outcome"] for entry in why["guards"]][-1] == "not asked"


def test_a_rate_passes_with_time() -> None:
    flowith = Flowith(traced("flowith_seek", limits={"flowith_seek": {"requests_per_minute": 1}}))
    for _ in range(2):
        flowith.seek("연차 휴가는?")

    change = told(flowith.engine)["change"]

    assert "wait for 60 s" in change["says"] or change["status"] == 200


def test_what_a_job_is_about() -> None:
    enricher = Enricher(traced("entity_enricher"))
    enricher.start({"name": "삼성전자"}, (CLAUDE,))

    why = told(enricher.engine)

    assert any(entry.startswith("schemas/") for entry in why["state"]["read"])
    assert any(entry.startswith("jobs/") for entry in why["state"]["written"])
    assert [entry["outcome"] for entry in why["guards"]] == ["passed"] * len(why["guards"])


def test_a_fault_is_named() -> None:
    dhub = Dhub(traced("dhub_knowledge"))
    id = dhub.engine.stage.faults.add(Planned(Refuse("knowledge_not_found"), "dhub_knowledge", "getKnowledge"))
    dhub("GET", path("knowledge-abc123"))

    why = told(dhub.engine)

    assert why["because"] == f"the fault {id} was due, which had been planned"
    assert why["fault"]["id"] == id
    assert why["change"]["says"].startswith("none: the fault decides. Without it the request is now answered with 200")
    dhub.engine.stage.faults.add(Planned(Delay(1.0), "dhub_knowledge"))


def test_without_tracing_the_rest_is_told() -> None:
    dhub = Dhub(make_engine("dhub_knowledge"))
    dhub("GET", path("knowledge-none"))

    why = told(dhub.engine)

    assert (why["guards"], why["state"]) == (None, None)
    assert why["because"].endswith("dhub.error.unknown-knowledge")


def test_an_exchange_that_is_not_kept() -> None:
    dhub = Dhub(make_engine("dhub_knowledge", journal_size=1))
    dhub.page()
    dhub.page()
    for number in (1, 3):
        with pytest.raises(UsageError, match=f"has no exchange {number}"):
            explain(dhub.engine.stage, number)
