"""Test credentials: how they travel, and which role and account they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from understudy.contract.values import Contract

SUFFIX = re.compile(r"[A-Za-z0-9._~-]{1,64}")
"""What may follow ``<test credential>-`` to name a fresh account (docs/contract-format.md, Credentials)."""


class Credentials:
    """The credentials of one contract. ``header`` is the lower-case name of the field that carries them."""

    def __init__(self, contract: Contract) -> None:
        scheme = contract.credential_scheme
        self._bearer = scheme["type"] == "http"
        self.header = "authorization" if self._bearer else str(scheme["name"]).lower()
        self._roles = {value: role.name for role in contract.roles.values() for value in role.values}

    def read(self, headers: Mapping[str, str]) -> str | None:
        """The credential of a request, None when it has none.

        What does not have the form of the scheme (no ``Bearer``) is returned with a space before it, so that it is a
        credential nobody knows, even where the rest of it would be one.
        """
        value = headers.get(self.header)
        if value is None or not self._bearer:
            return value
        scheme = value[:7]
        return value[7:].strip(" ") if scheme == "Bearer " or scheme.lower() == "bearer " else f" {value}"

    def role_of(self, credential: str) -> str | None:
        """The role of a test credential, ``<value>`` or ``<value>-<suffix>``; None for any other text."""
        if credential in self._roles:
            return self._roles[credential]
        for value, role in self._roles.items():
            if credential.startswith(value + "-"):
                return role if SUFFIX.fullmatch(credential, len(value) + 1) else None
        return None
