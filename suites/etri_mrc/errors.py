"""The body of an error, and whether its status and reason are a row of the table."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.verify.reading import Reading, Verdict, shown

from .causes import Table
from .heads import is_number


def judge_error(reading: Reading, table: Table, *, documented: bool) -> Iterator[Verdict]:
    """The members of an error; and, where it is ``documented`` what is refused, that reason and status are a row."""
    value = reading.value
    is_object = isinstance(value, dict)
    known = reading.status in table.statuses
    if known:
        seen = f"status {reading.status} without a JSON object"
        yield reading.expect("etri.error.status-and-body", is_object, "a JSON body", seen)
    if not is_object:
        return
    result, reason, request_id = value.get("result"), value.get("reason"), value.get("request_id")
    yield reading.expect("etri.error.result", is_number(result, -1), "result -1", f"result {shown(repr(result))}")
    if is_number(result, -1):
        yield reading.expect("etri.success.result-integer", type(result) is int, "an integer", repr(result))
    told = isinstance(reason, str) and bool(reason.strip())
    yield reading.expect("etri.error.reason", told, "reason, a message", f"reason {shown(repr(reason))}")
    held = isinstance(request_id, str)
    seen = f"request_id {shown(repr(request_id))}" if "request_id" in value else "no request_id"
    yield reading.expect("etri.error.request-id", held, "request_id, a string", seen)
    if known and told and documented:
        listed = table.name_of((reading.status, reason)) is not None
        expected = f"a reason that the table has for status {reading.status}"
        yield reading.expect("etri.error.reason-phrase", listed, expected, reason)


def is_error_of_this_service(reading: Reading) -> bool:
    """Whether an answer has the form of the documented errors, so that it can be held to all of it.

    What the documents say nothing of may be refused by something else in front of the service, in its own form.
    """
    value = reading.value
    return isinstance(value, dict) and ("result" in value or value.keys() >= {"request_id", "reason"})
