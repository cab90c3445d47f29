"""What an observer of Entity Enricher can know: what was made, read and deleted, by which organisation.

Only what requests gave and answers granted is kept here. What the conversation did not make may come and go at any time,
so nothing is concluded from its absence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class KnownRecord:
    """A record that an event or an answer has told of.

    ``told`` is what was told of it: ``result``, ``model``, ``cost_usd``, ``entity_index`` and so on. ``fused``: it holds
    the result of a fusion. ``gone`` is True once its deletion was granted, None while nobody can be sure.
    """

    id: str
    job_id: str
    told: Mapping[str, Any]
    fused: bool = False
    gone: bool | None = False


@dataclass
class KnownJob:
    """A job that an answer has told the id of.

    ``operation`` started it with ``asked``, the request's body. ``kinds`` are the events of its first whole stream, None
    before one was read. ``outcome`` is ``completed``, ``failed``, ``cancelled``, ``paused``, or empty while unknown.
    """

    id: str
    operation: str
    asked: Mapping[str, Any]
    records: list[str] = field(default_factory=list)
    kinds: list[str] | None = None
    outcome: str = ""


@dataclass
class KnownSchema:
    """A saved schema: ``content`` as it was given or shown last, None while unknown. ``ours``: made here."""

    id: str
    name: str | None
    content: Any
    ours: bool


@dataclass
class KnownAttachment:
    """A file that was uploaded: what was sent, and whether its deletion was granted (None: nobody can be sure)."""

    id: str
    filename: str
    media_type: str | None
    data: bytes
    gone: bool | None = False


@dataclass
class Organisation:
    """What is known of one organisation, whichever of its keys it was learnt with."""

    credential: str
    schemas: dict[str, KnownSchema] = field(default_factory=dict)
    jobs: dict[str, KnownJob] = field(default_factory=dict)
    records: dict[str, KnownRecord] = field(default_factory=dict)
    attachments: dict[str, KnownAttachment] = field(default_factory=dict)


@dataclass
class World:
    """All organisations, by the credential that was met first; created keys belong to who created them."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    created_keys: dict[str, Organisation] = field(default_factory=dict)

    def organisation(self, credential: str) -> Organisation:
        known = self.created_keys.get(credential)
        return known or self.organisations.setdefault(credential, Organisation(credential))
