"""An instance of Entity Enricher that breaks one promise is caught, and for the right reason.

Every defect is one thing of the provider done otherwise. They are judged as an instance that is not ours: without fresh
accounts and in few calls.
"""

from __future__ import annotations

import pytest

from tests.suites.enricher_defects import DEFECTS, Defect
from tests.suites.enricher_verification import against, verified, violated


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.provider.__name__)
def test_a_defect_is_found(defect: Defect) -> None:
    verification = verified(defect.provider(), embedded=defect.costly)

    found = violated(verification).keys() if defect.documented else against(verification)
    assert defect.clauses & found


EMBEDDED = {
    "CompletesTwice",
    "DeletesAHundredAndOne",
    "DeletesNinetyNine",
    "ContinuesInWordsOnly",
    "MendsUtf8",
    "TakesAnyKeyToDeleteRecords",
}


@pytest.mark.parametrize(
    "defect",
    [defect for defect in DEFECTS if defect.provider.__name__ in EMBEDDED],
    ids=lambda defect: defect.provider.__name__,
)
def test_an_embedded_mock_is_judged_as_strictly(defect: Defect) -> None:
    assert defect.clauses & violated(verified(defect.provider(), embedded=True)).keys()


def test_there_are_enough_defects_to_say_so() -> None:
    assert len(DEFECTS) >= 400
    assert sum(defect.rare for defect in DEFECTS) >= len(DEFECTS) / 3
    assert sum(defect.costly for defect in DEFECTS) <= 20
