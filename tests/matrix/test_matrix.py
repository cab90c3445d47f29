"""The matrix is complete, and each cell answers as the contract says: naturally, by test credential, by force."""

from __future__ import annotations

from typing import Any

import pytest

from tests.matrix.walking import PROJECT, Walk, Walked, cells_of, contract_of, instance_for, walked, wrong_with

STEMS = PROJECT.stems


def expected(document: Any) -> set[tuple[str | None, str]]:
    """Operation and name of every error, read off the document with nothing between."""
    operations = [
        node["operationId"]
        for item in document["paths"].values()
        for node in item.values()
        if isinstance(node, dict) and "operationId" in node
    ]
    return {
        (operation, error["name"])
        for error in document["x-errors"]
        for operation in error.get("operations", operations) or [None]
    }


@pytest.mark.parametrize("stem", STEMS)
def test_every_error_has_a_cell_for_each_of_its_operations_and_a_way_to_it(stem: str) -> None:
    cells = cells_of(stem)
    assert len(cells) == len({(cell.operation, cell.error.name) for cell in cells})
    assert {(cell.operation, cell.error.name) for cell in cells} == expected(contract_of(stem).document)
    assert [cell for cell in cells if cell.natural is None and cell.credential is None] == []


@pytest.mark.parametrize("stem", STEMS)
def test_every_answer_that_is_no_success_is_in_the_matrix(stem: str) -> None:
    told = {(cell.operation, cell.error.status) for cell in cells_of(stem)}
    for operation in contract_of(stem).operations.values():
        assert {(operation.id, int(status)) for status in operation.node["responses"] if status[0] in "45"} <= told


@pytest.mark.parametrize("stem", STEMS)
def test_every_cell_answers_naturally(stem: str) -> None:
    ways = [(cell, cell.natural) for cell in cells_of(stem)]
    walks = [Walk(cell, way, f"natural-{place}") for place, (cell, way) in enumerate(ways) if way is not None]
    assert walks
    assert wrong(walked(stem, walks)) == []


@pytest.mark.parametrize("stem", [stem for stem in STEMS if any(cell.credential for cell in cells_of(stem))])
def test_every_cell_that_a_role_shows_answers_to_its_credential(stem: str) -> None:
    ways = [(cell, cell.credential) for cell in cells_of(stem)]
    walks = [Walk(cell, way, f"role-{place}") for place, (cell, way) in enumerate(ways) if way is not None]
    assert wrong(walked(stem, walks)) == []


@pytest.mark.parametrize("stem", STEMS)
def test_every_cell_answers_by_force(stem: str) -> None:
    cells = cells_of(stem)
    with instance_for(stem, cells[0].call) as instance:
        found = []
        for place, cell in enumerate(cells):
            walk = Walk(cell, cell.call, f"forced-{place}")
            found.append(Walked(walk, wrong_with(walk, instance.engine.contract, instance.forced(walk))))
        assert instance.engine.stage.faults.active == ()
    assert wrong(found) == []


@pytest.mark.parametrize("stem", STEMS)
def test_a_lawful_call_of_every_operation_succeeds(stem: str) -> None:
    """What recipes change is no error by itself."""
    cells = {cell.operation: cell for cell in cells_of(stem) if cell.operation is not None}
    assert set(cells) == set(contract_of(stem).operations)
    with instance_for(stem, next(iter(cells.values())).call) as instance:
        answers = {
            operation: instance.answer(Walk(cell, cell.call, f"lawful-{place}")).status
            for place, (operation, cell) in enumerate(cells.items())
        }
    assert {operation: status for operation, status in answers.items() if status != 200} == {}


def wrong(found: list[Walked]) -> list[str]:
    return [str(one) for one in found if one.wrong]
