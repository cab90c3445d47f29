"""The plane's own contract: clean, of its documentation, served as OpenAPI, and kept under Schemathesis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.control.served import Served
from tests.docs.pages import ROOT, Page
from understudy.contract.lint import lint
from understudy.control.definition import control
from understudy.control.opening import plane_contract
from understudy.faults import Fault
from understudy.service import Refusal

EXAMPLES = 5
"""Generated requests of each operation and manner."""
ENDLESS = "/stages/{stage}/journal/follow"


def test_the_contract_is_clean() -> None:
    findings = [str(finding) for finding in lint(plane_contract().path) if finding.severity == "error"]
    assert findings == []


def test_its_sources_are_sections_of_our_documentation() -> None:
    (source,) = plane_contract().document["x-sources"].values()
    page = Page(ROOT / source["file"])
    assert set(source["sections"].values()) == {text for level, text in page.headings if level == 2}


def test_the_documentation_has_every_fault_limit_and_kind_of_clock() -> None:
    text = (ROOT / "docs/control.md").read_text(encoding="utf-8")
    for kind in get_args(Fault):
        assert f"`{kind.__struct_config__.tag}`" in text
    limits = plane_contract().limits
    assert f"at most {limits['stages'].value} stages" in text
    assert f"at most {limits['list_items'].value}" in text
    assert f"{limits['follow_pending'].value} exchanges behind" in text
    assert f"after {limits['heartbeat_seconds'].value} seconds of silence" in text


def test_every_refusal_is_an_error_of_the_contract() -> None:
    contract = plane_contract()
    own = [refusal for refusal in Refusal.__subclasses__() if refusal.__module__ == "understudy.control.refusals"]
    for refusal in own:
        case = contract.error_by_clause(refusal.clause)
        assert case is not None
        assert case.status == refusal.status
    cited = {refusal.clause for refusal in own}
    assert [case.name for case in contract.errors if not cited & set(case.clauses)] == []


def test_every_operation_has_a_behaviour() -> None:
    assert set(control.behaviours) == set(plane_contract().operations)


def test_it_is_served_as_openapi(served: Served) -> None:
    document = served.done("GET", "/openapi.json")
    assert document["openapi"] == "3.1.1"
    assert document["servers"][0]["url"] == served.url
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    assert served.token not in str(document)


def test_schemathesis_finds_nothing(served: Served) -> None:
    """Lawful and unlawful requests, by Schemathesis' own engine and all of its checks, on a stage that there is."""
    pytest.importorskip("schemathesis")
    document = served.done("GET", "/openapi.json")
    del document["paths"][ENDLESS]  # an answer without an end: tests/control/test_following.py
    found, answered = [], {200: 0, 201: 0, 204: 0, 400: 0, 422: 0}
    for recorder in schemathesis_run(served, document):
        for interaction in recorder.interactions.values():
            assert interaction.response is not None
            answered[interaction.response.status_code] = answered.get(interaction.response.status_code, 0) + 1
        failed = [check.failure_info for checks in recorder.checks.values() for check in checks if check.failure_info]
        found += [f"{info.failure.operation}: {info.failure}\n{info.code_sample}" for info in failed]
    assert found == []
    assert min(answered.values()) > 0, f"it went through all of them: {answered}"


def schemathesis_run(served: Served, document: dict[str, Any]) -> Iterator[Any]:
    """What was sent and how it was judged, scenario by scenario."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    config = SchemathesisConfig.from_dict(
        {
            "seed": 4,
            "cache": {"enabled": False},
            "headers": {"Authorization": f"Bearer {served.token}"},
            "parameters": {"path.stage": "default"},
            "generation": {"max-examples": EXAMPLES, "database": "none", "mode": "all"},
            # 422: what is asked for is lawful and cannot be done. 400 is for what is not lawful, and no lawful request.
            # A fault that was planned is gone after a reset; a list that was cleared is there, and empty.
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "409", "422"]},
                "ensure_resource_availability": {"enabled": False},
                "use_after_free": {"enabled": False},
            },
        }
    )
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.config.update(base_url=served.url)
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), str(event)
        if isinstance(event, events.ScenarioFinished):
            yield event.recorder
