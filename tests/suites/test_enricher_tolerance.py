"""An instance of Entity Enricher that differs where the document is silent is not failed for it.

What is judged here may be noted, never violated.
"""

from __future__ import annotations

import pytest

from tests.suites.enricher_provider import KEYS, Provider
from tests.suites.enricher_variants import LAWFUL, LAWFUL_IN_MOCKS
from tests.suites.enricher_variants.jobs import WorksOnAllEntitiesAtOnce
from tests.suites.enricher_variants.pauses import PausesTwice
from tests.suites.enricher_variants.shapes import GivesIdsInKorean
from tests.suites.enricher_variants.streams import TellsOfProgress
from tests.suites.enricher_variants.weather import IsBusy
from tests.suites.enricher_verification import against, verified, violated


@pytest.mark.parametrize("provider", LAWFUL, ids=lambda provider: provider.__name__)
def test_a_lawful_difference_is_not_failed(provider: type[Provider]) -> None:
    assert violated(verified(provider())) == {}


@pytest.mark.parametrize(
    "provider",
    [*LAWFUL_IN_MOCKS, GivesIdsInKorean, IsBusy, PausesTwice, TellsOfProgress, WorksOnAllEntitiesAtOnce],
    ids=lambda provider: provider.__name__,
)
def test_nor_is_it_in_an_embedded_mock(provider: type[Provider]) -> None:
    assert violated(verified(provider(), embedded=True)) == {}


def test_there_are_enough_differences_to_say_so() -> None:
    assert len(LAWFUL) + len(LAWFUL_IN_MOCKS) >= 180


def test_the_provider_of_these_tests_keeps_everything() -> None:
    assert against(verified(Provider())) == set()


def test_nor_is_it_failed_as_an_embedded_mock() -> None:
    """It has none of the limits that mocks of ours have, which are noted."""
    assert violated(verified(Provider(), embedded=True)) == {}


def test_a_target_with_one_key_and_no_fixtures_is_not_failed() -> None:
    assert violated(verified(Provider(), credentials={"good": KEYS["good"][:1]}, fixtures={})) == {}
