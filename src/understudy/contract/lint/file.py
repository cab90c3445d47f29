"""The file itself: YAML that every reader understands alike.

That the file cannot be read at all (``L001``) or is no YAML (``L002``) is found before there is a page; see `run`.
"""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.page import Page


def _duplicate_key(page: Page) -> Iterator[Said]:
    for oddity in page.lines.oddities:
        if oddity.kind == "duplicate":
            yield Said(
                oddity.pointer, f"{oddity.text}, and YAML keeps only the last: rename or merge the two", oddity.line
            )


def _foreign_value(page: Page) -> Iterator[Said]:
    for oddity in page.lines.oddities:
        if oddity.kind == "value":
            yield Said(oddity.pointer, oddity.text, oddity.line)


def _unlike_parsers(page: Page) -> Iterator[Said]:
    for oddity in page.lines.oddities:
        if oddity.kind == "parser":
            yield Said(oddity.pointer, oddity.text, oddity.line)


RULES = (
    Rule("L003", "duplicate-key", "no mapping has a key twice", _duplicate_key),
    Rule(
        "L004",
        "foreign-value",
        "keys are strings, and values are what YAML 1.1, YAML 1.2 and JSON share",
        _foreign_value,
    ),
    Rule("L005", "unlike-parsers", "libyaml and PyYAML's own parser both read the file", _unlike_parsers),
)
