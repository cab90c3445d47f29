"""A contract implies mutants: of every member, status, header, media type, event, credential and limit that binds."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.contract import BINDING_GRADES
from understudy.mutants import check, derived_mutants
from understudy.project import find_project

PROJECT = find_project(Path(__file__))
IDS = {
    stem: {mutant.id.partition("/")[2] for mutant in derived_mutants(PROJECT.contract(stem))} for stem in PROJECT.stems
}


@pytest.mark.parametrize("stem", PROJECT.stems)
def test_each_breaks_a_clause_that_binds(stem: str) -> None:
    contract = PROJECT.contract(stem)
    mutants = tuple(derived_mutants(contract))

    check(contract, mutants)
    for mutant in mutants:
        assert {contract.clauses[id].grade for id in mutant.clauses} & BINDING_GRADES


def test_a_member_is_broken_in_every_way_that_it_can_be() -> None:
    place = "reply-field/listKnowledges.200.items.*.(text).name"

    assert {f"{place}.{what}" for what in ("dropped", "renamed", "retyped", "null")} <= IDS["dhub_knowledge"]
    assert "reply-field/getKnowledge.200.alias.dropped" in IDS["dhub_knowledge"]  # which a list need not show
    assert not {id for id in IDS["dhub_knowledge"] if id.endswith("alias.null")}  # which is lawful
    assert "reply-field/listKnowledges.200.items.*.(text).category.different" in IDS["dhub_knowledge"]


def test_what_no_document_says_is_not_broken() -> None:
    assert not {id for id in IDS["dhub_knowledge"] if id.startswith("reply-field/getDocument.200.name")}
    assert "status/readPassage.200.201" not in IDS["etri_mrc"]
    assert not {id for id in IDS["entity_enricher"] if "strategy_selected" in id}


def test_heads_streams_access_and_limits_are_broken() -> None:
    assert "status/deleteKnowledge.409.400" in IDS["dhub_knowledge"]
    assert "header/readPassage.200.no-Access-Control-Allow-Origin" in IDS["etri_mrc"]
    assert "media-type/readPassage.200.application-json.none" in IDS["etri_mrc"]
    assert {"stream/seek.no-end", "stream/seek.two-ends", "stream/seek.searching.held-back"} <= IDS["flowith_seek"]
    assert "stream/streamJob.model_completed.missing" in IDS["entity_enricher"]
    assert {"auth/seek.none", "auth/seek.unknown"} <= IDS["flowith_seek"]
    assert {"limit/requests_per_minute.+1", "limit/requests_per_minute.-1"} <= IDS["flowith_seek"]
    assert "limit/page_items_default.-1" not in IDS["dhub_knowledge"]  # a page may be shorter
