"""Calls that scripts share, and a lawful call of each operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from understudy.verify.session import Session
from understudy.verify.suite import Arranged

UNOBSERVABLE: Mapping[str, str] = {}
EMBEDDED_LIMITS: Mapping[str, Any] = {}
LAWFUL: Mapping[str, Callable[[Session], Arranged | None]] = {}
