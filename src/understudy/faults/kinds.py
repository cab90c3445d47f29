"""What can go wrong with one answer: each fault is a frozen value, written in JSON under its ``kind``.

Two answer in the service's place, and the service does not do what was asked: `Refuse`, `Answer`. All others disturb
how an answer is sent: the service has done what was asked by then, and its answer comes late, in pieces or never.

Seconds are of the stage's clock, but for the pause of a `Split`, which a client has to feel whatever the clock says.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

Seconds = Annotated[float, Meta(ge=0, le=366 * 86_400)]
Count = Annotated[int, Meta(ge=0, le=2**40)]
Ordinal = Annotated[int, Meta(ge=1, le=2**40)]
Ending = Literal["whole", "closed", "silent", "reset"]
"""How an answer ends: as it should, by the end of the connection, by nothing more at all, by a TCP reset."""

NO_HTTP = b"\x16\x03\x01\xff\x00 no HTTP\r\n\r\n"
"""Begins like TLS; has the end of a head, so that a client reads it instead of waiting for more."""


class Kind(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """What is true of every fault of a kind.

    ``replaces``: it answers in the service's place. ``unlawful``: no provider that keeps its contract does this, so
    that it has to be asked for as such; what a network can do to any answer is lawful. ``of_events``: it needs a
    streamed answer, whose events are counted from 1. ``ending`` is how the answer ends.
    """

    replaces: ClassVar[bool] = False
    unlawful: ClassVar[bool] = False
    of_events: ClassVar[bool] = False
    ending: ClassVar[Ending] = "whole"


class Refuse(Kind, frozen=True, tag="refuse"):
    """A documented error in the service's own words: ``error`` is its name in ``x-errors``, or one of its clauses."""

    replaces: ClassVar[bool] = True

    error: str


class Answer(Kind, frozen=True, tag="answer"):
    """Any answer. Its content is a JSON value (``body``), a ``text`` (sent as UTF-8), bytes (``content``, base64
    in JSON) or nothing. ``media_type`` may be left out where one of these says it.
    """

    replaces: ClassVar[bool] = True

    status: Annotated[int, Meta(ge=200, le=599)]
    body: Any = None
    text: str | None = None
    content: bytes | None = None
    media_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


class Delay(Kind, frozen=True, tag="delay"):
    """The answer begins ``seconds`` later than it would."""

    seconds: Seconds


class Drip(Kind, frozen=True, tag="drip"):
    """The body comes in pieces of ``size`` bytes at most, each ``seconds`` after the one before it."""

    size: Ordinal
    seconds: Seconds


class Cut(Kind, frozen=True, tag="cut"):
    """The connection is closed after ``after_bytes`` of the body, or after ``after_events`` of a stream.

    The end of the answer is never sent, however short it is.
    """

    ending: ClassVar[Ending] = "closed"

    after_bytes: Count | None = None
    after_events: Count | None = None


class Stall(Kind, frozen=True, tag="stall"):
    """As `Cut`, but the connection stays open and silent. Without a place nothing is sent, not even a head."""

    ending: ClassVar[Ending] = "silent"

    after_bytes: Count | None = None
    after_events: Count | None = None


class Reset(Kind, frozen=True, tag="reset"):
    """As `Cut`, but by a TCP reset. Without a place nothing is sent, not even a head.

    What has not arrived by then is lost with it, as of any reset.
    """

    ending: ClassVar[Ending] = "reset"

    after_bytes: Count | None = None
    after_events: Count | None = None


class TruncatedChunk(Kind, frozen=True, tag="truncated_chunk"):
    """A chunk (RFC 9112 section 7.1) announces ``missing`` bytes more than come, and the connection is closed.

    It is the one after ``after_events`` of a stream; an answer that is whole is sent as one chunk.
    """

    ending: ClassVar[Ending] = "closed"

    missing: Ordinal = 1
    after_events: Count = 0


class WrongLength(Kind, frozen=True, tag="wrong_length"):
    """Content-Length is wrong ``by`` so many bytes: above 0 it announces more than comes, below 0 less.

    A body shorter than that is announced as empty; an empty one, as longer. A stream is held back until it is whole, as
    a proxy does that has to know the length. The connection is closed after it.
    """

    by: Annotated[int, Meta(ge=-(2**40), le=2**40)]


class EmptyReply(Kind, frozen=True, tag="empty_reply"):
    """The connection is closed without a byte."""

    ending: ClassVar[Ending] = "closed"


class Garbage(Kind, frozen=True, tag="garbage"):
    """Bytes that are no HTTP in place of the answer, and the connection is closed. In JSON they are base64."""

    ending: ClassVar[Ending] = "closed"

    content: bytes = NO_HTTP


class Split(Kind, frozen=True, tag="split"):
    """The answer comes in two reads, ``seconds`` of real time apart, and what they part belongs together.

    ``inside`` a ``character``: between the bytes of one of UTF-8. Inside a ``line_end``: between CR and LF, at each end
    of a line of the event, whose lines then end in CRLF; of a body that is whole, before the last byte of the head.

    ``event`` is which event of a stream; None is the first that has such a place. Without one nothing is parted.
    """

    inside: Literal["character", "line_end"]
    event: Ordinal | None = None
    seconds: Annotated[float, Meta(gt=0, le=60)] = 0.05


class MalformedEvent(Kind, frozen=True, tag="malformed_event"):
    """An event says ``text`` where its data stood; None cuts its own data in half."""

    unlawful: ClassVar[bool] = True
    of_events: ClassVar[bool] = True

    event: Ordinal = 1
    text: str | None = None


class DuplicateEvent(Kind, frozen=True, tag="duplicate_event"):
    """An event comes twice."""

    unlawful: ClassVar[bool] = True
    of_events: ClassVar[bool] = True

    event: Ordinal = 1


class DropEvent(Kind, frozen=True, tag="drop_event"):
    """An event does not come."""

    unlawful: ClassVar[bool] = True
    of_events: ClassVar[bool] = True

    event: Ordinal = 1


class ReorderEvents(Kind, frozen=True, tag="reorder_events"):
    """An event comes after the one that should follow it."""

    unlawful: ClassVar[bool] = True
    of_events: ClassVar[bool] = True

    event: Ordinal = 1


Fault = (
    Refuse | Answer
    | Delay | Drip | Cut | Stall | Reset | TruncatedChunk | WrongLength | EmptyReply | Garbage | Split
    | MalformedEvent | DuplicateEvent | DropEvent | ReorderEvents
)  # fmt: skip
"""Any of them: what ``msgspec.json.decode(..., type=Fault)`` reads."""


def needs_events(fault: Fault) -> bool:
    """Whether there is nothing to disturb in an answer that is not streamed."""
    if isinstance(fault, Cut | Stall | Reset):
        return fault.after_events is not None
    return fault.of_events


def delay_of(fault: Fault | None) -> float:
    """By how many seconds the answer begins later than it would."""
    return fault.seconds if isinstance(fault, Delay) else 0.0


def announced(size: int, by: int) -> int:
    """What a head says of a body of ``size`` bytes whose length is wrong ``by`` so many; never what is right."""
    return max(0, size + by) if size or by > 0 else -by


def before_head(fault: Fault) -> bool:
    """Whether nothing of the answer is sent."""
    if isinstance(fault, Stall | Reset):
        return fault.after_bytes is None and fault.after_events is None
    return isinstance(fault, EmptyReply | Garbage)
