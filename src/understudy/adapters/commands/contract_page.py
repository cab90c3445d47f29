"""A contract as a page: what ``understudy contract show`` prints, on a terminal or into a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from understudy.contract import Ambiguity, Contract, ErrorCase, Limit, OperationNode, Role, resolve
from understudy.contract.streams import rules_under

_PIPE_WIDTH = 120
Row = tuple[str, ...]
Rows = Sequence[Row]


def print_contract(contract: Contract) -> None:
    """Print operations, errors in order of precedence, limits, roles, fixtures, streams and ambiguities."""
    from understudy.adapters.commands.contract import count_by_grade

    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
    console.print(f"[bold]{escape(contract.title)}[/bold] ({contract.stem})")
    console.print(f"{escape(contract.origin)} · {escape(_scheme(contract))}")
    console.print(count_by_grade(contract.clauses.values()))
    description = contract.document["info"].get("description")
    if description:
        console.print(f"\n{escape(' '.join(str(description).split()))}")
    for title, columns, rows in _tables(contract):
        if rows:
            console.print(_table(title, columns, rows))
    if contract.ambiguities:
        console.print("[bold]Where the document is ambiguous or silent[/bold]\n")
    for ambiguity in contract.ambiguities.values():
        _print_ambiguity(console, ambiguity)


def _tables(contract: Contract) -> Iterator[tuple[str, Row, Rows]]:
    operations = [_operation(contract, operation) for operation in contract.operations.values()]
    yield "Operations", ("operation", "call", "answers"), operations
    errors = [
        (
            str(error.rank + 1),
            str(error.status),
            error.name,
            error.cause if error.reason is None else f"{error.cause} ({error.reason})",
            _where(error),
            error.role or "",
        )
        for error in contract.errors
    ]
    yield "Errors, in order of precedence", ("", "status", "name", "cause (reason)", "operations", "role"), errors
    limits = [(limit.name, _value(limit), limit.says) for limit in contract.limits.values()]
    yield "Limits", ("limit", "value", ""), limits
    yield "Roles", ("role", "test credential", ""), [_role(role) for role in contract.roles.values()]
    fixtures = [(fixture.name, _plain(fixture.value), fixture.says) for fixture in contract.fixtures.values()]
    yield "Fixtures", ("fixture", "in the mock", ""), fixtures
    yield "Streams", ("operation", "media type", "order"), list(_streams(contract))


def _table(title: str, columns: Row, rows: Rows) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    return table


def _operation(contract: Contract, operation: OperationNode) -> Row:
    answers = ", ".join(operation.node.get("responses", {}))
    spelling = f" (as {operation.behaves_as})" if operation.behaves_as != operation.id else ""
    return operation.id + spelling, f"{operation.method} {operation.path}", answers


def _where(error: ErrorCase) -> str:
    if error.operations is None:
        return "every operation"
    return ", ".join(error.operations) or "no operation matches"


def _value(limit: Limit) -> str:
    window = f" per {limit.per}" if limit.per else ""
    calendar = f" ({limit.calendar})" if limit.calendar else ""
    return "none" if limit.value is None else f"{_plain(limit.value)} {limit.unit}{window}{calendar}"


def _role(role: Role) -> Row:
    return role.name, ", ".join(role.values), role.says


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)


def _scheme(contract: Contract) -> str:
    scheme = contract.credential_scheme
    if scheme["type"] == "http":
        return f"credential: Authorization: {str(scheme['scheme']).capitalize()} ..."
    return f"credential: {scheme.get('in', scheme['type'])} {scheme.get('name', '')}".rstrip()


def _streams(contract: Contract) -> Iterator[Row]:
    for operation in contract.operations.values():
        if operation.behaves_as != operation.id:
            continue
        for response in operation.node.get("responses", {}).values():
            for name, media_type in resolve(contract.document, response).get("content", {}).items():
                stream = resolve(contract.document, media_type).get("x-stream")
                if stream:
                    yield operation.id, name, "\n".join(_order(stream))
                    for dialect in stream.get("dialects", {}):
                        changed = _order(rules_under(stream, frozenset((dialect,))))
                        yield operation.id, f"{name}, dialect {dialect}", "\n".join(changed)


def _order(stream: Mapping[str, Any]) -> Iterator[str]:
    yield f"begins with {' or '.join(stream['first'])}"
    for kind, following in stream["order"].items():
        if following:
            yield f"{kind} → {' | '.join(following)}"
    yield f"ends with {' or '.join(stream['terminal'])}"


def _print_ambiguity(console: Console, ambiguity: Ambiguity) -> None:
    console.print(f"{escape(ambiguity.question)} [dim]{ambiguity.id}[/dim]")
    for name, says in ambiguity.readings.items():
        dialects = [dialect for dialect, reading in ambiguity.dialects.items() if reading == name]
        marks = ["default"] if name == ambiguity.default else []
        marks += [f"dialect {dialect}" for dialect in dialects]
        marked = f" [{', '.join(marks)}]" if marks else ""
        console.print(f"  {escape(name + marked)}: {escape(says)}")
    console.print()
