"""The small contract, broken in one way after another: what each rule of lint is shown by."""

from __future__ import annotations

from typing import Any, NamedTuple

READ = "/paths/~1notes~1{id}/get"
PARAMETER = "/paths/~1notes~1{id}/parameters/0"
WRITE = "/paths/~1notes/post"
REPLY = f"{READ}/responses/200"
NOTE = "/components/schemas/Note"
MEDIA = f"{WRITE}/responses/200/content/text~1event-stream"
STREAM = f"{MEDIA}/x-stream"


class Case(NamedTuple):
    """A rule, where it should speak, and the changes (pointer to value; `...` deletes) that make it speak."""

    rule: str
    at: str
    changes: dict[str, Any]
