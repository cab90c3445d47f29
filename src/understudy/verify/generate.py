"""Lawful JSON bodies from the schemas of a contract, by schemathesis' strategies: the same ones in every run."""

from __future__ import annotations

from typing import Any

from understudy.contract import Contract, OperationNode
from understudy.contract.export import export_openapi_31
from understudy.verify.cases import BodySource


def lawful_bodies(contract: Contract, seed: int = 0) -> BodySource:
    """A source of lawful bodies by operation. Importing schemathesis costs a second, so it waits for the first call."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, seed as seeded, settings  # noqa: I001
    from schemathesis import GenerationMode, openapi

    schema = openapi.from_dict(export_openapi_31(contract))

    def bodies(operation: OperationNode, examples: int) -> list[Any]:
        strategy = schema[operation.path][operation.method].as_strategy(generation_mode=GenerationMode.POSITIVE)
        found: list[Any] = []

        @seeded(seed)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def collect(case: Any) -> None:
            found.append(case.body)

        collect()
        return found

    return bodies
