"""What one account of D.Hub holds: Knowledges, the Documents in them, and the originals of uploaded files.

All of it is plain data. The indexes of a `Shelf` are derived from its items, and made again where they are missing.
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
    """A Knowledge or a Document: its place in the order of creation, and its versions, the oldest first.

    ``documents`` is made with a Knowledge's first Document.
    """

    id: str
    position: int
    versions: list[Version]
    documents: Shelf | None = None

    @property
    def details(self) -> Details:
        """The newest version."""
        return _details(self.versions[-1].json)

    def version(self, version_id: str) -> Version | None:
        """The version of this name (``v1``, ``v2`` and so on), None when there is none."""
        named = _VERSION_ID.fullmatch(version_id)
        number = int(named[1]) if named else 0
        return self.versions[number - 1] if 0 < number <= len(self.versions) else None


class Shelf(msgspec.Struct, dict=True):
    """Items in the order of their creation, found by id, by place and by group.

    ``placed`` counts the items that there have ever been: a place is never given twice, so that a page can go on after
    an item that is gone.
    """

    items: dict[str, Item] = {}
    placed: int = 0

    @cached_property
    def _order(self) -> SortedDict:
        """The ids by place."""
        return SortedDict((item.position, item.id) for item in self.items.values())

    @cached_property
    def _groups(self) -> dict[str, SortedList]:
        """The places of the items of each group."""
        groups: dict[str, list[int]] = {}
        for item in self.items.values():
            for name in set(item.details.groups):
                groups.setdefault(name, []).append(item.position)
        return {name: SortedList(places) for name, places in groups.items()}

    def add(self, details: Details, modified: int) -> Item:
        """Put a new item at the end."""
        item = Item(details.id, self.placed + 1, [Version(modified, _encode(details))])
        self._order[item.position] = item.id
        _enter(self._groups, details.groups, item.position)
        self.items[item.id] = item
        self.placed = item.position
        return item

    def revise(self, item: Item, details: Details, modified: int) -> None:
        """Give ``item`` one version more."""
        version, before = Version(modified, _encode(details)), item.details.groups
        if details.groups != before:
            _leave(self._groups, before, item.position)
            _enter(self._groups, details.groups, item.position)
        item.versions.append(version)

    def remove(self, item: Item) -> None:
        """Take ``item`` away, with all its versions."""
        _leave(self._groups, item.details.groups, item.position)
        del self._order[item.position]
        del self.items[item.id]

    def after(self, position: int, groups: frozenset[str], most: int) -> list[Item]:
        """At most ``most`` items placed after ``position``, of any of ``groups`` (of all where none is named).

        It costs the same wherever the page lies and however many items there are.
        """
        places = self._of_groups(groups, position) if groups else self._order.irange(position, None, (False, True))
        return [self.items[self._order[place]] for place in islice(places, most)]

    def _of_groups(self, groups: frozenset[str], position: int) -> Iterator[int]:
        found = [self._groups[name].irange(position, None, (False, True)) for name in groups if name in self._groups]
        return (place for place, _ in groupby(heapq.merge(*found)))


class State(msgspec.Struct):
    """One account. ``originals`` are the names of the files in the object storage, by the id of their FILE Document."""

    knowledges: Shelf = msgspec.field(default_factory=Shelf)
    originals: dict[str, str] = {}


def default_state() -> State:
    """What the document's samples name: knowledge-abc123 as it was created, and as it is read (its version v2).

    It holds no Document, because the samples create one before they try to delete it (D8).
    """
    state = State()
    item = state.knowledges.add(SAMPLE_CREATED, SAMPLE_CREATED.created_at)
    state.knowledges.revise(item, SAMPLE_READ, SAMPLE_MODIFIED)
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


def _enter(groups: dict[str, SortedList], names: list[str], position: int) -> None:
    for name in set(names):
        if name not in groups:
            groups[name] = SortedList()
        groups[name].add(position)


def _leave(groups: dict[str, SortedList], names: list[str], position: int) -> None:
    for name in set(names):
        groups[name].remove(position)
        if not groups[name]:
            del groups[name]
