"""Streams as a test judges them: their bytes, read and checked by the contract's own rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.mocks.conftest import contract_of
from understudy.contract.events import read_events
from understudy.contract.responses import ResponseChecker
from understudy.contract.streams import StreamChecker
from understudy.http import Chunk


@cache
def rules_of(stem: str, operation: str) -> StreamChecker:
    """What the contract says of the streamed answer of an operation, closed: no member that it does not mention."""
    contract = contract_of(stem)
    checker = ResponseChecker(contract, contract.operations[operation], closed=True)
    rules = checker.stream(200, checker.media_type(200, streamed=True))
    assert rules is not None, f"{operation} answers no stream"
    return rules


def judged(rules: StreamChecker, body: bytes, asked: Mapping[str, Any]) -> list[Any]:
    """The events of a whole stream. It fails the test if ``rules`` find anything wrong, apart from silences.

    ``asked`` is the request that it answers, as in `StreamChecker.check`.
    """
    events, reader = read_events([Chunk(0.0, body)])
    assert (reader.unfinished, reader.other_lines) == (b"", []), "the stream holds whole events and nothing else"
    wrong = [str(violation) for violation in rules.check(events, asked=asked)]
    assert wrong == []
    assert body == b"".join(rules.frame(event.data) for event in events), "the stream is framed as documented"
    return [rules.item(event).value for event in events]
