"""What an observer of Entity Enricher can know: what was made, read and deleted, by which organisation.

Only what requests gave and answers granted is kept here. What the conversation did not make may come and go at any
time, so nothing is concluded from its absence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from understudy.verify.reading import Verdict


@dataclass
class KnownRecord:
    """A record that an event or an answer has told of.

    ``told`` is what was told of it: ``result``, ``model``, ``cost_usd``, ``entity_index`` and so on. ``fused``: it
    holds the result of a fusion; ``merged``: it was fused with others. ``source`` is the operation that told. ``gone``
    is True once its deletion was granted, None while nobody can be sure.
    """

    id: str
    job_id: str
    told: Mapping[str, Any]
    fused: bool = False
    gone: bool | None = False
    source: str = "streamJob"
    merged: bool = False


@dataclass
class KnownJob:
    """A job that an answer has told the id of.

    ``operation`` started it with ``asked``, the request's body, when ``started`` says (seconds as observations count
    them). ``kinds`` are the events of its first whole stream, None before one was read, and ``said`` these events
    themselves. ``outcome`` is ``completed``, ``failed``, ``cancelled``, ``paused``, or empty while unknown.

    ``opening`` is the first event that any stream of it had. ``cancelled`` and ``continued``: that was granted before a
    stream told its end; ``kept``: cancelling it was refused before. ``resumed`` is when it was continued while it was
    known to be paused; ``ready``: it was continued when it had had time to be paused.
    """

    id: str
    operation: str
    asked: Mapping[str, Any]
    records: list[str] = field(default_factory=list)
    kinds: list[str] | None = None
    said: list[Any] = field(default_factory=list)
    outcome: str = ""
    cancelled: bool = False
    continued: bool = False
    kept: bool = False
    opening: Any = None
    started: float = 0.0
    resumed: float | None = None
    ready: bool = False

    @property
    def is_batch(self) -> bool:
        return self.operation == "startBatch"

    @property
    def is_enrichment(self) -> bool:
        return self.operation in ("startEnrichment", "enrich", "startBatch")

    @property
    def models(self) -> list[str]:
        """The model keys that were asked for, each once; empty where the choice was left to the service."""
        models = self.asked.get("models")
        named = [model for model in models if isinstance(model, str)] if isinstance(models, list) else []
        return [] if "auto" in named else list(dict.fromkeys(named))

    @property
    def names_models_twice(self) -> bool:
        models = self.asked.get("models")
        return isinstance(models, list) and len(models) > len(self.models) > 0

    @property
    def entities(self) -> list[Any]:
        """What was asked about, one by one."""
        entities = self.asked.get("entities") if self.is_batch else [self.asked.get("entity_data")]
        return entities if isinstance(entities, list) else []


@dataclass
class KnownSchema:
    """A saved schema: ``content`` as it was given or shown last, None while unknown. ``ours``: made here.

    ``listed``: it was in the list; ``edited``: a job told that it had been changed.
    """

    id: str
    name: str | None
    content: Any
    ours: bool
    listed: bool = False
    edited: bool = False


@dataclass
class KnownAttachment:
    """A file that was uploaded: what was sent, and whether its deletion was granted (None: nobody can be sure).

    ``encoded``: it came as base64 in JSON.
    """

    id: str
    filename: str
    media_type: str | None
    data: bytes
    encoded: bool
    gone: bool | None = False
    downloads: int = 0


@dataclass
class Deletions:
    """How an organisation's records were deleted.

    ``granted`` calls were carried out. ``beyond`` are records that one call named after as many as it may delete,
    ``full`` those that were named together with as many as that. ``refused`` is how many records a call was refused for
    that are all there, 0 for none; ``refused_full``: one was that named as many as one may, and not only what is there.
    ``passes_over``: ids of no record are. ``understood``: an answer did not say that nothing was deleted.
    """

    granted: int = 0
    beyond: set[str] = field(default_factory=set)
    full: set[str] = field(default_factory=set)
    refused: int = 0
    refused_full: bool = False
    passes_over: bool = False
    understood: bool = False


@dataclass
class Organisation:
    """What is known of one organisation, whichever of its keys it was learnt with.

    ``pending`` are verdicts on refusals of its key, which count once the key has been accepted again. ``granted`` are
    calls that were accepted, by what they asked for. ``spared`` says, of things whose deletion was refused, by which
    clauses; ``seen`` are records that were read or listed. ``created`` is how many creations of schemas were granted,
    ``walks`` are the lists of records that are being read page by page. ``promised`` are schemas that jobs have told
    of, ``edits`` says which one the job of an edit was asked for; ``unsupported`` are media types of files that were
    refused for it.
    """

    credential: str
    schemas: dict[str, KnownSchema] = field(default_factory=dict)
    jobs: dict[str, KnownJob] = field(default_factory=dict)
    records: dict[str, KnownRecord] = field(default_factory=dict)
    attachments: dict[str, KnownAttachment] = field(default_factory=dict)
    pending: list[Verdict] = field(default_factory=list)
    doubted: dict[str, list[Verdict]] = field(default_factory=dict)
    granted: set[str] = field(default_factory=set)
    spared: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    deletions: Deletions = field(default_factory=Deletions)
    created: int = 0
    walks: dict[Any, Any] = field(default_factory=dict)
    promised: set[str] = field(default_factory=set)
    edits: dict[str, str] = field(default_factory=dict)
    unsupported: set[str] = field(default_factory=set)

    def spare(self, id: str, clause: str) -> None:
        """The deletion of a thing was refused by a clause."""
        self.spared[id] = tuple(dict.fromkeys((*self.spared.get(id, ()), clause)))


@dataclass
class World:
    """All organisations, by the credential that was met first; created keys belong to who created them.

    ``scopes`` are those that created keys were asked for with, ``ends`` when they expire, in seconds as observations
    count them. ``refused_names`` are names of schemas whose creation was refused, with the clause by which it was.
    ``taken`` are operations that were carried out as this contract describes them, ``served`` are those paths that the
    document does not have and that are there all the same.
    """

    organisations: dict[str, Organisation] = field(default_factory=dict)
    created_keys: dict[str, Organisation] = field(default_factory=dict)
    scopes: dict[str, frozenset[str]] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)
    refused_names: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    served: set[str] = field(default_factory=set)

    def organisation(self, credential: str) -> Organisation:
        known = self.created_keys.get(credential)
        return known or self.organisations.setdefault(credential, Organisation(credential))
