"""What is known of one exchange before it is judged."""

from __future__ import annotations

from typing import NamedTuple

from understudy.verify.reading import Reading, shown

from .calls import Calls
from .causes import Cause, Key
from .heads import is_number


class Situation(NamedTuple):
    """``at`` is the provider's time, if it told it. ``causes`` forbid the request; ``doubts`` make it lawful only by
    assumption. ``error`` is the error that the answer's reason names, whatever its status."""

    key: Key
    calls: Calls
    at: float | None
    causes: tuple[Cause, ...]
    doubts: tuple[str, ...]
    error: str | None
    served: bool

    @property
    def documented(self) -> bool:
        """Whether the documents say how the request is answered."""
        return any(cause.answers for cause in self.causes) or not (self.causes or self.doubts)


def is_served(reading: Reading) -> bool:
    """Whether the answer is a success: by its status, unless its body has the form of an error."""
    is_error = is_number(reading.member("result"), -1) and reading.member("return_object") is None
    return reading.succeeded and not is_error


def answers(reading: Reading, cause: Cause) -> bool:
    """Whether the answer is one that ``cause`` has."""
    return (reading.status, reading.member("reason")) in cause.answers


def told(reading: Reading) -> str:
    """Status and reason of an answer, for a person; without the key, should the reason repeat it."""
    reason = reading.member("reason")
    if reason is None:
        return f"status {reading.status}"
    text = repr(reason).replace(reading.credential, "[redacted]") if reading.credential else repr(reason)
    return f"status {reading.status} and reason {shown(text, 80)}"
