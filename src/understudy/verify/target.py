"""A target: an instance that is judged, and what is known of it. Read from a file and from the environment.

The file is TOML or JSON, ``{stem: {url, credentials: {role: value}, fixtures: {...}, limits: {...}}}``. The ready file
of ``understudy serve`` is one: what it says of the control plane is passed over. Credentials also come from
``UNDERSTUDY_<STEM>_<ROLE>``, which win; never from a command line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from understudy.contract import Contract
from understudy.errors import UsageError


class Target(BaseModel):
    """One instance. ``url`` is its origin, or a prefix that stands before the contract's paths.

    ``credentials`` maps roles to a credential or to several. A role or fixture that is missing leaves its clauses
    unchecked; ``limits`` override the contract's ``x-limits`` for this instance.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str
    credentials: Mapping[str, str | list[str]] = Field(default_factory=dict, repr=False)
    fixtures: Mapping[str, Any] = Field(default_factory=dict)
    limits: Mapping[str, Any] = Field(default_factory=dict)

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("expected a URL such as http://127.0.0.1:8401 or https://api.example.com")
        if parts.username or parts.password:
            raise ValueError("a URL holds no credentials; put them under credentials, or in the environment")
        return url.rstrip("/")

    def values(self, role: str) -> tuple[str, ...]:
        """The credentials of a role, none when the target has none."""
        value = self.credentials.get(role, ())
        return (value,) if isinstance(value, str) else tuple(value)

    @property
    def roles(self) -> dict[str, str]:
        """Roles by credential."""
        return {value: role for role in self.credentials for value in self.values(role)}


def read_targets(path: Path) -> dict[str, Target]:
    """The targets of a file by stem. Raises `UsageError` when it is not one."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        data = tomllib.loads(raw.decode()) if path.suffix == ".toml" else msgspec.json.decode(raw)
    except (tomllib.TOMLDecodeError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        kind = "TOML" if path.suffix == ".toml" else "JSON (a TOML file's name ends in .toml)"
        raise UsageError(f"{path}: is not {kind}: {error}") from None
    if not isinstance(data, dict):
        raise UsageError(
            f"{path}: expected {{stem: {{url, credentials, fixtures, limits}}}}, found {type(data).__name__}"
        )
    return {stem: _target(path, stem, entry) for stem, entry in data.items() if not _is_control(stem, entry)}


def variable(stem: str, role: str) -> str:
    """The environment variable that gives the credential of a role."""
    return f"UNDERSTUDY_{stem}_{role}".upper()


def with_environment(target: Target, contract: Contract, environment: Mapping[str, str]) -> Target:
    """The target with the credentials of ``UNDERSTUDY_<STEM>_<ROLE>``; several of one role are parted by commas."""
    credentials = dict(target.credentials)
    for role in contract.roles.values():
        value = environment.get(variable(contract.stem, role.name))
        if value:
            credentials[role.name] = [part.strip() for part in value.split(",")] if role.many else value
    return target.model_copy(update={"credentials": credentials})


def check_names(target: Target, contract: Contract) -> None:
    """Raise `UsageError` when the target names a role, fixture or limit that the contract does not have."""
    for kind, given, known in (
        ("credential role", target.credentials, contract.roles),
        ("fixture", target.fixtures, contract.fixtures),
        ("limit", target.limits, contract.limits),
    ):
        unknown = sorted(set(given) - set(known))
        if unknown:
            listed = ", ".join(known) or "none"
            raise UsageError(f"{contract.stem}: no {kind} {', '.join(unknown)}; the contract has: {listed}")


def _is_control(name: str, entry: Any) -> bool:
    """Whether this is where a ready file says how its server is controlled. No target has a token."""
    return name == "control" and isinstance(entry, dict) and "token" in entry


def _target(path: Path, stem: str, entry: Any) -> Target:
    try:
        return Target.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, (stem, *first["loc"])))
        raise UsageError(f"{path}: {place}: {first['msg']}") from None
