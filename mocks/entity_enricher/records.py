"""Records: what each piece of work left, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from .refusals import BadRequest


class Record(msgspec.Struct):
    """What one model, or one fusion, brought. ``created_at`` is epoch seconds, UTC. ``model`` is a composite key."""

    id: str
    type: str
    created_at: float
    job_id: str
    entity_id: str | None
    entity_name: str | None
    model: str | None
    success: bool
    structured_output: dict[str, Any] = {}
    strategy: str | None = None
    saved_schema_id: str | None = None
    cost_usd: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    processing_time_ms: int | None = None
    error_message: str | None = None
    attachment_ids: list[str] = []
    conflict_report: dict[str, Any] | None = None
    prompts: list[dict[str, Any]] = []

    @property
    def model_name(self) -> str | None:
        return None if self.model is None else self.model.partition("::")[2]


def summary(record: Record) -> dict[str, Any]:
    """A record in a list (ee.list-records.no-output). One that was stopped is not kept, so none is ``cancelled``."""
    return {
        "id": record.id,
        "type": record.type,
        "entity_id": record.entity_id,
        "entity_name": record.entity_name,
        "model_composite_key": record.model,
        "model_name": record.model_name,
        "success": record.success,
        "cancelled": False,
        "created_at": told_time(record.created_at),
        "job_id": record.job_id,
        "strategy": record.strategy,
        "saved_schema_id": record.saved_schema_id,
        "cost_usd": record.cost_usd,
        "input_tokens": record.input_tokens,
        "output_tokens": record.output_tokens,
        "processing_time_ms": record.processing_time_ms,
    }


def whole(record: Record) -> dict[str, Any]:
    """A record that is read by its id (ee.get-record.whole)."""
    shown = summary(record)
    shown["structured_output"] = record.structured_output
    shown["error_message"] = record.error_message
    shown["attachment_ids"] = record.attachment_ids
    shown["conflict_report"] = record.conflict_report
    shown["prompts"] = record.prompts
    return shown


def selected(records: Iterable[Record], asked: Mapping[str, Any], since: float | None) -> list[Record]:
    """The records that pass all filters of a query (ee.list-records.filters-together), in the order asked for.

    ``records`` come oldest first, and are told newest first unless the query says otherwise.
    """
    search = asked.get("search", "").casefold()
    found = [
        record
        for record in records
        if all(asked[name] == getattr(record, member) for name, member in FILTERS.items() if name in asked)
        and (not search or search in (record.entity_name or "").casefold())
        and (since is None or record.created_at >= since)
    ]
    if asked["sort_by"] != "created_at":
        name = asked["sort_by"]
        found.sort(key=lambda record: getattr(record, name) or "")
    return found if asked["sort_order"] == "asc" else found[::-1]


FILTERS = {"type": "type", "success": "success", "model": "model", "job_id": "job_id", "entity_id": "entity_id"}


def told_time(moment: float) -> str:
    """A moment as RFC 3339 in UTC, to the millisecond (ee.transport.times)."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str | None) -> float | None:
    """An RFC 3339 text as epoch seconds, None where there is none."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text.upper()).timestamp()
    except (ValueError, OverflowError):  # a leap second, which RFC 3339 has and Python's calendar has not
        raise BadRequest("since: expected a moment that exists in the calendar.") from None


def fusible(record: Record, first: Record) -> bool:
    """Whether ``record`` can be fused with ``first`` (ee.merge.same-schema)."""
    return (
        record.success and record.type in ("enrichment", "fusion") and record.saved_schema_id == first.saved_schema_id
    )
