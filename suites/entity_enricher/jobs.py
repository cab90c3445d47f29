"""What is promised of enrichments, batches, jobs, their streams, and fusion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from understudy.contract import BINDING_GRADES
from understudy.verify.judge import Judge, rule
from understudy.verify.reading import Reading, Verdict

from . import changes, fusion, options, remarks, starts, supposed
from .events import MEDIA_TYPE
from .outcomes import BUSY, NOBODYS, is_json, must_succeed
from .unlawful import not_found
from .watching import PROMPT, Streams
from .world import KnownJob, Organisation, World

FREE = frozenset(("getOptions", "enrich", "fetchEntities", "cancelJob", "continueJob", "mergeRecords"))
"""Operations of whose answers the document does not say that they are objects."""


class JobRules(Judge):
    """Rules on enrichments, batches, jobs, their streams, and fusion."""

    beyond_shape: ClassVar[frozenset[str]] = frozenset(
        (
            *(f"ee.options.{name}" for name in ("models", "languages", "strategies")),
            *(f"ee.job.{name}" for name in ("cancel-running", "cancel-paused", "continue-paused")),
            "ee.start.before-results",
            "ee.enrich-sync.blocks",
            "ee.batch.starts",
            "ee.fetch.fetches",
            "ee.merge.fuses",
        )
    )
    creating: ClassVar[frozenset[str]] = frozenset(
        ("startEnrichment", "enrich", "startBatch", "mergeRecords", "streamJob")
    )
    world: World

    def prepare_jobs(self) -> None:
        """Set up what these rules keep of a conversation."""
        self.options = options.Options()
        rules = self._checkers["streamJob"].stream(200, MEDIA_TYPE)
        assert rules is not None
        by_outcome = self.readings["ee.last-event"] == "by-outcome"
        self.streams = Streams(rules, self.contract, self.briefing.fixtures, by_outcome=by_outcome)

    def _general(self, reading: Reading) -> Iterable[Verdict]:
        """A schema says of a whole stream what holds for a part of it, so streams are judged by their rules alone."""
        if reading.operation == "streamJob" and reading.status == 200:
            return
        free = reading.operation in FREE and is_json(reading.response.header("content-type") or "")
        free &= reading.value is not None or reading.response.content.strip() == b"null"
        for verdict in super()._general(reading):
            binding = self.contract.clauses[verdict.clause].grade in BINDING_GRADES
            if verdict.held or not (free and binding and verdict.where == "body"):
                yield verdict

    @rule("getOptions")
    def options_shown(self, reading: Reading) -> Iterator[Verdict]:
        if self.without_access(reading):
            return
        if reading.succeeded:
            yield from self.options.judge(reading)
        elif self._owed(reading):
            yield from must_succeed(reading, self._organisation(reading), *options.CLAUSES)

    @rule("startEnrichment", "enrich", "startBatch", "generateSchema", "editSchema", "mergeRecords")
    def job_started(self, reading: Reading) -> Iterator[Verdict]:
        """A job is known from when its start was answered; what was refused had better not be lawful."""
        if self.without_access(reading):
            return
        organisation = self._organisation(reading)
        if reading.operation in starts.ENRICHING:
            yield from supposed.judge_asked(reading, self.options, self.limits)
        if reading.succeeded:
            organisation.granted.add(reading.operation or "")
            yield from starts.judge_started(reading, organisation, self._file(reading, organisation), self.options)
        elif self._owed(reading):
            yield from starts.judge_refused(reading, organisation, self.options)

    @rule("listSchemas")
    def schemas_still_listed(self, reading: Reading) -> Iterator[Verdict]:
        """Schemas by which an enrichment was not found, and that are there all the same."""
        listed = reading.member("schemas")
        if not reading.succeeded or self.without_access(reading) or not isinstance(listed, list):
            return
        doubted = self._organisation(reading).doubted
        for schema in listed:
            id = schema.get("id") if isinstance(schema, dict) else None
            yield from doubted.pop(id, ()) if isinstance(id, str) else ()

    @rule("mergeRecords")
    def records_merged(self, reading: Reading) -> Iterator[Verdict]:
        if not self.without_access(reading):
            yield from fusion.judge_merge(reading, self._organisation(reading), owed=self._owed(reading))
            yield from supposed.judge_merge(reading, self._organisation(reading), self.limits["merge_results"])

    @rule("fetchEntities")
    def entities_fetched(self, reading: Reading) -> Iterator[Verdict]:
        if self.without_access(reading):
            return
        if reading.succeeded:
            yield from options.judge_fetched(reading)
        yield from supposed.judge_fetch(reading)

    @rule("streamJob")
    def stream_told(self, reading: Reading) -> Iterator[Verdict]:
        """A whole stream."""
        if self.without_access(reading):
            return
        organisation = self._organisation(reading)
        job = organisation.jobs.get(str(reading.path.get("job_id")))
        if reading.succeeded:
            yield from self.streams.whole(reading, job, organisation)
        elif job is not None and self._is_due(reading, job) and not self._is_forgotten(organisation, job):
            yield from must_succeed(reading, organisation, "ee.job.stream", *starts.stream_clauses(job))

    @rule("cancelJob", "continueJob")
    def job_changed(self, reading: Reading) -> Iterator[Verdict]:
        if self.without_access(reading):
            return
        job = self._organisation(reading).jobs.get(str(reading.path.get("job_id")))
        if reading.succeeded or self._owed(reading):
            yield from supposed.judge_changed(reading, job)
            yield from changes.judge_change(reading, job)

    @rule("streamJob", "cancelJob", "continueJob")
    def job_unknown(self, reading: Reading) -> Iterator[Verdict]:
        if reading.role != "good" or reading.status in BUSY or not reading.lawful:
            return
        if str(reading.path.get("job_id")).startswith(NOBODYS):
            yield from not_found(reading, "ee.error.unknown-job", self._organisation(reading).jobs)

    @rule("getRecord")
    def record_as_told(self, reading: Reading) -> Iterator[Verdict]:
        """What the stream said is what the record holds."""
        if self.without_access(reading):
            return
        organisation, id = self._organisation(reading), str(reading.path.get("id"))
        known = organisation.records.get(id) or supposed.failed_record(reading, organisation)
        if known is not None:
            organisation.records.setdefault(id, known)
            yield from remarks.judge_record(reading, known)
            yield from supposed.judge_record(reading, known, organisation)

    def unanswered(self, reading: Reading) -> Iterable[Verdict]:
        """A stream that was not read whole may still show what it carries, and that it goes on behind its end."""
        yield from super().unanswered(reading)
        partial, id = reading.observation.partial, str(reading.path.get("job_id"))
        if reading.operation != "streamJob" or self.without_access(reading) or partial is None or partial.status != 200:
            return
        if reading.role == "good" and id.startswith(NOBODYS):
            yield reading.expect("ee.error.unknown-job", False, "status 404", "status 200", "status")
        organisation = self._organisation(reading)
        yield from self.streams.partial(reading, organisation.jobs.get(id), organisation)

    def _owed(self, reading: Reading) -> bool:
        """Whether a call was lawful, and by a key that permits everything, as far as anybody knows."""
        known = reading.credential not in self.world.created_keys
        return reading.lawful and known and reading.role in ("good", None)

    def _is_due(self, reading: Reading, job: KnownJob) -> bool:
        """Whether the stream of a job must be answered. One that has ended may be forgotten; one that is told of by the
        answer to a fusion is there to be streamed."""
        awaited = job.kinds is None and not job.cancelled and job.operation != "enrich"
        return awaited and self._owed(reading) and reading.observation.at - job.started < PROMPT

    def _is_forgotten(self, organisation: Organisation, job: KnownJob) -> bool:
        """Whether there are so many younger jobs that this one may be kept no longer."""
        most, ids = self.limits["kept_jobs"], list(organisation.jobs)
        return isinstance(most, int) and len(ids) - ids.index(job.id) > most

    def _file(self, reading: Reading, organisation: Organisation) -> KnownJob | None:
        """The job that an answer tells the id of."""
        id = reading.member("job_id")
        asked = reading.body if isinstance(reading.body, dict) else {}
        if not isinstance(id, str) or not id or reading.operation is None:
            return None
        known = organisation.jobs.get(id)
        job = KnownJob(id, reading.operation, asked, started=reading.observation.at)
        organisation.jobs[id] = job
        return job if known is None else known

    def _organisation(self, reading: Reading) -> Organisation:
        return self.world.organisation(reading.credential or "")
