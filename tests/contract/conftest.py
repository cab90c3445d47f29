"""A small contract that has one of everything, and ways to break one thing of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy.contract.lint import Finding, lint_text

SMALL = Path(__file__).with_name("small.yaml")

Break = Callable[..., list[Finding]]


@pytest.fixture
def small() -> dict[str, Any]:
    """The small contract, fresh."""
    document: dict[str, Any] = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
    return document


@pytest.fixture
def small_text() -> str:
    return SMALL.read_text(encoding="utf-8")


@pytest.fixture
def findings_after(small: dict[str, Any]) -> Break:
    """Lints the small contract after changes: pointers to values, where `...` deletes what stands there."""

    def lint_changed(changes: dict[str, Any]) -> list[Finding]:
        for pointer, value in changes.items():
            _change(small, pointer, value)
        return lint_text(yaml.safe_dump(small, allow_unicode=True, sort_keys=False), "small")

    return lint_changed


def _change(document: Any, pointer: str, value: Any) -> None:
    *tokens, last = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    for token in tokens:
        document = document[int(token) if isinstance(document, list) else token]
    key: Any = int(last) if isinstance(document, list) else last
    if value is ...:
        del document[key]
    elif isinstance(document, list) and key == len(document):
        document.append(value)
    else:
        document[key] = value
