"""What an observer of D.Hub can know: what was created, written and deleted, by whom, and what nobody can be sure of.

Nothing here is taken from an answer's own account of the service; only what requests gave and answers granted. What the
conversation did not create may come and go at any time, so nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from .kinds import DOCUMENT, KNOWLEDGE, Kind
from .values import MISSING, Likeness, empty, likeness

if TYPE_CHECKING:
    from understudy.verify.reading import Verdict

    from .pages import Listing

REMEMBERED_REFUSALS = 50


class Fate(Enum):
    """What is known of a thing: it is there, it was deleted, or nobody can be sure."""

    HERE = "here"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass
class State:
    """What a thing was after one write. ``written`` says which state gave each field; a comment is the write's own."""

    fields: dict[str, Any]
    written: dict[str, int]
    comment: Any = MISSING


class RefusedWrite(NamedTuple):
    """A write that was refused, so that it must not show: its fields, and the clause that says so."""

    fields: Mapping[str, Any]
    clause: str


@dataclass
class Version:
    """A version of the history. It stands for one of the states ``first`` to ``last``, whichever it shows.

    ``modified`` is when it was stored, as the listing said that showed it first.
    """

    first: int
    last: int
    modified: float | None = None
    read_as: frozenset[int] = frozenset()


@dataclass
class History:
    """The versions of one thing, as listed so far. ``at`` is the newest state of the last listing, None before it.

    Since then ``sure`` updates made a version, ``loose`` ones may have, and ``disturbed`` says that something else may.
    ``broken``: it did not grow as it should, so that nobody can say which version is which.
    """

    versions: dict[str, Version] = field(default_factory=dict)
    at: int | None = None
    sure: int = 0
    loose: int = 0
    disturbed: bool = False
    broken: bool = False


@dataclass
class Item:
    """A Knowledge or a Document that the conversation created (``ours``) or wrote to.

    ``confirmed`` are the fields that were read back since they were given; ``unset`` is what was shown for fields that
    never were. ``earliest_update`` is a moment of the service's own clock before which the last write cannot have been.
    ``survived``: its deletion, or that of its Knowledge, was refused with 409; ``refused_deletion`` is the clause by
    which another refusal kept it. ``written_since`` and ``documents_since`` say what was tried since its details were
    last read.
    """

    kind: Kind
    id: str
    ours: bool
    states: list[State]
    holder: Item | None = None
    fate: Fate = Fate.HERE
    seen: bool = False
    survived: bool = False
    confirmed: set[str] = field(default_factory=set)
    unset: dict[str, Any] = field(default_factory=dict)
    refused: list[RefusedWrite] = field(default_factory=list)
    refused_deletion: str = ""
    history: History = field(default_factory=History)
    documents: dict[str, Item] = field(default_factory=dict)
    had_documents: bool = False
    lost_documents: int = 0
    created_at: int | None = None
    updated_at: int | None = None
    earliest_creation: int | None = None
    earliest_update: int | None = None
    written_since: bool = False
    documents_since: bool = False

    @property
    def state(self) -> State:
        return self.states[-1]

    @property
    def newest(self) -> int:
        """The index of the newest state."""
        return len(self.states) - 1

    def documents_that(self, fate: Fate) -> list[Item]:
        return [document for document in self.documents.values() if document.fate is fate]

    @property
    def surely_empty(self) -> bool:
        """It is ours, and every Document that was ever created in it is gone."""
        gone = all(document.fate is Fate.GONE for document in self.documents.values())
        return self.ours and gone and not self.lost_documents

    def changes(self, fields: Mapping[str, Any]) -> bool:
        """Whether an update with these fields surely changes it."""
        for name, value in fields.items():
            before = self.state.fields.get(name, self.unset.get(name, MISSING))
            if before is MISSING and (not self.ours or empty(value)):
                continue
            if likeness(name, value, before) is not Likeness.SAME:
                return True
        return False

    def write(self, fields: Mapping[str, Any], unclear: frozenset[str], comment: Any, *, sure: bool) -> None:
        """An update succeeded. Of ``unclear`` fields nobody knows what they are now."""
        state, number = self.state, len(self.states)
        kept = {name: value for name, value in state.fields.items() if name not in unclear}
        written = {name: state.written[name] for name in kept} | dict.fromkeys(fields, number)
        self.states.append(State(kept | dict(fields), written, comment))
        self.confirmed -= set(fields)
        for name in (*fields, *unclear):
            self.unset.pop(name, None)
        self.history.sure += sure
        self.history.loose += not sure
        self.written_since = True

    def doubt(self, fields: Mapping[str, Any]) -> None:
        """An update may or may not have been carried out."""
        self.write({}, frozenset(fields), MISSING, sure=False)
        self.history.disturbed = True

    def refuse(self, fields: Mapping[str, Any], clause: str) -> None:
        """An update was refused."""
        self.refused = [*self.refused[-REMEMBERED_REFUSALS:], RefusedWrite(fields, clause)]
        self.written_since = True

    def disturb(self) -> None:
        """A Document of it was created, changed or deleted: its moments and its history may show that or not."""
        self.documents_since = self.history.disturbed = True


