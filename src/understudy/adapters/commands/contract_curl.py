"""The error matrix of a contract as a script for bash: each cell as the calls that lead to it, with curl and jq."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

from understudy.adapters.commands.contract_errors import HOLE, UNMATCHED, outlined, said
from understudy.contract import Contract
from understudy.contract.recipes import Cell, Recipes, Step, Way

QUIET = "-sS -o /dev/null"
"""For answers of which nothing is kept or shown."""
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
SETTLE, LEAVE = 1, 3
"""Seconds in which calls that are left unanswered have arrived, and after which they are given up."""


def curl_lines(contract: Contract) -> Iterator[str]:
    """A comment and the commands of each cell, which has an account of its own. No call leads to what is by force.

    A cell that needs another instance than the default one says how to serve it.
    """
    yield f"# The errors of {contract.stem}: each block stands for itself. URL is where it is served:"
    yield "URL=${URL:-http://127.0.0.1:8401}"
    for number, cell in enumerate(Recipes(contract).cells(), 1):
        if cell.natural is not None and cell.recipe is not None:
            yield from _block(contract, cell, cell.natural, said(cell.recipe), f"cell-{number}")
        if cell.credential is not None:
            yield from _block(contract, cell, cell.credential, "by test credential", f"cell-{number}")


def _block(contract: Contract, cell: Cell, way: Way, how: str, account: str) -> Iterator[str]:
    yield ""
    yield f"# {cell.operation or UNMATCHED} {cell.error.status} {cell.error.name}: {how}"
    limits = [f"--limit {shlex.quote(f'{contract.stem}.{name}={json.dumps(to)}')}" for name, to in way.limits.items()]
    settings = [*limits, *(f"--dialect {name}" for name in way.dialects)]
    if settings:
        yield f"# served by: understudy serve {contract.stem} {' '.join(settings)}"
    for step in way.before:
        yield from _kept(step, _curl(contract, step, account, "-sS" if step.keep else QUIET))
    if way.advance:
        yield f"sleep {way.advance:g}"
    if way.overlapping:
        waiting = _curl(contract, way.call, account, f"{QUIET} -m {LEAVE}", waits=True)
        yield f"for each in $(seq {way.overlapping}); do {waiting} & done; sleep {SETTLE}"
    for _ in range(way.times - 1):
        yield _curl(contract, way.call, account, QUIET)
    yield _curl(contract, way.call, account, "-sSi", waits=way.stall)


def _kept(step: Step, command: str) -> Iterator[str]:
    """The command, and what is kept of its answer."""
    if not step.keep:
        yield command
        return
    yield f"answer=$({command})"
    for name, pointer in step.keep.items():
        yield f"""{name}=$(printf %s "$answer" | jq -r {shlex.quote(_jq(pointer))})"""


def _jq(pointer: str) -> str:
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    return "." + "".join(f"[{token}]" if token.isdecimal() else f"[{json.dumps(token)}]" for token in tokens)


def _curl(contract: Contract, step: Step, account: str, options: str, *, waits: bool = False) -> str:
    """One call. ``waits``: it announces a byte more than it sends, so that its body is still to come."""
    request = outlined(contract, step, account)
    headers = dict(request.headers)
    if waits:
        headers["content-length"] = str(len(request.body) + 1)
    parts = ["curl", options, "-X", request.method, f'"$URL"{_quoted(request.target)}']
    parts += [f"-H {_quoted(f'{name}: {value}')}" for name, value in headers.items()]
    if request.body:
        parts.append(_data(request.body.decode(), step.pad))
    return " ".join(parts)


def _data(text: str, pad: int) -> str:
    if not pad:
        return f"--data-binary {_quoted(text)}"
    return f"--data-binary \"$(printf '%-{pad}s' {_quoted(text.rstrip(' '))})\""


def _quoted(text: str) -> str:
    """One word of a shell, in which a `HOLE` is the variable of its name."""
    pieces = HOLE.split(text)
    words = [f'"${piece}"' if place % 2 else _literal(piece) if piece else "" for place, piece in enumerate(pieces)]
    return "".join(words) or "''"


def _literal(text: str) -> str:
    """Text as one word. Ends of lines are spelled out: on its way to a shell a script may lose a CR."""
    if not CONTROL.search(text):
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", escaped) + "'"
