"""An instance of D.Hub that breaks one promise is caught, and for the right reason.

Every defect is one method of the provider done otherwise. They are judged as an instance that is not ours: without
fresh accounts and in few calls.
"""

from __future__ import annotations

import pytest

from tests.suites.dhub_defects import DEFECTS, Defect
from tests.suites.dhub_defects.creating import ForgetsWhatItCreates
from tests.suites.dhub_defects.deleting import DeletesOnlyInWords
from tests.suites.dhub_defects.updating import KeepsUpdatedAt
from tests.suites.dhub_provider import Provider, Thing
from tests.suites.dhub_verification import against, verified, violated


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.provider.__name__)
def test_a_defect_is_found(defect: Defect) -> None:
    verification = verified(defect.provider())

    assert defect.clauses <= against(verification)
    if defect.documented:
        assert defect.clauses & violated(verification).keys()


class ListsTwoHundred(Provider):
    def limit(self, text: str | None) -> int:
        return 200 if text is None else super().limit(text)


class EndsAfterAHundred(Provider):
    """What takes many calls to show shows in an embedded mock, where they cost nothing."""

    def order(self, shelf: dict[str, Thing]) -> list[Thing]:
        return super().order(shelf)[:100]


@pytest.mark.parametrize(
    ("provider", "clause"),
    [
        (ListsTwoHundred, "dhub.list-knowledges.limit-default"),
        (EndsAfterAHundred, "dhub.list-knowledges.complete"),
        (ForgetsWhatItCreates, "dhub.create-knowledge.operation"),
        (KeepsUpdatedAt, "dhub.knowledge.updated-at"),
        (DeletesOnlyInWords, "dhub.delete-knowledge.gone"),
    ],
)
def test_an_embedded_mock_is_judged_as_strictly(provider: type[Provider], clause: str) -> None:
    assert clause in violated(verified(provider(), embedded=True))


def test_there_are_enough_defects_to_say_so() -> None:
    assert len(DEFECTS) >= 40