@dataclass
class Account:
    """What one credential did. ``clock`` is the latest moment that the service has shown of our own things.

    ``pending`` are verdicts on refusals of the credential: they count once it has been accepted again.
    ``strangers``: Knowledges that it did not create were listed. ``refused_beside`` are types of Documents that were
    refused in a Knowledge that held another one.
    """

    credential: str
    knowledges: dict[str, Item] = field(default_factory=dict)
    listings: list[Listing] = field(default_factory=list)
    names: set[tuple[str, str]] = field(default_factory=set)
    refused_beside: set[str] = field(default_factory=set)
    writes: int = 0
    clock: int | None = None
    strangers: bool = False
    pending: list[Verdict] = field(default_factory=list)

    def items(self) -> Iterator[Item]:
        """Everything that was created, Documents before the Knowledge that holds them."""
        for knowledge in self.knowledges.values():
            yield from knowledge.documents.values()
            yield knowledge


@dataclass
class World:
    """All accounts, and the names of things whose creation was refused, with the clause that keeps them from being.

    ``latest`` is the account that called last.
    """

    accounts: dict[str, Account] = field(default_factory=dict)
    refused_names: dict[str, str] = field(default_factory=dict)
    latest: Account | None = None

    def account(self, credential: str) -> Account:
        """The account of a valid credential, which is the latest from now on."""
        self.latest = self.accounts.setdefault(credential, Account(credential))
        return self.latest

    def items(self, knowledge_id: str, document_id: str | None) -> list[Item]:
        """What a path names, in whichever account."""
        knowledges = (account.knowledges.get(knowledge_id) for account in self.accounts.values())
        held = [knowledge for knowledge in knowledges if knowledge is not None]
        if document_id is None:
            return held
        return [knowledge.documents[document_id] for knowledge in held if document_id in knowledge.documents]

    def owner(self, account: Account, knowledge_id: str) -> Item | None:
        """The Knowledge of this id that another account created and this one did not, None when there is none."""
        if knowledge_id in account.knowledges:
            return None
        owned = (other.knowledges.get(knowledge_id) for other in self.accounts.values() if other is not account)
        return next((item for item in owned if item is not None and item.ours and item.fate is Fate.HERE), None)


class Standing(Enum):
    """What a request's path names: a thing that is there or was deleted, one that belongs to another Knowledge, one
    that never was in this Knowledge, or one that we know nothing of."""

    HERE = "here"
    GONE = "gone"
    ELSEWHERE = "elsewhere"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Subject(NamedTuple):
    """What a call is about: the ids of its path, and what we know of them."""

    account: Account
    kind: Kind
    knowledge_id: str
    id: str
    knowledge: Item | None
    item: Item | None
    standing: Standing


def knowledge_subject(account: Account, id: str) -> Subject:
    item = account.knowledges.get(id)
    standing = Standing.UNKNOWN if item is None else Standing(item.fate.value)
    return Subject(account, KNOWLEDGE, id, id, item, item, standing)


def document_subject(account: Account, knowledge_id: str, id: str) -> Subject:
    holder = account.knowledges.get(knowledge_id)
    if holder is None:
        return Subject(account, DOCUMENT, knowledge_id, id, None, None, Standing.UNKNOWN)
    item = holder.documents.get(id)
    if holder.fate is Fate.GONE:
        standing = Standing.GONE
    elif item is not None:
        standing = Standing(item.fate.value)
    elif holder.fate is Fate.UNKNOWN or not holder.ours or holder.lost_documents:
        standing = Standing.UNKNOWN
    else:
        others = (other for other in account.knowledges.values() if other is not holder)
        standing = Standing.ELSEWHERE if any(id in other.documents for other in others) else Standing.ABSENT
    return Subject(account, DOCUMENT, knowledge_id, id, holder, item, standing)


def new_item(kind: Kind, id: str, fields: Mapping[str, Any], account: Account, holder: Item | None) -> Item:
    """A thing that was just created."""
    state = State(dict(fields), dict.fromkeys(fields, 0))
    return Item(kind, id, True, [state], holder, earliest_creation=account.clock, earliest_update=account.clock)


def foreign_item(kind: Kind, id: str, holder: Item | None) -> Item:
    """A thing that was there before, and which the conversation wrote to."""
    item = Item(kind, id, False, [State({}, {})], holder, fate=Fate.UNKNOWN)
    item.history.disturbed = True
    return item
