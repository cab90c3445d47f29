"""A mutant stands where an engine stands: in this process and behind a socket, with a memory for every stage."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import msgspec
import pytest

from understudy.adapters.server import serving
from understudy.engine import Engine
from understudy.errors import ContractError, UsageError
from understudy.http import Request, Response
from understudy.mutants import Asked, Catalogue, Forward, Memory, Mutant, Mutated, check, derived_mutants, shifted
from understudy.project import find_project
from understudy.stage import ManualClock, Stage

PROJECT = find_project(Path(__file__))
CONTRACT = PROJECT.contract("dhub_knowledge")
HEADERS = {"authorization": "Bearer dhub-test-good", "content-type": "application/json"}
CREATE = Request("POST", "/api/v1/knowledges/", HEADERS, '{"name": "규정 🐋"}'.encode())

catalogue = Catalogue("dhub_knowledge")


@catalogue.mutant("state", "dhub.create-knowledge.operation")
def answers_the_first(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Every creation is answered like the first."""
    response: Response = memory.setdefault("first", forward(asked.request))
    return response


@catalogue.mutant("state", "dhub.create-knowledge.operation")
def answers_itself(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Nothing is forwarded."""
    return Response(200, (("Content-Type", "application/json"),), b'{"item":"knowledge-x"}')


def engine(name: str = "default") -> Engine:
    return Engine(PROJECT.load_mock("dhub_knowledge"), CONTRACT, Stage(ManualClock(), name=name))


def test_a_mutant_remembers() -> None:
    mutated = Mutated(engine(), catalogue.mutants[0], CONTRACT)

    first, second = mutated.handle(CREATE), mutated.handle(CREATE)

    assert first.response == second.response
    assert second.request == CREATE
    assert second.number == 2


def test_each_provider_has_a_memory_of_its_own() -> None:
    one, other = (Mutated(engine(name), catalogue.mutants[0], CONTRACT) for name in ("one", "two"))

    assert one.handle(CREATE).response.status == 200
    other.handle(CREATE._replace(headers={}))
    assert other.handle(CREATE).response.status == 401


def test_a_mutant_that_answers_itself_is_an_exchange_too() -> None:
    exchange = Mutated(engine(), catalogue.mutants[1], CONTRACT).handle(CREATE)

    assert exchange.response.body == b'{"item":"knowledge-x"}'
    assert exchange.operation is None


def test_a_mutant_is_served_like_the_mock() -> None:
    with serving({"dhub_knowledge": Mutated(engine(), catalogue.mutants[0], CONTRACT)}) as running:
        url = running.urls["dhub_knowledge"] + CREATE.target
        answers = []
        for _ in range(2):
            request = urllib.request.Request(url, data=CREATE.body, headers=dict(HEADERS), method="POST")
            with urllib.request.urlopen(request) as response:
                answers.append(msgspec.json.decode(response.read()))

    assert answers[0] == answers[1]


def test_what_the_wire_refuses_passes_the_mutant_too() -> None:
    mutated = Mutated(engine(), catalogue.mutants[1], CONTRACT)

    assert mutated.refuse("body_too_large", CREATE).response.status == 200
    assert Mutated(engine(), catalogue.mutants[0], CONTRACT).refuse("body_too_large", CREATE).response.status == 413


def test_limits_are_shifted_from_what_they_are() -> None:
    mutant = next(mutant for mutant in derived_mutants(CONTRACT) if mutant.shift)

    assert shifted(mutant, {}, CONTRACT) == {"page_items_default": 101}
    assert shifted(mutant, {"page_items_default": 5, "wait_seconds": 1}, CONTRACT) == {
        "page_items_default": 6,
        "wait_seconds": 1,
    }


def mutant(**members: object) -> Mutant:
    good = catalogue.mutants[0]
    return Mutant(**{**vars(good), **members})


@pytest.mark.parametrize(
    ("wrong", "error", "told"),
    [
        (mutant(clauses=("dhub.nothing",)), ContractError, "dhub.nothing"),
        (mutant(clauses=("dhub.auth.missing",)), ContractError, "no documented or example clause"),
        (mutant(shift={"pages": 1}), ContractError, "pages"),
        (mutant(kind="mood"), UsageError, "mood"),
    ],
)
def test_a_mutant_that_names_what_is_not_there_is_refused(wrong: Mutant, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        check(CONTRACT, (wrong,))


def test_two_mutants_of_one_id_are_refused() -> None:
    with pytest.raises(UsageError, match="two mutants have the id"):
        check(CONTRACT, (catalogue.mutants[0], catalogue.mutants[0]))
