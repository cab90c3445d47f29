"""What a contract says, as frozen values: clauses and their sources, errors, limits, roles, operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Grade = Literal["documented", "example", "observed", "assumed"]
GRADES: tuple[Grade, ...] = ("documented", "example", "observed", "assumed")
BINDING_GRADES: frozenset[Grade] = frozenset(("documented", "example"))
"""Grades whose violation fails a verification; a violation of the others is a note."""


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a document: ``document`` and ``section`` are keys of ``x-sources``; ``heading`` stands there."""

    document: str
    section: str
    title: str
    heading: str

    def __str__(self) -> str:
        return f"observed {self.section}" if self.document == "observed" else f"{self.document} § {self.heading}"


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence that can be true or false of an instance, its grade and where it comes from."""

    id: str
    grade: Grade
    source: Source
    says: str
    binds: Literal["provider", "consumer", "both"] = "provider"


@dataclass(frozen=True, slots=True)
class ErrorCase:
    """A documented error: the answer (``status``, ``reason``), its ``cause`` and where it can occur.

    ``operations`` is None when every operation can answer it, empty when requests that match none do. ``rank`` is its
    place in the order of precedence.
    """

    name: str
    status: int
    reason: str | None
    cause: str
    operations: tuple[str, ...] | None
    role: str | None
    clauses: tuple[str, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A number (or list) that a service is bound by. ``per`` and ``calendar`` describe its window, if it has one."""

    name: str
    value: Any
    unit: str
    says: str
    clauses: tuple[str, ...]
    per: str | None = None
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A credential role. ``values`` are its test credentials: constants, like the test cards of a payment service."""

    name: str
    values: tuple[str, ...]
    says: str
    many: bool
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fixture:
    """Something an instance knows and no document can tell; ``value`` is what the mock's default state has."""

    name: str
    value: Any
    says: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A place where a document contradicts itself or is silent, its readings, and the dialects that switch it."""

    id: str
    question: str
    readings: Mapping[str, str]
    default: str
    dialects: Mapping[str, str]
    clauses: tuple[str, ...]

    def reading(self, dialects: frozenset[str]) -> str:
        """The reading in force when ``dialects`` are switched on."""
        chosen = [reading for dialect, reading in self.dialects.items() if dialect in dialects]
        return chosen[0] if chosen else self.default


SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE", "QUERY"))
"""Methods that change nothing (RFC 9110 section 9.2.1; QUERY by its own draft), unless a contract says otherwise."""


@dataclass(frozen=True, slots=True)
class OperationNode:
    """An operation where it stands in the document; ``behaves_as`` names the operation that it spells differently."""

    id: str
    method: str
    path: str
    pointer: str
    node: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]
    behaves_as: str

    @property
    def safe(self) -> bool:
        """It only reads: so its method says, or ``x-safe`` where the method does not tell."""
        return bool(self.node.get("x-safe", self.method in SAFE_METHODS))


@dataclass(frozen=True)
class Contract:
    """A contract, read. ``document`` is the file's content untouched; the rest are its parts as values."""

    stem: str
    path: Path
    document: Mapping[str, Any]
    clauses: Mapping[str, Clause]
    errors: tuple[ErrorCase, ...]
    limits: Mapping[str, Limit]
    roles: Mapping[str, Role]
    fixtures: Mapping[str, Fixture]
    ambiguities: Mapping[str, Ambiguity]
    operations: Mapping[str, OperationNode]
    dialects: frozenset[str] = field(default=frozenset())

    @property
    def title(self) -> str:
        return str(self.document["info"]["title"])

    @property
    def origin(self) -> str:
        """The origin of the real service (scheme, host and port), from ``servers``."""
        return str(self.document["servers"][0]["url"]).rstrip("/")

    @property
    def credential_scheme(self) -> Mapping[str, Any]:
        """The security scheme by which test credentials travel."""
        name = self.document["x-credentials"]["scheme"]
        scheme: Mapping[str, Any] = self.document["components"]["securitySchemes"][name]
        return scheme

    @property
    def test_credentials(self) -> dict[str, str | list[str]]:
        """Test credentials by role: one, or a list where the role is several."""
        return {role.name: list(role.values) if role.many else role.values[0] for role in self.roles.values()}

    @property
    def fixture_values(self) -> dict[str, Any]:
        """What the mock's default state has, by fixture."""
        return {fixture.name: fixture.value for fixture in self.fixtures.values()}

    def clauses_of(self, *ids: str) -> tuple[Clause, ...]:
        return tuple(self.clauses[id] for id in ids)

    def error_by_clause(self, clause: str) -> ErrorCase | None:
        return next((error for error in self.errors if clause in error.clauses), None)
