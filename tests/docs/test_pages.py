"""Links lead somewhere, both languages of the README say the same, and its tables are those of the contracts."""

from __future__ import annotations

import pytest

from tests.docs.pages import Page, pages, readmes
from tests.docs.tables import tables

EXTERNAL = ("http://", "https://", "mailto:")


@pytest.mark.parametrize("page", pages(), ids=str)
def test_links_lead_somewhere(page: Page) -> None:
    dead = []
    for link in page.links:
        if link.startswith(EXTERNAL):
            continue
        path, _, anchor = link.partition("#")
        target = page.path.parent / path if path else page.path
        if not target.exists() or (anchor and anchor not in Page(target).anchors):
            dead.append(link)
    assert not dead, f"{page}: {', '.join(dead)}"


def test_both_languages_have_the_same_sections() -> None:
    english, korean = readmes()["en"], readmes()["ko"]
    assert [level for level, _ in english.headings] == [level for level, _ in korean.headings]
    assert english.tables.keys() == korean.tables.keys()


def test_both_languages_show_the_same_code() -> None:
    english, korean = readmes()["en"], readmes()["ko"]
    shown = [[block[:2] for block in page.blocks if block.language] for page in (english, korean)]
    assert shown[0] == shown[1]


def test_both_languages_link_the_same() -> None:
    english, korean = readmes()["en"], readmes()["ko"]
    other = {"README.md", "README.ko.md"}
    assert sorted(set(english.links) - other) == sorted(set(korean.links) - other)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_tables_are_those_of_the_contracts(language: str) -> None:
    made = tables(language)
    page = readmes()[language]
    assert page.tables.keys() == made.keys()
    assert page.tables == made, "run python -m tests.docs.tables"
