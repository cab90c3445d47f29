"""The judge of Entity Enricher: a pure reader of exchanges in order, made of parts that its rules stand in."""

from __future__ import annotations

from typing import ClassVar

from understudy.verify.judge import Judge, Leftover
from understudy.verify.observation import Observation
from understudy.verify.reading import Reading, Verdict

from .jobs import JobRules
from .resources import ResourceRules
from .world import World


class EnricherJudge(ResourceRules, JobRules, Judge):
    """Keeps a `World` of what each organisation made, and judges every exchange against it."""

    stem: ClassVar[str] = "entity_enricher"
    beyond_shape: ClassVar[frozenset[str]] = ResourceRules.beyond_shape | JobRules.beyond_shape
    creating: ClassVar[frozenset[str]] = ResourceRules.creating | JobRules.creating
    lasting: ClassVar[frozenset[str]] = frozenset(("createSchema", "generateSchema", "createApiKey"))

    def prepare(self) -> None:
        self.world = World()
        self.prepare_resources()
        self.prepare_jobs()

    def read(self, observation: Observation) -> tuple[Reading, tuple[Verdict, ...]]:
        """The next exchange. No key appears in a verdict, whatever an answer repeats."""
        reading, verdicts = super().read(observation)
        secrets = [key for key in (reading.credential, *self.world.created_keys) if key]
        return reading, tuple(verdict if verdict.held else _redacted(verdict, secrets) for verdict in verdicts)

    def leftovers(self) -> tuple[Leftover, ...]:
        """Records and attachments that are left; nothing deletes schemas and keys."""
        return tuple(self.left())


def _redacted(verdict: Verdict, secrets: list[str]) -> Verdict:
    expected, seen = verdict.expected, verdict.seen
    for secret in secrets:
        expected, seen = expected.replace(secret, "[redacted]"), seen.replace(secret, "[redacted]")
    return verdict._replace(expected=expected, seen=seen)
