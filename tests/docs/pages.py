"""Markdown pages as the tests of the documents read them: headings, code blocks, links, marked tables."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent

_FENCE = re.compile(r"^```(?P<language>[\w-]*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_TABLE = re.compile(r"<!-- table: (?P<name>[\w-]+) -->\n(?P<text>.*?)<!-- end -->", re.DOTALL)


class Block(NamedTuple):
    """A fenced block of code: its language, its text, and the line of the page on which it begins."""

    language: str
    text: str
    line: int


class Command(NamedTuple):
    """A command of a ``console`` block, and the output that the page shows; empty when it shows none."""

    command: str
    shown: str
    line: int


class Page:
    """One markdown file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def blocks(self) -> list[Block]:
        return [
            Block(match["language"], match["text"], self.text.count("\n", 0, match.start()) + 1)
            for match in _FENCE.finditer(self.text)
        ]

    @property
    def prose(self) -> str:
        """The page without its blocks of code."""
        return _FENCE.sub("", self.text)

    @property
    def headings(self) -> list[tuple[int, str]]:
        """Level and text of every heading."""
        return [(len(match[1]), match[2]) for match in _HEADING.finditer(self.prose)]

    @property
    def anchors(self) -> set[str]:
        """What a link may name after ``#``, as GitHub makes it of the headings."""
        return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for _, text in self.headings}

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.prose)

    @property
    def commands(self) -> list[Command]:
        """The commands of every ``console`` block, in the order of the page."""
        found = []
        for block in self.blocks:
            if block.language == "console":
                for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
                    command, _, shown = part.replace("\\\n", " ").partition("\n")
                    found.append(Command(" ".join(command.split()), shown, block.line))
        return found

    @property
    def tables(self) -> dict[str, str]:
        """The tables that are made from the contracts, by name."""
        return {match["name"]: match["text"] for match in _TABLE.finditer(self.text)}

    def with_tables(self, tables: dict[str, str]) -> str:
        """The text of the page with its marked tables replaced."""
        return _TABLE.sub(
            lambda match: f"<!-- table: {match['name']} -->\n{tables[match['name']]}<!-- end -->", self.text
        )


def pages() -> list[Page]:
    """Every page of the project."""
    folders = (ROOT, ROOT / "docs", ROOT / "benchmarks", ROOT / "examples")
    return [Page(path) for folder in folders for path in sorted(folder.glob("*.md"))]


def readmes() -> dict[str, Page]:
    """The README in its two languages."""
    return {"en": Page(ROOT / "README.md"), "ko": Page(ROOT / "README.ko.md")}
