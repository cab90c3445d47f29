"""What the pages show of a command is what it prints."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Page, pages
from tests.docs.shell import matches, shell
from understudy.verify.target import read_targets

TRANSLATED = ROOT / "README.ko.md"  # shows the same commands and output as README.md: see test_languages.py
SHOWING = [page for page in pages() if page.commands and page.path != TRANSLATED]


@pytest.mark.parametrize("page", SHOWING, ids=str)
def test_commands_print_what_is_shown(page: Page, tmp_path: Path) -> None:
    with shell(tmp_path) as opened:
        for command in page.commands:
            if command.command.startswith("curl ") and shutil.which("curl") is None:
                pytest.skip("the page shows curl, and this machine has none")
            printed = opened.run(command.command, command.shown)
            if not matches(command.shown, printed):
                place = f"{page}:{command.line}: {command.command}"
                pytest.fail(f"{place}\nprints\n{printed}\nand the page shows\n{command.shown}", pytrace=False)


def test_a_page_that_shows_something_else_is_found() -> None:
    assert matches("가...다\n...\nend\n", "가나다\n1\n2\nend\n")
    assert not matches("가...다\nend\n", "가나다\n1\nend\n")
    assert not matches("passed\n", "FAILED\n")


@pytest.mark.parametrize("page", [page for page in pages() if any(b.language == "toml" for b in page.blocks)], ids=str)
def test_target_files_are_read(page: Page, tmp_path: Path) -> None:
    for block in page.blocks:
        if block.language == "toml":
            path = tmp_path / "targets.toml"
            path.write_text(block.text, encoding="utf-8")
            assert read_targets(path)
