"""Test credentials: a request's credential belongs to exactly one role and account."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.page import Page, strings


def _overlap(page: Page) -> Iterator[Said]:
    values: list[tuple[str, str, str]] = []
    for entry in page.entries("role"):
        value = entry.value.get("value")
        many = [value] if isinstance(value, str) else strings(value)
        values += [(entry.name, text, f"{entry.pointer}/value") for text in many]
    for (one, value, pointer), (other, longer, _) in permutations(values, 2):
        if longer.startswith(f"{value}-"):
            text = f"the credential {longer!r} of {other!r} extends {value!r} of {one!r} by '-', as its accounts do"
            yield Said(pointer, f"{text}: rename one")
        elif longer == value and one <= other:
            yield Said(pointer, f"{one!r} and {other!r} have the same credential {value!r}: rename one")


RULES = (Rule("L901", "credential-overlap", "no credential is, or extends by '-', another one", _overlap),)
