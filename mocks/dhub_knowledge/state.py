"""What one account of D.Hub holds: Knowledges, the Documents in them, and the originals of uploaded files.

All of it is plain data. A `Shelf` is derived from the items, and made again where it is missing.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby, islice
from typing import Any

import msgspec
from sortedcontainers import SortedDict, SortedList

from understudy import Table


class Details(msgspec.Struct):
    """A Knowledge or a Document as it is read, by dhub.get-knowledge.fields. Moments are epoch seconds, UTC."""

    id: str
    name: str
    alias: str | None
    category: str
    type: str | None
    groups: list[str]
    tags: list[str]
    options: dict[str, Any]
    comment: str
    created_at: int
    updated_at: int


class Version(msgspec.Struct, frozen=True, gc=False):
    """One version: when it was stored (epoch seconds, UTC) and its `Details` as JSON in UTF-8."""

    modified: int
    json: bytes


class Item(msgspec.Struct, gc=False):
    """A Knowledge, or a Document of the Knowledge ``holder``: its place there, and its versions, the oldest first.

    ``placed`` counts the Documents that a Knowledge has ever had.
    """

    id: str
    position: int
    versions: list[Version]
    holder: str = ""
    placed: int = 0

    @property
    def details(self) -> Details:
        """The newest version."""
        return _details(self.versions[-1].json)

    def version(self, version_id: str) -> Version | None:
        """The version of this name (``v1``, ``v2`` and so on), None when there is none."""
        named = _VERSION_ID.fullmatch(version_id)
        number = int(named[1]) if named else 0
        return self.versions[number - 1] if 0 < number <= len(self.versions) else None


class Shelf:
    """The Knowledges, or the Documents of one Knowledge, in the order of their creation, by place and by group."""

    def __init__(self) -> None:
        self._order = SortedDict()
        self._groups: dict[str, SortedList] = {}

    def __len__(self) -> int:
        return len(self._order)

    def put(self, item: Item) -> None:
        self._order[item.position] = item
        self.enter(item, item.details.groups)

    def take(self, item: Item) -> None:
        self.leave(item, item.details.groups)
        del self._order[item.position]

    def enter(self, item: Item, groups: list[str]) -> None:
        for name in set(groups):
            if name not in self._groups:
                self._groups[name] = SortedList()
            self._groups[name].add(item.position)

    def leave(self, item: Item, groups: list[str]) -> None:
        for name in set(groups):
            self._groups[name].remove(item.position)
            if not self._groups[name]:
                del self._groups[name]

    def after(self, position: int, groups: frozenset[str], most: int) -> list[Item]:
        """At most ``most`` items placed after ``position``, of any of ``groups`` (of all where none is named).

        It costs the same wherever the page lies and however many items there are.
        """
        places = self._of_groups(groups, position) if groups else self._order.irange(position, None, (False, True))
        return [self._order[place] for place in islice(places, most)]

    def _of_groups(self, groups: frozenset[str], position: int) -> Iterator[int]:
        found = [self._groups[name].irange(position, None, (False, True)) for name in groups if name in self._groups]
        return (place for place, _ in groupby(heapq.merge(*found)))


class State(msgspec.Struct, dict=True):
    """One account: its Knowledges and Documents by id.

    ``placed`` counts the Knowledges that there have ever been: a place is never given twice, so that a page can go on
    after an item that is gone. ``originals`` are the names of the files in the object storage, by the id of their FILE
    Document.
    """

    items: Table[Item] = msgspec.field(default_factory=lambda: Table(Item))
    originals: Table[str] = msgspec.field(default_factory=lambda: Table(str))
    placed: int = 0

    @cached_property
    def _shelves(self) -> dict[str, Shelf]:
        """By the id of the Knowledge whose Documents they hold; the Knowledges themselves are under ""."""
        shelves: dict[str, Shelf] = {}
        for item in self.items.values():
            shelves.setdefault(item.holder, Shelf()).put(item)
        return shelves

    def shelf(self, holder: str = "") -> Shelf:
        """The Documents of a Knowledge, or the Knowledges."""
        return self._shelves.get(holder) or _EMPTY

    def add(self, details: Details, modified: int, holder: str = "") -> Item:
        """Put a new item at the end."""
        item = Item(details.id, self._next_place(holder), [Version(modified, _encode(details))], holder)
        shelf = self._shelves.get(holder)
        if shelf is None:
            shelf = self._shelves[holder] = Shelf()
        shelf.put(item)
        self.items[item.id] = item
        return item

    def _next_place(self, holder: str) -> int:
        if not holder:
            self.placed += 1
            return self.placed
        knowledge = self.items[holder]
        knowledge.placed += 1
        self.items.touch(holder)
        return knowledge.placed

    def revise(self, item: Item, details: Details, modified: int) -> None:
        """Give ``item`` one version more."""
        version, before = Version(modified, _encode(details)), item.details.groups
        if details.groups != before:
            shelf = self._shelves[item.holder]
            shelf.leave(item, before)
            shelf.enter(item, details.groups)
        item.versions.append(version)
        self.items.touch(item.id)

    def remove(self, item: Item) -> None:
        """Take ``item``, which holds no Documents, away with all its versions."""
        self._shelves[item.holder].take(item)
        del self.items[item.id]
        self.originals.pop(item.id, None)  # dhub.delete-document.original
        self._shelves.pop(item.id, None)


def default_state() -> State:
    """What the document's samples name: knowledge-abc123 as it was created, and as it is read (its version v2).

    It holds no Document, because the samples create one before they try to delete it (D8).
    """
    state = State()
    item = state.add(SAMPLE_CREATED, SAMPLE_CREATED.created_at)
    state.revise(item, SAMPLE_READ, SAMPLE_MODIFIED)
    return state


SAMPLE_CREATED = Details(
    id="knowledge-abc123",
    name="Product FAQ",
    alias=None,
    category="knowledge",
    type="document",
    groups=["support"],
    tags=["faq"],
    options={"embedding": "BAAI/bge-m3"},
    comment="",
    created_at=1_700_000_000,
    updated_at=1_700_000_000,
)
SAMPLE_READ = msgspec.structs.replace(
    SAMPLE_CREATED, alias="product-faq", tags=["faq", "product"], updated_at=1_700_100_000
)
SAMPLE_MODIFIED = 1_718_447_400  # 2024-06-15T10:30:00Z, later than updated_at: the sample of the history says so

_VERSION_ID = re.compile("v([1-9][0-9]{0,8})")
_encode = msgspec.json.Encoder().encode
_details = msgspec.json.Decoder(Details).decode

_EMPTY = Shelf()
