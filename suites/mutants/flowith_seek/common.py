"""What the mutants of this service have in common: their catalogue, and when they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Catalogue, Memory
from understudy.mutants.streams import Framing

catalogue = Catalogue("flowith_seek")

FRAMING = Framing(b"data: ", b"\n\n", "tag")
GOOD, KOREAN, ENGLISH = "flowith-test-good", *(f"c0ffee00-0000-4000-8000-00000000000{n}" for n in (1, 2))
Block = dict[str, Any]
When = Callable[[Asked, int], bool]
"""Whether a mutant shows: for this seek, and as which answered seek of all, from 1."""


def said(asked: Asked) -> list[Any]:
    messages = asked.member("messages")
    return messages if isinstance(messages, list) else []


def question(asked: Asked) -> str:
    last = said(asked)[-1] if said(asked) else None
    return str(last.get("content", "")) if isinstance(last, dict) else ""


WHEN: dict[str, tuple[str, When]] = {
    "from-third": ("from the third answer on", lambda asked, count: count > 2),
    "several": ("where several messages were said", lambda asked, count: len(said(asked)) > 1),
    "astral": ("where the question has emoji", lambda asked, count: max(question(asked), default="") > "\uffff"),
    "model": ("by gpt-4.1-mini", lambda asked, count: asked.member("model") == "gpt-4.1-mini"),
    "live-path": ("by the samples' path", lambda asked, count: "/knowledge-base/" in asked.request.path),
    "path": ("by the document's path", lambda asked, count: asked.request.path.endswith("/seek-knowledge/seek")),
    "english": ("in English", lambda asked, count: question(asked).isascii()),
    "two-bases": ("with two knowledge bases", lambda asked, count: len(asked.member("kb_list") or ()) > 1),
    "no-bases": ("with no knowledge base", lambda asked, count: asked.member("kb_list") == []),
}
RARE = frozenset(("from-third", "several", "astral", "two-bases"))


def numbered(asked: Asked, response: Response, memory: Memory) -> int:
    """Which answered seek this is; 0 when it is none."""
    if asked.does != "seek" or response.status != 200:
        return 0
    memory["count"] = memory.get("count", 0) + 1
    return int(memory["count"])


def clauses_of(*names: str) -> tuple[str, ...]:
    """Clauses by what stands behind the name of the service."""
    return tuple(dict.fromkeys(f"flowith.{name}" for name in names))
