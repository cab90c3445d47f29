"""What one account of Flowith holds: knowledge bases with the texts loaded into them, and the Credits spent.

All of it is plain data. What a knowledge base is searched by is derived from its sources, and made again where it is
missing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

import msgspec

from understudy import Table

from .pieces import Source, identifier
from .ranking import Index

LIBRARY = Path(__file__).with_name("library")


class KnowledgeBase(msgspec.Struct, dict=True):
    """Texts that are searched together. One that is ``foreign`` belongs to someone else, who alone may search it."""

    sources: list[Source] = []
    foreign: bool = False

    @cached_property
    def index(self) -> Index:
        return Index(self.sources)

    def add(self, source: Source) -> None:
        """Add a text, and index it if the others are indexed."""
        self.sources.append(source)
        if "index" in self.__dict__:
            self.index.add(source)


class State(msgspec.Struct):
    """One account: the Credits that it has spent, and the knowledge bases that it made or changed, by id.

    Those that are shipped need not be among them: every account has them, as they are in the folder ``library``.
    """

    spent: float = 0.0
    knowledge_bases: Table[KnowledgeBase] = msgspec.field(default_factory=lambda: Table(KnowledgeBase))

    def load(self, kb_id: str, title: str, text: str) -> Source:
        """Load a text into a knowledge base of this account, which is made if there is none of that id.

        Raises:
            ValueError: one of the arguments has a lone surrogate, which no JSON in UTF-8 can carry.
        """
        for name, value in (("kb_id", kb_id), ("title", title), ("text", text)):
            try:
                value.encode()
            except UnicodeEncodeError as error:
                raise ValueError(f"{name}: expected text that UTF-8 can carry; {error.reason}") from None
        knowledge_base = self._own(kb_id)
        source = Source(identifier(kb_id, str(len(knowledge_base.sources)), title, text), title, text)
        knowledge_base.add(source)
        self.knowledge_bases.touch(kb_id)
        return source

    def clear(self, kb_id: str) -> None:
        """Take all texts out of a knowledge base; one that is shipped stays empty for this account."""
        self.knowledge_bases[kb_id] = KnowledgeBase()

    def find(self, kb_id: str) -> KnowledgeBase | None:
        """The knowledge base of this id, None when there is none."""
        return self.knowledge_bases.get(kb_id) or shipped().get(kb_id)

    def _own(self, kb_id: str) -> KnowledgeBase:
        own = self.knowledge_bases.get(kb_id)
        if own is None:
            known = shipped().get(kb_id)
            own = self.knowledge_bases[kb_id] = KnowledgeBase(list(known.sources) if known is not None else [])
        return own


@cache
def shipped() -> Mapping[str, KnowledgeBase]:
    """The knowledge bases that every account starts with: one in Korean, one in English, one of somebody else's."""
    found = {}
    for path in sorted(LIBRARY.glob("*.toml")):
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        made = KnowledgeBase(foreign=written.get("foreign", False))
        for number, entry in enumerate(written["sources"]):
            id = identifier(written["id"], str(number), entry["title"], entry["text"])
            made.add(Source(id, entry["title"], entry["text"].strip()))
        found[written["id"]] = made
    return found
