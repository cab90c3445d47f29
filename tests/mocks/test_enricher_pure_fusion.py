"""Fusion in the Entity Enricher mock: what the results agree about stays, and of the rest it is said who gave what."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mocks.enricher_schemas import ANY, KEPT, MODELS, NAMES, VALUES, part

A, B, C, D = MODELS
RESULTS = st.lists(st.dictionaries(NAMES, VALUES, max_size=4), min_size=1, max_size=4)


def fuse(
    results: list[tuple[str, dict[str, Any]]], arbiter: str | None = None, schema: dict[str, Any] | None = None
) -> Any:
    return part("fusing").fuse(results, arbiter, schema)


def test_what_is_agreed_stays_and_what_differs_is_reported() -> None:
    fused = fuse(
        [
            (A, {"name": "로슈", "size": {"staff": 1, "sites": 2}}),
            (B, {"name": "로슈", "size": {"staff": 3, "sites": 2}}),
        ]
    )
    assert fused.merged_result == {"name": "로슈", "size": {"staff": 1, "sites": 2}}
    assert fused.conflict_report == {
        "agreed_fields": 2,
        "conflicted_fields": 1,
        "total_fields": 3,
        "conflicts": [
            {"path": "size.staff", "field_type": "integer", "needs_arbitration": True, "values_by_model": {A: 1, B: 3}}
        ],
    }
    assert fused[2:5] == (None, None, None)


def test_most_models_are_believed() -> None:
    assert fuse([(A, {"x": 1}), (B, {"x": 2}), (C, {"x": 2})], A).merged_result == {"x": 2}


def test_the_arbiter_believes_itself_where_nothing_else_decides() -> None:
    results = [(A, {"x": 1, "y": [1]}), (B, {"x": 2, "y": [2]})]
    assert fuse(results).merged_result == {"x": 1, "y": [1]}
    assert fuse(results, B).merged_result == {"x": 2, "y": [2]}
    chosen = fuse(results, D)
    assert chosen.merged_result["x"] in {1, 2}
    assert chosen.cost_usd > 0
    assert chosen.input_tokens > fuse([(A, {"x": 1})], D).input_tokens


def test_what_only_one_has_is_taken_and_reported() -> None:
    fused = fuse([(A, {"x": 1, "z": None}), (B, {"x": 1.0, "y": "가", "z": True})], A)
    assert fused.merged_result == {"x": 1, "y": "가", "z": True}
    assert [conflict["path"] for conflict in fused.conflict_report["conflicts"]] == ["z", "y"]
    assert fused.conflict_report["conflicts"][1]["values_by_model"] == {A: None, B: "가"}


def test_true_is_not_one() -> None:
    assert fuse([(A, {"x": True}), (B, {"x": 1})]).conflict_report["conflicted_fields"] == 1


def test_two_results_of_one_model_are_told_apart() -> None:
    conflict = fuse([(A, {"x": 1}), (A, {"x": 2}), (B, {"x": 3})]).conflict_report["conflicts"][0]
    assert conflict["values_by_model"] == {A: 1, f"{A}#2": 2, B: 3}


@given(RESULTS, st.none() | st.sampled_from(MODELS))
def test_the_report_adds_up(results: list[dict[str, Any]], arbiter: str | None) -> None:
    named = list(zip(itertools.cycle(MODELS), results, strict=False))
    fused = fuse(named, arbiter)
    report = fused.conflict_report
    assert report["agreed_fields"] + report["conflicted_fields"] == report["total_fields"]
    assert report["conflicted_fields"] == len(report["conflicts"])
    assert all({*conflict["values_by_model"]} == {model for model, _ in named} for conflict in report["conflicts"])
    assert {*fused.merged_result} == {name for result in results for name in result}
    assert fuse(named, arbiter) == fused


@given(RESULTS.map(lambda results: results[0]), st.integers(1, 4))
def test_the_same_results_are_fused_into_the_same(result: dict[str, Any], count: int) -> None:
    fused = fuse(list(zip(MODELS[:count], [result] * count, strict=True)), A)
    assert fused.merged_result == result
    assert fused.conflict_report["conflicts"] == []


@given(KEPT | ANY, st.dictionaries(NAMES, VALUES, min_size=1, max_size=3), st.none() | st.sampled_from(MODELS))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_the_fused_result_is_valid_where_the_results_are(
    schema: dict[str, Any], entity: dict[str, Any], arbiter: str | None
) -> None:
    if part("checking").problem_with(schema) is not None:
        return
    try:
        found = [(model, part("enriching").enrich_entity(schema, entity, model, None).values) for model in MODELS]
    except part("enriching").CannotSatisfy:
        return
    assert part("checking").is_valid(schema, fuse(found, arbiter, schema).merged_result)


def test_whole_properties_are_taken_where_their_fields_do_not_go_together() -> None:
    schema = {"type": "object", "properties": {"x": {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}}}
    results = [(A, {"x": {"a": 1}, "y": 1}), (B, {"x": {"b": 2}, "y": 2}), (C, {"x": {"b": 2}, "y": 1})]
    assert fuse(results, None, schema).merged_result == {"x": {"b": 2}, "y": 1}


@pytest.mark.parametrize("arbiter", [None, B, D])
def test_fields_that_do_not_go_together_are_not_put_together(arbiter: str | None) -> None:
    schema = {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}
    assert fuse([(A, {"a": 1}), (B, {"b": 2})], arbiter, schema).merged_result in [{"a": 1}, {"b": 2}]
    inner = {"type": "object", "properties": {"x": schema}}
    assert fuse([(A, {"x": {"a": 1}, "y": 1}), (B, {"x": {"b": 2}, "y": 1})], arbiter, inner).merged_result in [
        {"x": {"a": 1}, "y": 1},
        {"x": {"b": 2}, "y": 1},
    ]
