"""What is promised of the order of a job's events: for all that was asked, started comes before completed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from understudy.verify.reading import Verdict

from .events import Event, Stream
from .sameness import texts
from .streams import Telling

Key = tuple[str | None, int | None]
SKIPPED = "entity_skipped"


class Phases(NamedTuple):
    """The started and completed events of models, fusions or entities, each under a key.

    A key is the model, where all of these events name one, and the place of the entity, where all of them have one:
    nothing documented says how an event names its model.
    """

    started: Sequence[tuple[Key, Event]]
    completed: Sequence[tuple[Key, Event]]
    by_model: bool
    by_index: bool


def phases_of(stream: Stream, what: str, models: Sequence[str] = ()) -> Phases:
    """The phases of ``what``: model, fusion or entity."""
    started, completed = stream.of(f"{what}_started"), stream.of(f"{what}_completed")
    both = [*started, *completed]
    by_model = what == "model" and all(model_of(event.value, models) for event in both)
    by_index = all(event.entity is not None for event in both)

    def key(event: Event) -> Key:
        return model_of(event.value, models) if by_model else None, event.entity if by_index else None

    return Phases([(key(event), event) for event in started], [(key(event), event) for event in completed],
                  by_model, by_index)  # fmt: skip


def model_of(value: Mapping[str, Any], models: Sequence[str]) -> str | None:
    """The model that an event names, under whichever name; None where it names none."""
    named = value.get("model")
    if isinstance(named, str) and (named in models or "::" in named or not models):
        return named
    told = [text for name, inner in value.items() if "model" in name for text in texts(inner, 2)]
    found = {model for model in models if model in told or model.partition("::")[2] in told}
    return found.pop() if len(found) == 1 else None


def judge_order(telling: Telling) -> Iterator[Verdict]:
    """Started before completed, for models, fusions and entities."""
    reading = telling.reading
    for what in ("model", "fusion", "entity"):
        phases = phases_of(telling.stream, what, telling.job.models if telling.job is not None else ())
        for _, event in (*phases.started[:1], *phases.completed[:1]):
            yield reading.holds(f"ee.event.{event.kind.replace('_', '-')}", event.where)
        late, missing = _misplaced(phases)
        if late is not None:
            expected = f"{what}_started before {what}_completed"
            yield reading.expect("ee.stream.started-first", False, expected, "it comes after it", late.where)
        elif phases.started and phases.completed:
            yield reading.holds("ee.stream.started-first", phases.completed[0][1].where)
        if telling.first and telling.undisturbed and telling.job is not None and phases.completed:
            seen = f"{what}_completed without {what}_started"
            yield reading.expect("ee.job.stream-from-start", missing is None, "all events from the first", seen)
        if telling.undisturbed and phases.started:
            yield from _completed(telling, what, phases)


def judge_models(telling: Telling) -> Iterator[Verdict]:
    """Each model that was asked for works on each entity."""
    job = telling.job
    if job is None or not job.is_enrichment or not job.models or not (telling.first and telling.undisturbed):
        return
    phases = phases_of(telling.stream, "model", job.models)
    entities = expected_entities(telling)
    seen = _lacking(phases, job.models, entities, batch=job.is_batch)
    if not seen and not job.names_models_twice:  # else each may have been asked as often as it was named
        seen = _repeated(phases, batch=job.is_batch)
    reading = telling.reading
    expected = "model_started and model_completed of each model, for each entity"
    yield reading.expect("ee.stream.every-model", not seen, expected, seen)
    if len(job.models) > 1:
        yield reading.expect("ee.enrichment.several-models", not seen, "each model at work", seen)


def judge_entities(telling: Telling) -> Iterator[Verdict]:
    """Entities of a batch, and that there are none elsewhere."""
    reading, stream, job = telling.reading, telling.stream, telling.job
    told = stream.of("entity_started", "entity_completed")
    for event in told:
        clause = f"ee.event.{event.kind.replace('_', '-')}-index"
        held = event.value.get("entity_index") is not None
        yield reading.expect(clause, held, "a member entity_index", "none", event.where)
        if held:
            index = event.value["entity_index"]
            whole = isinstance(index, int) and not isinstance(index, bool)
            yield reading.expect("ee.event.entity-index-integer", whole, "a whole number", index, event.where)
    if job is None:
        return
    if not job.is_batch:
        seen = f"{told[0].kind} in a job that is none" if told else ""
        yield reading.expect("ee.event.entity-batch-only", not told, "events of entities in batches only", seen)
    elif telling.first and telling.undisturbed:
        lack = _entities_lacking(telling)
        expected = "entity_started and entity_completed of each entity, once"
        yield reading.expect("ee.event.entity-each", not lack, expected, lack)
        yield reading.expect("ee.batch.one-job", not lack, "one stream with every entity", lack)


def indexes(stream: Stream) -> list[int]:
    """The places of entities that events of this stream name."""
    found = {event.entity for event in stream.of("entity_started", "entity_completed", SKIPPED)}
    return sorted(index for index in found if index is not None)


def base_of(stream: Stream, count: int) -> int:
    """The place of the first of ``count`` entities: 0, unless the places run from 1 on."""
    found = indexes(stream)
    return 1 if found and found[0] == 1 and found[-1] == count else 0


def expected_entities(telling: Telling) -> list[int]:
    """The places of the entities that were worked on with success, as far as is told."""
    job, stream = telling.job, telling.stream
    if job is None:
        return []
    base = base_of(stream, len(job.entities))
    excused = {event.entity for event in stream.of(SKIPPED)}
    excused |= {event.entity for event in stream.of("entity_completed") if not event.succeeded}
    return [place for place in range(base, base + len(job.entities)) if place not in excused]


def _misplaced(phases: Phases) -> tuple[Event | None, Event | None]:
    """A completed event whose started event comes after it, and one that has none at all."""
    missing = None
    places: dict[Key, list[int]] = {}
    for key, event in phases.started:
        places.setdefault(key, []).append(event.place)
    done: Counter[Key] = Counter()
    for key, event in phases.completed:
        done[key] += 1
        begun = places.get(key, [])
        if sum(place < event.place for place in begun) >= done[key]:
            continue
        if any(place > event.place for place in begun):
            return event, missing
        missing = missing or (event if not begun else None)
    return None, missing


def _completed(telling: Telling, what: str, phases: Phases) -> Iterator[Verdict]:
    """Whatever was started is completed; a fusion's end is one of the documented events."""
    open_now = Counter(key for key, _ in phases.started) - Counter(key for key, _ in phases.completed)
    if phases.by_model:
        done = {key for key, _ in phases.completed}
        open_now = Counter(key for key in open_now if key not in done)
    seen = f"{what}_started alone"
    clauses = ["ee.stream.started-completes", *(["ee.event.fusion-completed"] if what == "fusion" else [])]
    for clause in clauses:
        yield telling.reading.expect(clause, not open_now, f"{what}_completed after {what}_started", seen)


