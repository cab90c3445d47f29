"""Schemas: created, generated and edited ones that are not kept, and keys that are not what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import Step, edited_body, value_of, with_value

from .common import catalogue, clauses_of, done, member_of

ALL = clauses_of("create-schema.creates", "list-schemas.all")
Schemas = list[Any]


def lists(change: Callable[[Schemas], Schemas]) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        value = value_of(response)
        if not done(asked, response, "listSchemas") or not isinstance(value, dict):
            return response
        return with_value(response, {**value, "schemas": change(value["schemas"])})

    return behave


LISTS: dict[str, tuple[str, Callable[[Schemas], Schemas]]] = {
    "two": ("shows two schemas at most", lambda found: found[:2]),
    "ascii": ("shows schemas with ASCII names alone", lambda f: [s for s in f if str(s.get("name")).isascii()]),
    "default": ("shows the schemas that came with it", lambda f: [s for s in f if "default" in (s.get("tags") or ())]),
    "no-tags": ("shows schemas with tags alone", lambda f: [s for s in f if s.get("tags")]),
}
for _name, (_what, _change) in LISTS.items():
    _broken = (*ALL, "ee.generate-schema.from-samples") if _name == "no-tags" else ALL
    catalogue.add(f"listSchemas.{_name}", "list", f"The list of schemas {_what}.", _broken, lists(_change), rare=True)


@catalogue.mutant("list", *ALL, rare=True)
def hides_the_created(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A schema that was created is not in the list."""
    response = forward(asked.request)
    if done(asked, response, "createSchema"):
        memory.setdefault("made", set()).add(member_of(response, "id"))
    made = memory.get("made", set())
    keeps: Callable[[Schemas], Schemas] = lambda found: [entry for entry in found if entry.get("id") not in made]  # noqa: E731
    return lists(keeps)(asked, lambda request: response, {}) if made else response


@catalogue.mutant("identity", *ALL, "ee.enrichment.schema-id-from-list", rare=True)
def lists_other_ids(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """The list shows schemas from the third on by ids that nothing else knows."""
    response = forward(asked.request)
    if not done(asked, response, "listSchemas"):
        return response
    steps = ("schemas", Step.EACH, "id")
    counted = iter(range(1000))
    return edited_body(response, steps, lambda id: id if next(counted) < 2 else f"{id[:-1]}z")


def loses_start(operation: str) -> Behaviour:
    """What this operation should start is not started: the job before is told."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does != operation or "last" not in memory:
            response = forward(asked.request)
            if done(asked, response, "generateSchema", "startEnrichment", "editSchema"):
                memory["last"] = response
            return response
        before: Response = memory["last"]
        forward(asked.request)
        return before

    return behave


catalogue.add(
    "editSchema.nothing",
    "job",
    "An edit of a schema tells the job that was started before it.",
    clauses_of("edit-schema.edits", "edit-schema.streamed", "stream.uses"),
    loses_start("editSchema"),
    rare=True,
)


@catalogue.mutant("isolation", *clauses_of("auth.kinds", "error.forbidden"), rare=True)
def lets_readers_write(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A call that a key does not permit is done by a key that permits it."""
    response = forward(asked.request)
    if response.status == 200 and asked.request.method == "POST" and asked.credential is not None:
        memory["writer"] = asked.credential
    if response.status == 403 and "writer" in memory:
        return forward(asked.request._replace(headers={**asked.request.headers, "x-api-key": memory["writer"]}))
    return response


@catalogue.mutant("auth", *clauses_of("error.wrong-key", "auth.required"), rare=True)
def knows_beginnings(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A key is known when it begins as a known one does."""
    response = forward(asked.request)
    known: list[str] = memory.setdefault("known", [])
    credential = (asked.credential or "").strip()
    if response.status == 401 and len(credential) > 8:
        near = [key for key in known if key.startswith(credential)]
        if near:
            return forward(asked.request._replace(headers={**asked.request.headers, "x-api-key": near[0]}))
    elif response.status == 200 and credential not in known:
        known.append(credential)
    return response
