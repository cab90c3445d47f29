"""An instance of Entity Enricher, written by hand from the document and not from the contract, to be broken and varied.

Every method is small so that a subclass can do one thing otherwise. Time passes when whoever calls waits, or reads a
stream to its end.
"""

from __future__ import annotations

from tests.suites.enricher_provider.attachments import Attachments, Keys
from tests.suites.enricher_provider.batching import Batching
from tests.suites.enricher_provider.enriching import FAILING, MISMATCHING
from tests.suites.enricher_provider.schemas import Schemas
from tests.suites.enricher_provider.wire import KEYS, OPERATIONS

FIXTURES = {"failing_entity": FAILING, "mismatching_entity": MISMATCHING}


class Provider(Batching, Schemas, Attachments, Keys):
    """The whole instance."""


__all__ = ["FIXTURES", "KEYS", "OPERATIONS", "Provider"]
