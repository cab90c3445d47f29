"""Jobs: what they do when, and the streams that tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.suites.enricher_provider.things import Answer, Call, Event, Job, Organisation, Refused, Step, Watching
from tests.suites.enricher_provider.wire import Wire
from understudy.http import Chunk, Response
from understudy.verify.observation import TransportFailure

HEARTBEAT_SECONDS = 4.0
PAUSE_SECONDS = 300.0
PATIENCE_SECONDS = 30.0
"""How long whoever reads a stream waits for its end."""


class Jobs(Wire):
    """Operations on jobs, whatever they are for."""

    def new_job(self, call: Call, type: str, asked: Mapping[str, Any], models: list[str]) -> Job:
        job = Job(self.new_id("job"), type, call.organisation, asked, self.clock, models=models)
        call.organisation.jobs[job.id] = job
        return job

    def begin(self, job: Job, steps: list[Step]) -> None:
        job.to_come = [step._replace(at=job.started_at + step.at) for step in steps]
        self.settle()

    def settle(self) -> None:
        for organisation in self.organisations.values():
            for job in organisation.jobs.values():
                while job.to_come and job.to_come[0].at <= self.clock:
                    step = job.to_come.pop(0)
                    self.tell(job, step.at, step.run(step.at))

    def tell(self, job: Job, at: float, events: Iterable[Event]) -> None:
        for event in events:
            self.account(job, event)
            job.log.append((at, self.stamped(job, event)))

    def account(self, job: Job, event: Event) -> None:
        """Keep count of the models at work."""
        place = (event.get("entity_index"), event.get("model", ""))
        if event["type"] == "model_started":
            job.running.append(place)
        elif event["type"] == "model_completed" and place in job.running:
            job.running.remove(place)
            job.completed += 1

    def stamped(self, job: Job, event: Event) -> Event:
        """An event with what every event has."""
        return {
            "type": event["type"],
            "event": event["type"],
            "job_id": job.id,
            "job_type": job.type,
            "status": job.status,
            "is_paused": job.status == "paused",
            "total_models": len(job.models),
            "completed_models": job.completed,
            "running_models": [model for _, model in job.running],
            "current_attempt": 1,
            "max_attempts": 3,
            **event,
        }

    def find_job(self, call: Call) -> Job:
        if call.id not in call.organisation.jobs:
            raise Refused(404, "그런 작업이 없습니다.")
        return call.organisation.jobs[call.id]

    # Streams

    def stream_job(self, call: Call) -> Answer:
        return Watching(self.find_job(call), self.clock, call.request)

    def watched(self, answer: Watching) -> Response:
        job = answer.job
        until = self.clock + PATIENCE_SECONDS
        while not job.ended and job.to_come and job.to_come[0].at <= until:
            self.advance(max(0.0, job.to_come[0].at - self.clock))
        events = self.shown(job, answer.opened)
        pieces = [Chunk(max(0.0, at - answer.opened), self.framed(event)) for at, event in events]
        response = self.streamed(answer, pieces)
        if not job.ended:
            self.clock = until
            raise TransportFailure("no whole answer came in time", partial=response)
        return response

    def streamed(self, answer: Watching, pieces: list[Chunk]) -> Response:
        return Response(200, self.stream_headers(), b"", tuple(self.chunked(pieces)))

    def shown(self, job: Job, opened: float) -> list[tuple[float, Event]]:
        """The events that a stream carries, which was opened then; each with its time."""
        times = [at for at, _ in job.log]
        events = self.events(job, [event for _, event in job.log])
        return [(times[min(place, len(times) - 1)], event) for place, event in enumerate(events)]

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        return events

    # Pausing, going on, calling off

    def pause(self, job: Job, now: float, event: Event) -> Iterable[Event]:
        """Hold what is to come until somebody has the job continued, or nobody has for too long."""
        job.status = "paused"
        job.held = [step._replace(at=step.at - now) for step in job.to_come]
        beats = [now + HEARTBEAT_SECONDS * count for count in range(1, int(PAUSE_SECONDS / HEARTBEAT_SECONDS))]
        job.to_come = [Step(at, lambda at: [{"type": "heartbeat"}]) for at in beats]
        job.to_come.append(Step(now + PAUSE_SECONDS, lambda at: self.given_up(job)))
        return [event]

    def given_up(self, job: Job) -> Iterable[Event]:
        return self.called_off(job)

    def continue_job(self, call: Call) -> Answer:
        job = self.find_job(call)
        if job.status != "paused":
            raise self.not_paused(job)
        self.resume(job)
        return 200, self.changed(job, "running")

    def not_paused(self, job: Job) -> Refused:
        return Refused(400, "작업이 멈춰 있지 않습니다.")

    def resume(self, job: Job) -> None:
        job.status = "running"
        job.to_come = [step._replace(at=self.clock + step.at) for step in job.held]
        job.held = []

    def cancel_job(self, call: Call) -> Answer:
        job = self.find_job(call)
        if job.ended:
            raise self.has_ended(job)
        self.cancel(job)
        return 200, self.changed(job, "cancelled")

    def has_ended(self, job: Job) -> Refused:
        return Refused(400, "작업이 이미 끝났습니다.")

    def cancel(self, job: Job) -> None:
        self.tell(job, self.clock, self.called_off(job))

    def changed(self, job: Job, status: str) -> Any:
        return {"job_id": job.id, "status": status, "message": "처리했습니다 👌"}

    def called_off(self, job: Job) -> list[Event]:
        """What is left to be told of a job that is called off: that everything under way is over, without success."""
        job.status = "cancelled"
        job.to_come, job.held = [], []
        return [*self.closings(job), {"type": "completed", "result": None}]

    def closings(self, job: Job) -> list[Event]:
        """The end of each model, fusion and entity that has begun, the innermost first."""
        open_now: list[Event] = []
        for _, event in job.log:
            kind, _, phase = event["type"].partition("_")
            if phase == "started" and kind in ("model", "fusion", "entity"):
                open_now.append(event)
            elif phase == "completed" and kind in ("model", "fusion", "entity"):
                open_now = [begun for begun in open_now if not self.same(begun, event)]
        return [self.closing(event) for event in reversed(open_now)]

    def same(self, begun: Event, event: Event) -> bool:
        kinds = begun["type"].partition("_")[0] == event["type"].partition("_")[0]
        return kinds and all(begun.get(name) == event.get(name) for name in ("entity_index", "model"))

    def closing(self, event: Event) -> Event:
        kind = event["type"].partition("_")[0]
        placed: Event = {name: event[name] for name in ("entity_index", "entity_label", "model") if name in event}
        over: Event = {"type": f"{kind}_completed", **placed, "success": False}
        if kind == "model":
            return {**over, **self.nothing(), "partial_success": False, "cancelled": True, "error_message": "취소됨"}
        if kind == "fusion":
            return {
                **over,
                "merged_result": None,
                "record_id": None,
                "conflict_report": None,
                "error_message": "취소됨",
            }
        return {**over, "results": [], "total_cost_usd": 0.0, "total_processing_time_ms": 0, "error": "취소됨"}

    def nothing(self) -> Event:
        """The result of a model that brought none."""
        return {
            "result": None,
            "record_id": None,
            "cost": 0.0,
            "cost_usd": 0.0,
            "input_tokens": 0,
            "output_tokens": 0,
            "processing_time_ms": 0,
            "expertise_breakdown": None,
        }

    # What an organisation has from the start

    def starting(self, name: str) -> Organisation:
        return Organisation(name)
