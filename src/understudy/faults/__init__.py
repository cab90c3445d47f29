"""Faults: what is to go wrong with answers on a stage, as values, and when.

::

    stage.faults.add(Planned(Refuse("rate_exceeded"), "flowith_seek", times=1))
    stage.faults.add(Planned(Cut(after_events=3), "entity_enricher", operation="streamJob"))

Values and plans only; the engine chooses what is due (step 3), an adapter performs it (step 8).
"""

from understudy.faults.kinds import (
    Answer,
    Cut,
    Delay,
    Drip,
    DropEvent,
    DuplicateEvent,
    EmptyReply,
    Fault,
    Garbage,
    MalformedEvent,
    Refuse,
    ReorderEvents,
    Reset,
    Split,
    Stall,
    TruncatedChunk,
    WrongLength,
)
from understudy.faults.plans import Due, Faults, Planned, Standing

__all__ = [
    "Answer",
    "Cut",
    "Delay",
    "Drip",
    "DropEvent",
    "Due",
    "DuplicateEvent",
    "EmptyReply",
    "Fault",
    "Faults",
    "Garbage",
    "MalformedEvent",
    "Planned",
    "Refuse",
    "ReorderEvents",
    "Reset",
    "Split",
    "Stall",
    "Standing",
    "TruncatedChunk",
    "WrongLength",
]
