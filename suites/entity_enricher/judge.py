"""The judge of Entity Enricher: a pure reader of exchanges in order. Its rules stand in the parts that it is made of."""

from __future__ import annotations

from typing import ClassVar

from understudy.verify.judge import Judge, Leftover

from .jobs import JobRules
from .resources import ResourceRules
from .world import World


class EnricherJudge(ResourceRules, JobRules, Judge):
    """Keeps a `World` of what each organisation made, and judges every exchange against it."""

    stem: ClassVar[str] = "entity_enricher"
    beyond_shape: ClassVar[frozenset[str]] = ResourceRules.beyond_shape | JobRules.beyond_shape
    creating: ClassVar[frozenset[str]] = ResourceRules.creating | JobRules.creating

    def prepare(self) -> None:
        self.world = World()
        self.prepare_resources()
        self.prepare_jobs()

    def leftovers(self) -> tuple[Leftover, ...]:
        """Records and attachments that are left; nothing deletes schemas and keys."""
        return tuple(self.left())
