"""Hypothesis profiles for this repository. Nothing that a shipped suite needs: those do not see this file.

``dev`` looks for new counterexamples in every run; ``ci`` makes the same examples each time. ``HYPOTHESIS_PROFILE``
chooses, and ``dev`` is the default.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
