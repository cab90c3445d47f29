"""Deleting what a ledger lists, after the run that made it has ended in whatever way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from understudy.errors import GateClosed
from understudy.verify.ledger import Left, Page
from understudy.verify.session import Session

GONE = frozenset((404, 410))
"""Statuses that say that there is nothing (any more) to delete."""


class Kept(NamedTuple):
    """Something that could not be deleted, and why."""

    left: Left
    why: str


def clean(session: Session, page: Page, append: Callable[[bytes], object]) -> tuple[Kept, ...]:
    """Delete what is left, in the order of the ledger, and write there what is left then.

    What is refused is tried once more when something else has been deleted: it may have been in the way.
    """
    remaining = page.left
    while True:
        kept: list[Kept] = []
        for place, left in enumerate(remaining):
            why = _delete(session, left)
            if why:
                kept.append(Kept(left, why))
            else:
                append(_line(page.stem, [*(each.left for each in kept), *remaining[place + 1 :]]))
        if not kept or len(kept) == len(remaining):
            return tuple(kept)
        remaining = tuple(each.left for each in kept)


def _delete(session: Session, left: Left) -> str:
    """Delete one thing; why that cannot be done, if it cannot."""
    contract, target = session.contract, session.target
    if left.operation not in contract.operations:
        return "the contract has no such operation"
    if left.role is None:
        return "the credential that may delete it was issued in the run itself, and is not kept"
    values = target.values(left.role)
    if left.nth >= len(values):
        return f"the target has no credential for the role {left.role} (number {left.nth + 1})"
    request = session.request(left.operation, path=left.path, body=left.body, credential=values[left.nth])
    try:
        observation = session.gate.send(request, cleaning=True)
    except GateClosed as closed:
        return str(closed)
    if observation.response is None:
        return f"no answer: {observation.failure}"
    status = observation.response.status
    return "" if 200 <= status < 300 or status in GONE else f"it was answered with status {status}"


def _line(stem: str, left: Sequence[Left]) -> bytes:
    return msgspec.json.encode({"stem": stem, "left": left}) + b"\n"
