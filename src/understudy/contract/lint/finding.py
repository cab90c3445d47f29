"""What lint says: a finding, and the rule that it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from understudy.contract.lint.page import Page

Severity = Literal["error", "warning"]


class Said(NamedTuple):
    """What a check says: where (a JSON pointer from the root, ``#/...``), and what is wrong, expected and to be done.

    ``line`` (1-based) is given only where the pointer does not lead to it.
    """

    pointer: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of docs/contract-format.md. ``expects`` is what holds of a contract that keeps it."""

    id: str
    name: str
    expects: str
    check: Callable[[Page], Iterator[Said]]
    severity: Severity = "error"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong in a contract file, at ``line`` (1-based) and ``pointer`` (``#`` is the root)."""

    line: int
    rule: str
    pointer: str
    message: str
    name: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.line}: {self.rule} {self.name}: {self.message} (at {self.pointer})"
