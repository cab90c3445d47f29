"""Content-Type as it is written in many lawful ways (RFC 9110 section 8.3.1)."""

from __future__ import annotations


def is_plain_text(content_type: str) -> bool:
    """text/plain with the charset UTF-8, in any case, quoted or not, more parameters or none."""
    kind, parameters = _parts(content_type)
    return kind == "text/plain" and parameters.get("charset") in ("utf-8", "utf8")


def is_json(content_type: str) -> bool:
    """application/json, with parameters or without."""
    return _parts(content_type)[0] == "application/json"


def _parts(content_type: str) -> tuple[str, dict[str, str]]:
    kind, *rest = content_type.split(";")
    pairs = [part.partition("=") for part in rest]
    return kind.strip().lower(), {name.strip().lower(): value.strip().strip('"').lower() for name, _, value in pairs}
