"""Scripts: text that is easily miscounted or misread. They come after the refusals, so that the answers they get show
that no refusal before them was due to a key that is used up."""

from __future__ import annotations

import json

from understudy.verify.session import Session

from .definition import ask, suite
from .passages import CAFE, FESTIVAL, LIBRARY_TIME, MENU, ORDER, OTHER_MENU, TRIP


@suite.script(
    "etri.result.begin", "etri.result.end", "etri.result.slice", "etri.result.passage", "etri.result.question",
    "etri.result.code-points", "etri.result.zero-based", "etri.result.answer-verbatim", "etri.result.integers",
)  # fmt: skip
def indexes_count_code_points(session: Session) -> None:
    """Answers after emoji, flags and ZWJ sequences, decomposed Hangul and accents, CR LF, white space at the ends; in a
    long passage with quotation marks and markup; and the same question about another passage."""
    ask(session, TRIP, raw=json.dumps(TRIP.body).encode("ascii"))
    for item in (CAFE, ORDER, MENU, FESTIVAL, OTHER_MENU):
        ask(session, item)


@suite.script("etri.request.question-utf8", "etri.request.passage-utf8")
def other_encodings_are_not_supported(session: Session) -> None:
    """A body in EUC-KR that says so: to be refused, or at least not read as if that were supported."""
    body = json.dumps(LIBRARY_TIME.body, ensure_ascii=False).encode("euc-kr")
    ask(session, raw=body, headers={"content-type": "application/json; charset=EUC-KR"})
