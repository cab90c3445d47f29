"""Records: lists, filters, pages and deletions that do too much or too little."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import answered, edited_body, value_of, with_value

from .common import asks, catalogue, changed, clauses_of, done

Records = list[Any]
LIST = clauses_of("list-records.records", "list-records.after-batch", "list-records.type", "list-records.pages")
GONE = clauses_of("delete-records.gone", "delete-records.several")
STAY = clauses_of("delete-records.others-stay")


def lists(change: Callable[[Records], Records], when: Callable[[Asked], bool] = lambda asked: True) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        value = value_of(response)
        if not done(asked, response, "listRecords") or not isinstance(value, dict) or not when(asked):
            return response
        return with_value(response, {**value, "records": change(value["records"])})

    return behave


LISTS: dict[str, tuple[str, Behaviour]] = {
    "no-newest": ("leaves out the newest record", lists(lambda found: found[1:])),
    "no-oldest": ("leaves out its last record", lists(lambda found: found[:-1])),
    "no-failed": ("leaves out records of one model", lists(lambda f: [r for r in f if "gpt" not in str(r)])),
    "no-korean": (
        "leaves out entities with Korean names",
        lists(lambda f: [r for r in f if str(r.get("entity_name") or "").isascii()]),
    ),
    "one-an-entity": (
        "shows one record of each entity",
        lists(lambda f: [*{str(r.get("entity_name")): r for r in f}.values()]),
    ),
    "one-a-job": ("shows one record of each job", lists(lambda f: [*{str(r.get("job_id")): r for r in f}.values()])),
    "empty": ("is empty", lists(lambda found: [])),
    "doubled": ("shows its first record twice", lists(lambda found: [*found[:1], *found])),
    "two-at-most": ("shows two records at most", lists(lambda found: found[:2])),
}
for _name, (_what, _behave) in LISTS.items():
    catalogue.add(f"listRecords.{_name}", "list", f"The list of records {_what}.", LIST, _behave, rare=True)


def queried(change: Callable[[dict[str, str]], dict[str, str]]) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does != "listRecords":
            return forward(asked.request)
        query = "&".join(f"{name}={value}" for name, value in change(dict(asked.query)).items())
        return forward(asked.request._replace(target=f"{asked.request.path}?{query}"))

    return behave


def without(*names: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda query: {name: value for name, value in query.items() if name not in names}


QUERIES: dict[str, tuple[str, str, Behaviour, tuple[str, ...]]] = {
    "no-type": (
        "filter",
        "type is passed over",
        queried(without("type")),
        ("list-records.type", "list-records.filters"),
    ),
    "other-type": (
        "filter",
        "type is read as another",
        queried(lambda query: {**query, "type": "fusion"} if "type" in query else query),
        ("list-records.type", "list-records.type-enrichment", "list-records.filters"),
    ),
    "no-page-size": ("paging", "page_size is passed over", queried(without("page_size")), ("list-records.page-size",)),
    "one-more": (
        "paging",
        "a page has one record more than page_size",
        queried(lambda q: {**q, "page_size": str(int(q["page_size"]) + 1)} if q.get("page_size", "").isdigit() else q),
        ("list-records.page-size", "list-records.pages"),
    ),
}
for _name, (_kind, _what, _behave, _broken) in QUERIES.items():
    catalogue.add(f"listRecords.{_name}", _kind, f"{_what.capitalize()}.", clauses_of(*_broken), _behave, rare=True)


def deletes(change: Callable[[list[Any]], list[Any]]) -> Behaviour:
    """Other records are deleted than those that are named."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        ids = asked.member("ids")
        if asked.does != "deleteRecords" or not isinstance(ids, list):
            return forward(asked.request)
        kept = change(ids)
        if not kept:
            return answered(200, {"deleted": len(ids), "not_found": []})
        response = forward(changed(asked, ids=kept))
        return edited_body(response, ("deleted",), lambda count: len(ids)) if response.status == 200 else response

    return behave


DELETES: dict[str, tuple[str, Callable[[list[Any]], list[Any]]]] = {
    "none": ("nothing is deleted", lambda ids: []),
    "first": ("the first is deleted alone", lambda ids: ids[:1]),
    "but-last": ("the last is not deleted", lambda ids: ids[:-1] if len(ids) > 1 else ids),
    "but-first": ("the first is not deleted", lambda ids: ids[1:] or ids),
    "fifty": ("fifty are deleted at most", lambda ids: ids[:50]),
}
for _name, (_what, _change) in DELETES.items():
    _says = f"Of the records that a batch-delete names {_what}."
    _broken = GONE if _name != "fifty" else (*GONE, "ee.delete-records.exactly-100")
    catalogue.add(f"deleteRecords.{_name}", "deletion", _says, _broken, deletes(_change), rare=True)


