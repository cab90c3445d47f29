"""Choices that look free and are always the same: digests of what they depend on, never of a hash seed or a clock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, TypeVar

T = TypeVar("T")


def canonical(value: Any) -> str:
    """JSON that is the same for values that JSON Schema calls equal: 1 and 1.0 are, 1 and true are not."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def number(*parts: Any, below: int = 1 << 62) -> int:
    """A whole number from 0 to ``below`` - 1 that depends on ``parts`` alone."""
    digest = blake2b(canonical(parts).encode("ascii"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % below


def pick(choices: Sequence[T], *parts: Any) -> T:
    """One of ``choices``, which are not empty, by ``parts`` alone."""
    return choices[number(*parts, below=len(choices))]
