"""Streams of jobs as they are read one after the other: whole, or as far as they came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.contract import Contract
from understudy.contract.streams import StreamChecker
from understudy.verify.reading import Reading, Verdict

from . import brought, changes, fusion, progress, remarks, starts, supposed
from .events import Stream, read_stream
from .sameness import same
from .streams import LINGERING, Telling, judge_end, judge_framing, judge_head
from .world import KnownJob, Organisation

ANSWERED_AT_ITS_END = frozenset(("enrich", "mergeRecords"))
"""Operations that may answer when their job has ended."""
CUT_AFTER = 20.0
"""Seconds by which a stream that breaks off has not merely been read for as long as there was patience."""
PROMPT = 5.0
"""Seconds after the start of a job by which its stream misses nothing. What a later one tells is assumed."""
TRIES = 2
"""How many streams are cut off before it is not for the weather that they are, if none is whole."""
REMEMBERED = 5_000
"""How many events of a stream are kept, to compare another stream of the same job with."""


class Streams:
    """Judges streams. ``lingering``: one went on behind its last event; ``slow`` counts those that had not come to it
    when nobody had the patience to read on."""

    def __init__(
        self, rules: StreamChecker, contract: Contract, fixtures: Mapping[str, Any], *, by_outcome: bool
    ) -> None:
        self._rules = rules
        self._contract = contract
        self._fixtures = fixtures
        self._by_outcome = by_outcome
        self._experts = brought.Experts()
        self._cut = 0
        self._ended = 0
        self.lingering = False
        self.slow = 0

    def whole(self, reading: Reading, job: KnownJob | None, organisation: Organisation) -> Iterator[Verdict]:
        """A stream that was read to its end."""
        yield from self._judge(self._telling(reading, read_stream(reading.response), job, whole=True), organisation)

    def partial(self, reading: Reading, job: KnownJob | None, organisation: Organisation) -> Iterator[Verdict]:
        """A stream that was not: it broke off, or went on for longer than there was patience."""
        response = reading.observation.partial
        assert response is not None
        told = self._telling(reading, read_stream(response, whole=False), job, whole=False)
        elapsed = reading.observation.elapsed
        if told.end is not None and elapsed - told.end.at < LINGERING:
            told = told._replace(whole=True)  # it broke off behind its last event
        elif told.end is not None:
            self.lingering = True
        elif elapsed < CUT_AFTER:
            self._cut += 1
            if self._cut >= TRIES and not self._ended:
                expected, seen = "completed at the end of a stream", f"{self._cut} streams cut off, none that is whole"
                yield reading.expect("ee.stream.one-terminal", False, expected, seen)
        elif not told.stands:
            self.slow += 1
        if told.stream.events:
            yield from self._judge(told, organisation)

    def _telling(self, reading: Reading, stream: Stream, job: KnownJob | None, *, whole: bool) -> Telling:
        ended = job is None or job.kinds is not None or job.operation in ANSWERED_AT_ITS_END
        begins = bool(stream.events) and (
            job is None or job.opening is None or same(job.opening, stream.events[0].whole)
        )
        prompt = job is None or job.opening is not None or reading.observation.at - job.started < PROMPT
        return Telling(reading, stream, job, whole, begins and prompt and not ended, ended, self._by_outcome)

    def _judge(self, told: Telling, organisation: Organisation) -> Iterator[Verdict]:
        """All there is to say of a stream, and what it adds to what is known."""
        self._ended += told.whole and told.end is not None
        for judged in (
            judge_head, judge_framing, judge_end, progress.judge_order, progress.judge_models,
            progress.judge_entities, brought.judge_results, brought.judge_expertises, brought.judge_labels,
            brought.judge_repeated,
            fusion.judge_fusions, changes.judge_cancelled, starts.judge_stream_of,
        ):  # fmt: skip
            yield from judged(told)
        yield from changes.judge_paused(told, mismatching=self._is_fixture(told.job, "mismatching_entity"))
        yield from fusion.judge_fusion_job(told, organisation)
        yield from self._experts.judge(told, organisation)
        yield from remarks.judge_told(told, self._rules, self._contract)
        failing = self._is_fixture(told.job, "failing_entity")
        yield from supposed.judge_told(told, organisation, failing=failing)
        _keep(told, organisation)

    def _is_fixture(self, job: KnownJob | None, name: str) -> bool:
        fixture: Any = self._fixtures.get(name)
        return job is not None and isinstance(fixture, dict) and fixture in job.entities


def _keep(told: Telling, organisation: Organisation) -> None:
    job, events = told.job, told.stream.events
    for record in brought.records_told(told):
        organisation.records.setdefault(record.id, record)
        if job is not None and record.id not in job.records:
            job.records.append(record.id)
    if job is None or not events:
        return
    job.opening = job.opening or events[0].whole
    if told.stands:
        job.outcome = "paused"
    elif told.whole:
        if job.kinds is None and len(events) <= REMEMBERED:
            job.said = [event.whole for event in events]
        job.kinds = job.kinds or told.stream.kinds
        if told.undisturbed and not job.is_batch:
            organisation.granted.add(starts.subject_of(job.asked))
        job.outcome = told.outcome or job.outcome