def _lacking(phases: Phases, models: Sequence[str], entities: Sequence[int], *, batch: bool) -> str:
    """What is not told of the models that were asked for; empty when nothing is."""
    for name, events in (("model_started", phases.started), ("model_completed", phases.completed)):
        counts = Counter(key for key, _ in events)
        if phases.by_model and (phases.by_index or not batch):
            places: Sequence[int | None] = entities if batch else [None]
            known = Counter(key if batch else (key[0], None) for key in counts.elements())
            lack = [(model, place) for place in places for model in models if not known[model, place]]
            if lack:
                return f"no {name} of {lack[0][0]}" + (f" for entity {lack[0][1]}" if batch else "")
        elif phases.by_model:
            by_model = Counter(key[0] for key in counts.elements())
            few = [model for model in models if by_model[model] < len(entities)]
            if few:
                return f"{by_model[few[0]]} {name} of {few[0]} for {len(entities)} entities"
        elif len(events) < len(models) * max(1, len(entities)):
            return f"{len(events)} {name} of {len(models)} models"
    return ""


def _repeated(phases: Phases, *, batch: bool) -> str:
    """A model that succeeds twice for one entity; one that failed may have been tried again."""
    if not phases.by_model or (batch and not phases.by_index):
        return ""
    done = Counter(key for key, event in phases.completed if event.succeeded)
    twice = next((key for key, count in done.items() if count > 1), None)
    return f"model_completed of {twice[0]} more than once" if twice is not None else ""


def _entities_lacking(telling: Telling) -> str:
    """What is not told of the entities of a batch; empty when nothing is."""
    stream, job = telling.stream, telling.job
    assert job is not None
    count, skipped = len(job.entities), {event.entity for event in stream.of(SKIPPED)}
    base = base_of(stream, count)
    for kind in ("entity_started", "entity_completed"):
        events = stream.of(kind)
        if any(event.entity is None for event in events):
            distinct = {repr(event.value.get("entity_index")) for event in events}
            if len(distinct) < count - len(stream.of(SKIPPED)):
                return f"{kind} with {len(distinct)} different entity_index for {count} entities"
            continue
        told = Counter(event.entity for event in events)
        for place in range(base, base + count):
            if not told[place] and place not in skipped:
                return f"no {kind} with entity_index {place}"
        odd = next(
            (index for index, times in told.items() if times > 1 or not base <= (index or 0) < base + count), None
        )
        if odd is not None:
            return f"{kind} with entity_index {odd}, {told[odd]} times, for {count} entities"
    return ""
