"""The saved schemas of the default starting state: companies first, then people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def starting_schemas() -> list[dict[str, Any]]:
    """What createSchema would have been asked with: name, tags, is_pinned and schema_content. A new copy each time."""
    schemas: list[dict[str, Any]] = json.loads(
        (Path(__file__).parent / "saved_schemas.json").read_text(encoding="utf-8")
    )
    return schemas
