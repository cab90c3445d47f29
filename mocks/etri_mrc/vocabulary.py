"""The words that the reader knows: korean.toml and english.toml, which can be read and mended as lists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
KOREAN: Mapping[str, Any] = tomllib.loads((_HERE / "korean.toml").read_text(encoding="utf-8"))
ENGLISH: Mapping[str, Any] = tomllib.loads((_HERE / "english.toml").read_text(encoding="utf-8"))


def words(language: Mapping[str, Any], table: str, name: str) -> frozenset[str]:
    """A list of one language."""
    return frozenset(language[table][name].split())


def meanings(table: str) -> dict[str, str]:
    """Word to meaning, of a table that lists the words of both languages by what they mean."""
    return {
        word.replace("_", " "): meaning
        for language in (KOREAN, ENGLISH)
        for meaning, listed in language[table].items()
        for word in listed.split()
    }


def any_of(listed: Iterable[str]) -> str:
    """A pattern for one of the words, the longest that fits."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(listed, key=lambda word: (-len(word), word))) + ")"
