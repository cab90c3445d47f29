"""An instance of D.Hub that differs where the document is silent is not failed for it.

What is judged here may be noted, never violated.
"""

from __future__ import annotations

import pytest

from tests.suites.dhub_provider import Provider
from tests.suites.dhub_variants import LAWFUL
from tests.suites.dhub_variants.histories import ListsOnlyWhatUpdatesReplaced, ListsTheOldestVersionFirst
from tests.suites.dhub_variants.lists import HasSmallPages
from tests.suites.dhub_variants.shapes import GivesUuids, SaysMore, TakesAnythingForABody, WritesJsonOtherwise
from tests.suites.dhub_variants.weather import IsBusy
from tests.suites.dhub_verification import against, verified, violated
from understudy.errors import TargetError
from understudy.verify.verification import Outcome


@pytest.mark.parametrize("provider", LAWFUL, ids=lambda provider: provider.__name__)
def test_a_lawful_difference_is_not_failed(provider: type[Provider]) -> None:
    assert violated(verified(provider())) == {}


@pytest.mark.parametrize(
    "provider",
    [
        GivesUuids,
        SaysMore,
        WritesJsonOtherwise,
        ListsOnlyWhatUpdatesReplaced,
        IsBusy,
        TakesAnythingForABody,
        HasSmallPages,
    ],
    ids=lambda provider: provider.__name__,
)
def test_nor_is_it_in_an_embedded_mock(provider: type[Provider]) -> None:
    assert violated(verified(provider(), embedded=True)) == {}


def test_there_are_enough_differences_to_say_so() -> None:
    assert len(LAWFUL) >= 25


def test_the_provider_of_these_tests_keeps_everything() -> None:
    assert against(verified(Provider())) == set()


def test_what_was_assumed_is_noted_where_it_is_otherwise() -> None:
    noted = against(verified(ListsTheOldestVersionFirst()))

    assert "dhub.list-knowledge-versions.order" in noted
    assert "dhub.list-knowledge-versions.utc" in noted


def test_a_target_that_refuses_the_credential_is_not_judged() -> None:
    class TakesNobody(Provider):
        def valid(self, token: str | None) -> bool:
            return False

    with pytest.raises(TargetError, match="refused the credentials"):
        verified(TakesNobody())


def test_what_could_not_be_asked_is_not_checked() -> None:
    verification = verified(Provider(), calls=30)

    rows = {row.clause.id: row for row in verification.rows}
    assert verification.passed
    assert len(verification.observations) <= 30
    assert rows["dhub.delete.conflict"].outcome is Outcome.NOT_CHECKED
    assert "cap of 30 calls" in rows["dhub.delete.conflict"].reason
