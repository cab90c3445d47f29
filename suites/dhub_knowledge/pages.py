"""Pages: what an answer shows, how it was asked for, and which pages make one listing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from understudy.verify.reading import Reading

from .kinds import KNOWLEDGE, Kind
from .values import MISSING, object_in, strings_in
from .world import Item


@dataclass
class Listing:
    """Pages in progress. ``expected`` is what was there when it began; ``token`` asks for the next page.

    ``writes`` counts what the account had written by then. ``foreign``: it showed something that we did not create.
    ``suspect``: something was wrong with it that others may have caused.
    """

    kind: Kind
    holder: Item | None
    groups: str | None
    expected: frozenset[str]
    writes: int
    token: str | None = None
    limit: int | None = None
    pages: int = 0
    seen: set[str] = field(default_factory=set)
    foreign: bool = False
    suspect: bool = False

    @property
    def key(self) -> tuple[str, str, str | None]:
        return (self.kind.noun, self.holder.id if self.holder is not None else "", self.groups)


@dataclass(frozen=True)
class Page:
    """One answer: entries by id (None where the value is no JSON object), and how it was asked for.

    ``names`` are the members' names by id. What an entry shows as its id goes before the name of its member. ``last``:
    its token is there and null.
    """

    entries: dict[str, dict[str, Any] | None]
    names: dict[str, str]
    documented: bool
    limit: int | None
    groups: str | None
    asked: str | None
    token: str | None
    last: bool


def read_page(reading: Reading, kind: Kind, shelf: dict[str, Item]) -> Page | None:
    """The page in an answer, None when it has none. Of Documents any shape will do in which their ids can be found."""
    fields = parse_qs(reading.observation.request.query, keep_blank_values=True)
    asked, groups, limit = (fields.get(name, [None])[-1] for name in ("token", "groups", "limit"))
    number = int(limit) if limit is not None and limit.isascii() and limit.isdigit() and len(limit) < 10 else None
    if limit is not None and number is None:
        return None
    items = reading.member("items")
    if isinstance(items, dict):
        token = reading.member("token")
        read = [(name, object_in(value)) for name, value in items.items()]
        shown = [(_id(name, entry), name, entry) for name, entry in read]
        entries = {id: entry for id, _, entry in shown}
        names = {id: name for id, name, _ in shown}
        more = token if isinstance(token, str) and token else None
        last = token is None and "token" in reading.value
        return Page(entries, names, True, number, groups, asked, more, last)
    if kind is KNOWLEDGE or reading.value is None:
        return None
    ids = dict.fromkeys(text for text in strings_in(reading.value) if text in shelf)
    return Page(dict.fromkeys(ids), {}, False, number, groups, asked, None, False)


def _id(name: str, entry: dict[str, Any] | None) -> str:
    id = (entry or {}).get("id")
    return id if isinstance(id, str) else name


def wanted(groups: str | None) -> frozenset[str]:
    """The names in a filter."""
    return frozenset(filter(None, (groups or "").split(",")))


def passes(item: Item, groups: str | None) -> bool | None:
    """Whether an item passes the filter, None when nobody can say: its groups are not known, or it has only some of
    several names (`dhub.groups-match`)."""
    names = wanted(groups)
    if not names:
        return True
    if "groups" not in item.state.fields:
        return False if item.ours and item.unset.get("groups", MISSING) in ([], None) else None
    has = names.intersection(item.state.fields["groups"])
    if has == names:
        return True
    return None if has else False
