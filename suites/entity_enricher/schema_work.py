"""What the streams of schema jobs tell: there is a schema, it is about the samples, and an edit changes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.verify.reading import Reading, Verdict

from .events import read_stream
from .outcomes import texts
from .world import KnownJob, Organisation

ASKED = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
"""A name of a property that a prompt spells out."""
ADDING = "Add a property "
"""How a prompt of this suite begins whose outcome can be told from the schema."""


def judge_stream(reading: Reading, organisation: Organisation) -> Iterator[Verdict]:
    """The whole stream of a job that made or changed a schema."""
    job = organisation.jobs.get(str(reading.path.get("job_id")))
    if job is None or job.operation not in ("generateSchema", "editSchema"):
        return
    for event in read_stream(reading.response).of("model_completed"):
        result, saved = event.value.get("result"), event.value.get("schema_id")
        if not event.succeeded and job.operation == "editSchema":
            told = any(event.value.get(name) for name in ("error_message", "error", "detail"))
            yield reading.expect("ee.edit-schema.cannot", told, "why it cannot be made", event.value, event.where)
        elif event.succeeded and job.operation == "generateSchema" and isinstance(saved, str):
            organisation.promised.add(saved)
        if event.succeeded and isinstance(result, dict) and result:
            judge = _generated if job.operation == "generateSchema" else _edited
            yield from judge(reading, job, result)
            if job.operation == "editSchema":
                yield from _saved(reading, organisation, job, saved, result)


def _saved(
    reading: Reading, organisation: Organisation, job: KnownJob, saved: Any, result: Mapping[str, Any]
) -> Iterator[Verdict]:
    """An edit was made: of the schema that was asked for, which the list shows changed from now on."""
    asked = organisation.edits.get(job.id)
    known = organisation.schemas.get(asked or "")
    if known is not None and isinstance(result.get("properties"), dict):
        known.content, known.edited = result, True
    if isinstance(saved, str) and asked is not None:
        yield reading.expect("ee.edit-schema.saved", saved == asked, f"the schema {asked}", saved)


def _generated(reading: Reading, job: KnownJob, result: Mapping[str, Any]) -> Iterator[Verdict]:
    listed = job.asked.get("entity_samples")
    samples = listed if isinstance(listed, list) else [job.asked.get("entity_data")]
    names = {name for sample in samples if isinstance(sample, dict) for name in sample}
    words = {*texts(result), *_names(result)}
    if names:
        missing = sorted(name for name in names if name not in words)
        about = len(missing) < len(names)
        yield reading.expect("ee.generate-schema.from-samples", about, "a schema of the samples", result)
        properties = result.get("properties")
        if isinstance(properties, dict):
            expected = f"each of {', '.join(sorted(names))}"
            yield reading.expect("ee.generate-schema.describes", not names - properties.keys(), expected, missing)


def _edited(reading: Reading, job: KnownJob, result: Mapping[str, Any]) -> Iterator[Verdict]:
    prompt = job.asked.get("prompt")
    if not isinstance(prompt, str) or not prompt.startswith(ADDING):
        return
    asked = set(ASKED.findall(prompt))
    words = {*texts(result), *_names(result)}
    done = asked <= words or any(name in text for name in asked for text in words)
    if done or isinstance(result.get("properties"), dict):
        yield reading.expect("ee.edit-schema.edits", done, f"{', '.join(sorted(asked))} in the schema", result)


def _names(value: Any) -> Iterator[str]:
    """The name of every member in a JSON value, at any depth."""
    waiting = [value]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, dict):
            yield from entry
            waiting += entry.values()
        elif isinstance(entry, list):
            waiting += entry
