"""What the events of a job carry: partial results, results, records and costs, each for the entity that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.verify.reading import Verdict, parsed, shown

from .events import Event
from .progress import base_of, model_of
from .sameness import difference, same, texts
from .streams import Telling
from .world import KnownRecord, Organisation

IDS = ("job_id", "record_id")
Whose = tuple[str | None, int | None]
COSTS = ("cost", "price", "charge", "fee", "usd")


def judge_results(telling: Telling) -> Iterator[Verdict]:
    """What model_completed carries. Of jobs on schemas the document says nothing of that kind."""
    if telling.job is not None and not telling.job.is_enrichment:
        return
    for event in telling.stream.of("model_completed"):
        if event.succeeded:
            yield from _succeeded(telling, event)
        elif not isinstance(event.value.get("record_id"), str):
            yield telling.reading.holds("ee.event.record-id-may-lack", event.where)
    yield from _record_ids(telling)


def judge_expertises(telling: Telling) -> Iterator[Verdict]:
    """What expertise_completed carries."""
    reading = telling.reading
    told = [event for event in telling.stream.of("expertise_completed") if event.succeeded]
    for event in told:
        yield reading.holds("ee.event.expertise-completed", event.where)
        found = partial_of(event)
        expected = "the result so far"
        yield reading.expect("ee.event.expertise-partial", found is not None, expected, "none", event.where)
    models = telling.job.models if telling.job is not None else ()
    of: dict[Whose, list[Event]] = {}
    for event in (*told, *telling.stream.of("model_completed")):
        of.setdefault((model_of(event.value, models), event.entity), []).append(event)
    for (model, _), events in of.items():
        whole = [event for event in events if event.kind == "model_completed"]
        result = whole[0].value.get("result") if whole else None
        if model is None or len(whole) != 1 or not whole[0].succeeded:
            continue  # nobody can say whose partial results these are, or there is nothing that they are a part of
        if isinstance(result, dict) and result:
            yield from _partials(telling, whole[0], result, [event for event in events if event is not whole[0]])


def judge_repeated(telling: Telling) -> Iterator[Verdict]:
    """Results that other events repeat, each beside its record_id: no record has two, and every id is a string."""
    reading = telling.reading
    known: dict[str, Any] = {}
    for event in telling.stream.events:
        for entry in (event.value, *_repeated(event)):
            odd = next((name for name in IDS if not isinstance(entry.get(name), str | None)), None)
            seen = f"{odd}: {shown(repr(entry.get(odd)), 80)}" if odd is not None else ""
            if odd is not None:
                yield reading.expect("ee.transport.ids", False, "an identifier that is a string", seen, event.where)
            id, result = entry.get("record_id"), entry.get("result")
            if not isinstance(id, str) or result is None or event.kind == "fusion_completed":
                continue
            first = known.setdefault(id, result)
            if entry is not event.value and not same(first, result):
                expected, seen = f"the result of {id} as it was told before", difference(first, result)
                yield reading.expect("ee.get-record.same-as-event", False, expected, seen, event.where)


def judge_labels(telling: Telling) -> Iterator[Verdict]:
    """That the events of an entity are about the entity at that place: two are not exchanged."""
    job = telling.job
    if job is None or not job.is_batch or not telling.undisturbed:
        return
    names = [entity.get("name") if isinstance(entity, dict) else None for entity in job.entities]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) < len(names):
        return
    base = base_of(telling.stream, len(names))
    for kinds, clause in (
        (("entity_started",), "ee.event.entity-started-index"),
        (("entity_completed",), "ee.event.entity-completed-index"),
        (("model_completed", "expertise_completed"), "ee.event.entity-index-elsewhere"),
    ):
        pair = _exchanged(telling, kinds, [str(name) for name in names], base)
        if pair is not None:
            seen = f"{names[pair[1]]} at {base + pair[0]}, {names[pair[0]]} at {base + pair[1]}"
            expected = f"{names[pair[0]]} at {base + pair[0]}, as in entities"
            yield telling.reading.expect(clause, False, expected, seen, kinds[0])


def records_told(telling: Telling) -> Iterator[KnownRecord]:
    """The records that a stream tells of."""
    job_id = str(telling.reading.path.get("job_id", ""))
    for event in telling.stream.of("model_completed", "fusion_completed"):
        id = event.value.get("record_id")
        fused = event.kind == "fusion_completed"
        result = event.value.get("merged_result" if fused else "result")
        if isinstance(id, str) and id:
            told = {"result": result if event.succeeded else None, "model": event.value.get("model")}
            told |= {name: event.value.get(name) for name in ("cost_usd", "entity_index")}
            yield KnownRecord(id, job_id, {**told, "success": event.succeeded}, fused)


def partial_of(event: Event) -> Any:
    """The partial result that an event carries, an object or an array under whichever name; None when there is none."""
    named = event.value.get("partial_result")
    if named is not None:
        found = parsed(named) if isinstance(named, str) else named
        return found if isinstance(found, dict | list) else None
    others = [value for name, value in event.value.items() if name != "running_models"]
    return next((value for value in others if isinstance(value, dict | list)), None)


def cost_of(value: Mapping[str, Any], depth: int = 3) -> Any:
    """What a model cost, under whichever name; None when that is not told. Lists hold the costs of parts."""
    for name, inner in value.items():
        if any(word in name.lower() for word in COSTS) and inner is not None:
            return inner
    nested = [inner for name, inner in value.items() if isinstance(inner, dict) and name != "result"] if depth else []
    return next((cost for inner in nested if (cost := cost_of(inner, depth - 1)) is not None), None)


class Experts:
    """Whether jobs that asked several experts ever tell that one of them is done.

    Nothing says which experts a schema has. But where they are never told of, not even for a schema that names domains
    of expertise, there is no such event.
    """

    def __init__(self) -> None:
        self._told = False
        self._silent = 0

    def judge(self, telling: Telling, organisation: Organisation) -> Iterator[Verdict]:
        told, job = multi_expertise_told(telling), telling.job
        if told is None or job is None or self._told:
            self._told |= bool(told)
            return
        self._told |= told
        schema = organisation.schemas.get(str(job.asked.get("schema_id")))
        content = schema.content if schema is not None and isinstance(schema.content, dict) else {}
        named = isinstance(content.get("x-expertiseDomains"), dict) and len(content["x-expertiseDomains"]) > 1
        self._silent += not told
        if not told and named and self._silent > 1:
            expected = "expertise_completed where several experts are asked"
            yield telling.reading.expect("ee.event.expertise-completed", False, expected, "none in any job")


def multi_expertise_told(telling: Telling) -> bool | None:
    """Whether a job that asked several experts told of any; None where it shows nothing of that."""
    job = telling.job
    if telling.stream.of("expertise_completed"):
        return True
    if job is None or not job.is_enrichment or job.asked.get("strategy") != "multi_expertise":
        return None
    brought = any(event.succeeded for event in telling.stream.of("model_completed"))
    return False if telling.undisturbed and brought else None


def _repeated(event: Event) -> Iterator[Mapping[str, Any]]:
    """What an event that ends an entity or a job tells of each of its models."""
    for name in ("results", "result"):
        listed = event.value.get(name)
        yield from (entry for entry in listed if isinstance(entry, dict)) if isinstance(listed, list) else ()


def _succeeded(telling: Telling, event: Event) -> Iterator[Verdict]:
    reading, value = telling.reading, event.value
    result, record_id, cost = value.get("result"), value.get("record_id"), cost_of(value)
    if telling.job is not None and telling.job.cancelled and result is None and record_id is None:
        return  # whether a model that was stopped says so is not documented
    seen = f"result: {shown(repr(result), 80)}" if "result" in value else "no result"
    yield reading.expect("ee.event.model-completed-result", isinstance(result, dict), "result", seen, event.where)
    seen = f"record_id: {shown(repr(record_id), 80)}" if "record_id" in value else "no record_id"
    held = isinstance(record_id, str) and bool(record_id)
    yield reading.expect("ee.event.model-completed-record-id", held, "record_id", seen, event.where)
    lawful = isinstance(cost, dict) or (isinstance(cost, str) and bool(cost)) or _is_amount(cost)
    seen = "no cost" if cost is None else f"cost: {shown(repr(cost), 80)}"
    yield reading.expect("ee.event.model-completed-cost", lawful, "what the model cost", seen, event.where)


def _is_amount(cost: Any) -> bool:
    return isinstance(cost, int | float) and not isinstance(cost, bool) and cost >= 0


def _record_ids(telling: Telling) -> Iterator[Verdict]:
    """Two results that differ are not of one record."""
    known: dict[str, Event] = {}
    for event in telling.stream.of("model_completed"):
        id = event.value.get("record_id")
        if not event.succeeded or not isinstance(id, str):
            continue
        first = known.setdefault(id, event)
        held = same(first.value.get("result"), event.value.get("result"))
        if first is not event and not held:
            expected, seen = "a record of its own for each result", f"{id} for two that differ"
            yield telling.reading.expect("ee.event.model-completed-record-id", False, expected, seen, event.where)


def _partials(telling: Telling, completed: Event, result: dict[str, Any], own: list[Event]) -> Iterator[Verdict]:
    """The partial results of one model beside its result: what they say is a part of it, not of something else."""
    reading, clause = telling.reading, "ee.event.expertise-partial"
    found = [(event, partial_of(event)) for event in own if event.place < completed.place]
    if found and not any(partial for _, partial in found):
        yield reading.expect(clause, False, "the result so far", "nothing in it", found[-1][0].where)
    for event, partial in found:
        if isinstance(partial, dict) and partial:
            common = [name for name in partial if name in result]
            equal = any(same(partial[name], result[name]) for name in common)
            foreign = not common or (len(common) > 1 and not equal)
            seen = f"{', '.join(list(partial)[:4])}, none of it as in the result"
            yield reading.expect(clause, not foreign, "a part of the model's result", seen, event.where)
    inside = not any(event.place > completed.place for event in own)
    expected = "expertise_completed before model_completed"
    yield reading.expect("ee.stream.expertise-inside", inside, expected, "one after it", completed.where)


def _exchanged(telling: Telling, kinds: tuple[str, ...], names: list[str], base: int) -> tuple[int, int] | None:
    """Two places of which each tells of the other's entity and not of its own."""
    said: dict[int, set[str]] = {}
    for event in telling.stream.of(*kinds):
        if event.entity is not None and event.succeeded:
            said.setdefault(event.entity - base, set()).update(texts(event.value))
    other: dict[int, int] = {}
    for place, told in said.items():
        if 0 <= place < len(names) and names[place] not in told:
            foreign = [each for each, name in enumerate(names) if name in told]
            other.update([(place, foreign[0])] if foreign else [])
    return next(((one, two) for one, two in other.items() if other.get(two) == one), None)
