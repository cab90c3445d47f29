"""What is promised of enrichments, batches, jobs, their streams, and fusion."""

from __future__ import annotations

from typing import ClassVar

from .world import World


class JobRules:
    """Rules on enrichments, batches, jobs, their streams, and fusion."""

    beyond_shape: ClassVar[frozenset[str]] = frozenset()
    creating: ClassVar[frozenset[str]] = frozenset()
    world: World

    def prepare_jobs(self) -> None:
        """Set up what these rules keep of a conversation."""
