"""A violation: where a request or an answer breaks the contract, what was expected, and which clause says so."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Violation(NamedTuple):
    """``where`` is a part of the message (``body``, ``query limit``, ``path knowledge_id``, ``header Content-Type``,
    ``status``); ``pointer`` is a JSON pointer inside it, empty for the whole. ``expected`` and ``seen`` never hold the
    value itself, which may be a secret. ``source`` cites the document of the first clause.
    """

    blame: Literal["consumer", "provider"]
    where: str
    pointer: str
    rule: str
    expected: str
    seen: str
    clauses: tuple[str, ...]
    source: str

    def __str__(self) -> str:
        place = f"{self.where} {self.pointer}".rstrip()
        cited = f" [{', '.join(self.clauses)}; {self.source}]" if self.clauses else ""
        return f"{place}: expected {self.expected}; got {self.seen}{cited}"
