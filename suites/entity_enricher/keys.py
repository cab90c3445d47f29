"""Keys: that they are created, what they look like, and what becomes of calls that are made with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .outcomes import BUSY, might_succeed, seen_status, texts, uncertain
from .world import Organisation, World

DAY = 86_400.0
PREFIX_LENGTH = 12


def judge_creation(reading: Reading, world: World, organisation: Organisation) -> Iterator[Verdict]:
    """The creation of a key. No verdict shows the key."""
    body = reading.body if isinstance(reading.body, dict) else {}
    if not reading.succeeded:
        if reading.lawful and reading.status not in (401, 403) and not (uncertain(reading) and reading.status < 500):
            yield from might_succeed(reading, organisation, False, "ee.create-api-key.creates")
        return
    key = created_key(reading.value)
    if key is None:
        return
    new = key not in world.created_keys
    yield reading.expect("ee.create-api-key.creates", new, "another key than before", "one that was created before")
    yield reading.expect("ee.auth.form", key.startswith("ent_"), "ent_ at its beginning", "another text", "body /key")
    world.created_keys[key] = organisation
    scopes = body.get("scopes", ["read", "write"])
    if isinstance(scopes, list):
        world.scopes[key] = frozenset(scope for scope in scopes if isinstance(scope, str))
    days = body.get("expires_in_days")
    if isinstance(days, int | float):
        world.ends[key] = reading.observation.at + days * DAY
    yield from _shown(reading, body, key)


def judge_use(reading: Reading, world: World) -> Iterator[Verdict]:
    """A call with a key that was created here."""
    seen = seen_status(reading)
    if reading.status in BUSY:
        return
    if expired(reading, world):
        for clause in ("ee.error.expired-key", "ee.create-api-key.expires-in-days"):
            yield reading.expect(clause, reading.status == 401, "status 401: it has expired", seen, "status")
        return
    for clause in ("ee.create-api-key.creates", "ee.create-api-key.works"):
        yield reading.expect(clause, reading.status != 401, "the created key to be accepted", seen, "status")


def expired(reading: Reading, world: World) -> bool:
    """Whether the call's key was created here for a time that is over."""
    return reading.observation.at > world.ends.get(reading.credential or "", float("inf"))


def created_key(value: Any) -> str | None:
    """The key that an answer shows: under its name, or else the one text that looks like one."""
    if isinstance(value, dict) and isinstance(value.get("key"), str) and value["key"]:
        return str(value["key"])
    alike = [text for text in texts(value) if text.startswith("ent_")]
    return max(alike, key=len) if alike else None


def _shown(reading: Reading, body: dict[str, Any], key: str) -> Iterator[Verdict]:
    """What is shown beside a new key; only observed."""
    shown: dict[str, Any] = reading.value if isinstance(reading.value, dict) else {}
    if "id" in shown:
        yield reading.expect("ee.create-api-key.id", shown["id"] != key, "an id that is not the key", "the key")
    yield reading.expect("ee.create-api-key.key", shown.get("key") == key, "the key under key", "another member")
    if isinstance(shown.get("key_prefix"), str):
        same = shown["key_prefix"] == key[:PREFIX_LENGTH]
        yield reading.expect("ee.create-api-key.prefix", same, f"its first {PREFIX_LENGTH} characters", "other ones")
    for member in ("name", "role", "scopes"):
        if member in shown and member in body:
            same = shown[member] == body[member]
            yield reading.expect("ee.create-api-key.echo", same, str(body[member]), shown[member], f"body /{member}")
    if "role" in shown:
        same = shown["role"] == body.get("role")
        yield reading.expect("ee.create-api-key.role", same, str(body.get("role")), shown["role"], "body /role")
    if "expires_at" in shown:
        ends = isinstance(shown["expires_at"], str) == isinstance(body.get("expires_in_days"), int | float)
        expected = "a time where the key expires, null where it does not"
        yield reading.expect("ee.create-api-key.times", ends, expected, shown["expires_at"])
