"""Lists and their pages: what one page may show, and what all pages of a listing show together.

A listing is a first page and the pages that its tokens lead to, with the same filter. What the conversation did not
create may come and go while it goes on. Where a list also shows such things, a skip or a repeat over several pages may
be their doing, so it counts only when a second listing has it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from understudy.verify.reading import Reading, Verdict

from .kinds import KNOWLEDGE, Kind
from .pages import Listing, Page, passes, read_page, wanted
from .shown import judge_shown, judge_whole, not_listed, still_there
from .values import same_group, shows_nothing
from .world import Account, Fate, Item, World

OPEN_LISTINGS = 64


class Lists:
    """The lists of one account's Knowledges, or of one Knowledge's Documents."""

    def __init__(self, world: World, account: Account, kind: Kind, holder: Item | None, default: int | None) -> None:
        self._world = world
        self._account = account
        self._kind = kind
        self._holder = holder
        self._default = default
        held = holder.documents if holder is not None else {}
        self._shelf = account.knowledges if kind is KNOWLEDGE else held

    def judge(self, reading: Reading) -> Iterator[Verdict]:
        """The next page."""
        if self._kind is KNOWLEDGE and set(parse_qs(reading.observation.request.query)) - {"limit", "token", "groups"}:
            yield reading.holds("dhub.service.unknown-query")
        page = read_page(reading, self._kind, self._shelf)
        if page is None:
            if shows_nothing(reading.value) and self._kind is not KNOWLEDGE:
                yield reading.expect(self._kind.list + "operation", False, "a list", reading.value)
            return
        yield reading.holds(self._kind.list + "operation")
        yield from self._size(reading, page)
        for id, entry in page.entries.items():
            yield from self._entry(reading, page, id, entry)
        listing = self._listing(page)
        if listing is not None:
            yield from self._follow(reading, page, listing)
        here = [id for id in page.entries if id in self._shelf]
        if self._kind is not KNOWLEDGE and len(here) > 1:
            yield reading.holds("dhub.service.container")
            yield reading.holds("dhub.create-document.kid")

    # One page

    def _size(self, reading: Reading, page: Page) -> Iterator[Verdict]:
        if not page.documented:
            return
        count, more = len(page.entries), page.token is not None
        if page.limit is not None and page.limit > 0:
            yield reading.expect(self._kind.list + "limit", count <= page.limit, f"at most {page.limit} items", count)
            if more and self._kind is KNOWLEDGE:
                full = count == page.limit
                yield reading.expect(self._kind.list + "full-pages", full, f"{page.limit} items", count)
        elif page.limit is None and self._default is not None and page.asked is None:
            fits = count <= self._default
            if more or not fits:
                expected = f"at most {self._default} items"
                yield reading.expect(self._kind.list + "limit-default", fits, expected, count)
        if self._kind is KNOWLEDGE and not reading.observation.request.query:
            yield reading.holds("dhub.list-knowledges.optional")
        if not more:
            clause = self._kind.list + ("token-last" if self._kind is KNOWLEDGE else "token")
            yield reading.expect(clause, page.last, "the token null on the last page", reading.member("token"))

    def _entry(self, reading: Reading, page: Page, id: str, entry: dict[str, Any] | None) -> Iterator[Verdict]:
        if page.documented and entry is not None and self._kind is KNOWLEDGE:
            name = page.names[id]
            yield reading.expect("dhub.list-knowledges.items-key", entry.get("id") == name, f"the id {name}", entry)
            for name in ("id", "name"):
                there = isinstance(entry.get(name), str)
                yield reading.expect(f"dhub.list-knowledges.entry-{name}", there, f"the string {name}", entry)
        item = self._shelf.get(id)
        if item is None:
            yield from self._stranger(reading, page, id, entry)
            return
        if item.fate is Fate.GONE:
            for clause in (self._kind.exists_only, self._kind.delete + "gone"):
                yield reading.expect(clause, False, f"no {id}, which was deleted", id)
            return
        yield from still_there(reading, item)
        if entry is not None:
            yield from judge_shown(reading, self._account, item, entry, details=False)
            yield from judge_whole(reading, entry, self._kind.list + "entry-fields")
        yield from self._filtered(reading, page, item)

    def _stranger(self, reading: Reading, page: Page, id: str, entry: dict[str, Any] | None) -> Iterator[Verdict]:
        """Something that this account did not create, as far as we know."""
        name = (entry or {}).get("name")
        refused = self._world.refused_names.get(name) if isinstance(name, str) else None
        if refused is not None:
            yield reading.expect(refused, False, "nothing of a creation that was refused", entry)
        elif self._kind is KNOWLEDGE:
            if self._world.owner(self._account, id) is not None:
                yield reading.expect("dhub.auth.account", False, "nothing of another account", id)
            yield from self._stranger_filtered(reading, page, entry)
        elif self._holder is not None and self._holder.ours and not self._holder.lost_documents:
            others = (entry for entry in self._account.knowledges.values() if entry is not self._holder)
            known = any(id in other.documents for other in others)
            if known:
                yield reading.expect("dhub.service.resources", False, f"no Document that {id} names elsewhere", id)
            self._holder.lost_documents += not known  # it may be there all the same, so that nobody knows if any is
            if known or page.documented:
                yield reading.expect(self._kind.exists_only, False, f"only Documents of {self._holder.id}", id)

    def _stranger_filtered(self, reading: Reading, page: Page, entry: dict[str, Any] | None) -> Iterator[Verdict]:
        groups, names = (entry or {}).get("groups"), wanted(page.groups)
        if not names or not isinstance(groups, list):
            return
        related = any(isinstance(group, str) and same_group(group, name) for group in groups for name in names)
        if not related:
            for clause in ("groups-parameter", "groups-one") if len(names) == 1 else ("groups-parameter",):
                yield reading.expect(self._kind.list + clause, False, f"only what has {page.groups!r}", groups)

    def _filtered(self, reading: Reading, page: Page, item: Item) -> Iterator[Verdict]:
        """An item of ours is shown: it has what the filter asks for."""
        names, passing = wanted(page.groups), passes(item, page.groups)
        if not names or (passing is None and "groups" not in item.state.fields):
            return
        groups = item.state.fields.get("groups", [])
        seen = f"{item.id} with the groups {groups!r}"
        if passing is not False:
            yield reading.holds(self._kind.list + "groups-parameter")
            if passing is None and self._kind is KNOWLEDGE:
                yield reading.holds("dhub.list-knowledges.groups-any")
        elif any(same_group(group, name) for group in groups for name in names):
            yield reading.expect("dhub.list-knowledges.groups-exact", False, f"only what has {page.groups!r}", seen)
        else:
            for clause in ("groups-parameter", "groups-one")[: 2 if self._kind is KNOWLEDGE and len(names) == 1 else 1]:
                yield reading.expect(self._kind.list + clause, False, f"only what has {page.groups!r}", seen)

    # All pages together

    def _listing(self, page: Page) -> Listing | None:
        """The listing that the page belongs to, None when its token is one that no page before it gave."""
        listings, holder = self._account.listings, self._holder
        if page.asked is None:
            there = [id for id, item in self._shelf.items() if item.ours and item.fate is Fate.HERE]
            listing = Listing(self._kind, holder, page.groups, frozenset(there), self._account.writes)
            self._account.listings = [*listings[-OPEN_LISTINGS:], listing]
            return listing
        key = (self._kind.noun, holder.id if holder is not None else "", page.groups)
        return next((entry for entry in reversed(listings) if entry.key == key and entry.token == page.asked), None)

    def _follow(self, reading: Reading, page: Page, listing: Listing) -> Iterator[Verdict]:
        repeated = sorted(listing.seen.intersection(page.entries))
        if listing.pages and page.limit != listing.limit and self._kind is KNOWLEDGE:
            right = page.token is None or len(page.entries) == page.limit
            yield reading.expect("dhub.list-knowledges.token-position", right, f"{page.limit} items", len(page.entries))
        listing.limit = page.limit
        listing.pages += 1
        listing.token = page.token
        listing.seen.update(page.entries)
        listing.foreign |= any(id not in self._shelf for id in page.entries)
        self._account.strangers |= listing.foreign and self._kind is KNOWLEDGE
        if repeated:
            seen = f"{repeated} on page {listing.pages} again"
            for clause in ("complete", "token-parameter"):
                yield from self._wrong(reading, listing, clause, "every item once", seen)
        elif listing.pages > 1 and page.entries:
            yield reading.holds(self._kind.list + "token-parameter")
            yield reading.holds(self._kind.list + "token")
        if page.token is None and self._ended(page):
            yield from self._end(reading, page, listing)

    def _ended(self, page: Page) -> bool:
        """Whether a page without a token is surely the last. Of Documents it is not documented how pages go on."""
        full = page.limit is not None and len(page.entries) >= page.limit
        return self._kind is KNOWLEDGE or (page.documented and (page.last or not full)) or page.limit is None

    def _end(self, reading: Reading, page: Page, listing: Listing) -> Iterator[Verdict]:
        there = {id for id in listing.expected if self._shelf[id].fate is Fate.HERE}
        passing = {id for id in there if passes(self._shelf[id], listing.groups) is True}
        missing = sorted(passing - listing.seen)
        seen = f"{len(listing.seen)} items on {listing.pages} pages without {missing}"
        if not wanted(listing.groups) and listing.groups is not None:
            if self._kind is KNOWLEDGE:
                yield reading.expect("dhub.list-knowledges.groups-empty", not missing, f"{missing} among them", seen)
            return
        yield from self._exact(reading, listing, there)
        if not missing:
            if passing:
                yield reading.holds(self._kind.list + "complete")
                yield from self._held(reading, listing)
            return
        names = wanted(listing.groups)
        several = len(names) > 1 and self._kind is KNOWLEDGE
        which = "groups-comma" if several else "complete"
        yield from self._wrong(reading, listing, which, f"{missing} among them", seen)
        if listing.pages == 1 and page.limit == len(page.entries):
            yield from self._wrong(reading, listing, "token", "a token, as more remains", "none")
        if len(names) == 1 and self._kind is KNOWLEDGE:
            yield from self._wrong(reading, listing, "groups-one", f"{missing} among them", seen)
        for id in missing:
            yield from not_listed(reading, self._shelf[id], seen)

    def _exact(self, reading: Reading, listing: Listing, there: set[str]) -> Iterator[Verdict]:
        """Something with a group that is only like the one asked for was left out."""
        for id in there - listing.seen if self._kind is KNOWLEDGE else ():
            groups = self._shelf[id].state.fields.get("groups", ())
            if any(same_group(group, name) for group in groups for name in wanted(listing.groups) - set(groups)):
                yield reading.holds("dhub.list-knowledges.groups-exact")

    def _held(self, reading: Reading, listing: Listing) -> Iterator[Verdict]:
        yield reading.holds(self._kind.exists_only)
        if self._kind is not KNOWLEDGE:
            yield reading.holds("dhub.service.resources")
            if listing.pages > 1:
                yield reading.holds("dhub.list-documents.paging")
            return
        if listing.pages > 1:
            disturbed = listing.writes != self._account.writes
            yield reading.holds(self._kind.list + ("stable" if disturbed else "complete"))
        names = wanted(listing.groups)
        if names:
            yield reading.holds(self._kind.list + ("groups-one" if len(names) == 1 else "groups-comma"))

    def _wrong(self, reading: Reading, listing: Listing, clause: str, expected: str, seen: str) -> Iterator[Verdict]:
        """Something is wrong with a listing, unless somebody else's or our own writes between its pages explain it."""
        if listing.pages > 1 and listing.writes != self._account.writes:
            stable = "stable" if self._kind is KNOWLEDGE else "paging"
            yield reading.expect(self._kind.list + stable, False, expected, seen)
            return
        known = clause if self._kind is KNOWLEDGE or clause != "token-parameter" else "paging"
        earlier = [entry for entry in self._account.listings if entry.key == listing.key and entry.suspect]
        whole = self._kind is KNOWLEDGE and not wanted(listing.groups)
        shared = listing.foreign or (whole and self._account.strangers)
        if listing.pages > 1 and shared and all(entry is listing for entry in earlier):
            listing.suspect = True
            return
        listing.suspect = True
        yield reading.expect(self._kind.list + known, False, expected, seen)