@catalogue.mutant("deletion", *STAY, "ee.list-records.after-batch", rare=True)
def deletes_the_listed(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A batch-delete deletes every record."""
    response = forward(asked.request)
    if done(asked, response, "deleteRecords"):
        value = value_of(forward(asks(asked, "GET", "/api/records?page_size=100")))
        ids = [entry["id"] for entry in value["records"]] if isinstance(value, dict) else []
        if ids:
            forward(asks(asked, "POST", "/api/records/batch-delete", {"ids": ids}))
    return response


@catalogue.mutant("deletion", *STAY, rare=True)
def deletes_one_more(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A batch-delete deletes the newest record, too."""
    response = forward(asked.request)
    if done(asked, response, "deleteRecords"):
        value = value_of(forward(asks(asked, "GET", "/api/records?page_size=1")))
        ids = [entry["id"] for entry in value["records"]] if isinstance(value, dict) else []
        if ids:
            forward(asks(asked, "POST", "/api/records/batch-delete", {"ids": ids}))
    return response


@catalogue.mutant("deletion", *STAY, rare=True)
def deletes_the_job(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A batch-delete deletes the other records of the same jobs."""
    ids = asked.member("ids")
    jobs = set()
    if asked.does == "deleteRecords" and isinstance(ids, list):
        for id in ids[:20]:
            value = value_of(forward(asks(asked, "GET", f"/api/records/{id}"))) if isinstance(id, str) else None
            jobs |= {value.get("job_id")} if isinstance(value, dict) else set()
    response = forward(asked.request)
    if jobs - {None} and response.status == 200:
        value = value_of(forward(asks(asked, "GET", "/api/records?page_size=100")))
        others = [entry["id"] for entry in value["records"] if entry.get("job_id") in jobs] if value else []
        if others:
            forward(asks(asked, "POST", "/api/records/batch-delete", {"ids": others}))
    return response


def remembers(operation: str) -> Behaviour:
    """What was read once is read for ever."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if asked.does != operation:
            return response
        if response.status == 200:
            memory[asked.request.target] = response
        kept: Response = memory.get(asked.request.target, response) if response.status == 404 else response
        return kept

    return behave


catalogue.add(
    "getRecord.after-deletion",
    "deletion",
    "A record that was read once is read after its deletion, too.",
    GONE,
    remembers("getRecord"),
    rare=True,
)


def cached(operation: str) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if not done(asked, response, operation):
            return response
        kept: Response = memory.setdefault((asked.credential, asked.request.target), response)
        return kept

    return behave


for _operation, _broken in (
    ("listRecords", (*LIST, "ee.delete-records.gone")),
    ("listSchemas", clauses_of("create-schema.creates", "list-schemas.all", "generate-schema.from-samples")),
):
    _says = f"{_operation} answers for ever what it answered first."
    catalogue.add(f"{_operation}.cached", "state", _says, _broken, cached(_operation), rare=True)


@catalogue.mutant("limit", *clauses_of("delete-records.at-most"), rare=True)
def deletes_in_portions(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A batch-delete of more than 100 records is done in portions."""
    ids = asked.member("ids")
    if asked.does != "deleteRecords" or not isinstance(ids, list) or len(ids) <= 100:
        return forward(asked.request)
    for begin in range(0, len(ids), 100):
        response = forward(changed(asked, ids=ids[begin : begin + 100]))
    return edited_body(response, ("deleted",), lambda count: len(ids))


@catalogue.mutant("value", *clauses_of("get-record.same-as-event", "get-record.structured-output"), rare=True)
def reads_without_objects(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A record's structured_output lacks what is nested."""
    response = forward(asked.request)
    if not done(asked, response, "getRecord"):
        return response
    flat: Callable[[Any], Any] = lambda found: (  # noqa: E731
        {name: value for name, value in found.items() if not isinstance(value, dict)}
        if isinstance(found, dict)
        else found
    )
    return edited_body(response, ("structured_output",), flat)


@catalogue.mutant("value", *clauses_of("get-record.same-as-event", "get-record.of-event"), rare=True)
def reads_another_record(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """From the third record on, the structured_output is that of the record before."""
    response = forward(asked.request)
    value = value_of(response)
    if not done(asked, response, "getRecord") or not isinstance(value, dict):
        return response
    memory["count"] = memory.get("count", 0) + 1
    before, memory["last"] = memory.get("last"), value.get("structured_output")
    late = memory["count"] > 2
    return edited_body(response, ("structured_output",), lambda own: before) if late and before else response


@catalogue.mutant("isolation", *clauses_of("auth.organisation"), rare=True)
def shares_records(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A record is read by every key."""
    response = forward(asked.request)
    keys: list[str] = memory.setdefault("keys", [])
    if asked.does == "getRecord" and response.status == 404:
        for key in keys[-8:]:
            found = forward(asked.request._replace(headers={**asked.request.headers, "x-api-key": key}))
            if found.status == 200:
                return found
    if response.status == 200 and asked.credential is not None and asked.credential not in keys:
        keys.append(asked.credential)
    return response
