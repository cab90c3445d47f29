"""What is promised of keys, schemas, records and attachments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from understudy.verify.judge import Leftover

from .world import World


class ResourceRules:
    """Rules on keys, schemas, records and attachments."""

    beyond_shape: ClassVar[frozenset[str]] = frozenset()
    creating: ClassVar[frozenset[str]] = frozenset()
    world: World

    def prepare_resources(self) -> None:
        """Set up what these rules keep of a conversation."""

    def left(self) -> Iterator[Leftover]:
        """What this conversation made, can delete, and has not deleted."""
        yield from ()
