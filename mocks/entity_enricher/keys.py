"""Keys: those of the contract, those that were created, and what each permits."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from understudy import Call, Table

from .records import told_time
from .refusals import BadRequest, Forbidden, ForbiddenWrite, TooManyKeys
from .state import ApiKey, State

PREFIX_LENGTH = 12
"""As the contract says of key_prefix (ee.create-api-key.prefix)."""
DAY = 86_400
LAST = 253_402_300_799  # 9999-12-31T23:59:59Z: RFC 3339 has no later year
BOTH = ["read", "write"]
ROLES = {"good": BOTH, "read_only": ["read"], "no_permission": [], "internal_error": BOTH}
"""What the roles of the contract's own keys permit."""


class Issued(msgspec.Struct):
    """A created key, found by its digest: whose it is, what it permits, and until when (epoch seconds, UTC)."""

    owner: str
    scopes: list[str]
    expires_at: float | None


class Keyring(msgspec.Struct):
    """The created keys of all organisations of a stage, by digest. The keys themselves are nowhere kept."""

    issued: Table[Issued] = msgspec.field(default_factory=lambda: Table(Issued))

    def find(self, key: str, now: float) -> Issued | None:
        """What was issued as ``key``; None where it is unknown, or has expired."""
        issued = self.issued.get(digest(key))
        if issued is None or (issued.expires_at is not None and now >= issued.expires_at):
            return None
        return issued


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def recognise(call: Call) -> None:
    """Take a created key for its organisation's (ee.create-api-key.works)."""
    if call.account is None and call.credential and call.shared.issued:
        issued = call.shared.find(call.credential, call.now)
        if issued is not None:
            call.identify(issued.owner)


def permit(call: Call) -> None:
    """Refuse what the key's scopes do not permit (ee.auth.scope-of-operations)."""
    scopes = _scopes(call)
    if not scopes:
        raise Forbidden
    if call.operation is None:
        return
    needed = "read" if call.contract.operations[call.operation].method == "GET" else "write"
    if needed not in scopes:
        raise ForbiddenWrite if needed == "write" else Forbidden


def _scopes(call: Call) -> list[str]:
    found = call.sent is not None and call.credential != call.sent
    issued = call.shared.find(call.sent, call.now) if found else None
    return issued.scopes if issued is not None else ROLES[call.role or ""]


def created(state: State, call: Call) -> dict[str, Any]:
    """A new key, shown whole this once (ee.create-api-key.key)."""
    most = call.limits["kept_keys"]
    expires_at = _expiry(call)
    if most is not None and len(state.keys) >= most:
        raise TooManyKeys
    assert call.account is not None
    key, id = "ent_" + call.new_id() + call.new_id(), call.new_id("key-")
    scopes = call.body.get("scopes", BOTH)
    made = ApiKey(id, call.body["name"], key[:PREFIX_LENGTH], call.body.get("role"), scopes, call.now, expires_at)
    state.keys[id] = made
    call.shared.issued[digest(key)] = Issued(call.account.credential, scopes, expires_at)
    return {
        "id": made.id,
        "key": key + call.stage.suffix,
        "key_prefix": made.prefix,
        "name": made.name,
        "role": made.role,
        "scopes": made.scopes,
        "created_at": told_time(made.created_at),
        "expires_at": None if expires_at is None else told_time(expires_at),
    }


def _expiry(call: Call) -> float | None:
    days = call.body.get("expires_in_days")
    if days is None:
        return None
    if days > (LAST - call.now) / DAY:
        raise BadRequest("expires_in_days: expected a day before the year 10000.")
    return float(call.now + days * DAY)
