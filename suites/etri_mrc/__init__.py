"""ETRI machine reading: the judge of its one operation, and the scripts that make it worth judging.

Contract: contracts/etri_mrc.yaml. Of another target than an embedded mock the scripts and the derived cases make about
sixty calls with a key for every role, fewer without. What is only assumed is then judged when it happens to be seen.

Not judged: the skill of the reader. A question that any reader can answer is held against one only when it has answered
none of eight; see `evidence`.
"""

from __future__ import annotations

from .definition import suite

# Scripts run in the order in which they are imported: first what a cap should not keep from being seen.
from . import reading_scripts  # isort: skip
from . import refusal_scripts  # isort: skip
from . import text_scripts  # isort: skip
from . import limit_scripts  # isort: skip
from . import quota_scripts  # isort: skip

__all__ = ["limit_scripts", "quota_scripts", "reading_scripts", "refusal_scripts", "suite", "text_scripts"]
