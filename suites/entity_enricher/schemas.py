"""Saved schemas: listed and created, and the starts of jobs that make or change one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from understudy.verify.reading import Reading, Verdict

from .outcomes import NOBODYS, might_succeed, must_succeed, uncertain
from .unlawful import NOBODYS_MODEL
from .world import KnownSchema, Organisation, World

MANY = 20
"""So many schemas may be as many as an instance takes: the document does not say how many an organisation may have."""
STARTS = {
    "generateSchema": ("ee.generate-schema.from-samples", "ee.generate-schema.job-id"),
    "editSchema": ("ee.edit-schema.edits",),
}


def judge_list(reading: Reading, world: World, organisation: Organisation) -> Iterator[Verdict]:
    """Every saved schema: those that were made here are all there, and none whose making was refused."""
    if not reading.succeeded:
        yield from must_succeed(reading, organisation, "ee.list-schemas.all")
        return
    listed = reading.member("schemas")
    if not isinstance(listed, list):
        return
    entries, ids = [entry for entry in listed if isinstance(entry, dict)], ids_in(reading)
    twice = sorted({id for id in ids if ids.count(id) > 1}) if len(ids) < 2000 else []
    yield reading.expect("ee.list-schemas.id", not twice and "" not in ids, "an id of its own for each", twice or [""])
    yield from _complete(reading, organisation, set(ids))
    for id in sorted(organisation.promised):
        yield reading.expect("ee.generate-schema.saved", id in ids, f"the schema {id}, which a job told of", "none")
    yield from _refused(reading, world, entries)
    total = reading.member("total")
    if isinstance(total, int):
        yield reading.expect("ee.list-schemas.total", total == len(listed), f"{len(listed)}", total, "body /total")
    for entry in entries:
        if isinstance(entry.get("id"), str):
            yield from _entry(reading, organisation, entry)


def ids_in(reading: Reading) -> list[str]:
    """The identifiers of a list of schemas, of those that have one."""
    listed = reading.member("schemas")
    entries = listed if isinstance(listed, list) else []
    return [entry["id"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]


def judge_creation(reading: Reading, world: World, organisation: Organisation) -> Iterator[Verdict]:
    body = reading.body if isinstance(reading.body, dict) else {}
    name, content = body.get("name"), body.get("schema_content")
    if not reading.succeeded:
        if not uncertain(reading) and isinstance(name, str):
            world.refused_names.setdefault(name, "ee.error.bad-request")
        if reading.lawful:
            few = organisation.created < MANY and reading.status != 409
            known = few and f"createSchema {_like(content)}" in organisation.granted
            yield from might_succeed(reading, organisation, known, "ee.create-schema.creates")
        return
    world.refused_names.pop(str(name), None)
    organisation.granted.add(f"createSchema {_like(content)}")
    organisation.created += 1
    taken = {schema.name for schema in organisation.schemas.values()}
    shown = told_schema(reading.value)
    id = shown.get("id")
    if isinstance(id, str) and id and not reading.lawful:
        organisation.schemas[id] = KnownSchema(id, None, None, ours=True)
    elif isinstance(id, str) and id:
        new = id not in organisation.schemas or name in taken  # of one that is called alike the document says nothing
        yield reading.expect("ee.create-schema.creates", new, "an id that no schema has yet", id, "body /id")
        called = shown.get("name", name)
        organisation.schemas[id] = KnownSchema(id, called if isinstance(called, str) else None, content, ours=True)
        yield from _whole(reading, shown, body, name in taken)
    if reading.lawful:
        yield reading.holds("ee.transport.json-body")


def told_schema(value: Any) -> dict[str, Any]:
    """The schema that an answer shows: alone, or under a name. Empty where it shows none."""
    alone = value if isinstance(value, dict) else {}
    inside = (entry for entry in alone.values() if isinstance(entry, dict) and isinstance(entry.get("id"), str))
    return alone if isinstance(alone.get("id"), str) else next(inside, {})


def judge_start(reading: Reading, organisation: Organisation) -> Iterator[Verdict]:
    """The start of a job that makes or changes a schema."""
    operation = reading.operation or ""
    like = f"{operation} {','.join(sorted(reading.body)) if isinstance(reading.body, dict) else ''}"
    if reading.succeeded:
        organisation.granted.add(like)
        if operation == "editSchema" and isinstance(reading.member("job_id"), str):
            organisation.edits[reading.member("job_id")] = str(reading.path.get("id"))
        if reading.lawful and reading.status != 204:
            yield reading.holds("ee.transport.json-body")
    elif reading.lawful and not unknown(reading, organisation):
        yield from might_succeed(reading, organisation, like in organisation.granted, *STARTS[operation])


def judge_use(reading: Reading, organisation: Organisation) -> Iterator[Verdict]:
    """A schema of the list is what an enrichment is asked for by."""
    body = reading.body if isinstance(reading.body, dict) else {}
    schema = organisation.schemas.get(body.get("schema_id", "")) if isinstance(body.get("schema_id"), str) else None
    if schema is not None and schema.listed and reading.succeeded:
        yield reading.holds("ee.quick-start.schema")


def unknown(reading: Reading, organisation: Organisation) -> bool:
    """Whether the schema or the model that is asked for may not exist."""
    id, model = reading.path.get("id"), reading.body.get("model") if isinstance(reading.body, dict) else None
    if isinstance(id, str) and (id.startswith(NOBODYS) or id not in organisation.schemas):
        return True
    return model == NOBODYS_MODEL


def _complete(reading: Reading, organisation: Organisation, ids: set[str]) -> Iterator[Verdict]:
    for schema in organisation.schemas.values():
        if not schema.ours:
            continue
        expected = f"the schema {schema.id}, which was created"
        clauses = ["ee.list-schemas.all"] if schema.listed else ["ee.create-schema.creates", "ee.list-schemas.all"]
        for clause in clauses:
            yield reading.expect(clause, schema.id in ids, expected, "that it is missing")
        yield reading.expect("ee.list-schemas.whole", schema.id in ids, expected, "that it is missing")
        schema.listed = schema.listed or schema.id in ids


def _refused(reading: Reading, world: World, entries: list[dict[str, Any]]) -> Iterator[Verdict]:
    for entry in entries:
        clause = world.refused_names.get(entry["name"]) if isinstance(entry.get("name"), str) else None
        if clause is not None:
            yield reading.expect(clause, False, "no schema whose creation was refused", entry["name"])


def _entry(reading: Reading, organisation: Organisation, entry: dict[str, Any]) -> Iterator[Verdict]:
    schema = organisation.schemas.get(entry["id"])
    if schema is None:
        name = entry.get("name")
        organisation.schemas[entry["id"]] = KnownSchema(
            entry["id"], name if isinstance(name, str) else None, None, ours=False, listed=True
        )
        return
    schema.listed = True
    name, count = entry.get("name"), entry.get("property_count")
    if schema.ours and isinstance(name, str) and schema.name is not None:
        yield reading.expect("ee.schema.name", name == schema.name, schema.name, name)
    properties = schema.content.get("properties") if isinstance(schema.content, dict) else None
    if isinstance(count, int) and isinstance(properties, dict):
        expected = f"{len(properties)} properties"
        clause = "ee.edit-schema.saved" if schema.edited else "ee.schema.property-count"
        yield reading.expect(clause, count == len(properties), expected, count)


def _whole(reading: Reading, shown: dict[str, Any], body: dict[str, Any], taken: bool) -> Iterator[Verdict]:
    """What the answer to a creation repeats of it; only observed."""
    if "schema_content" in shown:
        same = shown["schema_content"] == body.get("schema_content")
        yield reading.expect("ee.create-schema.whole", same, "the schema_content that was sent", shown)
    if taken:
        other = shown.get("name") != body.get("name")
        yield reading.expect("ee.create-schema.name-taken", other, "a name that is not taken", shown.get("name"))
    elif "name" in shown:
        yield reading.expect("ee.schema.name", shown["name"] == body.get("name"), "the name", shown["name"])
    for member, clause, otherwise in (("tags", "ee.schema.tags", []), ("is_pinned", "ee.schema.pinned", False)):
        if member in shown:
            given = body.get(member, otherwise)
            yield reading.expect(clause, shown[member] == given, f"{given}", shown[member], f"body /{member}")


def _like(content: Any) -> str:
    """What makes two creations alike: their schema_content."""
    return msgspec.json.encode(content, order="sorted").decode()
