"""The D.Hub mock against a model of it: a dict. Lists are walked page by page while items come, change and go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from tests.mocks.conftest import make_engine
from tests.mocks.dhub import KNOWLEDGES, Dhub, path
from understudy.stage import ManualClock

GROUPS = ("support", "고객지원", "👩‍🔬", "a", "b")
groups = st.lists(st.sampled_from(GROUPS), max_size=3)
names = st.text(min_size=1, max_size=5)
changes = st.fixed_dictionaries(
    {},
    optional={
        "name": names,
        "alias": st.text(max_size=3),
        "groups": groups,
        "tags": st.lists(st.text(max_size=3), max_size=2),
        "options": st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3), max_size=2),
        "comment": st.text(max_size=3),
    },
)


@dataclass
class Walk:
    """A list that is being walked. ``must`` have existed and passed the filter since it began."""

    target: str
    filter: frozenset[str]
    limit: int
    must: set[str]
    token: str | None = None
    seen: list[str] = field(default_factory=list)
    done: bool = False


class Model(RuleBasedStateMachine):
    """``held`` maps the path of each list to its items in the order of creation, each a list of its versions."""

    knowledges = Bundle("knowledges")
    documents = Bundle("documents")

    @initialize(target=knowledges, sets=st.lists(groups, min_size=3, max_size=5))
    def begin(self, sets: list[list[str]]) -> Any:
        self.clock = ManualClock(1_800_000_000)
        self.dhub = Dhub(make_engine("dhub_knowledge", clock=self.clock))
        sample = [self.dhub("GET", path("knowledge-abc123") + f"?knowledge_version=v{n}").body for n in (1, 2)]
        self.held: dict[str, dict[str, list[dict[str, Any]]]] = {KNOWLEDGES: {"knowledge-abc123": sample}}
        self.held[path("knowledge-abc123", "documents/")] = {}
        self.walks: list[Walk] = []
        self.given: set[str] = set()
        return multiple(*(self.create_knowledge("처음", {"groups": groups}) for groups in sets))

    @rule(seconds=st.integers(0, 10**6))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(target=knowledges, name=names, given=changes)
    def create_knowledge(self, name: str, given: dict[str, Any]) -> str:
        item = self._created(KNOWLEDGES, "knowledge", name, given)
        self.held[path(item, "documents/")] = {}
        return item

    @rule(target=documents, holder=knowledges, name=names, given=changes)
    def create_document(self, holder: str, name: str, given: dict[str, Any]) -> Any:
        shelf = path(holder, "documents/")
        if shelf not in self.held:
            assert self.dhub("POST", shelf, {"name": name}).status == 404
            return multiple()
        return shelf, self._created(shelf, "knowledge.document", name, given)

    @rule(item=knowledges, given=changes)
    def update_knowledge(self, item: str, given: dict[str, Any]) -> None:
        self._updated(KNOWLEDGES, item, given)

    @rule(document=documents, given=changes)
    def update_document(self, document: tuple[str, str], given: dict[str, Any]) -> None:
        self._updated(*document, given)

    @rule(item=knowledges)
    def delete_knowledge(self, item: str) -> None:
        shelf = path(item, "documents/")
        expected = 404 if shelf not in self.held else 409 if self.held[shelf] else 200
        assert self.dhub("DELETE", path(item)).status == expected
        if expected == 200:
            del self.held[KNOWLEDGES][item], self.held[shelf]
            self._no_longer(item)

    @rule(document=consumes(documents))
    def delete_document(self, document: tuple[str, str]) -> None:
        shelf, item = document
        assert self.dhub("DELETE", shelf + item).status == 200
        del self.held[shelf][item]
        self._no_longer(item)

    @rule(
        holder=st.none() | knowledges, named=st.frozensets(st.sampled_from(GROUPS), max_size=2), limit=st.integers(1, 3)
    )
    def begin_a_walk(self, holder: str | None, named: frozenset[str], limit: int) -> None:
        target = KNOWLEDGES if holder is None else path(holder, "documents/")
        if target in self.held:
            passing = {id for id, versions in self.held[target].items() if passes(versions[-1], named)}
            self.walks.append(Walk(target, named, limit, passing))

    @rule(data=st.data())
    def walk_on(self, data: st.DataObject) -> None:
        walks = [walk for walk in self.walks if not walk.done]
        if walks:
            self._turn(data.draw(st.sampled_from(walks)))

    @rule(document=documents, other=knowledges)
    def a_document_is_found_in_its_own_knowledge_only(self, document: tuple[str, str], other: str) -> None:
        shelf = path(other, "documents/")
        assert self.dhub("GET", shelf + document[1]).status == (200 if shelf == document[0] else 404)

    @rule(item=knowledges)
    def every_version_is_read_as_it_was(self, item: str) -> None:
        self._same_versions(KNOWLEDGES, item, "knowledge_version")

    @rule(document=documents)
    def every_version_of_a_document_is_read_as_it_was(self, document: tuple[str, str]) -> None:
        self._same_versions(*document, "document_version")

    @invariant()
    def the_lists_are_those_of_the_model(self) -> None:
        for target, items in self.held.items():
            listed = self.dhub.page(target).body["items"]
            assert [(id, msgspec.json.decode(text)) for id, text in listed.items()] == [
                (id, versions[-1]) for id, versions in items.items()
            ]

    @invariant()
    def so_are_the_lists_of_each_group(self) -> None:
        for target, items in self.held.items():
            for name in GROUPS:
                passing = [id for id, versions in items.items() if name in versions[-1]["groups"]]
                assert list(self.dhub.page(target, groups=name).body["items"]) == passing

    def teardown(self) -> None:
        for walk in getattr(self, "walks", ()):
            while not walk.done:
                self._turn(walk)

    def _created(self, shelf: str, category: str, name: str, given: dict[str, Any]) -> str:
        body = {**given, "name": name}
        item = self.dhub("POST", shelf, body).item
        assert item not in self.given
        self.given.add(item)
        now = int(self.clock.now())
        unset: dict[str, Any] = {"alias": None, "type": None, "groups": [], "tags": [], "options": {}}
        moments = {"created_at": now, "updated_at": now}
        self.held[shelf][item] = [{"id": item, "category": category, **unset, **body, "comment": "", **moments}]
        return item

    def _updated(self, shelf: str, item: str, given: dict[str, Any]) -> None:
        answer = self.dhub("PUT", shelf + item, given)
        versions = self.held.get(shelf, {}).get(item)
        assert answer.status == (200 if versions else 404)
        if versions:
            versions.append({**versions[-1], **given, "updated_at": int(self.clock.now())})
            for walk in self.walks:
                if walk.target == shelf and not passes(versions[-1], walk.filter):
                    walk.must.discard(item)

    def _no_longer(self, item: str) -> None:
        for walk in self.walks:
            walk.must.discard(item)

    def _turn(self, walk: Walk) -> None:
        query: dict[str, Any] = {"limit": walk.limit, "groups": ",".join(sorted(walk.filter))}
        answer = self.dhub.page(walk.target, **query, **({"token": walk.token} if walk.token else {}))
        if walk.target not in self.held:
            assert answer.status == 404
            walk.done = True
            return
        page, walk.token = list(answer.body["items"]), answer.body["token"]
        now = [id for id, versions in self.held[walk.target].items() if passes(versions[-1], walk.filter)]
        assert page == [id for id in now if id in set(page)], "a page shows what exists and passes, in order"
        assert not set(page) & set(walk.seen), "nothing is repeated"
        walk.seen += page
        walk.done = walk.token is None
        assert len(page) == walk.limit or walk.done, "every page but the last is full"
        assert not walk.done or walk.must <= set(walk.seen), "nothing is skipped"

    def _same_versions(self, shelf: str, item: str, parameter: str) -> None:
        versions = self.held.get(shelf, {}).get(item)
        history = self.dhub("GET", f"{shelf}{item}/versions")
        if versions is None:
            assert history.status == 404
            return
        assert [entry["version_id"] for entry in history.body] == [f"v{n}" for n in range(len(versions), 0, -1)]
        for number, version in enumerate(versions, 1):
            assert self.dhub("GET", f"{shelf}{item}?{parameter}=v{number}").body == version


def passes(version: dict[str, Any], named: frozenset[str]) -> bool:
    """Whether a filter lets an item pass: any of the groups, and everything where none is named."""
    return not named or bool(named & set(version["groups"]))


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
