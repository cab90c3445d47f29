"""Entity Enricher: the judge of its answers, streams and records, and the scripts that make them worth judging.

Contract: contracts/entity_enricher.yaml. Of a target that is not ours 162 calls are made with one key, and 190 with
keys of every role and of two organisations; they have 22 enrichments of one entity by one model done, one schema
generated and one edited. Records and files are deleted again; schemas, jobs and a key that expires in a day are left,
as nothing deletes them. What is only observed or assumed is then judged when it happens to be seen.

Not judged: whether what models bring is right. Nothing that the document says decides it.
"""

from __future__ import annotations

from .definition import suite

# Scripts run in the order in which they are imported: first what a cap should not keep from being seen.
from . import schema_scripts  # isort: skip
from . import job_scripts  # isort: skip
from . import record_scripts  # isort: skip
from . import attachment_scripts  # isort: skip
from . import access_scripts  # isort: skip
from . import refusal_scripts  # isort: skip
from . import change_scripts  # isort: skip
from . import silence_scripts  # isort: skip
from . import resource_silences  # isort: skip

__all__ = [
    "access_scripts",
    "attachment_scripts",
    "change_scripts",
    "job_scripts",
    "record_scripts",
    "refusal_scripts",
    "resource_silences",
    "schema_scripts",
    "silence_scripts",
    "suite",
]
