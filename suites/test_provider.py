"""Every service keeps its contract: the project's mocks, or the instances that a target file names.

::

    pytest suites                                        the mocks of this project
    pytest suites --understudy-target ready.json         instances elsewhere, for example of `understudy serve`
"""

from __future__ import annotations

import pytest

from understudy.verify import report
from understudy.verify.verification import Verification


def test_provider_keeps_its_contract(understudy_verification: Verification) -> None:
    """No documented clause is violated. What is observed or assumed only is told and does not fail."""
    if not understudy_verification.passed:
        told = [report.summary(understudy_verification), *report.violations(understudy_verification)]
        pytest.fail("\n\n".join(told), pytrace=False)
