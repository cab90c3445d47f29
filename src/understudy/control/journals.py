"""The journal of a stage: list it by filters, read one exchange whole, clear it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from understudy.control.definition import control
from understudy.control.exchanges import summary, whole
from understudy.control.plane import Plane
from understudy.control.refusals import UnknownExchange
from understudy.journal import Exchange, redacted
from understudy.service import Call, Reply


@control.operation("listExchanges")
def list_exchanges(plane: Plane, call: Call) -> Reply:
    """With ``since`` the first ones after that number, so that one can go on from there; else the newest."""
    journal, limit = plane.stage(call.path).journal, call.query["limit"]
    fits, since = filter_of(call.query), call.query.get("since")
    found = (exchange for exchange in journal if exchange.number > (since or 0) and fits(exchange))
    listed = list(found)[-limit:] if since is None else list(islice(found, limit))
    return Reply({"exchanges": list(map(summary, listed)), "kept": len(journal), "count": journal.count})


@control.operation("readExchange")
def read_exchange(plane: Plane, call: Call) -> Reply:
    stage, number = plane.stage(call.path), call.path["number"]
    exchange = stage.journal.find(number)
    if exchange is None:
        raise UnknownExchange(f"the journal of stage {stage.name!r} keeps no exchange {number}; it keeps the last ones")
    return Reply(whole(redacted(exchange), call.limits["shown_bytes"]))


@control.operation("clearJournal")
def clear_journal(plane: Plane, call: Call) -> Reply:
    plane.stage(call.path).journal.clear()
    return Reply(b"", status=204)


def filter_of(query: Mapping[str, Any]) -> Callable[[Exchange], bool]:
    """Whether an exchange is one of those that are asked for."""
    service, operation, status = query.get("service"), query.get("operation"), query.get("status", "")
    violations, fault = query.get("violations"), query.get("fault")
    digits = status.rstrip("x")

    def fits(exchange: Exchange) -> bool:
        return (
            service in (None, exchange.stem)
            and operation in (None, exchange.operation)
            and str(exchange.response.status).startswith(digits)
            and violations in (None, bool(exchange.violations))
            and fault in (None, exchange.fault is not None)
        )

    return fits
