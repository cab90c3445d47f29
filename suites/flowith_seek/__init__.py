"""Flowith knowledge search: the judge of its answers, and the scripts that make them worth judging.

Contract: contracts/flowith_seek.yaml. Of a target that is not ours some 35 calls are made, in between three and five
minutes at twelve a minute; thirteen of them come at once, after a minute of quiet, because the rate says so. What is
only observed or assumed is then judged when it happens to be seen.

Not judged: whether an answer is right, or worth its Credits. Nothing that the document says decides it.
"""

from __future__ import annotations

from .definition import suite

# Scripts run in the order in which they are imported: first what a cap should not keep from being seen.
from . import answer_scripts  # isort: skip
from . import access_scripts  # isort: skip
from . import silences  # isort: skip
from . import rate_scripts  # isort: skip

__all__ = ["access_scripts", "answer_scripts", "rate_scripts", "silences", "suite"]
